using System.Globalization;
using System.Text.Json.Nodes;
using Makalu.Capacity.Cli.Arguments;
using Makalu.Capacity.Cli.Output;
using Makalu.Capacity.Logs;
using Makalu.Capacity.Reporting;
using Makalu.Capacity.Series;

namespace Makalu.Capacity.Cli.Commands;

/// <summary>What <c>makalu ingest</c> tells a person: what was read, what was odd, and what the traffic is like.</summary>
internal static class IngestSummary
{
    private const int MostSeriesShown = 10;

    public static void Tell(CommandConsole console, IReadOnlyList<RequestHistory> histories, LogReadReport? report, GapPolicy gaps)
    {
        if (report is not null)
        {
            TellReading(console, report);
        }

        foreach (RequestHistory history in histories.Take(MostSeriesShown))
        {
            TellSeries(console, history, gaps);
        }

        if (histories.Count > MostSeriesShown)
        {
            console.Tell($"… and {histories.Count - MostSeriesShown} more series.");
        }
    }

    /// <summary>The same for programs.</summary>
    public static JsonObject ToJson(IReadOnlyList<RequestHistory> histories, LogReadReport? report) => new()
    {
        ["files"] = report is null ? null : new JsonArray([.. report.Files.Select(f => JsonValue.Create(f.Name))]),
        ["lines"] = report?.Lines,
        ["records"] = report?.Records,
        ["filteredRecords"] = report?.FilteredRecords,
        ["otherLines"] = report?.OtherLines,
        ["malformedLines"] = report?.MalformedLines,
        ["series"] = new JsonArray([.. histories.Select(h => new JsonObject
        {
            ["name"] = h.Name,
            ["start"] = PlanText.IsoTime(h.Requests.Start),
            ["end"] = PlanText.IsoTime(h.Requests.End),
            ["step"] = h.Requests.Step.ToString("c"),
            ["steps"] = h.Requests.Count,
            ["missingSteps"] = h.Quality.MissingSteps,
            ["gaps"] = h.Quality.Gaps,
            ["partialSteps"] = h.Quality.PartialSteps,
            ["duplicates"] = h.Quality.Duplicates,
            ["offGrid"] = h.Quality.OffGrid,
            ["outOfOrder"] = h.Quality.OutOfOrder,
            ["clockJumps"] = h.Quality.ClockJumps,
        })]),
    };

    private static void TellReading(CommandConsole console, LogReadReport report)
    {
        string formats = string.Join(", ", report.Files.Select(f => f.Format).Where(f => f != LogFormat.Auto).Distinct());
        console.Tell(Text($"Read {report.Records:N0} requests in {report.Lines:N0} lines of {report.Files.Count:N0} file{(report.Files.Count == 1 ? "" : "s")} ({formats})."));
        if (report.FilteredRecords + report.OtherLines > 0)
        {
            console.Tell(Text($"Passed over: {report.FilteredRecords:N0} requests by the filters, {report.OtherLines:N0} lines that are no requests."));
        }

        if (report.MalformedLines > 0)
        {
            console.Tell(Text($"Malformed: {report.MalformedLines:N0} lines, first:"));
            foreach (MalformedLine line in report.FirstMalformedLines)
            {
                console.Tell("  " + line);
            }
        }

        string statuses = string.Join(", ", Enumerable.Range(1, 5).Where(c => report.RecordsByStatusClass[c] > 0).Select(c => Text($"{c}xx {(double)report.RecordsByStatusClass[c] / report.Records:0.0%}")));
        if (statuses.Length > 0)
        {
            console.Tell("Statuses: " + statuses + ".");
        }
    }

    private static void TellSeries(CommandConsole console, RequestHistory history, GapPolicy gaps)
    {
        TimeSeries requests = history.Requests;
        string name = history.Name.Length > 0 ? history.Name + ": " : "";
        console.Tell(Text($"{name}{requests.Start:yyyy-MM-dd'T'HH:mm:ss'Z'} to {requests.End:yyyy-MM-dd'T'HH:mm:ss'Z'}, {requests.Count:N0} steps of {DurationArgument.Format(requests.Step)}."));

        double[] known = [.. requests.Values.ToArray().Where(v => !double.IsNaN(v))];
        string traffic = Text($"Traffic: {known.Average() / requests.Step.TotalSeconds:N1} requests/s on average, {known.Max() / requests.Step.TotalSeconds:N1} in the busiest step");
        if (history.PeakRequestsPerSecond is { } peaks)
        {
            traffic += Text($", {peaks.Values.ToArray().Max(v => double.IsNaN(v) ? 0 : v):N0} in the busiest second");
        }

        console.Tell(traffic + ".");
        string dispersion = string.Join(", ", new[] { Mean("1 s", history.DispersionAtOneSecond), Mean("0.1 s", history.DispersionAtTenthOfSecond) }.Where(d => d.Length > 0));
        if (dispersion.Length > 0)
        {
            console.Tell($"Index of dispersion (1 for a Poisson stream): {dispersion}.");
        }

        if (history.Durations is { } durations)
        {
            console.Tell($"Durations: p50 {Format(durations.Quantile(0.5))}, p95 {Format(durations.Quantile(0.95))}, p99 {Format(durations.Quantile(0.99))}, longest {Format(durations.Maximum)}; mean {Format(durations.Mean)}.");
            TimeSpan p95 = durations.Quantile(0.95) is var quantile && quantile > durations.Mean ? quantile : durations.Mean;
            console.Tell(Text($"If that is how long a request holds its database connection (--field duration=NAME), the system description has \"databaseTimeMean\": \"{durations.Mean:c}\", \"databaseTimeP95\": \"{p95:c}\"."));
        }

        TellQuality(console, history.Quality, gaps);
    }

    private static void TellQuality(CommandConsole console, SeriesQuality quality, GapPolicy gaps)
    {
        console.Tell(quality.Gaps == 0
            ? "Gaps: none."
            : Text($"Gaps: {quality.Gaps:N0} with {quality.MissingSteps:N0} steps, the longest {DurationArgument.Format(quality.LongestGap)}; ") + (gaps == GapPolicy.LeaveMissing ? "left unknown." : "interpolated by season."));
        string odd = HistoryNotice.OddRows(quality);
        if (odd.Length > 0)
        {
            console.Tell($"Odd: {odd}.");
        }
    }

    private static string Mean(string interval, TimeSeries? dispersion)
    {
        double[] known = dispersion is null ? [] : [.. dispersion.Values.ToArray().Where(v => !double.IsNaN(v))];
        return known.Length == 0 ? "" : Text($"{known.Average():0.00} at {interval}");
    }

    private static string Format(TimeSpan duration)
        => duration.TotalSeconds >= 1 ? Text($"{duration.TotalSeconds:0.##} s") : Text($"{duration.TotalMilliseconds:0.##} ms");

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
