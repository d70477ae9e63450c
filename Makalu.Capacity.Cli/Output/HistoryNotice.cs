using System.Globalization;
using Makalu.Capacity.Series;

namespace Makalu.Capacity.Cli.Output;

/// <summary>Tells what was odd about the rows of a history, and what was done about it.</summary>
internal static class HistoryNotice
{
    private const int Shown = 10;

    /// <summary>A weekly season is seen twice only in as much.</summary>
    private static readonly TimeSpan Enough = TimeSpan.FromDays(14);

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

        TellFirst(console, lines, "had such rows");
    }

    /// <summary>Tells the first of some notes, and how many more series they would be true of.</summary>
    public static void TellFirst(CommandConsole console, List<string> lines, string what)
    {
        foreach (string line in lines.Take(Shown))
        {
            console.Tell(line);
        }

        if (lines.Count > Shown)
        {
            console.Tell(Text($"note: {lines.Count - Shown:N0} more series {what}."));
        }
    }

    /// <summary>That little is known before an origin, in words; null where enough is.</summary>
    public static string? Young(RequestHistory history, DateTimeOffset origin)
    {
        TimeSpan known = Known(history, origin);
        return known >= Enough
            ? null
            : $"note: of {(history.Name.Length > 0 ? $"series '{history.Name}'" : "the history")} {Span(known)} are known, less than the 14 days in which a weekly season is seen twice: the quantiles are wide for it.";
    }

    /// <summary>The time of the known steps before an origin.</summary>
    public static TimeSpan Known(RequestHistory history, DateTimeOffset origin)
    {
        TimeSeries before = history.Requests.Before(origin);
        return before.Step * (before.Count - before.MissingCount);
    }

    private static string Span(TimeSpan known) => known.TotalDays >= 2 ? Text($"{known.TotalDays:0.#} days") : known.TotalHours >= 2 ? Text($"{known.TotalHours:0.#} hours") : Text($"{known.TotalMinutes:0.#} minutes");

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
