using System.Globalization;
using Makalu.Capacity.Backtesting;
using Makalu.Capacity.Monitoring;

namespace Makalu.Capacity.Reporting;

/// <summary>Writes a backtest as Markdown tables, for a document or a pull request.</summary>
public static class BacktestMarkdown
{
    /// <summary>Writes the accuracy, the peaks, the cost–risk curve, and a row for each campaign window.</summary>
    /// <param name="writer">Where to write.</param>
    /// <param name="report">What the backtest found.</param>
    public static void Write(TextWriter writer, CapacityBacktestReport report)
    {
        WriteAccuracy(writer, report);
        WritePeaks(writer, report.Accuracy.Peaks);
        WriteDecision(writer, report.Decision);
        WriteCampaigns(writer, report);
    }

    /// <summary>The accuracy in one table.</summary>
    internal static void WriteAccuracy(TextWriter writer, CapacityBacktestReport report)
    {
        ReplayAccuracy accuracy = report.Accuracy;
        writer.WriteLine(FormattableString.Invariant($"{report.Scores.Count} origins from {PlanText.Time(report.Scores[0].Record.Origin)} to {PlanText.Time(report.Scores[^1].Record.Origin)}, {PlanText.Duration(report.Options.Horizon)} ahead in steps of {PlanText.Duration(report.Step)}, model {Models(report)}."));
        writer.WriteLine();
        writer.WriteLine($"| MAE (requests/s) | WAPE | sMAPE | bias | pinball ÷ expected |{string.Concat(accuracy.Naive.Select(n => $" MAE ÷ repeating {PlanText.Duration(n.Season)} |"))}{string.Concat(accuracy.StepCoverage.Select(c => $" steps ≤ {PlanText.QuantileName(c.Quantile)} |"))}");
        writer.WriteLine(Rule(5 + accuracy.Naive.Count + accuracy.StepCoverage.Count));
        writer.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {accuracy.MeanAbsoluteError:G4} | {accuracy.WeightedError:0.000} | {accuracy.SymmetricError:0.000} | {accuracy.Bias / accuracy.MeanActual:+0.000;-0.000} | {accuracy.PinballLoss / accuracy.ExpectedPinballLoss:0.00} |") + string.Concat(accuracy.Naive.Select(n => Cell(n.Ratio, "0.00"))) + string.Concat(accuracy.StepCoverage.Select(c => Cell(c.Coverage, "0.000"))));
        writer.WriteLine();
    }

    /// <summary>The peaks, a row for each kind of window.</summary>
    internal static void WritePeaks(TextWriter writer, IReadOnlyList<PeakAccuracy> peaks)
    {
        if (peaks.Count == 0)
        {
            return;
        }

        writer.WriteLine($"| peak of each | windows | median of abs(ln(p50 ÷ actual)) | mean | bias | p95 ÷ actual | path WAPE |{string.Concat(peaks[0].Coverage.Select(c => $" ≤ {PlanText.QuantileName(c.Quantile)} |"))}");
        writer.WriteLine(Rule(7 + peaks[0].Coverage.Count));
        foreach (PeakAccuracy peak in peaks)
        {
            writer.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {peak.Windows} | {peak.Count} | {peak.MedianAbsoluteLogError:0.000} | {peak.MeanAbsoluteLogError:0.000} | {peak.LogBias:+0.000;-0.000} | {peak.UpperToActual:0.00} | {peak.PathWeightedError:0.000} |") + string.Concat(peak.Coverage.Select(c => Cell(c.Coverage, "0.000"))));
        }

        writer.WriteLine();
    }

