using System.Globalization;
using Makalu.Capacity.Backtesting;
using Spectre.Console;

namespace Makalu.Capacity.Cli;

/// <summary>A backtest on a page of the terminal: what planning for each quantile would have meant, beside the rules of thumb.</summary>
internal static class BacktestView
{
    private const int RoomForHeadings = 100;

    private static readonly Style Heading = new(decoration: Decoration.Bold);

    public static void Show(IAnsiConsole console, CapacityBacktestReport report)
    {
        ReplayAccuracy accuracy = report.Accuracy;
        console.WriteLine();
        console.Write(new Text(string.Create(CultureInfo.InvariantCulture, $"{report.Scores.Count} plans from {Time(report.Scores[0].Record.Origin)} to {Time(report.Scores[^1].Record.Origin)}\n"), Heading));
        string naive = string.Concat(accuracy.Naive.Where(n => double.IsFinite(n.Ratio)).Select(n => string.Create(CultureInfo.InvariantCulture, $", {n.Ratio:0.00} of repeating {n.Season.TotalDays:0} d")));
        console.Write(new Text(string.Create(CultureInfo.InvariantCulture, $"Mean absolute error {accuracy.MeanAbsoluteError:G4} requests/s{naive}\n")));
        console.Write(new Text("Steps at or below " + Coverage(accuracy.StepCoverage) + "\n"));
        foreach (PeakAccuracy peak in accuracy.Peaks)
        {
            console.Write(new Text(string.Create(CultureInfo.InvariantCulture, $"Peaks of each {peak.Windows} ({peak.Count}) at or below {Coverage(peak.Coverage)}\n")));
        }

        ShowDecision(console, report.Decision);
        foreach (Sizing.Finding finding in report.Drift.Findings.Where(f => f.Severity >= Sizing.FindingSeverity.Warning))
        {
            console.Write(new Text("warning  " + finding.Message + "\n", new Style(Color.Yellow)));
        }

        if (report.Skipped.Count > 0)
        {
            console.Write(new Text(string.Create(CultureInfo.InvariantCulture, $"{report.Skipped.Count} origins were left out; the first: {report.Skipped[0].Reason}\n")));
        }
    }

    private static void ShowDecision(IAnsiConsole console, DecisionReplay decision)
    {
        string unit = decision.Unit == CapacityUnit.Connections ? "connections" : "requests/s";
        Table table = new Table().Border(TableBorder.Simple).AddColumn(new TableColumn("planned for").Padding(0, 0, 1, 0));
        bool hasHeadroom = decision.Unit == CapacityUnit.Connections;
        foreach (string column in (string[])["minutes short", .. hasHeadroom ? new[] { "minutes late" } : [], "nights short", "mean", "idle ÷ used", "÷ peak"])
        {
            // Figures stay whole, "3 of 28" too; where there is little room the headings above them break instead.
            string heading = console.Profile.Width < RoomForHeadings ? column.Replace(' ', '\n') : column;
            table.AddColumn(new TableColumn(heading).NoWrap().RightAligned().Padding(0, 0, 1, 0));
        }

        foreach (DecisionOutcome outcome in decision.CostRisk.Concat(decision.Alternatives))
        {
            Style style = outcome.Quantile == decision.TargetQuantile ? Heading : Style.Plain;
            string[] cells =
            [
                outcome.Rule,
                outcome.Exceeded.TotalMinutes.ToString("N0", CultureInfo.InvariantCulture),
                .. hasHeadroom ? new[] { outcome.ExceededWithoutHeadroom.TotalMinutes.ToString("N0", CultureInfo.InvariantCulture) } : [],
                string.Create(CultureInfo.InvariantCulture, $"{outcome.PlansExceeded} of {outcome.Plans}"),
                outcome.MeanCapacity.ToString(outcome.MeanCapacity < 100 ? "0.##" : "N0", CultureInfo.InvariantCulture),
                outcome.OverProvision.ToString("0.00", CultureInfo.InvariantCulture),
                outcome.CapacityToPeak.ToString("0.00", CultureInfo.InvariantCulture),
            ];
            table.AddRow(cells.Select(c => new Text(c, style)));
        }

        console.Write(new Text($"\nWhat the plans would have meant; capacity in {unit}: its mean, idle ÷ used, ÷ peak\n", Heading));
        console.Write(table);
    }

    private static string Coverage(IReadOnlyList<QuantileCoverage> coverage)
        => string.Join(", ", coverage.Select(c => string.Create(CultureInfo.InvariantCulture, $"{c.Quantile * 100:0.##} %: {c.Coverage * 100:0.0} %")));

    private static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture);
}
