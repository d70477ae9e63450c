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
    private const double FewestOfWeekday = 0.5;
    private const double ShapeBandwidthMinutes = 15;
    private const double DayTypeShrinkage = 0.6;

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
        Highest = double.NegativeInfinity;
        _logs = new double[n];
        _weights = new double[n];
        _clipped = new double[n];
        bool anyFree = false;
        for (int i = 0; i < n; i++)
        {
            _logs[i] = Math.Log(series[i] + Offset);
            _weights[i] = double.IsNaN(_logs[i]) || masked[i] ? 0 : 1;
            anyFree |= _weights[i] > 0;
            Highest = _logs[i] > Highest ? _logs[i] : Highest;
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
    public double SlowDeviation => 1.25 * Math.Sqrt(Math.Pow(LevelAndShapePaths.SlowShare * NoiseDeviation, 2) + (LevelDeviationPerDay * LevelDeviationPerDay));

    /// <summary>How far the level may lie from what is stated.</summary>
    public LevelDeviation LevelDeviation { get; private set; }

    /// <summary>The residuals to draw paths from.</summary>
    public ResidualNoise? Noise { get; private set; }

    /// <summary>The highest logarithm of the history.</summary>
    public double Highest { get; }

    public double StepDays => _stepDays;

    public double LevelDeviationPerDay => LevelDeviation.PerDay;

    public double LevelDeviationAtOrigin => LevelDeviation.AtOrigin;

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
        model.FindNoise();
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

        double difference = WeekendGap.Of(sums, counts, isWeekend, _slots);
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
        double[] values = Deseasonalised();
        Level = _weights.AsSpan().ContainsAnyExcept(0.0) ? LevelAtOrigin.Of(values, _weights, _stepDays) : _levels[^1];
        LevelDeviation = LevelDeviation.Of(_levels, values, _weights, _slots, _stepDays);
    }

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
        Noise = ResidualNoise.Learn(residuals, i => SlotOf(i).Slot, _slots, NoiseDeviation);
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
