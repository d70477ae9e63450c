using Makalu.Capacity.Forecasting.Candidates;
using Makalu.Capacity.Numerics;

namespace Makalu.Capacity.Forecasting.Pool;

/// <summary>
/// A lasting jump of the level within the last weeks. It is found on the medians of the cycles (days) counted back from the origin,
/// as differences from the same cycle of the long season before where there is one, by the largest standardised difference between
/// before and after (the CUSUM of Page, Biometrika 41, 1954, with medians for means).
/// </summary>
/// <param name="Count">The values after the jump.</param>
/// <param name="Log">The logarithm of the factor, after relative to before.</param>
internal sealed record LevelShift(int Count, double Log)
{
    private const int FewestBefore = 6;
    private const int MostBefore = 21;
    private const int MostAfter = 10;

    /// <summary>Where weekdays differ a day or two tell nothing: a holiday looks the same.</summary>
    private const int FewestAfterInWeek = 3;

    /// <summary>The jump must be this many robust deviations of what the cycles do otherwise, and at least this factor.</summary>
    private const double Deviations = 6;
    private const double LeastFactor = 1.3;

    /// <summary>The jump of a history, or null. Without a long season one cycle after it is enough where the jump is large beside the noise.</summary>
    /// <param name="transformed">The history on a logarithmic scale; NaN where unknown.</param>
    /// <param name="seasons">The seasons.</param>
    /// <param name="mostBefore">The cycles before the jump that are looked at, at the most: they must hold no other jump.</param>
    public static LevelShift? Find(ReadOnlySpan<double> transformed, SeasonLengths seasons, int mostBefore = MostBefore)
    {
        int cycle = seasons.Cycle;
        int lag = seasons.Long > 0 ? seasons.Long / cycle : 0;
        int cycles = Math.Min(transformed.Length / cycle, mostBefore + MostAfter + lag);
        double[] medians = Medians(transformed, cycle, cycles);
        var differences = new double[cycles - Math.Min(cycles, lag)];
        for (int d = 0; d < differences.Length; d++)
        {
            differences[d] = lag > 0 ? medians[d] - medians[d + lag] : medians[d];
        }

        // After a full long season both of a pair lie behind the jump: the difference is gone, and members know the new level.
        int most = Math.Min(lag > 0 ? Math.Min(MostAfter, lag) : MostAfter, differences.Length - FewestBefore);
        LevelShift? found = null;
        double strongest = Deviations;
        for (int after = lag > 0 ? FewestAfterInWeek : 1; after <= most; after++)
        {
            ReadOnlySpan<double> late = differences.AsSpan(0, after);
            ReadOnlySpan<double> early = differences.AsSpan(after, Math.Min(mostBefore, differences.Length - after));
            double before = SampleQuantile.Median(early);
            double now = SampleQuantile.Median(late);
            double gap = Math.Abs(now - before);
            double noise = Math.Max(Spread(early, before), Spread(late, now)) + 0.02;
            double strength = gap / noise * Math.Sqrt(after / (after + 1.0));
            if (double.IsFinite(strength) && gap > Math.Log(LeastFactor) && strength > strongest && Abrupt(differences, after, before, now))
            {
                strongest = strength;
                found = new LevelShift(after * cycle, now - before);
            }
        }

        return found is null ? null : Locate(found, transformed, seasons);
    }

    /// <summary>The history as if it had been at the new level all along.</summary>
    public double[] Align(ReadOnlySpan<double> values, in ValueTransform transform)
    {
        double[] aligned = values.ToArray();
        for (int i = 0; i < aligned.Length - Count; i++)
        {
            aligned[i] = double.IsNaN(aligned[i]) ? double.NaN : transform.Inverse(transform.Forward(aligned[i]) + Log);
        }

        return aligned;
    }

    /// <summary>The standard deviation to add to the forecast's: the newer the jump, the less is known of whether it lasts.</summary>
    public double Doubt(int cycle) => 0.35 * Math.Abs(Log) / Math.Sqrt(1 + ((double)Count / cycle));

    /// <summary>Growth over days is no jump: every cycle must lie on its own side, but for the one in which the jump falls.</summary>
    private static bool Abrupt(double[] differences, int after, double before, double now)
    {
        double middle = 0.5 * (before + now);
        int wrong = 0;
        for (int d = 0; d < differences.Length; d++)
        {
            bool isLate = d < after;
            bool liesLate = now > before ? differences[d] > middle : differences[d] < middle;
            wrong += d != after && isLate != liesLate && !double.IsNaN(differences[d]) ? 1 : 0;
        }

        return wrong == 0;
    }

    /// <summary>Moves the jump from the border of two cycles to the value at which the sums of squares on either side are least.</summary>
    private static LevelShift Locate(LevelShift found, ReadOnlySpan<double> transformed, SeasonLengths seasons)
    {
        int cycle = seasons.Cycle;
        int border = transformed.Length - found.Count;
        int best = border;
        double least = double.PositiveInfinity;
        int profile = seasons.Profile > 0 ? seasons.Profile : cycle;
        for (int at = Math.Max(profile, border - cycle); at <= Math.Min(border + (cycle / 2), transformed.Length - 1); at++)
        {
            double cost = 0;
            for (int i = Math.Max(profile, border - cycle); i < Math.Min(border + cycle, transformed.Length); i++)
            {
                double difference = transformed[i] - transformed[i - profile];
                double expected = i >= at ? found.Log : 0;
                cost += double.IsNaN(difference) ? 0 : Math.Abs(difference - expected);
            }

            if (cost < least)
            {
                least = cost;
                best = at;
            }
        }

        return found with { Count = transformed.Length - best };
    }

    /// <summary>The median of each cycle, the latest first; NaN where less than half is known.</summary>
    private static double[] Medians(ReadOnlySpan<double> values, int cycle, int cycles)
    {
        var medians = new double[cycles];
        for (int d = 0; d < cycles; d++)
        {
            ReadOnlySpan<double> whole = values.Slice(values.Length - ((d + 1) * cycle), cycle);
            int known = 0;
            foreach (double value in whole)
            {
                known += double.IsNaN(value) ? 0 : 1;
            }

            medians[d] = 2 * known >= cycle ? SampleQuantile.Median(whole) : double.NaN;
        }

        return medians;
    }

    /// <summary>1.4826 times the median absolute deviation: a standard deviation under the normal distribution.</summary>
    private static double Spread(ReadOnlySpan<double> values, double median)
    {
        var distances = new double[values.Length];
        for (int i = 0; i < distances.Length; i++)
        {
            distances[i] = Math.Abs(values[i] - median);
        }

        return 1.4826 * SampleQuantile.Median(distances);
    }
}
