namespace Makalu.Capacity.Forecasting.Pool;

/// <summary>
/// The shape within working steps that repeats, as the first minute of each hour or a job at a fixed time of day: the mean
/// ratio by step of the hour, then by step of the day, each shrunk towards none by how far it stands out from its noise.
/// </summary>
internal static class FineShape
{
    /// <summary>A ratio above this counts as this: one burst is no shape.</summary>
    private const double RatioLimit = 4;

    /// <summary>One factor on the line for each step of the season, from the origin on.</summary>
    /// <param name="ratio">Values relative to the line through their working step; NaN where unknown.</param>
    /// <param name="group">The steps of a working step.</param>
    /// <param name="phases">The working steps of a season; 1 without one.</param>
    public static double[] Learn(ReadOnlySpan<double> ratio, int group, int phases)
    {
        double[] byHour = ShrunkMeans(ratio, group, []);
        return phases > 1 ? ShrunkMeans(ratio, group * phases, byHour) : byHour;
    }

    private static double[] ShrunkMeans(ReadOnlySpan<double> ratio, int period, ReadOnlySpan<double> prior)
    {
        var sum = new double[period];
        var squares = new double[period];
        var count = new int[period];
        int phase = (period - (ratio.Length % period)) % period;
        for (int i = 0; i < ratio.Length; i++, phase = phase + 1 == period ? 0 : phase + 1)
        {
            if (!double.IsNaN(ratio[i]))
            {
                double deviation = Math.Min(ratio[i], RatioLimit) - Prior(prior, phase);
                sum[phase] += deviation;
                squares[phase] += deviation * deviation;
                count[phase]++;
            }
        }

        double noise = 0;
        double signal = 0;
        int known = 0;
        for (int p = 0; p < period; p++)
        {
            if (count[p] >= 3)
            {
                double mean = sum[p] / count[p];
                double variance = Math.Max(0, (squares[p] / count[p]) - (mean * mean)) / (count[p] - 1);
                noise += variance;
                signal += mean * mean;
                known++;
            }
        }

        // The part of the variance between phases that their own noise does not explain (James and Stein's shrinkage).
        double share = signal > noise && known > 3 ? 1 - (noise / signal) : 0;
        var shape = new double[period];
        for (int p = 0; p < period; p++)
        {
            double deviation = count[p] >= 3 ? share * sum[p] / count[p] : 0;
            shape[p] = Math.Max(0.05, Prior(prior, p) + deviation);
        }

        return shape;
    }

    private static double Prior(ReadOnlySpan<double> prior, int phase) => prior.IsEmpty ? 1 : prior[phase % prior.Length];
}
