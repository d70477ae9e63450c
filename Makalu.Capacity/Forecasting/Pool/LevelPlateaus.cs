using Makalu.Capacity.Forecasting.Candidates;
using Makalu.Capacity.Numerics;

namespace Makalu.Capacity.Forecasting.Pool;

/// <summary>
/// A history as levels that follow each other: the piecewise constant function with the least sum of squares and a price for each piece (optimal partitioning; Jackson
/// et al., IEEE Signal Processing Letters 12, 2005), of the values without their season. The season is first what steps differ by from those near them, which a jump changes in one
/// of several cycles; then what is left beside the levels.
/// </summary>
internal sealed class LevelPlateaus
{
    private const int MostCycles = 182;
    private const int FewestCycles = 8;
    private const int Rounds = 2;

    /// <summary>The price of a level, in variances of the noise: neighbouring values are alike, so that it must be higher than for independent ones.</summary>
    private const double Price = 60;

    /// <summary>Neighbouring levels that differ by less than so many deviations of the noise, or less than this factor, are one.</summary>
    private const double Deviations = 4;
    private const double LeastFactor = 1.3;

    private readonly LevelPlateau[] _plateaus;

    private LevelPlateaus(LevelPlateau[] plateaus, double cycleNoise)
    {
        _plateaus = plateaus;
        CycleNoise = cycleNoise;
    }

    /// <summary>The number of levels.</summary>
    public int Count => _plateaus.Length;

    /// <summary>The robust standard deviation of the medians of cycles, by their differences from one to the next.</summary>
    public double CycleNoise { get; }

    /// <summary>A level, the earliest first.</summary>
    public LevelPlateau this[int k] => _plateaus[k];

    /// <summary>The levels of the latest half year of days (or other cycles) of a history; null where it has fewer than eight.</summary>
    /// <param name="transformed">The history on a logarithmic scale; NaN where unknown.</param>
    /// <param name="seasons">The seasons.</param>
    public static LevelPlateaus? Find(ReadOnlySpan<double> transformed, SeasonLengths seasons)
    {
        int cycle = seasons.Cycle;
        int whole = seasons.Long > 0 ? seasons.Long : cycle;
        int count = Math.Min(transformed.Length, MostCycles * cycle) / whole * whole;
        if (count < FewestCycles * cycle)
            return null;

        double[] values = transformed[^count..].ToArray();
        double[] adjusted = seasons.Short > 0 ? WithoutShape(values, seasons) : values;
        double[] smooth = [];
        int[] starts = [];
        double[] levels = [];
        for (int round = 0; round < Rounds; round++)
        {
            smooth = Smoothed(adjusted);
            double noise = NoiseOf(smooth, cycle);
            starts = Partition(smooth, noise);
            levels = Merge(smooth, ref starts, noise);
            if (round + 1 < Rounds && seasons.Profile > 0)
            {
                adjusted = WithoutSeason(values, starts, levels, seasons.Profile);
            }
        }

        int skipped = transformed.Length - count;
        var plateaus = new LevelPlateau[starts.Length];
        for (int k = 0; k < plateaus.Length; k++)
        {
            int end = k + 1 < starts.Length ? starts[k + 1] : count;
            int start = k == 0 ? 0 : skipped + starts[k];
            int reach = cycle / 2;
            double atOnce = k == 0 ? 0 : SampleQuantile.Median(smooth.AsSpan(starts[k]..Math.Min(count, starts[k] + reach))) - SampleQuantile.Median(smooth.AsSpan(Math.Max(0, starts[k] - reach)..starts[k]));
            plateaus[k] = new LevelPlateau(start, skipped + end - start, levels[k], Spread(smooth.AsSpan(starts[k]..end), levels[k]), atOnce);
        }

        return new LevelPlateaus(plateaus, CycleNoiseOf(adjusted, cycle));
    }

    /// <summary>The values without the shape of the day and what weekdays differ by.</summary>
    private static double[] WithoutShape(double[] values, SeasonLengths seasons)
    {
        int cycle = seasons.Cycle;
        double[] medians = CycleMedians(values, cycle);
        var shape = new double[cycle];
        var same = new double[medians.Length];
        for (int phase = 0; phase < cycle; phase++)
        {
            for (int d = 0; d < same.Length; d++)
            {
                same[d] = values[(d * cycle) + phase] - medians[d];
            }

            shape[phase] = OrNone(SampleQuantile.Median(same));
        }

        double[] weekdays = Weekdays(medians, seasons.Long / cycle);
        return [.. values.Select((v, i) => v - shape[i % cycle] - weekdays[i / cycle % weekdays.Length])];
    }

