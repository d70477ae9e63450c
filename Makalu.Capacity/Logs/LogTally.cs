namespace Makalu.Capacity.Logs;

/// <summary>What was found in a stretch of one file. Stretches are read in any order and appended in theirs.</summary>
/// <remarks>Not safe to share between threads.</remarks>
internal sealed class LogTally
{
    public const int MostMalformedShown = 10;

    private readonly long[] _statusClasses = new long[6];
    private readonly List<(long Line, string Reason, string Excerpt)> _firstMalformed = [];
    private long _firstTicks = -1;
    private long _lastTicks = -1;

    public long Lines { get; set; }

    public long Records { get; private set; }

    public long Filtered { get; private set; }

    public long Other { get; set; }

    public long Malformed { get; private set; }

    public long OutOfOrder { get; private set; }

    public long ClockJumps { get; private set; }

    public ReadOnlySpan<long> StatusClasses => _statusClasses;

    public void Take(in RequestRecord record, RecordFilter? filter, IRecordCollector collector)
    {
        long ticks = record.UtcTicks;
        if (ticks < _lastTicks)
        {
            CountBackward(_lastTicks - ticks);
        }

        _lastTicks = ticks;
        if (_firstTicks < 0)
        {
            _firstTicks = ticks;
        }

        if (filter is not null && !filter.Takes(record))
        {
            Filtered++;
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
        if (_firstMalformed.Count < MostMalformedShown)
        {
            _firstMalformed.Add((number, reason, LogFileFormat.Excerpt(line)));
        }
    }

    /// <summary>Appends what was found in the stretch after this one.</summary>
    public void Append(LogTally next)
    {
        if (_lastTicks >= 0 && next._firstTicks >= 0 && next._firstTicks < _lastTicks)
        {
            CountBackward(_lastTicks - next._firstTicks);
        }

        _firstTicks = _firstTicks >= 0 ? _firstTicks : next._firstTicks;
        _lastTicks = next._lastTicks >= 0 ? next._lastTicks : _lastTicks;
        foreach ((long line, string reason, string excerpt) in next._firstMalformed.Take(MostMalformedShown - _firstMalformed.Count))
        {
            _firstMalformed.Add((Lines + line, reason, excerpt));
        }

        Lines += next.Lines;
        Records += next.Records;
        Filtered += next.Filtered;
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

    private void CountBackward(long ticks)
    {
        OutOfOrder++;
        ClockJumps += ticks > TimeSpan.TicksPerMinute ? 1 : 0;
    }
}
