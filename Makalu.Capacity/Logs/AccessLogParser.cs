namespace Makalu.Capacity.Logs;

/// <summary>
/// Common and Combined Log Format: <c>… [time] "request" status bytes "referer" "user agent" request-time</c>. Whatever stands
/// before the time is passed over, so that lines with a virtual host in front are read too; only the time, the request and the
/// status are required.
/// </summary>
internal sealed class AccessLogParser(DurationUnit unit, DurationUnit unitOfWholeNumbers) : LineParser
{
    private const int MostDurationsLookedAt = 1000;
    private const long LeastMicroseconds = 100;

    private readonly AccessLogTime _time = new();

    public override LineOutcome Parse(ReadOnlySpan<byte> line, out RequestRecord record, out string? fault)
    {
        record = default;
        if (!TryTime(line, out long utcTicks, out ReadOnlySpan<byte> rest))
        {
            fault = "no time in brackets, such as [10/Oct/2000:13:55:36 -0700]";
            return LineOutcome.Malformed;
        }

        if (!TryRequest(rest, out ReadOnlySpan<byte> request, out rest))
        {
            fault = "no request in quotes after the time";
            return LineOutcome.Malformed;
        }

        if (!TryStatus(rest, out int status, out rest))
        {
            fault = "no status of three digits after the request";
            return LineOutcome.Malformed;
        }

        ReadOnlySpan<byte> last = RequestTime(rest);
        long duration = last.IsEmpty ? RequestRecord.UnknownDuration : DurationTicks.Of(last, unit, unitOfWholeNumbers);
        record = new RequestRecord(utcTicks, RequestTarget.OfRequestLine(request), status, duration);
        fault = null;
        return LineOutcome.Record;
    }

    /// <summary>The unit of whole-number request times, from the first lines of a file; see <see cref="DurationUnit.Auto"/>.</summary>
    public static DurationUnit UnitOfWholeNumbers(ReadOnlySpan<byte> lines)
    {
        var parser = new AccessLogParser(DurationUnit.Microseconds, DurationUnit.Microseconds);
        var durations = new List<long>();
        foreach (Range range in lines.Split((byte)'\n'))
        {
            ReadOnlySpan<byte> line = lines[range].TrimEnd((byte)'\r');
            if (!line.IsEmpty && parser.Parse(line, out RequestRecord record, out _) == LineOutcome.Record && record.DurationTicks >= 0)
            {
                durations.Add(record.DurationTicks / TimeSpan.TicksPerMicrosecond);
                if (durations.Count == MostDurationsLookedAt)
                {
                    break;
                }
            }
        }

        durations.Sort();
        return durations.Count == 0 || durations[durations.Count / 2] >= LeastMicroseconds ? DurationUnit.Microseconds : DurationUnit.Seconds;
    }

    private bool TryTime(ReadOnlySpan<byte> line, out long utcTicks, out ReadOnlySpan<byte> rest)
    {
        // A user's name may hold a bracket: the time is in the first one that holds a time.
        for (int bracket = line.IndexOf((byte)'['); bracket >= 0; bracket = line.IndexOf((byte)'['))
        {
            line = line[(bracket + 1)..];
            if (_time.TryParse(line, out utcTicks, out int length) && length < line.Length && line[length] == ']')
            {
                rest = line[(length + 1)..];
                return true;
            }
        }

        utcTicks = 0;
        rest = default;
        return false;
    }

    private static bool TryRequest(ReadOnlySpan<byte> text, out ReadOnlySpan<byte> request, out ReadOnlySpan<byte> rest)
    {
        request = default;
        rest = default;
        int open = text.IndexOf((byte)'"');
        if (open < 0)
        {
            return false;
        }

        text = text[(open + 1)..];
        for (int from = 0; ;)
        {
            int close = text[from..].IndexOf((byte)'"');
            if (close < 0)
            {
                return false;
            }

            close += from;
            if (!IsEscaped(text, close))
            {
                request = text[..close];
                rest = text[(close + 1)..];
                return true;
            }

            from = close + 1;
        }
    }

    private static bool IsEscaped(ReadOnlySpan<byte> text, int at)
    {
        int backslashes = 0;
        while (at - backslashes > 0 && text[at - backslashes - 1] == '\\')
        {
            backslashes++;
        }

        return (backslashes & 1) == 1;
    }

    private static bool TryStatus(ReadOnlySpan<byte> text, out int status, out ReadOnlySpan<byte> rest)
    {
        status = 0;
        rest = default;
        if (text.Length < 2 || text[0] != ' ')
        {
            return false;
        }

        if (text[1] == '-' && (text.Length == 2 || text[2] == ' '))
        {
            rest = text[2..];
            return true;
        }

        int faults = 0;
        if (text.Length < 4 || (text.Length > 4 && text[4] != ' '))
        {
            return false;
        }

        status = (Utf8Number.Two(text, 1, ref faults) * 10) + (text[3] - '0');
        rest = text[4..];
        return faults >= 0 && text[3] is >= (byte)'0' and <= (byte)'9';
    }

    // The first word after the last quoted field, or where nothing is quoted after the bytes.
    private static ReadOnlySpan<byte> RequestTime(ReadOnlySpan<byte> text)
    {
        int quote = text.LastIndexOf((byte)'"');
        if (quote >= 0)
        {
            text = text[(quote + 1)..];
        }
        else
        {
            text = text.TrimStart((byte)' ');
            int afterBytes = text.IndexOf((byte)' ');
            text = afterBytes < 0 ? default : text[afterBytes..];
        }

        text = text.Trim((byte)' ');
        int end = text.IndexOf((byte)' ');
        return end < 0 ? text : text[..end];
    }
}
