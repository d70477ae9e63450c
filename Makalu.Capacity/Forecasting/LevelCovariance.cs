namespace Makalu.Capacity.Forecasting;

/// <summary>
/// How the level of one week goes with that of another: swings of a few weeks and of months, a random walk, a trend, a year that
/// changes slowly, and steps that stay (Rasmussen and Williams, Gaussian Processes for Machine Learning, 2006, chapters 4 and 5.4.3).
/// </summary>
internal sealed class LevelCovariance
{
    private const int ShortDeviation = 0, ShortWeeks = 1, LongDeviation = 2, LongWeeks = 3, WalkPerWeek = 4, TrendPerYear = 5;
    private const int YearDeviation = 6, YearSmoothness = 7, YearLifeWeeks = 8, Noise = 9;
    private const double ConstantVariance = 9;
    private const double StepVariance = 1;
    private const double WeeksPerYear = 52.1775;
    private const int TabledWeeks = 27;

    /// <summary>Below a year and a half a year's shape cannot be told from a trend.</summary>
    private const double YoungYears = 1.5;

    private readonly double[] _scales;
    private readonly double[] _byLag;
    private readonly double[] _steps;
    private readonly int _oldest;

    /// <summary>Creates a covariance.</summary>
    /// <param name="scales">The learned scales, as <see cref="PriorMedians"/> orders them.</param>
    /// <param name="steps">The weeks from which the level is another: a step lies between a week and the one before it.</param>
    /// <param name="oldest">The oldest week.</param>
    public LevelCovariance(ReadOnlySpan<double> scales, ReadOnlySpan<double> steps, int oldest)
    {
        _scales = scales.ToArray();
        _steps = steps.ToArray();
        _oldest = oldest;
        _byLag = new double[TabledWeeks - oldest];
        for (int lag = 0; lag < _byLag.Length; lag++)
            _byLag[lag] = AtLag(lag);
    }

    /// <summary>The variance of a whole week's value about the level.</summary>
    public double NoiseVariance => Square(_scales[Noise]);

    public ReadOnlySpan<double> Steps => _steps;

    /// <summary>The medians of the scales before anything was seen.</summary>
    public static double[] PriorMedians(int weeks)
        => [0.2, 3, 0.2, 20, 0.02, 0.15, weeks < YoungYears * WeeksPerYear ? 0.1 : 0.5, 0.5, 300, 0.1];

    /// <summary>The standard deviations of the logarithms of the scales.</summary>
    public static double[] PriorSpreads() => [0.7, 0.5, 0.7, 0.7, 1, 1, 0.7, 0.4, 0.7, 0.7];

    /// <summary>The scales of a traffic that only steps move, from which a search for steps starts.</summary>
    public static double[] Calm(double[] medians)
    {
        double[] calm = [.. medians];
        calm[ShortDeviation] *= 0.35;
        calm[LongDeviation] *= 0.35;
        calm[WalkPerWeek] *= 0.5;
        return calm;
    }

    /// <summary>Whether a step before a week can be told from the year: with a year of history before it, or without any year.</summary>
    public static bool CanStep(int week, int oldest)
        => -oldest < YoungYears * WeeksPerYear || week - oldest > WeeksPerYear + 8;

    /// <summary>The covariance of the levels of two weeks.</summary>
    public double Between(int a, int b)
    {
        int lag = Math.Abs(a - b);
        double value = (lag < _byLag.Length ? _byLag[lag] : AtLag(lag))
            + (Square(_scales[WalkPerWeek]) * (Math.Min(a, b) - _oldest + 1))
            + (Square(_scales[TrendPerYear] / WeeksPerYear) * (a + 0.5) * (b + 0.5));
        foreach (double step in _steps)
            value += a > step && b > step ? StepVariance : 0;
        return value;
    }

    /// <summary>
    /// By how much a step raises the log marginal likelihood (a rank-one update of the covariance).
    /// </summary>
    /// <param name="evidence">The step's regressor times the inverse covariance times the values.</param>
    /// <param name="precision">The step's regressor times the inverse covariance times itself.</param>
    public static double StepGain(double evidence, double precision)
        => (0.5 * evidence * evidence / ((1 / StepVariance) + precision)) - (0.5 * Math.Log(1 + (StepVariance * precision)));

    /// <summary>The covariance of the year's parts in the levels of two weeks.</summary>
    public double OfYear(int a, int b) => OfYear(Math.Abs(a - b));

    private double OfYear(int lag)
    {
        double sine = Math.Sin(Math.PI * lag / WeeksPerYear);
        return Square(_scales[YearDeviation]) * Math.Exp((-2 * sine * sine / Square(_scales[YearSmoothness])) - (lag / _scales[YearLifeWeeks]));
    }

    private double AtLag(int lag)
        => ConstantVariance
            + (Square(_scales[ShortDeviation]) * Math.Exp(-lag / _scales[ShortWeeks]))
            + (Square(_scales[LongDeviation]) * Math.Exp(-lag / _scales[LongWeeks]))
            + OfYear(lag);

    private static double Square(double value) => value * value;
}
