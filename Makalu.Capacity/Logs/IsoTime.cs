namespace Makalu.Capacity.Logs;

/// <summary>Times in ISO 8601: a date, a time after <c>T</c> or a space, a fraction, and <c>Z</c> or an offset, each but the date optional.</summary>
internal static class IsoTime
{
    private const int DateLength = 10;
    private const int MinuteLength = 16;
    private const int SecondLength = 19;

    /// <summary>Reads a time at the beginning of <paramref name="text"/>.</summary>
    /// <param name="text">The text; more may follow the time.</param>
    /// <param name="ticks">Ticks of 100 ns: UTC where the text has an offset, else of the local clock.</param>
    /// <param name="hasOffset">Whether the text has an offset or Z.</param>
    /// <param name="length">The length of the time in the text.</param>
    public static bool TryParse(ReadOnlySpan<byte> text, out long ticks, out bool hasOffset, out int length)
    {
        ticks = 0;
        hasOffset = false;
        length = DateLength;
        if (!TryDate(text, out ticks))
        {
            return false;
        }

        if (text.Length == DateLength || text[DateLength] is not ((byte)'T' or (byte)' ' or (byte)'t'))
        {
            return true;
        }

        if (text.Length < MinuteLength || text[13] != ':')
        {
            return text[DateLength] == ' ';
        }

        int faults = 0;
        int hour = Utf8Number.Two(text, 11, ref faults);
        int minute = Utf8Number.Two(text, 14, ref faults);
        int second = 0;
        length = MinuteLength;
        if (text.Length >= SecondLength && text[MinuteLength] == ':')
        {
            second = Utf8Number.Two(text, 17, ref faults);
            length = SecondLength;
        }

        if (faults < 0 || hour > 23 || minute > 59 || second > 60)
        {
            return false;
        }

        ticks += (((hour * 60L) + minute) * 60 + second) * TimeSpan.TicksPerSecond;
        if (length == SecondLength)
        {
            ticks += Fraction(text, ref length);
        }

        return TryOffset(text, ref ticks, ref hasOffset, ref length);
    }

    /// <summary>Reads <c>yyyy-MM-dd</c> at the beginning of <paramref name="text"/>.</summary>
    public static bool TryDate(ReadOnlySpan<byte> text, out long ticks)
    {
        ticks = 0;
        if (text.Length < DateLength || text[4] != '-' || text[7] != '-')
        {
            return false;
        }

        int faults = 0;
        int year = Utf8Number.Four(text, 0, ref faults);
        int month = Utf8Number.Two(text, 5, ref faults);
        int day = Utf8Number.Two(text, 8, ref faults);
        return faults >= 0 && TryDay(year, month, day, out ticks);
    }

    /// <summary>The ticks of a day's midnight; false where there is no such day.</summary>
    public static bool TryDay(int year, int month, int day, out long ticks)
    {
        ticks = 0;
        if (year < 1 || month is < 1 or > 12 || day < 1 || day > DateTime.DaysInMonth(year, month))
        {
            return false;
        }

        ticks = new DateTime(year, month, day, 0, 0, 0, DateTimeKind.Utc).Ticks;
        return true;
    }

    /// <summary>The ticks of a fraction (<c>.123</c> or <c>,123</c>) at <paramref name="length"/>, which is moved behind it.</summary>
    public static long Fraction(ReadOnlySpan<byte> text, ref int length)
    {
        if (length + 1 >= text.Length || text[length] is not ((byte)'.' or (byte)',') || text[length + 1] is < (byte)'0' or > (byte)'9')
        {
            return 0;
        }

        long ticks = 0;
        long place = TimeSpan.TicksPerSecond;
        int i = length + 1;
        for (; i < text.Length && text[i] is >= (byte)'0' and <= (byte)'9'; i++)
        {
            place /= 10;
            ticks += (text[i] - '0') * place;
        }

        length = i;
        return ticks;
    }

    private static bool TryOffset(ReadOnlySpan<byte> text, ref long ticks, ref bool hasOffset, ref int length)
    {
        if (length == text.Length)
        {
            return true;
        }

        if (text[length] is (byte)'Z' or (byte)'z')
        {
            hasOffset = true;
            length++;
            return true;
        }

        // RFC 3339 in the form that Ruby, PostgreSQL and others print has a space before the offset.
        int signAt = text[length] == ' ' && length + 2 < text.Length && text[length + 2] is >= (byte)'0' and <= (byte)'9' ? length + 1 : length;
        if (text[signAt] is not ((byte)'+' or (byte)'-'))
        {
            return true;
        }

        int sign = text[signAt] == '-' ? 1 : -1;
        int at = signAt + 1;
        int faults = 0;
        if (at + 2 > text.Length)
        {
            return false;
        }

        int hours = Utf8Number.Two(text, at, ref faults);
        int minutes = 0;
        at += 2;
        int minutesAt = at < text.Length && text[at] == ':' ? at + 1 : at;
        if (minutesAt + 2 <= text.Length && text[minutesAt] is >= (byte)'0' and <= (byte)'9')
        {
            minutes = Utf8Number.Two(text, minutesAt, ref faults);
            at = minutesAt + 2;
        }

        if (faults < 0 || hours > 23 || minutes > 59)
        {
            return false;
        }

        ticks += sign * ((hours * 60L) + minutes) * TimeSpan.TicksPerMinute;
        hasOffset = true;
        length = at;
        return ticks >= 0 && ticks <= DateTime.MaxValue.Ticks;
    }
}
