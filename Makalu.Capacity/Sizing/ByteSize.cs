using System.Globalization;

namespace Makalu.Capacity.Sizing;

/// <summary>Sizes of memory as people write them: <c>32GiB</c>, <c>10.5 MiB</c>, <c>512MB</c>.</summary>
public static class ByteSize
{
    private static readonly (string Unit, long Bytes)[] Units =
    [
        ("TiB", 1L << 40), ("GiB", 1L << 30), ("MiB", 1L << 20), ("KiB", 1L << 10),
        ("TB", 1_000_000_000_000), ("GB", 1_000_000_000), ("MB", 1_000_000), ("kB", 1_000), ("B", 1),
    ];

    /// <summary>Reads a number with its unit: B, kB, MB, GB, TB (powers of 1000) or KiB, MiB, GiB, TiB (powers of 1024), in any case.</summary>
    /// <param name="text">The text.</param>
    /// <param name="bytes">The size in bytes, rounded to a whole number; 0 where the text is not a size.</param>
    /// <returns>Whether the text is a size that a 64-bit number holds.</returns>
    public static bool TryParse(string? text, out long bytes)
    {
        bytes = 0;
        ReadOnlySpan<char> rest = text.AsSpan().Trim();
        foreach ((string unit, long factor) in Units)
        {
            if (rest.EndsWith(unit, StringComparison.OrdinalIgnoreCase))
            {
                ReadOnlySpan<char> number = rest[..^unit.Length].TrimEnd();
                if (!decimal.TryParse(number, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal value) || value > long.MaxValue / factor)
                    return false;

                bytes = (long)decimal.Round(value * factor);
                return true;
            }
        }

        return false;
    }

    /// <summary>Writes a size with at most one decimal in the largest binary unit that keeps it at 1 or above: <c>10.1GiB</c>.</summary>
    /// <param name="bytes">The size in bytes, 0 or more.</param>
    public static string Format(long bytes)
    {
        foreach ((string unit, long factor) in Units.AsSpan(0, 4))
        {
            if (bytes >= factor)
                return ((double)bytes / factor).ToString("0.#", CultureInfo.InvariantCulture) + unit;
        }

        return bytes.ToString(CultureInfo.InvariantCulture) + "B";
    }
}
