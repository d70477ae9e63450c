namespace Makalu.Capacity.Series;

/// <summary>The rows of one series as they were read, and how they are laid on a regular grid.</summary>
internal sealed class SeriesRows(string name, SeriesFileColumns columns)
{
    // A mistyped year stretches a series of minutes over millennia: refused before memory is asked for.
    private const long MostSteps = 100_000_000;
    private const long SparseSteps = 1_000_000;
    private const int SparseFactor = 1000;

    private readonly List<long> _ticks = [];
    private readonly List<int> _lines = [];
    private readonly List<double> _requests = [];
    private readonly List<double>? _peaks = columns.Peak < 0 ? null : [];
    private readonly List<double>? _dispersions = columns.DispersionAtOneSecond < 0 ? null : [];
    private readonly List<double>? _fineDispersions = columns.DispersionAtTenthOfSecond < 0 ? null : [];
    private int _outOfOrder;

    public string Name { get; } = name;

    /// <summary>Whether the rows have more than one time, so that they have a spacing.</summary>
    public bool HasStep => _ticks.Exists(t => t != _ticks[0]);

    /// <summary>The step that most series have, the shorter of equally common ones; null where none has any.</summary>
    public static TimeSpan? MostCommonStep(IEnumerable<SeriesRows> series)
    {
        var counts = new SpacingCounts();
        foreach (SeriesRows rows in series.Where(s => s.HasStep))
        {
            counts.Add(rows.MostCommonSpacing(rows.Order()));
        }

        long step = counts.MostCommon();
        return step == 0 ? null : TimeSpan.FromTicks(step);
    }

    public void Add(long utcTicks, double requests, double peak, double dispersion, double fineDispersion, int line)
    {
        if (_ticks.Count > 0 && utcTicks < _ticks[^1])
        {
            _outOfOrder++;
        }

        _ticks.Add(utcTicks);
        _lines.Add(line);
        _requests.Add(requests);
        _peaks?.Add(peak);
        _dispersions?.Add(dispersion);
        _fineDispersions?.Add(fineDispersion);
    }

    /// <summary>The rows before a time; all of them where none is.</summary>
    public SeriesRows Before(DateTimeOffset origin)
    {
        var before = new SeriesRows(Name, columns);
        for (int i = 0; i < _ticks.Count; i++)
        {
            if (_ticks[i] < origin.UtcTicks)
            {
                before.Add(_ticks[i], _requests[i], _peaks?[i] ?? 0, _dispersions?[i] ?? 0, _fineDispersions?[i] ?? 0, _lines[i]);
            }
        }

        return before._ticks.Count == 0 ? this : before;
    }

    public RequestHistory ToHistory(string fileName, TimeSpan? givenStep)
    {
        int[] order = Order();
        long step = givenStep?.Ticks ?? MostCommonSpacing(order);
        if (step == 0)
        {
            throw Bad(fileName, _lines[0], "has rows at one time only, so that its step is unknown. Supply at least two buckets.");
        }

        long phase = MostCommonPhase(step);
        long first = NearestStep(_ticks[order[0]], phase, step);
        long count = NearestStep(_ticks[order[^1]], phase, step) - first + 1;
        if (count > MostSteps || (count > SparseSteps && count > order.Length * (long)SparseFactor))
        {
            throw Bad(
                fileName,
                _lines[order[0]],
                FormattableString.Invariant($"spans {count} steps of {TimeSpan.FromTicks(step):c} with only {order.Length} rows: from {Time(order[0]):u} in this line to {Time(order[^1]):u} in line {_lines[order[^1]]}. Correct a mistyped time, or aggregate to a longer step."));
        }

        return Lay(order, step, phase, first, (int)count);
    }

