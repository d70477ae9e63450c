using System.Globalization;
using Makalu.Capacity.Series;

namespace Makalu.Capacity.Cli.Output;

/// <summary>Tells what was odd about the rows of a history, and what was done about it.</summary>
internal static class HistoryNotice
{
    private const int Shown = 10;

    /// <summary>A line for each history that is not without a blemish; of many only the first.</summary>
    public static void Tell(CommandConsole console, IReadOnlyList<RequestHistory> histories)
    {
        List<string> lines = [];
        foreach (RequestHistory history in histories)
        {
            if (OddRows(history.Quality) is { Length: > 0 } odd)
            {
                lines.Add($"note: rows of {(history.Name.Length > 0 ? $"series '{history.Name}'" : "the history")}: {odd}.");
            }
        }

        foreach (string line in lines.Take(Shown))
        {
            console.Tell(line);
        }

        if (lines.Count > Shown)
        {
            console.Tell(Text($"note: so had {lines.Count - Shown:N0} more series."));
        }
    }

    /// <summary>Rows that were added up, sorted or moved, in words; empty where there were none.</summary>
    public static string OddRows(SeriesQuality quality) => Join(
        (quality.PartialSteps, "covered only in part at the ends and left out"),
        (quality.Duplicates, "with a time that was there already, added up"),
        (quality.OffGrid, "off the grid, counted into the nearest step"),
        (quality.OutOfOrder, "earlier than the one before, sorted in"),
        (quality.ClockJumps, "more than a minute earlier (the clock was set back)"));

    private static string Join(params (int Count, string What)[] oddities) =>
        string.Join("; ", oddities.Where(o => o.Count > 0).Select(o => Text($"{o.Count:N0} {o.What}")));

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
