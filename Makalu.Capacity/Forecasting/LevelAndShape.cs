using Makalu.Capacity.Numerics;
using Makalu.Capacity.Series;

namespace Makalu.Capacity.Forecasting;

/// <summary>
/// A baseline on the logarithm: a level that moves over days plus a shape over the day, one for weekdays and one for weekends.
/// Both are found by backfitting over the steps that nothing on the calendar disturbs.
/// </summary>
/// <remarks>Immutable; safe to share between threads.</remarks>
internal sealed class LevelAndShape : IOrdinaryDay
{
    private const int Passes = 8;
    private const double ClipDeviations = 4;
    private const double ShapeHalfLifeDays = 21;
    private const double WeekendHalfLifeDays = 7;
    private const double WeekendPrior = 1;
    private const double OneSidedWeekend = 0.5;
    private const double FewestOfDay = 0.125;
    private const double FewestOfWeekday = 0.5;
    private const double ShapeBandwidthMinutes = 15;
    private const double DayTypeShrinkage = 0.6;
    private const double NoiseMemoryHours = 2;
    private const double SlowShare = 0.9;
    private const double FastShare = 0.44;
    private const int JudgedDays = 21;
    private const int JudgedDaysAhead = 7;
    private const int FewestDaysBefore = 5;
    private const double PriorDays = 7;
    private const double MostToPrior = 1.5;

    /// <summary>A day's level may lie this far from what was stated without being taken for a surprise.</summary>
    private const double NeverSuspect = 0.05;
    private const int FewestForVectors = 16;

    /// <summary>A path stays below a hundred times the highest value that was seen: after rare bursts errors are wide beyond sense.</summary>
    private static readonly double _mostLogBeyondHighest = Math.Log(100);

    private readonly DateTimeOffset _start;
    private readonly long _stepTicks;
    private readonly int _slots;
    private readonly double[] _logs;
    private readonly double[] _weights;
    private readonly double[] _clipped;
    private readonly double[][] _shapes;
    private readonly double[] _weekdays = new double[7];
    private readonly double[] _levels;

    /// <summary>The step of the day and the weekday of each step of the history, which each pass asks for several times.</summary>
    private readonly (int Slot, int Weekday)[] _places;
    private readonly double _stepDays;
    private readonly double _highest = double.NegativeInfinity;
    private ResidualNoise? _noise;
    private double _levelGrowth;
    private readonly bool _anyFree;
    private readonly List<(int From, int To)> _unannounced = [];

    private LevelAndShape(TimeSeries series, ReadOnlySpan<bool> masked)
    {
        _start = series.Start;
        _stepTicks = series.Step.Ticks;
        _stepDays = series.Step.TotalDays;
        _slots = (int)Math.Max(1, Math.Ceiling(1 / _stepDays));
        int n = series.Count;
        Offset = ChooseOffset(series);
        _logs = new double[n];
        _weights = new double[n];
        _clipped = new double[n];
        bool anyFree = false;
        for (int i = 0; i < n; i++)
        {
            _logs[i] = Math.Log(series[i] + Offset);
            _weights[i] = double.IsNaN(_logs[i]) || masked[i] ? 0 : 1;
            anyFree |= _weights[i] > 0;
            _highest = _logs[i] > _highest ? _logs[i] : _highest;
        }

        _anyFree = anyFree;
        if (!anyFree)
        {
            for (int i = 0; i < n; i++)
                _weights[i] = double.IsNaN(_logs[i]) ? 0 : 1;
        }

        _shapes = [new double[_slots], new double[_slots]];
        _levels = new double[n];
        _places = [.. Enumerable.Range(0, n).Select(PlaceAt)];
        Origin = series.End;
    }

    /// <summary>What is added before the logarithm is taken: 2 % of the median, at least half a request per step.</summary>
    public double Offset { get; }

    public DateTimeOffset Origin { get; }

    /// <summary>The level at the origin.</summary>
    public double Level { get; private set; }

