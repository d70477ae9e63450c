using System.Text.Json;

namespace Makalu.Capacity.Reporting;

/// <summary>A plan as <c>plan.json</c> holds it, schema 1.</summary>
internal sealed record PlanDocument
{
    public required int Schema { get; init; }

    public required string Verdict { get; init; }

    public required string Summary { get; init; }

    public required int MaxConnections { get; init; }

    public required bool RestartRequired { get; init; }

    public required bool CurrentSettingsSurvive { get; init; }

    public required PeakEntry Peak { get; init; }

    public required IReadOnlyList<ServiceEntry> Services { get; init; }

    public required PoolerEntry? Pooler { get; init; }

    public required DatabaseEntry Database { get; init; }

    public required IReadOnlyList<FindingEntry> Findings { get; init; }

    public required IReadOnlyList<WindowEntry> Peaks { get; init; }

    public required IReadOnlyList<CampaignEntry> Campaigns { get; init; }

    public CampaignModelEntry? CampaignModel { get; init; }

    public IReadOnlyList<UpliftEntry> PastCampaigns { get; init; } = [];

    public required ForecastEntry Forecast { get; init; }

    public required BacktestEntry? Backtest { get; init; }

    public required HistoryEntry History { get; init; }

    public required IReadOnlyList<BadDayEntry> BadDays { get; init; }

    public required IReadOnlyList<SensitivityEntry> Sensitivities { get; init; }

    public required IReadOnlyList<string> Assumptions { get; init; }

    public OutlookEntry? Outlook { get; init; }

    public RehearsalEntry? Rehearsal { get; init; }

    public sealed record PeakEntry(double RequestsPerSecond, double Quantile, DateTimeOffset At, string Cause, double StepRequestsPerSecond, TimeSpan Step, double BurstFactor, bool BurstFactorMeasured, double? DispersionAtOneSecond, double? DispersionAtTenthOfSecond);

    public sealed record ServiceEntry(string Name, int MaxPoolSize, int MinPoolSize, double OfferedLoad, double Utilisation, double WaitProbability, int Instances, int Connections, double RequestsPerSecondPerInstance, int? CurrentMaxPoolSize, int PoolsPerInstance = 1);

    public sealed record PoolerEntry(string Kind, int Replicas, string Mode, int PoolSize, int ReservePoolSize, int MaxClientConnections, int Connections, int Pools = 1);

    public sealed record DatabaseEntry(double? CpuUtilisation, string MemoryRequired, double? CpuCoresRequired, int? Knee, int CurrentMaxConnections);

    public sealed record FindingEntry(string Code, string Severity, string Message, IReadOnlyDictionary<string, JsonElement> Evidence);

    public sealed record WindowEntry(string Window, string Kind, DateTimeOffset StartsAt, DateTimeOffset EndsAt, DateTimeOffset At, string Cause, IReadOnlyDictionary<string, double> RequestsPerSecond, double? BusiestSecondRequestsPerSecond);

    public sealed record CampaignEntry(string Name, string Kind, DateTimeOffset StartsAt, DateTimeOffset EndsAt, int PastCampaignsOfKind, int PastCampaigns, double PeakFactorMedian, double PeakFactorLow, double PeakFactorHigh);

    public sealed record CampaignModelEntry(string Amplitudes, string Reason, int Judged, IReadOnlyList<AmplitudeEntry> Candidates, ResponseEntry Response, IReadOnlyList<KindEntry> Kinds);

    public sealed record KindEntry(string Kind, int PastCampaigns, TimeSpan Anticipation, TimeSpan Decay, bool Estimated, bool Additive);

    public sealed record ResponseEntry(bool Additive, string Reason, int Judged, double? MultiplicativeError, double? AdditiveError);

    public sealed record AmplitudeEntry(string Model, double MeanAbsoluteError, double Loss);

    public sealed record UpliftEntry(IReadOnlyList<string> Campaigns, string Kind, DateTimeOffset StartsAt, DateTimeOffset EndsAt, double Factor, double FactorLow, double FactorHigh, double ExtraRequests, double ExtraRequestsLow, double ExtraRequestsHigh, double PeakRequestsPerSecond, double BaselineAtPeak, DateTimeOffset PeakAt, TimeSpan LagOfPeak, TimeSpan Duration, double Observed);

    public sealed record ForecastEntry(string Model, DateTimeOffset Origin, DateTimeOffset End, TimeSpan Step, int Steps, int Paths);

    public sealed record BacktestEntry(string Chosen, string Reason, IReadOnlyList<AccuracyEntry> Candidates);

    public sealed record AccuracyEntry(string Model, int Origins, double? Mase, double? PinballLoss, double? Coverage95, double? PeakCoverage95);

    public sealed record BadDayEntry(string Code, string Title, bool Survives, string Message, string? Remedy);

    public sealed record SensitivityEntry(string Change, string Verdict, int MaxConnections, IReadOnlyList<int> MaxPoolSizes, double? CpuUtilisation);

    public sealed record OutlookEntry(double? CurrentSettingsCarry, double? PlannedSettingsCarry, IReadOnlyList<ScenarioEntry> Scenarios);

    public sealed record ScenarioEntry(string Change, double StepRequestsPerSecond, double RequestsPerSecond, DateTimeOffset At, string Verdict, int MaxConnections, IReadOnlyList<int> MaxPoolSizes, bool CurrentSettingsCarry, bool PlannedSettingsCarry);

    public sealed record RehearsalEntry(TimeSpan MaxWait, double WaitProbability, double RequestsPerSecond, double BurstDispersion, double RateVariation, TimeSpan Step, IReadOnlyList<double> PeakProfile, IReadOnlyList<RehearsedServiceEntry> Services);

    public sealed record RehearsedServiceEntry(string Name, int Instances, double RequestsPerSecondPerInstance, int ConnectionsPerRequest, TimeSpan DatabaseTimeMean, TimeSpan? DatabaseTimeP95, TimeSpan? DatabaseCpuTimeMean, TimeSpan PlannedHoldMean);

    public sealed record HistoryEntry(string Series, DateTimeOffset StartsAt, DateTimeOffset EndsAt, TimeSpan Step, int Steps, int MissingSteps, int Gaps, TimeSpan LongestGap, int Duplicates, int OutOfOrder, int ClockJumps, int OffGrid);
}
