namespace Makalu.Capacity.Forecasting.Pool;

/// <summary>
/// The scale that candidates work on: the logarithm of a value plus an offset, where errors are relative and seasons multiply, or the square root,
/// on which the noise of counts is the same at any level (<see cref="TransformChoice"/>). The offset is zero for a series well away from zero; with zeros or near-zeros it keeps the logarithm from making much of little.
/// </summary>
internal readonly record struct ValueTransform
{
    /// <summary>A series whose least value is below this part of its median needs an offset.</summary>
    private const double NearZero = 0.02;

    /// <summary>The offset as a part of the mean of the series.</summary>
    private const double OffsetShare = 0.05;

    /// <summary>Below this part of the mean the slope of the square root is taken to rise no further.</summary>
    private const double LeastShare = 1e-3;

    private readonly double _offset;

    /// <summary>The mean of the series where the square root is taken; 0 for the logarithm.</summary>
    private readonly double _mean;

    private ValueTransform(double offset, double floor, double mean = 0)
    {
        _offset = offset;
        _mean = mean;
        Floor = floor;
    }

    /// <summary>The least value a forecast may take on the scale of the observations.</summary>
    public double Floor { get; }

    /// <summary>The transform for a series.</summary>
    /// <param name="values">At least one known value; NaN where unknown; none negative.</param>
    public static ValueTransform For(ReadOnlySpan<double> values)
    {
        double least = double.PositiveInfinity;
        foreach (double value in values)
        {
            if (!double.IsNaN(value))
            {
                least = Math.Min(least, value);
            }
        }

        double median = Numerics.SampleQuantile.Median(values);
        double mean = Numerics.SampleMean.OfKnown(values);
        return least > NearZero * median
            ? new ValueTransform(0, 0.05 * least)
            : new ValueTransform(mean > 0 ? OffsetShare * mean : 1, 0);
    }

    /// <summary>Twice the square root of a value ÷ the mean, so that about the mean errors are relative as they are on the logarithm.</summary>
    /// <param name="values">At least one known value above 0; NaN where unknown; none negative.</param>
    public static ValueTransform SquareRoot(ReadOnlySpan<double> values) => new(0, 0, Numerics.SampleMean.OfKnown(values));

    /// <summary>Whether it is the square root.</summary>
    public bool IsSquareRoot => _mean > 0;

    /// <summary>The logarithm of the slope at a value: what a density on this scale is multiplied with to be one of the values themselves.</summary>
    public double LogSlope(double value) => IsSquareRoot
        ? -0.5 * (Math.Log(Math.Max(value, LeastShare * _mean)) + Math.Log(_mean))
        : -Math.Log(Math.Max(value, Math.Max(Floor, double.Epsilon)) + _offset);

    /// <summary>The scale in words, with values in requests per second.</summary>
    public string Describe() => IsSquareRoot ? "square root" : _offset == 0
        ? "logarithm"
        : FormattableString.Invariant($"logarithm of the value + {_offset:0.####}");

    public double Forward(double value) => IsSquareRoot ? 2 * Math.Sqrt(value / _mean) : Math.Log(Math.Max(value, Floor) + _offset);

    public double Inverse(double transformed)
    {
        if (IsSquareRoot)
        {
            double root = Math.Max(transformed, 0) / 2;
            return root * root * _mean;
        }

        return Math.Max(Math.Exp(transformed) - _offset, Floor);
    }
}
