namespace Makalu.Capacity.Logs;

/// <summary>
/// W3C extended log file format (W3C working draft WD-logfile-960323; IIS, CloudFront): fields separated by spaces or tabs, named by
/// the last <c>#Fields</c> directive, times in UTC.
/// </summary>
internal sealed class W3CExtendedParser(DurationUnit unit) : LineParser
{
    private Directives _directives = Directives.None;
    private ulong _datePart;
    private ushort _dateEnd;
    private long _dateTicks = -1;

    public override LineOutcome Parse(ReadOnlySpan<byte> line, out RequestRecord record, out string? fault)
    {
        record = default;
        fault = null;
        if (line[0] == '#')
        {
            _directives = _directives.With(line);
            return LineOutcome.Other;
        }

        if (_directives.Last < 0)
        {
            fault = "no #Fields directive with time before it";
            return LineOutcome.Malformed;
        }

        long date = _directives.DateTicks;
        long time = -1;
        int status = 0;
        long duration = RequestRecord.UnknownDuration;
        ReadOnlySpan<byte> route = default;
        ReadOnlySpan<byte> rest = line;
        int index = 0;
        for (; index <= _directives.Last && !rest.IsEmpty; index++)
        {
            int end = rest.IndexOfAny((byte)' ', (byte)'\t');
            ReadOnlySpan<byte> field = end < 0 ? rest : rest[..end];
            rest = end < 0 ? default : rest[(end + 1)..];
            if (index == _directives.Date)
            {
                date = Date(field);
            }
            else if (index == _directives.Time)
            {
                time = TimeOfDay(field);
            }
            else if (index == _directives.Route)
            {
                route = RequestTarget.Of(field);
            }
            else if (index == _directives.Status)
            {
                status = Status(field);
            }
            else if (index == _directives.Duration)
            {
                duration = DurationTicks.Of(field, unit, DurationUnit.Milliseconds);
            }
        }

        fault = index <= _directives.Last ? "fewer fields than #Fields names"
            : date < 0 || time < 0 ? "no date and time, such as 2024-09-15 14:00:00"
            : status < 0 ? "a status that is not three digits"
            : null;
        if (fault is not null)
        {
            return LineOutcome.Malformed;
        }

        record = new RequestRecord(date + time, route, status, duration);
        return LineOutcome.Record;
    }

    public override object? After(object? directives, ReadOnlySpan<byte> block)
    {
        var current = (Directives?)directives ?? Directives.None;
        for (int at = block.Length > 0 && block[0] == '#' ? 0 : Next(block); at >= 0; at = Next(block))
        {
            block = block[at..];
            int end = block.IndexOf((byte)'\n');
            current = current.With((end < 0 ? block : block[..end]).TrimEnd((byte)'\r'));
            block = end < 0 ? default : block[end..];
        }

        return current;

        static int Next(ReadOnlySpan<byte> text)
        {
            int at = text.IndexOf("\n#"u8);
            return at < 0 ? -1 : at + 1;
        }
    }

    public override void Begin(object? directives) => _directives = (Directives?)directives ?? Directives.None;

    private long Date(ReadOnlySpan<byte> field)
    {
        if (field.Length != 10)
        {
            return -1;
        }

        ulong datePart = BitConverter.ToUInt64(field);
        ushort dateEnd = BitConverter.ToUInt16(field[8..]);
        if (_dateTicks < 0 || datePart != _datePart || dateEnd != _dateEnd)
        {
            _dateTicks = IsoTime.TryDate(field, out long ticks) ? ticks : -1;
            _datePart = datePart;
            _dateEnd = dateEnd;
        }

        return _dateTicks;
    }

    private static long TimeOfDay(ReadOnlySpan<byte> field)
    {
        if (field.Length < 8 || field[2] != ':' || field[5] != ':')
        {
            return -1;
        }

        int faults = 0;
        int hour = Utf8Number.Two(field, 0, ref faults);
        int minute = Utf8Number.Two(field, 3, ref faults);
        int second = Utf8Number.Two(field, 6, ref faults);
        int length = 8;
        long fraction = IsoTime.Fraction(field, ref length);
        return faults < 0 || hour > 23 || minute > 59 || second > 60 || length != field.Length
            ? -1
            : (((((hour * 60L) + minute) * 60) + second) * TimeSpan.TicksPerSecond) + fraction;
    }

    // Unknown is "-"; CloudFront writes 000 for a client that left.
    private static int Status(ReadOnlySpan<byte> field)
    {
        if (field.Length != 3)
        {
            return field.Length == 1 && field[0] == '-' ? 0 : -1;
        }

        int faults = 0;
        int status = (Utf8Number.Two(field, 0, ref faults) * 10) + (field[2] - '0');
        return faults < 0 || field[2] is < (byte)'0' or > (byte)'9' ? -1 : status;
    }

    /// <summary>The directives in force: the index of each field, −1 where absent.</summary>
    private sealed record Directives(int Date, int Time, int Route, int Status, int Duration, long DateTicks)
    {
        public static Directives None { get; } = new(-1, -1, -1, -1, -1, -1);

        /// <summary>The last field that is needed; −1 where the time is not even named.</summary>
        public int Last => Time < 0 ? -1 : Math.Max(Math.Max(Math.Max(Date, Time), Math.Max(Route, Status)), Duration);

        public Directives With(ReadOnlySpan<byte> line)
        {
            if (line.StartsWith("#Date:"u8))
            {
                return IsoTime.TryDate(line["#Date:"u8.Length..].Trim((byte)' '), out long ticks) ? this with { DateTicks = ticks } : this;
            }

            if (!line.StartsWith("#Fields:"u8))
            {
                return this;
            }

            string[] names = System.Text.Encoding.UTF8.GetString(line["#Fields:"u8.Length..]).Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries);
            return new(
                Array.IndexOf(names, "date"),
                Array.IndexOf(names, "time"),
                Array.IndexOf(names, "cs-uri-stem") is int stem and >= 0 ? stem : Array.IndexOf(names, "cs-uri"),
                Array.IndexOf(names, "sc-status"),
                Array.IndexOf(names, "time-taken"),
                DateTicks);
        }
    }
}
