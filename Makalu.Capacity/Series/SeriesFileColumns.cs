using System.Globalization;
using System.Text;

namespace Makalu.Capacity.Series;

/// <summary>Where the columns of a series file are: an index into the row, or −1 where an optional one is absent.</summary>
internal sealed record SeriesFileColumns(int Timestamp, int Requests, int Peak, int DispersionAtOneSecond, int DispersionAtTenthOfSecond, int Series)
{
    private const int LongestShownValue = 80;

    public static SeriesFileColumns Find(string fileName, string[] header, string[] firstRow, SeriesFileOptions options)
    {
        int timestamp = Require(options.TimestampColumn, nameof(options.TimestampColumn), IsTimestamp);
        int requests = Require(options.RequestsColumn, nameof(options.RequestsColumn), IsNumber);
        return new(
            timestamp,
            requests,
            IndexOf(options.PeakColumn),
            IndexOf(SeriesFile.DispersionAtOneSecondColumn),
            IndexOf(SeriesFile.DispersionAtTenthOfSecondColumn),
            IndexOf(options.SeriesColumn));

        int IndexOf(string name)
        {
            int index = Array.FindIndex(header, h => h.Equals(name, StringComparison.OrdinalIgnoreCase));
            return index >= 0 && Array.FindIndex(header, index + 1, h => h.Equals(name, StringComparison.OrdinalIgnoreCase)) >= 0
                ? throw new SeriesFormatException(fileName, 1, name, "the header has this column twice. Rename or remove one of them.")
                : index;
        }

        int Require(string name, string option, Func<string, bool> fits)
        {
            int index = IndexOf(name);
            return index >= 0 ? index : throw new SeriesFormatException(fileName, 1, null, $"no column '{name}'; the header has {Quoted(header)}. " + Remedy(name, option, fits));
        }

        string Remedy(string name, string option, Func<string, bool> fits)
        {
            if (header.Length == 1 && header[0].AsSpan().ContainsAny(';', '\t'))
            {
                return "Fields must be separated by commas.";
            }

            string[] taken = [options.TimestampColumn, options.RequestsColumn, options.PeakColumn, options.SeriesColumn];
            string[] candidates = [.. header.Where((h, i) => i < firstRow.Length && fits(firstRow[i]) && !taken.Contains(h, StringComparer.OrdinalIgnoreCase))];
            return candidates.Length == 1
                ? $"Column '{candidates[0]}' is the only one that could be it: rename it to '{name}', or map it with {option} = \"{candidates[0]}\"."
                : $"Rename the column that holds it to '{name}', or map it with {option}.";
        }
    }

    /// <summary>A value as a message can show it: on one line, not longer than a line.</summary>
    public static string Shorten(string value)
    {
        string line = string.Concat(value.Take(LongestShownValue).Select(c => char.IsControl(c) ? '·' : c));
        return value.Length > LongestShownValue ? line + FormattableString.Invariant($"… ({value.Length} characters)") : line;
    }

    private static bool IsTimestamp(string text) => SeriesTimestamp.TryParse(Encoding.UTF8.GetBytes(text), out _);

    private static bool IsNumber(string text)
        => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) && value >= 0;

    private static string Quoted(string[] names) => Shorten(string.Join(", ", names.Select(n => $"'{n}'")));
}
