using Makalu.Capacity.Logs;

namespace Makalu.Capacity.Series;

/// <summary>Timestamps of series files: ISO 8601, UTC where no offset is given. Never a form whose order of day and month is a guess.</summary>
internal static class SeriesTimestamp
{
    public static bool TryParse(ReadOnlySpan<byte> utf8, out long utcTicks)
    {
        utf8 = utf8.Trim((byte)' ');
        return IsoTime.TryParse(utf8, out utcTicks, out _, out int length) && length == utf8.Length;
    }
}
