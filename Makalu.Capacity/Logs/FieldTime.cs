namespace Makalu.Capacity.Logs;

/// <summary>
/// The time of a JSON or CSV log: ISO 8601, the access log's form, or a number since 1970, whose size tells seconds, milliseconds,
/// microseconds or nanoseconds.
/// </summary>
/// <remarks>Not safe to share between threads.</remarks>
internal sealed class FieldTime(TimeZoneInfo zone)
{
    // As seconds the first bound is in the year 5138, as milliseconds in 1973, and so on: no log's times are near one.
    private const long SecondsBelow = 100_000_000_000;
    private const long MillisecondsBelow = 100_000_000_000_000;
    private const long MicrosecondsBelow = 100_000_000_000_000_000;

    private readonly LocalClock _clock = new(zone);
    private readonly AccessLogTime _accessLogTime = new();

    public bool NeedsOrder => _clock.NeedsOrder;

    public bool TryParse(ReadOnlySpan<byte> text, out long utcTicks)
    {
        text = text.Trim((byte)' ');
        if (text.Length > 4 && text[4] == '-')
        {
            return TryIso(text, out utcTicks);
        }

        if (text.Length > 2 && text[2] == '/')
        {
            return _accessLogTime.TryParse(text.Trim("[]"u8), out utcTicks, out int length) && length >= text.Trim("[]"u8).Length;
        }

        utcTicks = 0;
        if (!Utf8Number.TrySplit(text, out long whole, out _, out _))
        {
            return false;
        }

        long unitTicks = whole < SecondsBelow ? TimeSpan.TicksPerSecond
            : whole < MillisecondsBelow ? TimeSpan.TicksPerMillisecond
            : whole < MicrosecondsBelow ? TimeSpan.TicksPerMicrosecond
            : 0;
        bool parsed = Utf8Number.TryTicks(text, unitTicks, out long ticks) && ticks <= DateTime.MaxValue.Ticks - DateTime.UnixEpoch.Ticks;
        utcTicks = DateTime.UnixEpoch.Ticks + ticks;
        return parsed;
    }

    private bool TryIso(ReadOnlySpan<byte> text, out long utcTicks)
    {
        if (!IsoTime.TryParse(text, out utcTicks, out bool hasOffset, out int length))
        {
            return false;
        }

        ReadOnlySpan<byte> rest = text[length..];
        if (!hasOffset && rest.SequenceEqual(" UTC"u8))
        {
            return true;
        }

        if (!hasOffset)
        {
            utcTicks = _clock.ToUtc(utcTicks);
        }

        return rest.IsEmpty;
    }
}