    /// <summary>The robust standard deviation of the residuals.</summary>
    public double NoiseDeviation { get; private set; }

    /// <summary>
    /// The standard deviation of the traffic around its baseline over hours: slow noise and the level's own error, a quarter more
    /// for what level and shape miss (on synthetic campaigns 90 % intervals of factors hold 90 % with it, 85 % without).
    /// </summary>
    public double SlowDeviation => 1.25 * Math.Sqrt(Math.Pow(SlowShare * NoiseDeviation, 2) + (LevelDeviationPerDay * LevelDeviationPerDay));

    /// <summary>The standard deviation of the level's change from day to day.</summary>
    public double LevelDeviationPerDay { get; private set; }

    /// <summary>The standard deviation of the level at the origin as an estimate of the first day's.</summary>
    public double LevelDeviationAtOrigin { get; private set; }

    /// <summary>Fits level and shape.</summary>
    /// <param name="series">Rates; NaN where unknown, with at least one known value.</param>
    /// <param name="masked">The steps to leave out of the fit, as long as the series.</param>
    public static LevelAndShape Fit(TimeSeries series, ReadOnlySpan<bool> masked)
    {
        var model = new LevelAndShape(series, masked);
        model.Backfit();
        if (model._anyFree && series.Step <= TimeSpan.FromHours(1) && model.MaskUnannounced(masked))
            model.Backfit();
        model.FollowWeekends();
        model.FollowWeekdays();

        model.FindLevelAtOrigin();
        model.FindLevelDeviation();
        return model;
    }

    /// <summary>The spikes and drops that nothing on the calendar explains, which bend neither level nor shape.</summary>
    /// <param name="series">The rates that were fitted.</param>
    public IReadOnlyList<UnannouncedEvent> Unannounced(TimeSeries series)
    {
        var events = new UnannouncedEvent[_unannounced.Count];
        for (int k = 0; k < events.Length; k++)
        {
            (int from, int to) = _unannounced[k];
            double largest = 0, extra = 0;
            for (int i = from; i < to; i++)
            {
                double residual = _logs[i] - InSample(i);
                largest = Math.Abs(residual) > Math.Abs(largest) ? residual : largest;
                extra += series[i] + Offset - Math.Exp(InSample(i));
            }

            events[k] = new UnannouncedEvent(series.TimeAt(from), series.TimeAt(to), Math.Exp(largest), extra * series.Step.TotalSeconds);
        }

        return Array.AsReadOnly(events);
    }

    /// <summary>How far the log traffic of each step of the history is from the baseline; NaN where unknown.</summary>
    public TimeSeries Deviations()
    {
        var deviations = new double[_logs.Length];
        for (int i = 0; i < deviations.Length; i++)
            deviations[i] = _logs[i] - InSample(i);
        return TimeSeries.FromOwned(_start, TimeSpan.FromTicks(_stepTicks), deviations);
    }

    /// <summary>The log baseline of a step of the history.</summary>
    public double InSample(int step) => _levels[step] + Shape(step);

    public double SundayGap(int step)
    {
        (int slot, int dayType) = SlotOf(step);
        return _shapes[1][slot] + _weekdays[6] - _shapes[dayType][slot] - _weekdays[PlaceOf(step).Weekday];
    }

    /// <summary>The log baseline of each of the steps that follow the history.</summary>
    public double[] Extrapolate(int horizon)
    {
        var baseline = new double[horizon];
        for (int h = 0; h < horizon; h++)
            baseline[h] = Level + Shape(_logs.Length + h);
        return baseline;
    }

    /// <summary>The step of the day of each of the steps that follow the history.</summary>
    public int[] SlotsAhead(int horizon)
    {
        var slots = new int[horizon];
        for (int h = 0; h < horizon; h++)
            slots[h] = SlotOf(_logs.Length + h).Slot;
        return slots;
    }

    /// <summary>The days whose levels a path is drawn from: one more than the horizon touches.</summary>
    public int DaysAhead(int horizon) => 2 + (int)((horizon - 1) * _stepDays);

