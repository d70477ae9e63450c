using Makalu.Capacity.Forecasting.Candidates;
using Makalu.Capacity.Numerics;

namespace Makalu.Capacity.Forecasting.Pool;

/// <summary>
/// Steps that stand far outside what a history does otherwise, and come back: a spike, an outage, a step recorded in part. They are found on the logarithm, as differences from the
/// median of the same step of the days (and weekdays) about it and from the median of the hours on either side. What still lasts at an origin is one while it is too
/// short to be a new level, which <see cref="LevelDeparture"/> looks for. What lies below must do so on the square root too: of small counts a zero is nothing unusual.
/// </summary>
internal sealed class Outliers
{
    /// <summary>An outlier is this many robust deviations (1.4826 times the median absolute one) of what the steps do otherwise, and at least this factor.</summary>
    private const double Deviations = 8;
    private const double LeastFactor = 1.5;

    /// <summary>What came back is a spike from this factor on: rushes of two to five times come again, and members that do not see them are worse on real traffic (World Cup 1998).</summary>
    private const double LeastSpike = 6;

    /// <summary>A step that belongs to a run is beyond this part of the limit.</summary>
    private const double RunShare = 0.5;

    /// <summary>Added before the logarithm is taken, as a part of the median: zeros are far below, but not infinitely.</summary>
    private const double OffsetShare = 0.02;

    /// <summary>The same step of so many cycles on either side, and of so many long seasons, is what a step is compared with.</summary>
    private const int CyclesAside = 7;
    private const int LongSeasonsAside = 3;

    private const int FewestCycles = 4;

    /// <summary>What has lasted for so many steps may be a new level.</summary>
    private const int MostUnfinished = 2;

    /// <summary>A level does not change by this factor at once, nor to nothing: it is an outlier a little longer.</summary>
    private const double Absurd = 10;

    /// <summary>Cycles for each outlier, at least: more often they belong to the traffic. The errors then hold them all, and members are kept from the absurd ones only.</summary>
    private const int CyclesPerRare = 14;

    private readonly double[] _differences;
    private readonly double[] _limits;
    private readonly double[] _roots;
    private readonly double[] _rootLimits;
    private readonly int _reach;
    private readonly int _longest;
    private readonly List<(int From, int To, double Log)> _runs;

    private Outliers(double[] differences, double[] limits, double[] roots, double[] rootLimits, int reach, int longest, List<(int From, int To, double Log)> runs, int cycles)
    {
        _differences = differences;
        _limits = limits;
        _roots = roots;
        _rootLimits = rootLimits;
        _reach = reach;
        _longest = longest;
        AreRare = runs.Count <= Math.Max(1, cycles / CyclesPerRare);
        _runs = AreRare ? runs : [.. runs.Where(r => IsAbsurd(r.Log))];
    }

    /// <summary>No outliers.</summary>
    public static Outliers None { get; } = new([], [], [], [], 1, 0, [], 0);

    /// <summary>Whether they are too rare to be a part of what is to come.</summary>
    public bool AreRare { get; }

    /// <summary>Those that came back and that members do not see, in order, as first step, the step after the last and the logarithm of the factor.</summary>
    public IReadOnlyList<(int From, int To, double Log)> Runs => _runs;

    /// <param name="values">The history; NaN where unknown.</param>
    /// <param name="seasons">The seasons.</param>
    public static Outliers Find(ReadOnlySpan<double> values, SeasonLengths seasons)
    {
        int cycle = seasons.Cycle;
        int n = values.Length;
        double offset = OffsetShare * SampleQuantile.Median(values);
        if (n < FewestCycles * cycle || !(offset > 0))
            return None;

        int reach = Math.Max(6, cycle / 2);
        int longest = Math.Max(3, cycle / 4);
        double[] differences = Differences(values, v => Math.Log(v + offset), seasons);
        double[] aside = LessMedian(differences, reach, reach);
        double[] limits = Limits(LessMedian(differences, reach + longest - 1, -longest), seasons.Short, Math.Log(LeastFactor));
        double[] roots = Differences(values, Math.Sqrt, seasons);
        double[] rootLimits = Limits(LessMedian(roots, reach, reach), seasons.Short, 0);
        List<(int From, int To, double Log)> runs = RunsOf(aside, Limits(aside, seasons.Short, Math.Log(LeastFactor)), differences, reach, longest);
        runs.RemoveAll(run => run.Log > 0 ? run.Log < Math.Log(LeastSpike) : !IsBelow(roots, rootLimits, run.From, run.To, reach));
        return new Outliers(differences, limits, roots, rootLimits, reach, longest, runs, n / cycle);
    }