    /// <summary>How weekdays differ, by the medians of the differences from each to the next.</summary>
    private static double[] Weekdays(double[] medians, int week)
    {
        if (week < 2)
            return [0];

        var steps = new double[week];
        for (int j = 0; j < week; j++)
        {
            double[] differences = [.. Enumerable.Range(0, medians.Length - 1).Where(d => d % week == j).Select(d => medians[d + 1] - medians[d])];
            steps[j] = OrNone(SampleQuantile.Median(differences));
        }

        double drift = steps.Average();
        var weekdays = new double[week];
        for (int j = 1; j < week; j++)
        {
            weekdays[j] = weekdays[j - 1] + steps[j - 1] - drift;
        }

        double mean = weekdays.Average();
        return [.. weekdays.Select(w => w - mean)];
    }

    private static double[] WithoutSeason(double[] values, int[] starts, double[] levels, int season)
    {
        var beside = new double[values.Length];
        for (int i = 0, k = 0; i < values.Length; i++)
        {
            k += k + 1 < starts.Length && i == starts[k + 1] ? 1 : 0;
            beside[i] = values[i] - levels[k];
        }

        var same = new double[values.Length / season];
        var profile = new double[season];
        for (int phase = 0; phase < season; phase++)
        {
            for (int s = 0; s < same.Length; s++)
            {
                same[s] = beside[phase + (s * season)];
            }

            profile[phase] = OrNone(SampleQuantile.Median(same));
        }

        double mean = profile.Average();
        return [.. values.Select((v, i) => v - profile[i % season] + mean)];
    }

    private static double OrNone(double value) => double.IsNaN(value) ? 0 : value;

    /// <summary>The running median of three; the latest value, which has but one neighbour, as it is.</summary>
    private static double[] Smoothed(double[] values)
    {
        var smooth = new double[values.Length];
        for (int i = 0; i + 1 < values.Length; i++)
        {
            int from = Math.Max(0, i - 1);
            smooth[i] = SampleQuantile.Median(values.AsSpan(from..(i + 2)));
        }

        smooth[^1] = values[^1];
        return smooth;
    }

    /// <summary>The robust deviation of values from the median of the cycle about them.</summary>
    private static double NoiseOf(double[] smooth, int cycle)
    {
        int reach = Math.Max(2, cycle / 2);
        var distances = new double[smooth.Length];
        for (int i = 0; i < smooth.Length; i++)
        {
            distances[i] = smooth[i] - SampleQuantile.Median(smooth.AsSpan(Math.Max(0, i - reach)..Math.Min(smooth.Length, i + reach + 1)));
        }

        return Spread(distances, 0) + 0.01;
    }

    private static double CycleNoiseOf(double[] adjusted, int cycle)
    {
        double[] medians = CycleMedians(adjusted, cycle);
        return Spread([.. medians.Zip(medians.Skip(1), (a, b) => b - a)], 0) / Math.Sqrt(2);
    }

    private static double[] CycleMedians(double[] values, int cycle)
        => [.. Enumerable.Range(0, values.Length / cycle).Select(d => SampleQuantile.Median(values.AsSpan(d * cycle, cycle)))];

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

    /// <summary>The first value of each piece of the cheapest piecewise constant function.</summary>
    private static int[] Partition(double[] smooth, double noise)
    {
        int n = smooth.Length;
        var known = new int[n + 1];
        var sum = new double[n + 1];
        var square = new double[n + 1];
        for (int i = 0; i < n; i++)
        {
            double value = OrNone(smooth[i]);
            known[i + 1] = known[i] + (double.IsNaN(smooth[i]) ? 0 : 1);
            sum[i + 1] = sum[i] + value;
            square[i + 1] = square[i] + (value * value);
        }

        double price = Price * noise * noise;
        var cost = new double[n + 1];
        var from = new int[n + 1];
        for (int end = 1; end <= n; end++)
        {
            cost[end] = double.PositiveInfinity;
            for (int start = 0; start < end; start++)
            {
                double total = sum[end] - sum[start];
                double squares = square[end] - square[start] - (total * total / Math.Max(1, known[end] - known[start]));
                double candidate = cost[start] + price + squares;
                if (candidate < cost[end])
                {
                    cost[end] = candidate;
                    from[end] = start;
                }
            }
        }

        var starts = new Stack<int>();
        for (int end = n; end > 0; end = from[end])
        {
            starts.Push(from[end]);
        }

        return [.. starts];
    }

    /// <summary>Joins neighbours that hardly differ, the most alike first, and returns the level of each.</summary>
    private static double[] Merge(double[] smooth, ref int[] starts, double noise)
    {
        double least = Math.Max(Math.Log(LeastFactor), Deviations * noise);
        var kept = new List<int>(starts);
        while (true)
        {
            double[] levels = [.. kept.Select((s, k) => SampleQuantile.Median(smooth.AsSpan(s..(k + 1 < kept.Count ? kept[k + 1] : smooth.Length))))];
            double[] steps = [.. levels.Zip(levels.Skip(1), (a, b) => OrNone(Math.Abs(b - a)))];
            int weakest = steps.Length == 0 ? -1 : Array.IndexOf(steps, steps.Min());
            if (weakest < 0 || steps[weakest] >= least)
            {
                starts = [.. kept];
                return levels;
            }

            kept.RemoveAt(weakest + 1);
        }
    }
}
