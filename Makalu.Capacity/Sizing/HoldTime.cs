namespace Makalu.Capacity.Sizing;

/// <summary>
/// How long a request holds a connection, as a lognormal distribution fitted from mean and 95 % quantile:
/// p95/mean = e^(1.645σ − σ²/2), so σ = 1.645 − √(1.645² − 2·ln(p95/mean)); of the two roots the smaller.
/// </summary>
internal readonly record struct HoldTime
{
    /// <summary>The largest ratio of p95 to mean that a lognormal distribution can have: e^(1.645²/2).</summary>
    public const double LargestRatio = 3.8686;

    /// <summary>The ratio of an exponential distribution, assumed where p95 is unknown: −ln 0.05.</summary>
    public const double ExponentialRatio = 2.9957;

    private const double Z95 = 1.6448536269514722;

    private HoldTime(double meanSeconds, double logSigma)
    {
        MeanSeconds = meanSeconds;
        LogSigma = logSigma;
    }

    public double MeanSeconds { get; }

    /// <summary>The standard deviation of the logarithm; 0 for a fixed hold.</summary>
    public double LogSigma { get; }

    /// <summary>Variance ÷ mean² of the hold.</summary>
    public double SquaredVariation => Math.Exp(LogSigma * LogSigma) - 1;

    public static HoldTime FromMeanAndP95(double meanSeconds, double p95Seconds)
    {
        double ratio = Math.Clamp(p95Seconds / meanSeconds, 1, LargestRatio);
        return new HoldTime(meanSeconds, ratio < 1.02 ? 0 : Z95 - Math.Sqrt(Math.Max(0, (Z95 * Z95) - (2 * Math.Log(ratio)))));
    }

    public static HoldTime FromMeanAndVariation(double meanSeconds, double squaredVariation) => new(meanSeconds, Math.Sqrt(Math.Log(1 + squaredVariation)));

    public static HoldTime Of(ServiceDescription service)
    {
        double mean = service.DatabaseTimeMean.TotalSeconds;
        return FromMeanAndP95(mean, service.DatabaseTimeP95?.TotalSeconds ?? mean * ExponentialRatio);
    }

    /// <summary>The same shape with another mean.</summary>
    public HoldTime WithMean(double meanSeconds) => new(meanSeconds, LogSigma);
}