    /// <summary>Writes one path of rates.</summary>
    /// <param name="baseline">The log baseline from <see cref="Extrapolate"/>.</param>
    /// <param name="slots">The steps of the day from <see cref="SlotsAhead"/>.</param>
    /// <param name="random">The path's own stream.</param>
    /// <param name="days">Filled with how far the level is from the baseline's at the start of each day; as many as <see cref="DaysAhead"/>.</param>
    /// <param name="path">As long as the baseline.</param>
    public void FillPath(ReadOnlySpan<double> baseline, ReadOnlySpan<int> slots, RandomStream random, Span<double> days, Span<double> path)
    {
        if (IsNothing)
        {
            path.Clear();
            return;
        }

        double memory = Math.Exp(-_stepDays * 24 / NoiseMemoryHours);
        double innovation = Math.Sqrt(1 - (memory * memory));
        double from = LevelDeviationAtOrigin * random.NextNormal();
        double to = from + (_levelGrowth * random.NextNormal());
        int day = 0;
        (days[0], days[1]) = (from, to);
        double slow = random.NextNormal();
        for (int h = 0; h < path.Length; h++)
        {
            double position = h * _stepDays;
            while (position >= day + 1)
            {
                day++;
                from = to;
                to += _levelGrowth * random.NextNormal();
                days[day + 1] = to;
            }

            double noise = (SlowShare * slow) + (FastShare * random.NextNormal());
            double level = from + ((position - day) * (to - from));
            path[h] = baseline[h] + level + _noise!.At(slots[h], noise);
            slow = (memory * slow) + (innovation * random.NextNormal());
        }

        ToRates(path);
    }

    /// <summary>Writes steps of a path without the residuals' noise, because a campaign's residual curve takes its place.</summary>
    /// <param name="baseline">The log baseline from <see cref="Extrapolate"/>.</param>
    /// <param name="days">The path's levels from <see cref="FillPath"/>.</param>
    /// <param name="first">The first of the steps.</param>
    /// <param name="steps">Filled with the rates from that step on.</param>
    public void FillWithoutNoise(ReadOnlySpan<double> baseline, ReadOnlySpan<double> days, int first, Span<double> steps)
    {
        if (IsNothing)
        {
            steps.Clear();
            return;
        }

        if (steps.Length < FewestForVectors)
        {
            // The exponential of a few numbers is rounded otherwise than in vectors: a step must not depend on how many are asked for.
            Span<double> more = stackalloc double[FewestForVectors];
            FillLogarithms(baseline, days, first, more[..steps.Length]);
            more[steps.Length..].Clear();
            ToRates(more);
            more[..steps.Length].CopyTo(steps);
            return;
        }

        FillLogarithms(baseline, days, first, steps);
        ToRates(steps);
    }

    private void FillLogarithms(ReadOnlySpan<double> baseline, ReadOnlySpan<double> days, int first, Span<double> steps)
    {
        for (int i = 0; i < steps.Length; i++)
        {
            double position = (first + i) * _stepDays;
            int day = (int)position;
            double level = days[day] + ((position - day) * (days[day + 1] - days[day]));
            steps[i] = baseline[first + i] + level;
        }
    }

    /// <summary>Whether the history has nothing but zeros.</summary>
    private bool IsNothing => _highest <= Math.Log(Offset);

    private void ToRates(Span<double> logarithms)
    {
        System.Numerics.Tensors.TensorPrimitives.Min(logarithms, _highest + _mostLogBeyondHighest, logarithms);
        System.Numerics.Tensors.TensorPrimitives.Exp(logarithms, logarithms);
        for (int h = 0; h < logarithms.Length; h++)
            logarithms[h] = Math.Max(logarithms[h] - Offset, 0);
    }

    private static double ChooseOffset(TimeSeries series)
    {
        double median = SampleQuantile.Median(series.Values);
        return Math.Max(Math.Max(0.02 * median, 0.5 / series.Step.TotalSeconds), 1e-9);
    }

