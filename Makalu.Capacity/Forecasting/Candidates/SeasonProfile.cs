namespace Makalu.Capacity.Forecasting.Candidates;

/// <summary>
/// The weighted mean of the last seasons, step by step, aligned to the origin and never to the start of the series, so that
/// element 0 belongs to the first step after the origin.
/// </summary>
internal static class SeasonProfile
{
    /// <summary>The profile over the last <paramref name="cycles"/> seasons, as many as there are.</summary>
    /// <param name="values">The history.</param>
    /// <param name="season">The length of the season.</param>
    /// <param name="cycles">The most seasons to use.</param>
    /// <param name="retention">The weight of a season relative to the one after it.</param>
    /// <param name="robust">Whether to cut the weight of values that stand out from the same step of the other seasons.</param>
    public static double[] Of(ReadOnlySpan<double> values, int season, int cycles, double retention, bool robust)
    {
        int n = values.Length;
        cycles = CyclesIn(n, season, cycles);
        robust &= cycles >= 3;
        var profile = new double[season];
        Span<double> sample = stackalloc double[cycles];
        Span<double> distance = stackalloc double[cycles];
        for (int phase = 0; phase < season; phase++)
        {
            for (int c = 0; c < cycles; c++)
            {
                sample[c] = values[n - (season * (c + 1)) + phase];
            }

            double centre = 0;
            double spread = 0;
            if (robust)
            {
                centre = Median(sample, distance);
                for (int c = 0; c < cycles; c++)
                {
                    distance[c] = Math.Abs(sample[c] - centre);
                }

                // 1.4826 makes the median absolute deviation a standard deviation under the normal distribution.
                spread = (1.4826 * MedianInPlace(distance)) + 1e-9;
            }

            double sum = 0;
            double total = 0;
            double weight = 1;
            for (int c = 0; c < cycles; c++)
            {
                double w = robust ? weight * Math.Min(1, 2 * spread / Math.Max(Math.Abs(sample[c] - centre), 1e-12)) : weight;
                sum += w * sample[c];
                total += w;
                weight *= retention;
            }

            profile[phase] = sum / total;
        }

        return profile;
    }

    public static int CyclesIn(int count, int season, int most) => Math.Max(1, Math.Min(most, count / season));

    /// <summary>Draws a profile over a long season towards the mean profile over the short one within it.</summary>
    public static void ShrinkToShortSeason(Span<double> profile, int shortSeason, double share)
    {
        if (share <= 0 || shortSeason <= 0 || shortSeason >= profile.Length)
            return;

        int repeats = profile.Length / shortSeason;
        for (int phase = 0; phase < shortSeason; phase++)
        {
            double mean = 0;
            for (int i = phase; i < profile.Length; i += shortSeason)
            {
                mean += profile[i];
            }

            mean /= repeats;
            for (int i = phase; i < profile.Length; i += shortSeason)
            {
                profile[i] += share * (mean - profile[i]);
            }
        }
    }

    /// <summary>The values minus the profile repeated backwards from the origin.</summary>
    public static double[] Remainder(ReadOnlySpan<double> values, ReadOnlySpan<double> profile)
    {
        var remainder = new double[values.Length];
        int phase = profile.Length - 1;
        for (int i = values.Length - 1; i >= 0; i--)
        {
            remainder[i] = values[i] - profile[phase];
            phase = phase == 0 ? profile.Length - 1 : phase - 1;
        }

        return remainder;
    }

    private static double Median(ReadOnlySpan<double> sample, Span<double> scratch)
    {
        sample.CopyTo(scratch);
        return MedianInPlace(scratch);
    }

    private static double MedianInPlace(Span<double> sample)
    {
        sample.Sort();
        int middle = sample.Length / 2;
        return sample.Length % 2 == 1 ? sample[middle] : 0.5 * (sample[middle - 1] + sample[middle]);
    }
}
