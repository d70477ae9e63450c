using Makalu.Capacity.Peaks;
using Makalu.Capacity.Reporting;
using Makalu.Capacity.Sizing;
using Spectre.Console;

namespace Makalu.Capacity.Cli;

/// <summary>The plan on a page of the terminal: what a person reads aloud in the meeting before the launch.</summary>
internal static class PlanView
{
    private static readonly Style Heading = new(decoration: Decoration.Bold);

    public static void Show(IAnsiConsole console, CapacityPlan plan, IReadOnlyList<(string Path, string Purpose)> written)
    {
        PlanSummary summary = PlanSummary.Of(plan);
        console.WriteLine();
        console.Write(new Text(summary.Headline + "\n", new Style(plan.Connections.CurrentSettingsSurvive ? Color.Green : Color.Red, decoration: Decoration.Bold)));
        console.WriteLine();
        ShowPairs(console, [("Peak", summary.Peak), ("Cause", summary.Cause), .. summary.Settings.Select((s, i) => (i == 0 ? "Set" : "", s))]);
        ShowPeaks(console, plan);
        ShowFindings(console, plan.Findings);
        console.Write(new Text("\nWritten\n", Heading));
        ShowPairs(console, [.. written.Select(w => (w.Path, w.Purpose))]);
    }

    private static void ShowPairs(IAnsiConsole console, IReadOnlyList<(string Name, string Text)> pairs)
    {
        Grid grid = new Grid().AddColumn(new GridColumn().NoWrap().PadRight(2)).AddColumn();
        foreach ((string name, string text) in pairs)
        {
            grid.AddRow(new Text(name, Heading), new Text(text));
        }

        console.Write(grid);
    }

    private static void ShowPeaks(IAnsiConsole console, CapacityPlan plan)
    {
        // The days are in the files; here only the horizon and what marketing asked about.
        PeakForecast[] shown = [.. plan.Peaks.Where(p => p.Window.Kind != "day")];
        Table table = new Table().Border(TableBorder.Simple).AddColumns("highest in", "most likely", "cause");
        foreach (string quantile in new[] { "50 %", "95 %", "99 %" })
        {
            table.AddColumn(new TableColumn(quantile).RightAligned());
        }

        foreach (PeakForecast peak in shown)
        {
            table.AddRow(
                new Text(peak.Window.Name),
                new Text(Time(peak.At)),
                new Text(peak.Cause),
                new Text(Rate(peak.Quantile(0.5))),
                new Text(Rate(peak.Quantile(0.95))),
                new Text(Rate(peak.Quantile(0.99))));
        }

        console.Write(new Text("\nPeaks, in requests per second averaged over a step\n", Heading));
        console.Write(table);
    }

    private static void ShowFindings(IAnsiConsole console, IReadOnlyList<Finding> findings)
    {
        if (findings.Count == 0)
        {
            return;
        }

        console.Write(new Text("Findings\n", Heading));
        Grid grid = new Grid().AddColumn(new GridColumn().NoWrap().PadRight(2)).AddColumn();
        foreach (Finding finding in findings)
        {
            (string word, Color colour) = finding.Severity switch
            {
                FindingSeverity.Critical => ("critical", Color.Red),
                FindingSeverity.Warning => ("warning", Color.Yellow),
                _ => ("info", Color.Default),
            };
            grid.AddRow(new Text(word, new Style(colour)), new Text(finding.Message));
        }

        console.Write(grid);
    }

    private static string Rate(double requestsPerSecond) => requestsPerSecond.ToString(requestsPerSecond < 100 ? "0.#" : "N0", System.Globalization.CultureInfo.InvariantCulture);

    private static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd HH:mm 'UTC'", System.Globalization.CultureInfo.InvariantCulture);
}
