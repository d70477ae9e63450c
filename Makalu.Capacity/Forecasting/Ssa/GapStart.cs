using Makalu.Capacity.Numerics;

namespace Makalu.Capacity.Forecasting.Ssa;

/// <summary>Where gap filling starts from, and which known values it is judged by.</summary>
internal static class GapStart
{
    /// <summary>Straight lines across the gaps, the nearest known value at the ends.</summary>
    public static double[] Interpolate(ReadOnlySpan<double> series)
    {
        double[] result = series.ToArray();
        int last = -1;
        for (int t = 0; t <= result.Length; t++)
        {
            if (t < result.Length && double.IsNaN(result[t]))
            {
                continue;
            }

            for (int g = last + 1; g < t; g++)
            {
                double before = last >= 0 ? result[last] : result[Math.Min(t, result.Length - 1)];
                double after = t < result.Length ? result[t] : before;
                result[g] = last < 0 ? after : before + ((after - before) * (g - last) / (t - last));
            }

            last = t;
        }

        return result;
    }

    /// <summary>
    /// The mean of the known values at the same point of the longest season; lines where there is no season.
    /// </summary>
    public static double[] SeasonalMeans(ReadOnlySpan<double> series, double[] interpolated, int[] seasons)
    {
        if (seasons.Length == 0)
        {
            return interpolated;
        }

        int season = seasons[^1];
        double[] sums = new double[season];
        int[] counts = new int[season];
        for (int t = 0; t < series.Length; t++)
        {
            if (!double.IsNaN(series[t]))
            {
                sums[t % season] += series[t];
                counts[t % season]++;
            }
        }

        double[] result = (double[])interpolated.Clone();
        for (int t = 0; t < series.Length; t++)
        {
            if (double.IsNaN(series[t]) && counts[t % season] > 0)
            {
                result[t] = sums[t % season] / counts[t % season];
            }
        }

        return result;
    }

    /// <summary>Positions of known values in runs as long as the median gap, at most <paramref name="longest"/>, until the fraction is reached.</summary>
    public static int[] HoldOut(bool[] missing, double fraction, int longest, int seed)
    {
        List<int> gaps = [];
        int known = 0;
        for (int t = 0, run = 0; t <= missing.Length; t++)
        {
            if (t < missing.Length && missing[t])
            {
                run++;
                continue;
            }

            known += t < missing.Length ? 1 : 0;
            if (run > 0)
            {
                gaps.Add(run);
                run = 0;
            }
        }

        gaps.Sort();
        int length = Math.Clamp(gaps[gaps.Count / 2], 1, Math.Max(1, longest));
        int wanted = Math.Clamp((int)(fraction * known), Math.Min(4, known / 2), known / 2);
        var random = new RandomStream(seed);
        SortedSet<int> positions = [];
        for (int attempt = 0; attempt < 1000 && positions.Count < wanted; attempt++)
        {
            int from = random.NextInt(missing.Length);
            for (int t = from; t < Math.Min(from + length, missing.Length) && positions.Count < wanted; t++)
            {
                if (!missing[t])
                {
                    positions.Add(t);
                }
            }
        }

        return [.. positions];
    }
}
