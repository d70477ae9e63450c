using System.Buffers.Binary;

namespace Makalu.Capacity.Logs;

/// <summary>
/// The time of an access log, <c>10/Oct/2000:13:55:36 -0700</c>, with an optional fraction after the seconds; ISO 8601 is taken
/// too, as nginx's <c>$time_iso8601</c>. The day is kept, as nearly all lines have the day of the line before.
/// </summary>
/// <remarks>Not safe to share between threads.</remarks>
internal sealed class AccessLogTime
{
    private const int DayLength = 11;
    private const int ShortestLength = 20;

    private ulong _dayAndMonth;
    private uint _year;
    private long _dayTicks;

    /// <summary>Reads a time at the beginning of <paramref name="text"/>.</summary>
    /// <param name="text">The text; more may follow the time.</param>
    /// <param name="utcTicks">Ticks of 100 ns; taken as UTC where the text has no offset.</param>
    /// <param name="length">The length of the time in the text.</param>
    public bool TryParse(ReadOnlySpan<byte> text, out long utcTicks, out int length)
    {
        utcTicks = 0;
        length = 0;
        if (text.Length < ShortestLength || text[2] != '/')
        {
            return text.Length >= ShortestLength && IsoTime.TryParse(text, out utcTicks, out _, out length) && length >= ShortestLength - 1;
        }

        ulong dayAndMonth = BinaryPrimitives.ReadUInt64LittleEndian(text);
        uint year = BinaryPrimitives.ReadUInt32LittleEndian(text[(DayLength - 4)..]);
        if ((dayAndMonth != _dayAndMonth || year != _year) && !TryDay(text, dayAndMonth, year))
        {
            return false;
        }

        int faults = 0;
        int hour = Utf8Number.Two(text, 12, ref faults);
        int minute = Utf8Number.Two(text, 15, ref faults);
        int second = Utf8Number.Two(text, 18, ref faults);
        if (faults < 0 || text[11] != ':' || text[14] != ':' || text[17] != ':' || hour > 23 || minute > 59 || second > 60)
        {
            return false;
        }

        utcTicks = _dayTicks + (((((hour * 60L) + minute) * 60) + second) * TimeSpan.TicksPerSecond);
        length = ShortestLength;
        utcTicks += IsoTime.Fraction(text, ref length);
        return TryOffset(text, ref utcTicks, ref length);
    }

    private bool TryDay(ReadOnlySpan<byte> text, ulong dayAndMonth, uint year)
    {
        int faults = 0;
        int day = Utf8Number.Two(text, 0, ref faults);
        int yearNumber = Utf8Number.Four(text, 7, ref faults);
        if (faults < 0 || text[6] != '/' || !IsoTime.TryDay(yearNumber, Month(text.Slice(3, 3)), day, out _dayTicks))
        {
            _dayAndMonth = 0;
            return false;
        }

        _dayAndMonth = dayAndMonth;
        _year = year;
        return true;
    }

    private static int Month(ReadOnlySpan<byte> name)
    {
        ReadOnlySpan<byte> names = "JanFebMarAprMayJunJulAugSepOctNovDec"u8;
        int at = names.IndexOf(name);
        return at >= 0 && at % 3 == 0 ? (at / 3) + 1 : 0;
    }

    private static bool TryOffset(ReadOnlySpan<byte> text, ref long utcTicks, ref int length)
    {
        if (text.Length < length + 6 || text[length] != ' ' || text[length + 1] is not ((byte)'+' or (byte)'-'))
        {
            return true;
        }

        int faults = 0;
        int hours = Utf8Number.Two(text, length + 2, ref faults);
        int minutes = Utf8Number.Two(text, length + 4, ref faults);
        long offset = ((hours * 60L) + minutes) * TimeSpan.TicksPerMinute;
        utcTicks += text[length + 1] == '-' ? offset : -offset;
        length += 6;
        return faults >= 0 && hours <= 23 && minutes <= 59 && utcTicks >= 0 && utcTicks <= DateTime.MaxValue.Ticks;
    }
}