    /// <summary>The log baseline less the log level at a step, counted from the start of the history and past its end too.</summary>
    public double Shape(int step)
    {
        (int slot, int weekday) = PlaceOf(step);
        return _shapes[weekday >= 5 ? 1 : 0][slot] + _weekdays[weekday];
    }

    private (int Slot, int DayType) SlotOf(int step)
    {
        (int slot, int weekday) = PlaceOf(step);
        return (slot, weekday >= 5 ? 1 : 0);
    }

    private (int Slot, int Weekday) PlaceOf(int step) => step < _places.Length ? _places[step] : PlaceAt(step);

    /// <summary>The step of the day and the weekday, 0 for Monday, of a step counted from the start of the history.</summary>
    private (int Slot, int Weekday) PlaceAt(int step)
    {
        long ticks = _start.UtcTicks + (step * _stepTicks);
        long day = ticks / TimeSpan.TicksPerDay;
        // Day 0 of the calendar, 1 January of the year 1, is a Monday.
        return ((int)((ticks - (day * TimeSpan.TicksPerDay)) / _stepTicks), (int)(day % 7));
    }

    private void Backfit()
    {
        double[] recency = [.. Enumerable.Range(0, _logs.Length).Select(i => Math.Pow(2, -(_logs.Length - i) * _stepDays / ShapeHalfLifeDays))];
        for (int pass = 0; pass < Passes; pass++)
        {
            SmoothLevel();
            SmoothShapes(recency);
            ClipResiduals();
        }
    }

    /// <summary>
    /// Moves weekdays and weekends apart, or together, as the latest weekends lay against the days beside them: the shape follows in weeks, and
    /// what it misses would pull the level down over a weekend and leave the Monday too low.
    /// </summary>
    private void FollowWeekends()
    {
        int days = (int)(_logs.Length * _stepDays);
        if (_slots < 2 || days < 7)
            return;
        var sums = new double[days + 1];
        var counts = new double[days + 1];
        var isWeekend = new bool[days + 1];
        for (int i = 0; i < _logs.Length; i++)
        {
            int day = days - (int)((_logs.Length - 1 - i) * _stepDays);
            (_, int dayType) = SlotOf(i);
            isWeekend[day] = dayType == 1;
            if (_weights[i] > 0)
            {
                sums[day] += _logs[i] - _clipped[i] - Shape(i);
                counts[day]++;
            }
        }

        double total = 0, weights = WeekendPrior;
        for (int day = 1; day <= days; day++)
        {
            if (!isWeekend[day] || isWeekend[day - 1])
                continue;
            double? weekend = Mean(sums, counts, day, day + 2);
            double? before = Mean(sums, counts, day - 2, day), after = Mean(sums, counts, day + 2, day + 4);
            if (weekend is not double own || (before ?? after) is null)
                continue;
            double beside = before is double b && after is double a ? (a + b) / 2 : (before ?? after)!.Value;
            double weight = Math.Pow(2, -(days - day) / WeekendHalfLifeDays) * (before is null || after is null ? OneSidedWeekend : 1);
            total += weight * (own - beside);
            weights += weight;
        }

        double difference = total / weights;
        for (int slot = 0; slot < _slots; slot++)
        {
            _shapes[0][slot] -= difference * 2 / 7;
            _shapes[1][slot] += difference * 5 / 7;
        }

        SmoothLevel();
        ClipResiduals();
    }

