namespace Makalu.Capacity.Logs;

/// <summary>What was found in a stretch of one file. Stretches are read in any order and appended in theirs.</summary>
/// <remarks>Not safe to share between threads.</remarks>
internal sealed class LogTally
{
    public const int MostMalformedShown = 10;

    /// <summary>A reason can hold what a parser found at one place; beyond so many different ones the rest are counted together.</summary>
    private const int MostReasons = 20;

    private const string FurtherReasons = "other reasons";

    private readonly long[] _statusClasses = new long[6];
    private readonly long[] _passedOver = new long[Enum.GetValues<PassedOver>().Length];
    private readonly Dictionary<string, long> _reasons = new(StringComparer.Ordinal);
    private readonly List<(long Line, string Reason, string Excerpt)> _firstMalformed = [];
    private long _firstTicks = -1;
    private long _secondTicks = -1;
    private long _lastTicks = -1;

    // The time from which the last record fell back by more than a minute; −1 where it did not.
    private long _fellFrom = -1;

    public long Lines { get; set; }

    public long Records { get; private set; }

    public long Filtered => _passedOver.Sum();

    public long Other { get; set; }

    public long Malformed { get; private set; }

    public long OutOfOrder { get; private set; }

    public long ClockJumps { get; private set; }

    public ReadOnlySpan<long> StatusClasses => _statusClasses;

    public void Take(in RequestRecord record, RecordFilter? filter, IRecordCollector collector)
    {
        Follow(record.UtcTicks);
        if (_firstTicks < 0)
        {
            _firstTicks = record.UtcTicks;
        }
        else if (_secondTicks < 0)
        {
            _secondTicks = record.UtcTicks;
        }

        if (filter?.Cause(record) is { } cause)
        {
            _passedOver[(int)cause]++;
            return;
        }

        Records++;
        uint statusClass = (uint)record.Status / 100;
        _statusClasses[statusClass < 6 ? statusClass : 0]++;
        collector.Add(record);
    }

    /// <summary>Notes a malformed line, whose number is that of the last one counted.</summary>
    public void AddMalformed(string reason, ReadOnlySpan<byte> line) => AddMalformed(Lines, reason, line);

    public void AddMalformed(long number, string reason, ReadOnlySpan<byte> line)
    {
        Malformed++;
        CountReason(reason, 1);
        if (_firstMalformed.Count < MostMalformedShown)
        {
            _firstMalformed.Add((number, reason, LogFileFormat.Excerpt(line)));
        }
    }

    /// <summary>Appends what was found in the stretch after this one.</summary>
    public void Append(LogTally next)
    {
        if (next._firstTicks >= 0)
        {
            AppendOrder(next);
        }

        foreach ((long line, string reason, string excerpt) in next._firstMalformed.Take(MostMalformedShown - _firstMalformed.Count))
        {
            _firstMalformed.Add((Lines + line, reason, excerpt));
        }

        Lines += next.Lines;
        Records += next.Records;
        for (int i = 0; i < _passedOver.Length; i++)
        {
            _passedOver[i] += next._passedOver[i];
        }

        foreach ((string reason, long lines) in next._reasons.OrderBy(r => r.Key, StringComparer.Ordinal))
        {
            CountReason(reason, lines);
        }

        Other += next.Other;
        Malformed += next.Malformed;
        OutOfOrder += next.OutOfOrder;
        ClockJumps += next.ClockJumps;
        for (int i = 0; i < _statusClasses.Length; i++)
        {
            _statusClasses[i] += next._statusClasses[i];
        }
    }

    public IEnumerable<MalformedLine> FirstMalformed(string fileName)
        => _firstMalformed.Select(m => new MalformedLine(fileName, m.Line, m.Reason, m.Excerpt));

    /// <summary>What became of the lines.</summary>
    public LineCounts Counts() => new()
    {
        Other = Other,
        PassedOver = Enum.GetValues<PassedOver>().ToDictionary(cause => cause, cause => _passedOver[(int)cause]),
        Malformed = [.. _reasons.OrderByDescending(r => r.Value).ThenBy(r => r.Key, StringComparer.Ordinal).Select(r => (r.Key, r.Value))],
    };

    private void CountReason(string reason, long lines)
    {
        string counted = _reasons.Count < MostReasons || _reasons.ContainsKey(reason) ? reason : FurtherReasons;
        _reasons[counted] = _reasons.GetValueOrDefault(counted) + lines;
    }

    // A single record may be old because its request took long and was written when it ended: the clock was set back only if the
    // record after it is as old.
    private void Follow(long ticks)
    {
        if (_fellFrom >= 0)
        {
            ClockJumps += _fellFrom - ticks > TimeSpan.TicksPerMinute ? 1 : 0;
            _fellFrom = -1;
        }

        if (ticks < _lastTicks)
        {
            OutOfOrder++;
            _fellFrom = _lastTicks - ticks > TimeSpan.TicksPerMinute ? _lastTicks : -1;
        }

        _lastTicks = ticks;
    }

    // The next stretch has followed all of its own records, but for the first, and the second as successor of a first that fell.
    private void AppendOrder(LogTally next)
    {
        if (_firstTicks < 0)
        {
            _firstTicks = next._firstTicks;
            _secondTicks = next._secondTicks;
        }
        else if (_secondTicks < 0)
        {
            _secondTicks = next._firstTicks;
        }

        Follow(next._firstTicks);
        if (next._secondTicks >= 0)
        {
            ClockJumps += _fellFrom >= 0 && _fellFrom - next._secondTicks > TimeSpan.TicksPerMinute ? 1 : 0;
            _fellFrom = next._fellFrom;
        }

        _lastTicks = next._lastTicks;
    }
}
