using System.Globalization;
using System.Text;

namespace Makalu.Capacity.Series;

/// <summary>Timestamps of series files: ISO 8601, UTC where no offset is given. Never a form whose order of day and month is a guess.</summary>
internal static class SeriesTimestamp
{
    private static readonly string[] Formats =
    [
        "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK", "yyyy-MM-dd HH:mm:ss.FFFFFFFK", "yyyy-MM-dd'T'HH:mmK", "yyyy-MM-dd HH:mmK",
        "yyyy-MM-dd", "yyyyMMdd'T'HHmmssK",
    ];

    private const int LongestTimestamp = 40;

    public static bool TryParse(ReadOnlySpan<byte> utf8, out long utcTicks)
    {
        if (utf8.Length == 20 && utf8[10] == 'T' && utf8[19] == 'Z' && TryParseWholeSeconds(utf8, out utcTicks))
        {
            return true;
        }

        utcTicks = 0;
        if (utf8.Length > LongestTimestamp)
        {
            return false;
        }

        Span<char> text = stackalloc char[LongestTimestamp];
        text = text[..Encoding.UTF8.GetChars(utf8, text)].Trim();
        bool parsed = DateTimeOffset.TryParseExact(text, Formats, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset time);
        utcTicks = parsed ? time.UtcTicks : 0;
        return parsed;
    }

    // The form that nearly every row has, read without the general parser's cost.
    private static bool TryParseWholeSeconds(ReadOnlySpan<byte> utf8, out long utcTicks)
    {
        utcTicks = 0;
        if (utf8[4] != '-' || utf8[7] != '-' || utf8[13] != ':' || utf8[16] != ':')
        {
            return false;
        }

        int year = Digits(utf8[..4]);
        int month = Digits(utf8.Slice(5, 2));
        int day = Digits(utf8.Slice(8, 2));
        int hour = Digits(utf8.Slice(11, 2));
        int minute = Digits(utf8.Slice(14, 2));
        int second = Digits(utf8.Slice(17, 2));
        if (year < 1 || month is < 1 or > 12 || day < 1 || day > DateTime.DaysInMonth(year, month)
            || hour is < 0 or > 23 || minute is < 0 or > 59 || second is < 0 or > 59)
        {
            return false;
        }

        utcTicks = new DateTime(year, month, day, hour, minute, second, DateTimeKind.Utc).Ticks;
        return true;
    }

    private static int Digits(ReadOnlySpan<byte> utf8)
    {
        int value = 0;
        foreach (byte c in utf8)
        {
            if (c is < (byte)'0' or > (byte)'9')
            {
                return -1;
            }

            value = (value * 10) + (c - '0');
        }

        return value;
    }
}