    private static double[] Differences(ReadOnlySpan<double> values, Func<double, double> scale, SeasonLengths seasons)
    {
        var differences = new double[values.Length];
        for (int i = 0; i < differences.Length; i++)
        {
            differences[i] = scale(values[i]);
        }

        if (seasons.Short > 0)
            differences = LessSeason(differences, seasons.Short, CyclesAside);
        return seasons.Long > 0 && differences.Length >= LongSeasonsAside * seasons.Long ? LessSeason(differences, seasons.Long, LongSeasonsAside) : differences;
    }

    /// <summary>Whether a run lies below what is before it, and after it where something is known, by more than the limit.</summary>
    private static bool IsBelow(ReadOnlySpan<double> values, double[] limits, int from, int to, int reach)
    {
        double height = SampleQuantile.Median(values[from..to]);
        double before = SampleQuantile.Median(values.Slice(Math.Max(0, from - reach), from - Math.Max(0, from - reach)));
        double after = SampleQuantile.Median(values.Slice(to, Math.Min(reach, values.Length - to)));
        return !(before - height < limits[from]) && !(after - height < limits[from]);
    }

    /// <summary>Makes the steps before an origin unknown that are outliers as seen from there.</summary>
    /// <param name="values">The values before the origin.</param>
    public void Leave(Span<double> values)
    {
        foreach ((int from, int to, _) in _runs)
        {
            if (to <= values.Length)
                values[from..to].Fill(double.NaN);
        }

        values[^UnfinishedAt(values.Length, out _)..].Fill(double.NaN);
    }

    /// <summary>Makes the last outlier unknown where it came back so lately that the median of the last three values does not know it yet.</summary>
    /// <param name="values">The history.</param>
    public void LeaveLatest(Span<double> values)
    {
        if (_runs.Count > 0 && _runs[^1].To > values.Length - 3 && _runs[^1].To < values.Length)
            values[_runs[^1].From.._runs[^1].To].Fill(double.NaN);
    }

    /// <summary>The history without its outliers, as a copy.</summary>
    /// <param name="values">The history; NaN where unknown.</param>
    public double[] Without(ReadOnlySpan<double> values)
    {
        double[] without = values.ToArray();
        Leave(without);
        return without;
    }

    /// <summary>
    /// What errors and noise are learned from, as a copy: without the absurd ones where they are rare. What is less is a part of what may come again; without it peaks of real traffic (World Cup
    /// 1998) were stated too low.
    /// </summary>
    /// <param name="values">The history; NaN where unknown.</param>
    public double[] Judged(ReadOnlySpan<double> values)
    {
        double[] judged = values.ToArray();
        if (!AreRare)
            return judged;

        foreach ((int from, int to, double log) in _runs)
        {
            if (IsAbsurd(log))
                judged.AsSpan(from, to - from).Fill(double.NaN);
        }

        int unfinished = UnfinishedAt(judged.Length, out double last);
        if (IsAbsurd(last))
            judged.AsSpan(judged.Length - unfinished).Fill(double.NaN);
        return judged;
    }

    private static bool IsAbsurd(double log) => Math.Abs(log) > Math.Log(Absurd);

    /// <summary>What a report tells of them, the oldest first.</summary>
    /// <param name="values">The history; NaN where unknown.</param>
    /// <param name="seasons">The seasons.</param>
    /// <param name="step">The length of a step.</param>
    /// <param name="end">The end of the history.</param>
    public IReadOnlyList<UnannouncedEvent> Events(double[] values, SeasonLengths seasons, TimeSpan step, DateTimeOffset end)
    {
        var runs = _runs.Select(r => (r.From, r.To)).ToList();
        int unfinished = UnfinishedAt(values.Length, out _);
        if (unfinished > 0)
            runs.Add((values.Length - unfinished, values.Length));
        if (runs.Count == 0)
            return [];

        double[] usual = GapFilling.Fill(Without(values), seasons);
        return Array.AsReadOnly(runs.Select(run =>
        {
            double extra = 0, factor = 1;
            for (int i = run.From; i < run.To; i++)
            {
                if (double.IsNaN(values[i]) || !(usual[i] > 0))
                    continue;

                extra += (values[i] - usual[i]) * step.TotalSeconds;
                double ratio = values[i] / usual[i];
                factor = Math.Abs(Math.Log(ratio)) > Math.Abs(Math.Log(factor)) ? ratio : factor;
            }

            return new UnannouncedEvent(end - (step * (values.Length - run.From)), end - (step * (values.Length - run.To)), factor, extra);
        }).ToArray());
    }