    /// <summary>Gives each weekday a level of its own beside the two shapes, as far as the days tell it apart from their neighbours: a Sunday may be busier than a Saturday.</summary>
    private void FollowWeekdays()
    {
        if (_slots < 2)
            return;
        long firstDay = _start.UtcTicks / TimeSpan.TicksPerDay;
        int days = (int)(((_start.UtcTicks + ((_logs.Length - 1) * _stepTicks)) / TimeSpan.TicksPerDay) - firstDay) + 1;
        var sums = new double[days];
        var counts = new double[days];
        for (int i = 0; i < _logs.Length; i++)
        {
            if (_weights[i] > 0)
            {
                int day = (int)(((_start.UtcTicks + (i * _stepTicks)) / TimeSpan.TicksPerDay) - firstDay);
                sums[day] += _logs[i] - _clipped[i] - Shape(i);
                counts[day]++;
            }
        }

        for (int day = 0; day < days; day++)
            sums[day] = counts[day] >= FewestOfWeekday * _slots ? sums[day] / counts[day] : double.NaN;
        WeekdayLevels.Learn(sums, (int)(firstDay % 7)).CopyTo(_weekdays, 0);
        SmoothLevel();
        ClipResiduals();
    }

    /// <summary>The mean of the days' means, days from one to before another, of which at least an eighth is known; null without one.</summary>
    private double? Mean(double[] sums, double[] counts, int from, int to)
    {
        double sum = 0, count = 0;
        for (int day = Math.Max(from, 0); day < Math.Min(to, sums.Length); day++)
        {
            if (counts[day] < FewestOfDay * _slots)
                continue;
            sum += sums[day] / counts[day];
            count++;
        }

        return count == 0 ? null : sum / count;
    }

    /// <summary>Clipping bounds what a single step does; a spike of an hour bends the level of its day all the same.</summary>
    private bool MaskUnannounced(ReadOnlySpan<bool> masked)
    {
        var residuals = new double[_logs.Length];
        for (int i = 0; i < residuals.Length; i++)
            residuals[i] = _weights[i] > 0 ? _logs[i] - InSample(i) : double.NaN;
        List<(int From, int To)> runs = UnannouncedRuns.Of(residuals, NoiseDeviation, _stepDays * 24);
        foreach ((int from, int to) in runs)
        {
            _weights.AsSpan(from, to - from).Clear();

            // What begins or ends with a campaign is part of its response.
            if (!(from > 0 && masked[from - 1]) && !(to < masked.Length && masked[to]))
                _unannounced.Add((from, to));
        }

        return runs.Count > 0;
    }

    private void SmoothLevel()
    {
        int binLength = Math.Max(1, _slots / 24);
        int bins = (_logs.Length + binLength - 1) / binLength;
        var sums = new double[bins];
        var counts = new double[bins];
        for (int i = 0; i < _logs.Length; i++)
        {
            if (_weights[i] > 0)
            {
                sums[i / binLength] += _logs[i] - _clipped[i] - Shape(i);
                counts[i / binLength]++;
            }
        }

        (double[] smoothed, double[] weight) = GaussianSmooth.Line(sums, counts, (double)_slots / binLength);
        FillGaps(smoothed, weight);
        for (int i = 0; i < _levels.Length; i++)
        {
            double position = ((i + 0.5) / binLength) - 0.5;
            int lower = (int)Math.Clamp(Math.Floor(position), 0, bins - 1);
            int upper = Math.Min(lower + 1, bins - 1);
            double share = Math.Clamp(position - lower, 0, 1);
            _levels[i] = ((1 - share) * smoothed[lower]) + (share * smoothed[upper]);
        }
    }

