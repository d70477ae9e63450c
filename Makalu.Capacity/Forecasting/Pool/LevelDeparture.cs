using Makalu.Capacity.Forecasting.Candidates;
using Makalu.Capacity.Numerics;

namespace Makalu.Capacity.Forecasting.Pool;

/// <summary>
/// A level that the latest hours have left, which may stay or turn back. Where traffic has the rhythm of the day it is a day off (a holiday, an
/// outage, a rush) with a probability, gone before it has lasted a day. Else what has lasted long is likely to last: having lasted for <see cref="Count"/> steps it lasts
/// for h more with the probability (Count ÷ (Count + h))ᵃ, Pareto's law. Probability and exponent are learned from how long earlier departures lasted.
/// </summary>
/// <param name="Count">The values since the level was left.</param>
/// <param name="Log">The logarithm of the factor, now relative to before.</param>
/// <param name="Exponent">The exponent a of the law: the greater, the sooner it turns back.</param>
/// <param name="DayOff">The probability that it is gone before <paramref name="Cycle"/>; 0 where it has lasted longer, and without a season.</param>
/// <param name="Cycle">The values of a day.</param>
internal sealed record LevelDeparture(int Count, double Log, double Exponent, double DayOff, int Cycle)
{
    /// <summary>The exponent where the history knows no departures, and the evidence that it counts for: the logarithm of time at risk.</summary>
    public const double PriorExponent = 0.3;
    private const double PriorExposure = 4;

    /// <summary>The probability of a day off where the history knows no departures, and the departures that it counts for.</summary>
    private const double PriorDayOff = 0.6;
    private const double PriorDepartures = 2;

    private const int FewestValues = 3;
    private const int FewestCyclesBefore = 6;
    private const int MostCyclesBefore = 28;
    private const int ReferenceCycles = 7;
    private const int ReferenceLongSeasons = 3;

    /// <summary>So many cycles after a departure the reference begins to follow: it did not end.</summary>
    private const int CensoredCycles = 3;

    /// <summary>The departure must be this many robust deviations of what three values do otherwise, and at least this factor.</summary>
    private const double Deviations = 3.5;
    private const double LeastFactor = 1.3;

    /// <summary>The departure at the end of a history, or null.</summary>
    /// <param name="transformed">The history on a logarithmic scale; NaN where unknown.</param>
    /// <param name="seasons">The seasons.</param>
    public static LevelDeparture? Find(ReadOnlySpan<double> transformed, SeasonLengths seasons)
    {
        double[] smooth = Smoothed(transformed, seasons);
        if (smooth.Length < FewestCyclesBefore * seasons.Cycle || double.IsNaN(smooth[^1]))
            return null;

        double centre = SampleQuantile.Median(smooth);
        var distances = new double[smooth.Length];
        for (int i = 0; i < smooth.Length; i++)
        {
            smooth[i] -= centre;
            distances[i] = Math.Abs(smooth[i]);
        }

        double least = Math.Max(Math.Log(LeastFactor), Deviations * ((1.4826 * SampleQuantile.Median(distances)) + 0.01));
        if (!(distances[^1] > least))
            return null;

        double sign = Math.Sign(smooth[^1]);
        int start = smooth.Length;
        while (start > 0 && !(sign * smooth[start - 1] < 0.5 * distances[^1]))
        {
            start--;
        }

        // Each value of the smoothed series is the median of three: the first of them that is beyond is the second value that was.
        int count = smooth.Length - start + 1;
        if (count < FewestValues || count > CensoredCycles * seasons.Cycle || smooth.Length - count < FewestCyclesBefore * seasons.Cycle)
            return null;

        double log = SampleQuantile.Median(smooth.AsSpan(start));
        if (!Abrupt(transformed, transformed.Length - count, log, seasons))
            return null;

        int cycle = seasons.Cycle;
        List<int> durations = Durations(smooth.AsSpan(0, start - 1), 0.5 * Math.Abs(log));
        int from = seasons.Short > 0 ? cycle : FewestValues;
        int censored = CensoredCycles * cycle;
        double ended = durations.Count(d => d >= from && d < censored) + (PriorExponent * PriorExposure);
        double exposure = durations.Sum(d => Math.Log(Math.Max(1, (double)Math.Min(d, censored) / from))) + PriorExposure;
        int brief = durations.Count(d => d < cycle);
        double daysOff = (brief + (PriorDayOff * PriorDepartures)) / (durations.Count + PriorDepartures);
        return new LevelDeparture(count, log, ended / exposure, seasons.Short > 0 && count < cycle ? daysOff : 0, cycle);
    }