    /// <summary>How many steps before an origin lie outside and had not come back there.</summary>
    /// <param name="origin">The steps before the origin.</param>
    /// <param name="log">The logarithm of their factor; 0 without any.</param>
    public int UnfinishedAt(int origin, out double log)
    {
        log = 0;
        int last = Math.Min(origin, _differences.Length) - 1;
        while (last >= 0 && double.IsNaN(_differences[last]))
            last--;
        if (last + 1 < _reach + _longest)
            return 0;

        double before = SampleQuantile.Median(_differences.AsSpan(last + 1 - _reach - _longest, _reach));
        double gap = _differences[last] - before;
        if (!(Math.Abs(gap) > _limits[last]))
            return 0;

        int first = last;
        while (first > 0 && Math.Sign(gap) * (_differences[first - 1] - before) > RunShare * _limits[first - 1])
            first--;
        if (last + 1 - first > (IsAbsurd(gap) ? _longest : MostUnfinished))
            return 0;

        if (gap < 0 && !IsBelow(_roots.AsSpan(0, last + 1), _rootLimits, first, last + 1, _reach))
            return 0;

        log = gap;
        return origin - first;
    }

    private static List<(int From, int To, double Log)> RunsOf(double[] aside, double[] limits, double[] differences, int reach, int longest)
    {
        var runs = new List<(int From, int To, double Log)>();
        for (int i = 0; i < aside.Length; i++)
        {
            if (!(Math.Abs(aside[i]) > limits[i]))
                continue;

            int sign = Math.Sign(aside[i]), from = i, to = i + 1;
            while (from > 0 && sign * aside[from - 1] > RunShare * limits[from - 1])
                from--;
            while (to < aside.Length && sign * aside[to] > RunShare * limits[to])
                to++;
            i = to - 1;
            if (to - from > longest)
                continue;

            double height = SampleQuantile.Median(differences.AsSpan(from, to - from));
            double before = height - SampleQuantile.Median(differences.AsSpan(Math.Max(0, from - reach), from - Math.Max(0, from - reach)));
            double after = height - SampleQuantile.Median(differences.AsSpan(to, Math.Min(reach, aside.Length - to)));

            // A new level lies outside on one side only, and what lasts until the end may be one.
            double least = RunShare * limits[from];
            if (sign * after > least && (from == 0 || sign * before > least))
                runs.Add((from, to, from == 0 ? after : 0.5 * (before + after)));
        }

        return runs;
    }

    /// <summary>The limit at each step, by its own time of the season and that beside it where that scatters more.</summary>
    private static double[] Limits(double[] values, int season, double least)
    {
        double all = Spread(values);
        var limits = new double[values.Length];
        if (season < 4)
        {
            Array.Fill(limits, Math.Max(least, Deviations * all));
            return limits;
        }

        var near = new List<double>();
        for (int phase = 0; phase < season; phase++)
        {
            near.Clear();
            for (int i = phase; i < values.Length; i += season)
            {
                near.AddRange(values.AsSpan(Math.Max(0, i - 1), Math.Min(values.Length, i + 2) - Math.Max(0, i - 1)));
            }

            double own = Spread([.. near]);
            for (int i = phase; i < values.Length; i += season)
            {
                limits[i] = Math.Max(least, Deviations * (own > all ? own : all));
            }
        }

        return limits;
    }

    private static double Spread(double[] values) => 1.4826 * SampleQuantile.Median(Array.ConvertAll(values, Math.Abs));

    private static double[] LessSeason(double[] values, int season, int aside)
    {
        var result = new double[values.Length];
        var same = new double[(2 * aside) + 1];
        for (int i = 0; i < values.Length; i++)
        {
            int first = Math.Max(-aside, -(i / season));
            int last = Math.Min(aside, (values.Length - 1 - i) / season);

            // As many seasons in all where there are fewer on one side: a median of few is half the outlier itself.
            last = Math.Min((values.Length - 1 - i) / season, Math.Max(last, first + (2 * aside)));
            first = Math.Max(-(i / season), Math.Min(first, last - (2 * aside)));
            for (int k = first; k <= last; k++)
            {
                same[k - first] = values[i + (k * season)];
            }

            result[i] = values[i] - SampleQuantile.Median(same.AsSpan(0, last - first + 1));
        }

        return result;
    }

    /// <summary>The differences from the running median from so many steps before to so many after.</summary>
    private static double[] LessMedian(double[] values, int before, int after)
    {
        var result = new double[values.Length];
        for (int i = 0; i < values.Length; i++)
        {
            int from = Math.Max(0, i - before), to = Math.Min(values.Length, i + after + 1);
            result[i] = to > from ? values[i] - SampleQuantile.Median(values.AsSpan(from, to - from)) : double.NaN;
        }

        return result;
    }
}
