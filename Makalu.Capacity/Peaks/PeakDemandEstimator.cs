using Makalu.Capacity.Numerics;
using Makalu.Capacity.Series;

namespace Makalu.Capacity.Peaks;

/// <summary>Joins the forecast peak with how bursty the history is: the demand to size for.</summary>
public static class PeakDemandEstimator
{
    private const int DrawsPerPath = 8;

    // A plan asks for each of its peaks, and a service for one plan after the other.
    private static volatile Normals? _normals;

    /// <summary>The demand at a quantile of the horizon's maximum.</summary>
    /// <param name="history">The history, which may know busiest seconds and dispersions; nothing at or after the origin.</param>
    /// <param name="peak">The peak to size for, as a rule that of the whole horizon.</param>
    /// <param name="step">The forecast's step.</param>
    /// <param name="quantile">Between 0 and 1, both excluded.</param>
    /// <param name="seed">The seed of the burst factors drawn for the path maxima.</param>
    public static PeakDemand Estimate(RequestHistory history, PeakForecast peak, TimeSpan step, double quantile, int seed)
        => Estimate(Burstiness.Of(history), peak, step, quantile, seed);

    /// <summary>The same from what was learned of the history.</summary>
    internal static PeakDemand Estimate(Burstiness history, PeakForecast peak, TimeSpan step, double quantile, int seed)
    {
        double level = peak.Quantile(quantile);
        BurstFactor? burst = history.Factor;
        return new PeakDemand
        {
            Quantile = quantile,
            StepRequestsPerSecond = level,
            Step = step,
            BurstFactor = burst is null || level <= 0 ? 1 : BusiestSecond(peak, burst, quantile, seed) / level,
            BurstFactorMeasured = burst is not null,
            DispersionAtOneSecond = history.DispersionAtOneSecond(level),
            DispersionAtTenthOfSecond = history.DispersionAtTenthOfSecond(level),
            At = peak.At,
            Cause = peak.Cause,
        };
    }

    /// <summary>
    /// The quantile of the busiest second, over the joint distribution of the path maximum and of the factor: the product of the
    /// two quantiles would be far beyond the quantile of the product.
    /// </summary>
    internal static double BusiestSecond(PeakForecast peak, BurstFactor burst, double quantile, int seed)
    {
        ReadOnlySpan<double> maxima = peak.SortedMaxima;
        var busiest = new double[maxima.Length * DrawsPerPath];
        ReadOnlySpan<double> normals = NormalsOf(seed, busiest.Length);
        for (int i = 0; i < maxima.Length; i++)
        {
            burst.BusiestSeconds(maxima[i], normals.Slice(i * DrawsPerPath, DrawsPerPath), busiest.AsSpan(i * DrawsPerPath, DrawsPerPath));
        }

        return SampleQuantile.Select(busiest, quantile);
    }

    /// <summary>The draws of a seed, which are the same for every peak.</summary>
    private static double[] NormalsOf(int seed, int count)
    {
        if (_normals is { } known && known.Seed == seed && known.Draws.Length == count)
            return known.Draws;

        var random = new RandomStream(seed, stream: 0x6275);
        var draws = new double[count];
        for (int i = 0; i < count; i++)
        {
            draws[i] = random.NextNormal();
        }

        _normals = new Normals(seed, draws);
        return draws;
    }

    private sealed record Normals(int Seed, double[] Draws);
}