    private RequestHistory Lay(int[] order, long step, long phase, long first, int count)
    {
        double[] requests = Unknown(count);
        double[]? peaks = _peaks is null ? null : Unknown(count);
        double[]? dispersions = _dispersions is null ? null : Unknown(count);
        double[]? fineDispersions = _fineDispersions is null ? null : Unknown(count);
        int duplicates = 0;
        int offGrid = 0;
        long previous = long.MinValue;
        foreach (int row in order)
        {
            long ticks = _ticks[row];
            long index = NearestStep(ticks, phase, step) - first;
            duplicates += ticks == previous ? 1 : 0;
            offGrid += ((index + first) * step) + phase != ticks ? 1 : 0;
            previous = ticks;

            // Rows of one step are shares of its requests; that their busiest seconds coincide is the cautious reading.
            Accumulate(requests, index, _requests[row]);
            Accumulate(peaks, index, _peaks?[row] ?? 0);
            Larger(dispersions, index, _dispersions?[row] ?? 0);
            Larger(fineDispersions, index, _fineDispersions?[row] ?? 0);
        }

        var start = new DateTimeOffset((first * step) + phase, TimeSpan.Zero);
        var length = TimeSpan.FromTicks(step);
        var series = TimeSeries.FromOwned(start, length, requests);
        return new RequestHistory
        {
            Name = Name,
            Requests = series,
            PeakRequestsPerSecond = Optional(peaks),
            DispersionAtOneSecond = Optional(dispersions),
            DispersionAtTenthOfSecond = Optional(fineDispersions),
            Quality = new SeriesQuality { Duplicates = duplicates, OutOfOrder = _outOfOrder, OffGrid = offGrid }.WithGapsOf(series),
        };

        // A series of a file whose column is for other series only has no such values: unknown, not a series of unknowns.
        TimeSeries? Optional(double[]? values)
            => values is null || Array.TrueForAll(values, double.IsNaN) ? null : TimeSeries.FromOwned(start, length, values);
    }

    // Rows in the order of their times; those of one time stay as in the file.
    private int[] Order()
    {
        var order = new int[_ticks.Count];
        for (int i = 0; i < order.Length; i++)
        {
            order[i] = i;
        }

        if (_outOfOrder > 0)
        {
            long[] keys = [.. _ticks];
            Array.Sort(order, (a, b) => keys[a] != keys[b] ? keys[a].CompareTo(keys[b]) : a.CompareTo(b));
        }

        return order;
    }

    // 0 where all rows have one time; the shorter of equally common spacings.
    private long MostCommonSpacing(int[] order)
    {
        var counts = new SpacingCounts();
        for (int i = 1; i < order.Length; i++)
        {
            long spacing = _ticks[order[i]] - _ticks[order[i - 1]];
            if (spacing > 0)
            {
                counts.Add(spacing);
            }
        }

        return counts.MostCommon();
    }

    private long MostCommonPhase(long step)
    {
        var counts = new SpacingCounts();
        foreach (long ticks in _ticks)
        {
            counts.Add(ticks % step);
        }

        return counts.MostCommon();
    }

    private static long NearestStep(long ticks, long phase, long step)
    {
        // Halfway between two steps belongs to the earlier one. One step is added and taken off, as division rounds towards zero.
        return ((ticks - phase + ((step - 1) / 2) + step) / step) - 1;
    }

    private static void Accumulate(double[]? values, long index, double value)
    {
        if (values is not null && !double.IsNaN(value))
        {
            values[index] = double.IsNaN(values[index]) ? value : values[index] + value;
        }
    }

    private static void Larger(double[]? values, long index, double value)
    {
        if (values is not null && !double.IsNaN(value))
        {
            values[index] = double.IsNaN(values[index]) ? value : Math.Max(values[index], value);
        }
    }

    private static double[] Unknown(int count)
    {
        var values = new double[count];
        Array.Fill(values, double.NaN);
        return values;
    }

    private DateTimeOffset Time(int row) => new(_ticks[row], TimeSpan.Zero);

    private SeriesFormatException Bad(string fileName, int line, string problem)
        => new(fileName, line, null, (Name.Length == 0 ? "the series " : $"series '{SeriesFileColumns.Shorten(Name)}' ") + problem);

    private sealed class SpacingCounts
    {
        private readonly Dictionary<long, int> _counts = [];
        private long _lastKey = -1;
        private int _lastCount;

        public void Add(long key)
        {
            // Nearly all rows of a regular series repeat the key before: counted without touching the dictionary.
            if (key != _lastKey)
            {
                Flush();
                _lastKey = key;
            }

            _lastCount++;
        }

        public long MostCommon()
        {
            Flush();
            return _counts.Count == 0 ? 0 : _counts.OrderByDescending(c => c.Value).ThenBy(c => c.Key).First().Key;
        }

        private void Flush()
        {
            if (_lastCount > 0)
            {
                _counts[_lastKey] = _counts.GetValueOrDefault(_lastKey) + _lastCount;
                _lastCount = 0;
            }
        }
    }
}
