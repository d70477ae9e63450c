namespace Makalu.Capacity.Reporting;

/// <summary>A backtest as its file holds it, schema 1.</summary>
internal sealed record BacktestDocument
{
    public required int Schema { get; init; }

    public required string Series { get; init; }

    public required SettingsEntry Settings { get; init; }

    public required AccuracyEntry Accuracy { get; init; }

    public required DecisionEntry Decision { get; init; }

    public required DriftEntry Drift { get; init; }

    public required IReadOnlyList<OriginEntry> Origins { get; init; }

    public required IReadOnlyList<WindowEntry> Windows { get; init; }

    public required IReadOnlyList<SkippedEntry> Skipped { get; init; }

    public sealed record SettingsEntry(string Model, TimeSpan Horizon, TimeSpan Step, TimeSpan Every, int Paths, int Seed, IReadOnlyList<double> Quantiles);

    public sealed record AccuracyEntry(
        int Steps,
        double MeanActual,
        double MeanAbsoluteError,
        double Bias,
        double? Wape,
        double Smape,
        double PinballLoss,
        double ExpectedPinballLoss,
        IReadOnlyList<NaiveEntry> SeasonalNaive,
        IReadOnlyList<CoverageEntry> StepCoverage,
        IReadOnlyList<PeakEntry> Peaks);

    public sealed record NaiveEntry(TimeSpan Season, int Steps, double MeanAbsoluteError, double? Ratio);

    public sealed record CoverageEntry(double Quantile, double Coverage, int Covered, int Count);

    public sealed record PeakEntry(string Windows, int Count, IReadOnlyList<CoverageEntry> Coverage, double MedianAbsoluteLogError, double MeanAbsoluteLogError, double LogBias, double UpperToActual, double? PathWape, double? PathLogError);

    public sealed record DecisionEntry(
        string Unit,
        string Sizing,
        double TargetQuantile,
        double Headroom,
        TimeSpan InForce,
        double UnservableMinutes,
        IReadOnlyList<OutcomeEntry> CostRisk,
        IReadOnlyList<OutcomeEntry> Alternatives);

    public sealed record OutcomeEntry(
        string Rule,
        double? Quantile,
        int Plans,
        int PlansExceeded,
        double ExceededMinutes,
        double JudgedMinutes,
        double ExceededFraction,
        double? MeanCapacity,
        double? OverProvision,
        double? CapacityToPeak,
        double ExceededWithoutHeadroomMinutes);

    public sealed record DriftEntry(string Status, double? LossToExpected, double? RelativeBias, IReadOnlyList<PlanDocument.FindingEntry> Findings);

    public sealed record OriginEntry(
        DateTimeOffset Origin,
        string Model,
        int Steps,
        double MeanActual,
        double MeanAbsoluteError,
        double PinballLoss,
        double Capacity,
        double? HighestDemand,
        double ExceededMinutes);

    public sealed record WindowEntry(DateTimeOffset Origin, string Window, string Kind, DateTimeOffset StartsAt, DateTimeOffset EndsAt, bool Whole, double Actual, DateTimeOffset ActualAt, IReadOnlyDictionary<string, double> RequestsPerSecond);

    public sealed record SkippedEntry(DateTimeOffset Origin, string Reason);
}