    /// <summary>Draws what turning back adds to each step, on the logarithmic scale.</summary>
    public void Draw(RandomStream random, Span<double> added)
    {
        double lasts = random.NextDouble() < DayOff
            ? (Cycle - Count) * random.NextDouble()
            : Count * (Math.Pow(1 - random.NextDouble(), -1 / Exponent) - 1);
        for (int h = 0; h < added.Length; h++)
        {
            added[h] -= h + 1 > lasts ? Log : 0;
        }
    }

    /// <summary>How long each run beyond a limit lasted, where it lasted long enough to be a departure.</summary>
    private static List<int> Durations(ReadOnlySpan<double> smooth, double limit)
    {
        var durations = new List<int>();
        int length = 0;
        foreach (double value in smooth)
        {
            if (Math.Abs(value) > limit)
            {
                length++;
                continue;
            }

            if (length + 1 >= FewestValues)
            {
                durations.Add(length + 1);
            }

            length = 0;
        }

        return durations;
    }

    /// <summary>
    /// Whether the level was left at once: what changed from the three values before to the three after, less what changes there on other days (and, with a long season,
    /// on the same day a long season before), is at least half of the gap. A shape that drifts leaves its median too, but changes as it did the day before.
    /// </summary>
    private static bool Abrupt(ReadOnlySpan<double> values, int at, double log, SeasonLengths seasons)
    {
        double change = Change(values, at);
        double usual = seasons.Short > 0 ? Change(values, at - seasons.Short) : 0;
        double before = seasons.Long > 0 ? Change(values, at - seasons.Long) : usual;
        double least = 0.5 * Math.Abs(log);
        return Math.Sign(log) * (change - usual) > least && Math.Sign(log) * (change - before) > least;
    }

    private static double Change(ReadOnlySpan<double> values, int at)
        => SampleQuantile.Median(values.Slice(at, FewestValues)) - SampleQuantile.Median(values.Slice(at - FewestValues, FewestValues));

    /// <summary>The running medians of three of the differences from the medians of the same step of the seasons before, the latest last.</summary>
    private static double[] Smoothed(ReadOnlySpan<double> values, SeasonLengths seasons)
    {
        int cycle = seasons.Cycle;
        int first = Math.Max(Math.Max(2 * cycle, 2 * seasons.Long), values.Length - (MostCyclesBefore * cycle));
        if (values.Length - first < 3)
            return [];

        double[] differences = seasons.Long > 0 ? Differences(values, first, seasons.Long, ReferenceLongSeasons)
            : seasons.Short > 0 ? Differences(values, first, cycle, ReferenceCycles)
            : Differences(values, first, 1, ReferenceCycles * cycle);
        var smooth = new double[differences.Length - 2];
        for (int i = 0; i < smooth.Length; i++)
        {
            smooth[i] = SampleQuantile.Median(differences.AsSpan(i, 3));
        }

        return smooth;
    }

    private static double[] Differences(ReadOnlySpan<double> values, int first, int lag, int lags)
    {
        var differences = new double[values.Length - first];
        var before = new double[lags];
        for (int i = first; i < values.Length; i++)
        {
            int known = Math.Min(lags, i / lag);
            for (int k = 0; k < known; k++)
            {
                before[k] = values[i - ((k + 1) * lag)];
            }

            differences[i - first] = values[i] - SampleQuantile.Median(before.AsSpan(0, known));
        }

        return differences;
    }
}
