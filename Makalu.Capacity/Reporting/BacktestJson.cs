using System.Text.Json;
using Makalu.Capacity.Backtesting;
using Makalu.Capacity.Monitoring;

namespace Makalu.Capacity.Reporting;

/// <summary>Writes a backtest as JSON, schema 1.</summary>
public static class BacktestJson
{
    /// <summary>The version of the schema: fields are added within it, never changed or removed.</summary>
    public const int Schema = 1;

    /// <summary>Writes a backtest.</summary>
    /// <param name="stream">Where to write it, as UTF-8; left open.</param>
    /// <param name="report">What the backtest found.</param>
    public static void Write(Stream stream, CapacityBacktestReport report)
    {
        JsonSerializer.Serialize(stream, Document(report), BacktestJsonContext.Backtest.BacktestDocument);
        stream.Write("\n"u8);
    }

    /// <summary>A backtest as JSON text.</summary>
    /// <param name="report">What the backtest found.</param>
    /// <returns>The text that <see cref="Write"/> writes.</returns>
    public static string ToJson(CapacityBacktestReport report) => JsonSerializer.Serialize(Document(report), BacktestJsonContext.Backtest.BacktestDocument) + "\n";

    private static BacktestDocument Document(CapacityBacktestReport report) => new()
    {
        Schema = Schema,
        Series = report.Series,
        Settings = new BacktestDocument.SettingsEntry(
            report.Options.Forecaster?.Name ?? report.Options.Model,
            report.Options.Horizon,
            report.Step,
            report.Options.Every,
            report.Options.Paths,
            report.Options.Seed,
            report.Scores[0].Record.Quantiles.ToArray()),
        Accuracy = Accuracy(report.Accuracy),
        Decision = Decision(report.Decision),
        Drift = new BacktestDocument.DriftEntry(PlanJson.Word(report.Drift.Status), PlanJson.Finite(report.Drift.LossToExpected), PlanJson.Finite(report.Drift.RelativeBias), [.. report.Drift.Findings.Select(PlanJson.Finding)]),
        Origins = [.. report.Scores.Select((s, i) => Origin(s, report.Decision.Plans[i]))],
        Windows = [.. report.Scores.SelectMany(s => s.Peaks.Select(p => Window(s, p)))],
        Skipped = [.. report.Skipped.Select(s => new BacktestDocument.SkippedEntry(s.Origin, s.Reason))],
    };

    private static BacktestDocument.AccuracyEntry Accuracy(ReplayAccuracy accuracy) => new(
        accuracy.Steps,
        accuracy.MeanActual,
        accuracy.MeanAbsoluteError,
        accuracy.Bias,
        PlanJson.Finite(accuracy.WeightedError),
        accuracy.SymmetricError,
        accuracy.PinballLoss,
        accuracy.ExpectedPinballLoss,
        [.. accuracy.Naive.Select(n => new BacktestDocument.NaiveEntry(n.Season, n.Steps, n.MeanAbsoluteError, PlanJson.Finite(n.Ratio)))],
        [.. accuracy.StepCoverage.Select(Coverage)],
        [.. accuracy.Peaks.Select(p => new BacktestDocument.PeakEntry(p.Windows, p.Count, [.. p.Coverage.Select(Coverage)], p.MedianAbsoluteLogError, p.MeanAbsoluteLogError, p.LogBias, p.UpperToActual, PlanJson.Finite(p.PathWeightedError), PlanJson.Finite(p.PathLogError)))]);

    private static BacktestDocument.CoverageEntry Coverage(QuantileCoverage coverage) => new(coverage.Quantile, coverage.Coverage, coverage.Covered, coverage.Count);

    private static BacktestDocument.DecisionEntry Decision(DecisionReplay decision) => new(
        PlanJson.Word(decision.Unit),
        decision.Unit == CapacityUnit.Connections ? "closed-form" : "none",
        decision.TargetQuantile,
        decision.Headroom,
        decision.InForce,
        decision.Unservable.TotalMinutes,
        [.. decision.CostRisk.Select(Outcome)],
        [.. decision.Alternatives.Select(Outcome)]);

    private static BacktestDocument.OutcomeEntry Outcome(DecisionOutcome outcome) => new(
        outcome.Rule,
        outcome.Quantile,
        outcome.Plans,
        outcome.PlansExceeded,
        outcome.Exceeded.TotalMinutes,
        outcome.Judged.TotalMinutes,
        outcome.ExceededFraction,
        PlanJson.Finite(outcome.MeanCapacity),
        PlanJson.Finite(outcome.OverProvision),
        PlanJson.Finite(outcome.CapacityToPeak),
        outcome.ExceededWithoutHeadroom.TotalMinutes);

    private static BacktestDocument.OriginEntry Origin(ForecastScore score, PlanOutcome plan) => new(
        score.Record.Origin,
        plan.Model,
        score.Steps,
        score.MeanActual,
        score.MeanAbsoluteError,
        score.PinballLoss,
        plan.Capacity,
        PlanJson.Finite(plan.HighestDemand),
        plan.Exceeded.TotalMinutes);

    private static BacktestDocument.WindowEntry Window(ForecastScore score, PeakScore peak)
    {
        var rates = new Dictionary<string, double>(StringComparer.Ordinal);
        for (int i = 0; i < score.Record.Quantiles.Length; i++)
        {
            rates.Add(PlanText.QuantileName(score.Record.Quantiles[i]), peak.Record.RequestsPerSecond[i]);
        }

        return new BacktestDocument.WindowEntry(score.Record.Origin, peak.Window.Name, peak.Window.Kind, peak.Window.StartsAt, peak.Window.EndsAt, peak.IsWhole, peak.ActualRequestsPerSecond, peak.ActualAt, rates);
    }
}