    /// <summary>The cost–risk curve and the rules of thumb.</summary>
    internal static void WriteDecision(TextWriter writer, DecisionReplay decision)
    {
        string unit = decision.Unit == CapacityUnit.Connections ? "connections" : "requests/s";
        bool hasHeadroom = decision.Unit == CapacityUnit.Connections;
        writer.WriteLine($"| planned for | minutes short |{(hasHeadroom ? " minutes late |" : "")} nights short | mean capacity ({unit}) | idle ÷ used | capacity ÷ peak |");
        writer.WriteLine(Rule(hasHeadroom ? 7 : 6));
        foreach (DecisionOutcome outcome in decision.CostRisk.Concat(decision.Alternatives))
        {
            string rule = outcome.Quantile == decision.TargetQuantile ? $"**{outcome.Rule}**" : outcome.Rule;
            string late = hasHeadroom ? FormattableString.Invariant($" {outcome.ExceededWithoutHeadroom.TotalMinutes:0} |") : "";
            writer.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {rule} | {outcome.Exceeded.TotalMinutes:0} of {outcome.Judged.TotalMinutes:0} |{late} {outcome.PlansExceeded} of {outcome.Plans} | {Rate(outcome.MeanCapacity)} |{Cell(outcome.OverProvision, "0.00")}{Cell(outcome.CapacityToPeak, "0.00")}"));
        }

        writer.WriteLine();
        if (decision.Unservable > TimeSpan.Zero)
        {
            writer.WriteLine(FormattableString.Invariant($"For {decision.Unservable.TotalMinutes:0} minutes demand was beyond the database's processors, so that no number of connections would have served it."));
            writer.WriteLine();
        }
    }

    /// <summary>A row for each campaign window that lies wholly within a horizon.</summary>
    internal static void WriteCampaigns(TextWriter writer, CapacityBacktestReport report)
    {
        (ForecastScore Score, PeakScore Peak)[] campaigns = [.. report.Scores.SelectMany(s => s.Peaks.Where(p => PeakAccuracy.KindOf(p) == "campaign").Select(p => (s, p)))];
        if (campaigns.Length == 0)
        {
            return;
        }

        double[] quantiles = report.Scores[0].Record.Quantiles.ToArray();
        writer.WriteLine($"| origin | campaign | actual (requests/s) |{string.Concat(quantiles.Select(q => $" {PlanText.QuantileName(q)} |"))} ln(p50 ÷ actual) |");
        writer.WriteLine(Rule(4 + quantiles.Length));
        int median = Array.IndexOf(quantiles, 0.5);
        foreach ((ForecastScore score, PeakScore peak) in campaigns)
        {
            string rates = string.Concat(peak.Record.RequestsPerSecond.ToArray().Select(r => $" {Rate(r)} |"));
            writer.WriteLine($"| {PlanText.Time(score.Record.Origin)} | {Escape(peak.Window.Name)} | {Rate(peak.ActualRequestsPerSecond)} |{rates}{Cell(Math.Log(peak.Record.RequestsPerSecond[median] / peak.ActualRequestsPerSecond), "+0.00;-0.00")}");
        }

        writer.WriteLine();
    }

    /// <summary>The model asked for, and which ones it came to at how many origins.</summary>
    private static string Models(CapacityBacktestReport report)
    {
        string asked = report.Options.Forecaster?.Name ?? report.Options.Model;
        string[] used = [.. report.Scores.GroupBy(s => s.Record.Model).OrderByDescending(g => g.Count()).ThenBy(g => g.Key, StringComparer.Ordinal).Select(g => FormattableString.Invariant($"{g.Key} {g.Count()}"))];
        return report.Scores.All(s => s.Record.Model == asked) ? $"`{asked}`" : $"`{asked}` ({string.Join(", ", used)})";
    }

    private static string Rate(double requestsPerSecond) => requestsPerSecond < 1 ? requestsPerSecond.ToString("G3", CultureInfo.InvariantCulture) : PlanText.Rate(requestsPerSecond);

    private static string Rule(int columns) => "|" + string.Concat(Enumerable.Repeat(" --- |", columns));

    private static string Cell(double value, string format) => double.IsFinite(value) ? $" {value.ToString(format, CultureInfo.InvariantCulture)} |" : " – |";

    private static string Escape(string name) => PlanText.OneLine(name).Replace("|", "\\|", StringComparison.Ordinal);
}