    /// <summary>The mean course of weekdays and of weekends about the level.</summary>
    /// <param name="recency">How much each step counts by its age.</param>
    private void SmoothShapes(double[] recency)
    {
        double[][] sums = [new double[_slots], new double[_slots]];
        double[][] counts = [new double[_slots], new double[_slots]];
        for (int i = 0; i < _logs.Length; i++)
        {
            if (_weights[i] == 0)
                continue;
            (int slot, int dayType) = SlotOf(i);
            sums[dayType][slot] += recency[i] * (_logs[i] - _clipped[i] - _levels[i]);
            counts[dayType][slot] += recency[i];
        }

        double bandwidth = ShapeBandwidthMinutes / (_stepDays * 1440);
        var pooledSums = new double[_slots];
        var pooledCounts = new double[_slots];
        System.Numerics.Tensors.TensorPrimitives.Add(sums[0], sums[1], pooledSums);
        System.Numerics.Tensors.TensorPrimitives.Add(counts[0], counts[1], pooledCounts);
        (double[] pooled, _) = GaussianSmooth.Circle(pooledSums, pooledCounts, bandwidth);
        double kernelSum = GaussianSmooth.KernelSum(bandwidth);
        for (int type = 0; type < 2; type++)
        {
            (double[] own, double[] weight) = GaussianSmooth.Circle(sums[type], counts[type], bandwidth);
            for (int s = 0; s < _slots; s++)
            {
                double days = weight[s] / kernelSum;
                _shapes[type][s] = pooled[s] + ((own[s] - pooled[s]) * days / (days + DayTypeShrinkage));
            }
        }

        double mean = ((5 * _shapes[0].Average()) + (2 * _shapes[1].Average())) / 7;
        foreach (double[] shape in _shapes)
        {
            for (int s = 0; s < shape.Length; s++)
                shape[s] -= mean;
        }
    }

    private void ClipResiduals()
    {
        var residuals = new double[_logs.Length];
        for (int i = 0; i < residuals.Length; i++)
            residuals[i] = _weights[i] > 0 ? Math.Abs(_logs[i] - InSample(i)) : double.NaN;
        NoiseDeviation = (1.4826 * SampleQuantile.Median(residuals)) + 1e-6;
        double limit = ClipDeviations * NoiseDeviation;
        for (int i = 0; i < residuals.Length; i++)
        {
            double residual = _logs[i] - InSample(i);
            _clipped[i] = _weights[i] > 0 && Math.Abs(residual) > limit ? residual - (Math.Sign(residual) * limit) : 0;
        }
    }

    private void FindLevelAtOrigin()
    {
        var values = new double[_logs.Length];
        bool any = false;
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = _weights[i] > 0 ? _logs[i] - _clipped[i] - Shape(i) : 0;
            any |= _weights[i] > 0;
        }

