using Makalu.Capacity.Numerics;
using Makalu.Capacity.Series;

namespace Makalu.Capacity.Peaks;

/// <summary>
/// From the average over a step to its busiest second, as a distribution that depends on the level: the busiest second exceeds
/// the average by the factor 1 + e^(a − g·ln m + s·N) with m the step's average in requests per second and N standard normal.
/// </summary>
/// <remarks>
/// For independent counts of mean m and index of dispersion I, the maximum of n seconds lies about √(I·m)·z(n) above m, a factor of
/// 1 + z(n)·√(I/m): hence the power of m, with g = ½ for a constant dispersion and g = 0 where bursts grow with the load. The
/// exponent is fitted within [0, ½], so that beyond the loads seen the factor never falls faster than a Poisson stream's.
/// Immutable; safe to share between threads.
/// </remarks>
public sealed class BurstFactor
{
    private const int FewestSteps = 30;

    private readonly double _intercept;
    private readonly double _exponent;
    private readonly double _spread;

    private BurstFactor(double intercept, double exponent, double spread, double highestLevel)
    {
        _intercept = intercept;
        _exponent = exponent;
        _spread = spread;
        HighestLevelRequestsPerSecond = highestLevel;
    }

    /// <summary>The highest step average that the factor was measured at, in requests per second; beyond it the factor is extrapolated.</summary>
    public double HighestLevelRequestsPerSecond { get; }

    /// <summary>Learns the factor from a history that knows the busiest second of its steps.</summary>
    /// <param name="history">The history.</param>
    /// <returns>The fitted factor; null where the history does not know the busiest second of at least 30 busy steps, or its steps are a second or shorter.</returns>
    public static BurstFactor? Fit(RequestHistory history)
    {
        if (history.PeakRequestsPerSecond is not { } busiest || history.Requests.Step <= TimeSpan.FromSeconds(1))
        {
            return null;
        }

        double seconds = history.Requests.Step.TotalSeconds;
        ReadOnlySpan<double> requests = history.Requests.Values;
        List<(double Level, double Excess)> pairs = [];
        for (int i = 0; i < Math.Min(requests.Length, busiest.Count); i++)
        {
            double level = requests[i] / seconds;
            double excess = (busiest[i] / level) - 1;
            if (level > 0 && excess > 0 && double.IsFinite(excess))
            {
                pairs.Add((level, excess));
            }
        }

        if (pairs.Count < FewestSteps)
        {
            return null;
        }

        // The busier half: what is asked for is the factor at a peak, and quiet steps follow other laws (a few counts).
        pairs.Sort((a, b) => a.Level.CompareTo(b.Level));
        (double Level, double Excess)[] busy = [.. pairs.Skip(pairs.Count / 2)];
        double meanX = busy.Average(p => Math.Log(p.Level));
        double meanY = busy.Average(p => Math.Log(p.Excess));
        double xx = busy.Sum(p => Square(Math.Log(p.Level) - meanX));
        double xy = busy.Sum(p => (Math.Log(p.Level) - meanX) * (Math.Log(p.Excess) - meanY));
        double exponent = xx > 1e-9 ? Math.Clamp(-xy / xx, 0, 0.5) : 0.5;
        double intercept = meanY + (exponent * meanX);

        double[] residuals = [.. busy.Select(p => Math.Log(p.Excess) - intercept + (exponent * Math.Log(p.Level)))];
        double spread = Math.Sqrt(residuals.Sum(Square) / residuals.Length);
        return new BurstFactor(intercept, exponent, spread, busy[^1].Level);
    }

    /// <summary>The quantile of the factor at a level.</summary>
    /// <param name="requestsPerSecond">The step average; greater than zero.</param>
    /// <param name="probability">Between 0 and 1, both excluded.</param>
    /// <returns>A factor, greater than 1.</returns>
    public double Quantile(double requestsPerSecond, double probability)
    {
        SampleQuantile.ThrowIfNotProbability(probability);
        return At(requestsPerSecond, MathNet.Numerics.Distributions.Normal.InvCDF(0, 1, probability));
    }

    /// <summary>One draw of the factor at a level, by a standard normal number.</summary>
    internal double At(double requestsPerSecond, double standardNormal)
        => 1 + Math.Exp(LogExcess(requestsPerSecond) + (_spread * standardNormal));

    /// <summary>Writes draws of the busiest second of steps at a level, by standard normal numbers.</summary>
    internal void BusiestSeconds(double requestsPerSecond, ReadOnlySpan<double> standardNormals, Span<double> busiest)
    {
        double logExcess = LogExcess(requestsPerSecond);
        for (int i = 0; i < busiest.Length; i++)
        {
            busiest[i] = requestsPerSecond * (1 + Math.Exp(logExcess + (_spread * standardNormals[i])));
        }
    }

    private double LogExcess(double requestsPerSecond) => _intercept - (_exponent * Math.Log(Math.Max(requestsPerSecond, 1e-9)));

    private static double Square(double value) => value * value;
}
