namespace Makalu.Capacity.Forecasting.Pool;

/// <summary>How the value of each step of a path follows from the deviate of its error: about a central forecast, on the working step.</summary>
internal sealed class PathLaw
{
    private readonly ValueTransform _transform;
    private readonly ErrorDistribution _errors;
    private readonly double[] _transformedCentre;
    private readonly double[] _deviation;
    private readonly double _highest;
    private readonly double _logBeyond;

    /// <summary>The jumps of the level that may come; null where none did.</summary>
    public LevelJumps? Jumps { get; init; }

    /// <summary>What the level has just left, and may turn back to; null where it has not.</summary>
    public LevelDeparture? Departure { get; init; }

    /// <summary>The outlier that lasts at the end of the history; null without one.</summary>
    public OngoingOutlier? Ongoing { get; init; }

    /// <summary>Draws what jumps of the level, its turning back and a lasting outlier add to the steps of a path, on the transformed scale.</summary>
    public void DrawJumps(Numerics.RandomStream random, Span<double> added)
    {
        Jumps?.Draw(random, added);
        Departure?.Draw(random, added);
        Ongoing?.Draw(random, _transform.Forward(Ongoing.Value) - _transform.Forward(Ongoing.Usual), added);
    }

    /// <param name="centre">The median forecast of each step on the scale of the observations.</param>
    /// <param name="transform">The scale of the errors.</param>
    /// <param name="errors">The distribution of the errors.</param>
    /// <param name="highestSeen">The highest value of the history.</param>
    /// <param name="logBeyond">The logarithm by which a path stays below the highest value that was seen or is forecast.</param>
    public PathLaw(double[] centre, ValueTransform transform, ErrorDistribution errors, double highestSeen, double logBeyond)
    {
        Centre = centre;
        _transform = transform;
        _errors = errors;
        _highest = transform.Forward(highestSeen);
        _logBeyond = logBeyond;
        _transformedCentre = [.. centre.Select(c => transform.Forward(c))];
        _deviation = [.. centre.Select((c, h) => errors.Deviation(h, c))];
    }

    /// <summary>The median forecast of each step on the scale of the observations.</summary>
    public double[] Centre { get; }

    /// <summary>How errors hang together from step to step.</summary>
    public ErrorDependence Dependence => _errors.Dependence;

    /// <summary>The learned width is as uncertain as one from so many independent errors.</summary>
    public double DegreesOfFreedom => _errors.DegreesOfFreedom;

    /// <summary>How much wider than learned a path's errors are; one draw for all its steps.</summary>
    public double DrawWidth(Numerics.RandomStream random) => _errors.DrawWidth(random);

    /// <summary>The value of a step on a path.</summary>
    /// <param name="step">The step ahead.</param>
    /// <param name="deviate">The standard normal deviate of its error.</param>
    /// <param name="jumped">What jumps of the level have added, on the transformed scale.</param>
    /// <param name="width">The width of the path's errors ÷ the learned one.</param>
    public double Value(int step, double deviate, double jumped = 0, double width = 1)
    {
        double centre = _transformedCentre[step];
        double value = centre + (width * _deviation[step] * _errors.Standardised(deviate)) + jumped;
        double highest = Math.Max(_highest, centre);
        if (value > highest)
        {
            // Errors are multiplicative and wide where little is known: above all that was seen they are bent towards a bound.
            value = highest + (_logBeyond * Math.Tanh((value - highest) / _logBeyond));
        }

        return _transform.Inverse(value);
    }
}