        Level = any ? LevelAtOrigin.Of(values, _weights, _stepDays) : _levels[^1];
    }

    /// <summary>Robustly from the last three weeks; a prior of 0.1 stands in where there are only a few days.</summary>
    private void FindLevelDeviation()
    {
        var changes = new List<double>();
        for (int i = (_slots / 2) + _slots; i < _levels.Length; i += _slots)
            changes.Add(Math.Abs(_levels[i] - _levels[i - _slots]));
        if (changes.Count > 21)
            changes.RemoveRange(0, changes.Count - 21);
        double robust = changes.Count == 0 ? 0 : (1.4826 * SampleQuantile.Median([.. changes])) + 1e-3;
        double prior = Math.Max(0, 7 - changes.Count);
        LevelDeviationPerDay = Math.Sqrt(((changes.Count * robust * robust) + (prior * 0.01)) / (changes.Count + prior));
        FindLevelDeviationAtOrigin();
        FindNoise();
    }

    /// <summary>
    /// How far the levels of the past days lay from those that would have been stated the midnight before. The smoothed level knows the days on
    /// both sides and moves too little to tell.
    /// </summary>
    private void FindLevelDeviationAtOrigin()
    {
        double[] values = Deseasonalised();
        double prior = 1.22 * LevelDeviationPerDay;
        var sums = new double[JudgedDaysAhead];
        var counts = new int[JudgedDaysAhead];
        for (int day = 1; day <= JudgedDays; day++)
        {
            int start = values.Length - (day * _slots);
            if (start < FewestDaysBefore * _slots)
                break;
            if (!_weights.AsSpan(0, start).ContainsAnyExcept(0.0))
                continue;
            double level = LevelAtOrigin.Of(values.AsSpan(0, start), _weights.AsSpan(0, start), _stepDays);
            for (int ahead = 0; ahead < Math.Min(day, JudgedDaysAhead); ahead++)
            {
                int first = start + (ahead * _slots);
                double mean = 0, known = 0;
                for (int i = first; i < first + _slots; i++)
                {
                    mean += _weights[i] > 0 ? values[i] : 0;
                    known += _weights[i];
                }

                if (2 * known < _slots)
                    continue;
                sums[ahead] += Math.Abs((mean / known) - level);
                counts[ahead]++;
            }
        }

        double sum = sums[0] * ToNewDays(values.Length);
        int days = counts[0];

        // At most half as much again: weeks of growth, whose days were each a surprise, would else widen the level long after.
        double seen = days > 0 ? Math.Min(Math.Sqrt(Math.PI / 2) * sum / days, Math.Max(MostToPrior * prior, NeverSuspect)) : 0;
        LevelDeviationAtOrigin = Math.Sqrt(((days * seen * seen) + (PriorDays * prior * prior)) / (days + PriorDays));

        // How much further from it the levels lay for each day ahead.
        double growth = 0, daysAhead = 0;
        for (int ahead = 1; ahead < JudgedDaysAhead && days > 0 && counts[ahead] > 0; ahead++)
        {
            growth += Square(sums[ahead] / counts[ahead]) - Square(sums[0] / days);
            daysAhead += ahead;
        }

        // Forecasts of a week overlap: a third of them are evidence.
        double evidence = daysAhead > 0 ? days / 3.0 : 0;
        double seenGrowth = daysAhead > 0 ? Math.Max(0, growth * Math.PI / 2 / daysAhead) : 0;
        _levelGrowth = Math.Sqrt(((evidence * Math.Min(seenGrowth, Square(Math.Max(MostToPrior * LevelDeviationPerDay, NeverSuspect)))) + (PriorDays * Square(LevelDeviationPerDay))) / (evidence + PriorDays));
    }

    /// <summary>The days were part of what shape and weekdays were learned from: days to come lie further away, by as much as a day had a part in its own weekday.</summary>
    private double ToNewDays(int steps)
    {
        double weeks = (double)steps / _slots / 7;
        double effective = Math.Max(2, (1 - Math.Pow(2, -weeks / 4)) / (1 - Math.Pow(2, -0.25)));
        return 1 / (1 - (1 / effective));
    }

    private static double Square(double value) => value * value;

    /// <summary>For each step the level that would have been stated before it, from the steps before it alone; NaN where none of them is known.</summary>
    public double[] LevelsBefore(int[] steps)
    {
        double[] values = Deseasonalised();
        return Array.ConvertAll(steps, step =>
        {
            int before = Math.Clamp(step, 0, values.Length);
            return _weights.AsSpan(0, before).ContainsAnyExcept(0.0) ? LevelAtOrigin.Of(values.AsSpan(0, before), _weights.AsSpan(0, before), _stepDays) : double.NaN;
        });
    }

    /// <summary>The smoothed level of a step of the history.</summary>
    public double LevelOf(int step) => _levels[step];

    /// <summary>The known logarithms without their shape, single steps cut; 0 where unknown or disturbed.</summary>
    private double[] Deseasonalised()
    {
        var values = new double[_logs.Length];
        for (int i = 0; i < values.Length; i++)
            values[i] = _weights[i] > 0 ? _logs[i] - _clipped[i] - Shape(i) : 0;
        return values;
    }

    private void FindNoise()
    {
        var residuals = new double[_logs.Length];
        for (int i = 0; i < residuals.Length; i++)
            residuals[i] = _weights[i] > 0 ? _logs[i] - InSample(i) : double.NaN;
        _noise = ResidualNoise.Learn(residuals, i => SlotOf(i).Slot, _slots, NoiseDeviation);
    }

    private static void FillGaps(double[] values, double[] weights)
    {
        int last = -1;
        for (int i = 0; i < values.Length; i++)
        {
            if (weights[i] <= 1e-6)
                continue;
            for (int g = last + 1; g < i; g++)
                values[g] = last < 0 ? values[i] : values[last] + ((values[i] - values[last]) * (g - last) / (i - last));
            last = i;
        }

        for (int g = last + 1; last >= 0 && g < values.Length; g++)
            values[g] = values[last];
    }
}
