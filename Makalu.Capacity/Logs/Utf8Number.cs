namespace Makalu.Capacity.Logs;

/// <summary>Numbers at known places of UTF-8 text, without the general parsers' cost.</summary>
internal static class Utf8Number
{
    /// <summary>Two digits; <paramref name="faults"/> turns negative where one is none.</summary>
    public static int Two(ReadOnlySpan<byte> text, int at, ref int faults)
    {
        int tens = text[at] - '0';
        int ones = text[at + 1] - '0';
        faults |= tens | (9 - tens) | ones | (9 - ones);
        return (tens * 10) + ones;
    }

    /// <summary>Four digits; <paramref name="faults"/> turns negative where one is none.</summary>
    public static int Four(ReadOnlySpan<byte> text, int at, ref int faults)
        => (Two(text, at, ref faults) * 100) + Two(text, at + 2, ref faults);

    /// <summary>
    /// A number of digits with an optional fraction, in units of <paramref name="unitTicks"/> nanoseconds × 100, as ticks of 100 ns.
    /// </summary>
    /// <param name="text">The whole number: nothing may follow it.</param>
    /// <param name="unitTicks">Ticks of 100 ns in a unit; 0 for nanoseconds.</param>
    /// <param name="ticks">The ticks, rounded down.</param>
    public static bool TryTicks(ReadOnlySpan<byte> text, long unitTicks, out long ticks)
    {
        ticks = 0;
        if (!TrySplit(text, out long whole, out long fraction, out long scale))
        {
            return false;
        }

        if (unitTicks == 0)
        {
            ticks = whole / 100;
            return true;
        }

        if (whole > long.MaxValue / (2 * unitTicks))
        {
            return false;
        }

        ticks = (whole * unitTicks) + (long)(fraction * (Int128)unitTicks / scale);
        return true;
    }

    /// <summary>Digits with an optional fraction: the value is whole + fraction ÷ scale. False where there is anything else.</summary>
    public static bool TrySplit(ReadOnlySpan<byte> text, out long whole, out long fraction, out long scale)
    {
        const long MostBeforeOverflow = (long.MaxValue - 9) / 10;
        whole = 0;
        fraction = 0;
        scale = 1;
        int i = 0;
        for (; i < text.Length && text[i] is >= (byte)'0' and <= (byte)'9'; i++)
        {
            if (whole > MostBeforeOverflow)
            {
                return false;
            }

            whole = (whole * 10) + (text[i] - '0');
        }

        if (i == 0 || i == text.Length)
        {
            return i > 0;
        }

        if (text[i++] != '.' || i == text.Length)
        {
            return false;
        }

        for (; i < text.Length; i++)
        {
            if (text[i] is < (byte)'0' or > (byte)'9')
            {
                return false;
            }

            // Ten places are finer than any clock; more would only overflow.
            if (scale < 10_000_000_000)
            {
                fraction = (fraction * 10) + (text[i] - '0');
                scale *= 10;
            }
        }

        return true;
    }
}
