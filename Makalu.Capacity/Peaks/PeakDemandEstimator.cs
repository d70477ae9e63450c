using Makalu.Capacity.Numerics;
using Makalu.Capacity.Series;

namespace Makalu.Capacity.Peaks;

/// <summary>Joins the forecast peak with how bursty the history is: the demand to size for.</summary>
public static class PeakDemandEstimator
{
    /// <summary>The demand at a quantile of the horizon's maximum.</summary>
    /// <param name="history">The history, which may know busiest seconds and dispersions; nothing at or after the origin.</param>
    /// <param name="peak">The peak to size for, as a rule that of the whole horizon.</param>
    /// <param name="step">The forecast's step.</param>
    /// <param name="quantile">Between 0 and 1, both excluded.</param>
    /// <param name="seed">The seed of the burst factors drawn for the path maxima.</param>
    public static PeakDemand Estimate(RequestHistory history, PeakForecast peak, TimeSpan step, double quantile, int seed)
    {
        double level = peak.Quantile(quantile);
        BurstFactor? burst = BurstFactor.Fit(history);
        return new PeakDemand
        {
            Quantile = quantile,
            StepRequestsPerSecond = level,
            Step = step,
            BurstFactor = burst is null || level <= 0 ? 1 : BusiestSecond(peak, burst, quantile, seed) / level,
            BurstFactorMeasured = burst is not null,
            DispersionAtOneSecond = DispersionAt(history, history.DispersionAtOneSecond, level),
            DispersionAtTenthOfSecond = DispersionAt(history, history.DispersionAtTenthOfSecond, level),
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
        const int DrawsPerPath = 8;
        var busiest = new double[maxima.Length * DrawsPerPath];
        var random = new RandomStream(seed, stream: 0x6275);
        for (int i = 0; i < busiest.Length; i++)
        {
            double level = maxima[i / DrawsPerPath];
            busiest[i] = level * burst.At(level, random.NextNormal());
        }

        Array.Sort(busiest);
        return SampleQuantile.OfSorted(busiest, quantile);
    }

    /// <summary>
    /// The dispersion at a level: I − 1 grows as a power of the level between 0 (the same kind of bursts) and 1 (the rate itself
    /// swings), fitted on the busier half of the steps.
    /// </summary>
    private static double? DispersionAt(RequestHistory history, TimeSeries? dispersion, double requestsPerSecond)
    {
        if (dispersion is null)
        {
            return null;
        }

        double seconds = history.Requests.Step.TotalSeconds;
        List<(double Level, double Excess)> pairs = [];
        for (int i = 0; i < Math.Min(history.Requests.Count, dispersion.Count); i++)
        {
            double level = history.Requests[i] / seconds;
            if (level > 0 && dispersion[i] >= 0)
            {
                pairs.Add((Math.Log(level), Math.Max(dispersion[i] - 1, 0)));
            }
        }

        if (pairs.Count == 0)
        {
            return null;
        }

        pairs.Sort((a, b) => a.Level.CompareTo(b.Level));
        (double Level, double Excess)[] busy = [.. pairs.Skip(pairs.Count / 2)];
        double mean = busy.Average(p => p.Excess);
        if (mean <= 0)
        {
            return 1;
        }

        // Poisson regression of the excess on the log level by a few Newton steps: it needs no logarithm of an excess of zero.
        double centre = busy.Average(p => p.Level);
        double exponent = 0;
        double intercept = Math.Log(mean);
        for (int iteration = 0; iteration < 25; iteration++)
        {
            double g0 = 0, g1 = 0, h00 = 1e-9, h01 = 0, h11 = 1e-6;
            foreach ((double level, double excess) in busy)
            {
                double x = level - centre;
                double fitted = Math.Exp(Math.Clamp(intercept + (exponent * x), -50, 50));
                g0 += excess - fitted;
                g1 += (excess - fitted) * x;
                h00 += fitted;
                h01 += fitted * x;
                h11 += fitted * x * x;
            }

            double determinant = (h00 * h11) - (h01 * h01);
            if (determinant <= 1e-12)
            {
                break;
            }

            intercept += ((h11 * g0) - (h01 * g1)) / determinant;
            exponent += ((h00 * g1) - (h01 * g0)) / determinant;
        }

        exponent = double.IsFinite(exponent) ? Math.Clamp(exponent, 0, 1) : 0;
        double atCentre = mean / busy.Average(p => Math.Exp(exponent * (p.Level - centre)));
        return 1 + (atCentre * Math.Exp(exponent * (Math.Log(Math.Max(requestsPerSecond, 1e-9)) - centre)));
    }
}
