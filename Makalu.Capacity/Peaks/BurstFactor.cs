using Makalu.Capacity.Numerics;
using Makalu.Capacity.Series;

namespace Makalu.Capacity.Peaks;

/// <summary>
/// From the average over a step to its busiest second, as a distribution that depends on the level: the busiest second exceeds
/// the average by the factor 1 + √(a/m + b)·e^(s·N) with m the step's average in requests per second and N standard normal.
/// </summary>
/// <remarks>
/// For counts of mean m and index of dispersion I, the maximum of n seconds lies about √(I·m)·z(n) above m, a factor of
/// 1 + z(n)·√(I/m). Arrivals of a constant dispersion d at a rate whose relative variance is v have I = d + v·m: the squared excess is
/// z²·d/m + z²·v. Both parts are fitted, neither below 0, so that beyond the loads seen the factor never falls faster than a Poisson
/// stream's, and does not fall below what the swings of the rate alone make. Immutable; safe to share between threads.
/// </remarks>
public sealed class BurstFactor
{
    private const int FewestSteps = 30;

    private readonly double _overLevel;
    private readonly double _swings;
    private readonly double _spread;

    private BurstFactor(double overLevel, double swings, double spread, double highestLevel)
    {
        _overLevel = overLevel;
        _swings = swings;
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
        double centre = Math.Exp(busy.Average(p => Math.Log(p.Level)));
        double[] logExcess = [.. busy.Select(p => Math.Log(p.Excess))];
        double[] centreToLevel = [.. busy.Select(p => centre / p.Level)];
        bool hasLevels = centreToLevel.Max() - centreToLevel.Min() > 1e-6;
        double share = hasLevels ? ShareOfSwings(logExcess, centreToLevel) : 0;
        (double offset, double squares) = Fit(logExcess, centreToLevel, share);
        double squaredAtCentre = Math.Exp(2 * offset);
        return new BurstFactor(squaredAtCentre * (1 - share) * centre, squaredAtCentre * share, Math.Sqrt(squares / busy.Length), busy[^1].Level);
    }

    /// <summary>The part of the squared excess at the centre that stays at any level, 0 to 1, by least squares on the logarithm of the excess.</summary>
    private static double ShareOfSwings(double[] logExcess, double[] centreToLevel)
    {
        double best = 0;
        double least = double.PositiveInfinity;
        for (double width = 0.1; width > 1e-4; width /= 10)
        {
            double middle = best;
            for (int i = -10; i <= 10; i++)
            {
                double share = middle + (i * width);
                double squares = share is >= 0 and <= 1 ? Fit(logExcess, centreToLevel, share).Squares : double.PositiveInfinity;
                (best, least) = squares < least ? (share, squares) : (best, least);
            }
        }

        return best;
    }

    /// <summary>The logarithm of the excess at the centre for a share of swings, and the sum of squares that it leaves.</summary>
    private static (double Offset, double Squares) Fit(double[] logExcess, double[] centreToLevel, double share)
    {
        double sum = 0;
        double squares = 0;
        for (int i = 0; i < logExcess.Length; i++)
        {
            double rest = logExcess[i] - (0.5 * Math.Log(((1 - share) * centreToLevel[i]) + share));
            sum += rest;
            squares += rest * rest;
        }

        double offset = sum / logExcess.Length;
        return (offset, Math.Max(0, squares - (sum * offset)));
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

    private double LogExcess(double requestsPerSecond) => 0.5 * Math.Log((_overLevel / Math.Max(requestsPerSecond, 1e-9)) + _swings);
}
