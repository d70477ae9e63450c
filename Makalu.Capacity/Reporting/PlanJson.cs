using System.Globalization;
using System.Text.Json;
using Makalu.Capacity.Campaigns;
using Makalu.Capacity.Forecasting;
using Makalu.Capacity.Peaks;
using Makalu.Capacity.Series;
using Makalu.Capacity.Sizing;

namespace Makalu.Capacity.Reporting;

/// <summary>Writes a plan as JSON, schema 1: the file <c>plan.json</c>.</summary>
public static class PlanJson
{
    /// <summary>The version of the schema: fields are added within it, never changed or removed.</summary>
    public const int Schema = 1;

    private static readonly double[] PeakQuantiles = [0.5, 0.9, 0.95, 0.99];

    /// <summary>Writes a plan.</summary>
    /// <param name="stream">Where to write it, as UTF-8; left open.</param>
    /// <param name="plan">The plan.</param>
    public static void Write(Stream stream, CapacityPlan plan)
    {
        JsonSerializer.Serialize(stream, Document(plan), PlanJsonContext.Plan.PlanDocument);
        stream.Write("\n"u8);
    }

    /// <summary>A plan as JSON text.</summary>
    /// <param name="plan">The plan.</param>
    /// <returns>The text that <see cref="Write"/> writes.</returns>
    public static string ToJson(CapacityPlan plan) => JsonSerializer.Serialize(Document(plan), PlanJsonContext.Plan.PlanDocument) + "\n";

    /// <summary>Reads what <see cref="Write"/> wrote; fields that a later version added are passed over.</summary>
    internal static PlanDocument Read(Stream stream)
        => JsonSerializer.Deserialize(stream, PlanJsonContext.Plan.PlanDocument) ?? throw new JsonException("The plan is null. Pass a plan.json.");

    private static PlanDocument Document(CapacityPlan plan) => new()
    {
        Schema = Schema,
        Verdict = Word(plan.Connections.Verdict),
        Summary = PlanSummary.Of(plan).Headline,
        MaxConnections = plan.Connections.MaxConnections,
        RestartRequired = plan.Connections.RestartRequired,
        CurrentSettingsSurvive = plan.Connections.CurrentSettingsSurvive,
        Peak = Peak(plan.Demand),
        Services = [.. plan.Connections.Services.Select(Service)],
        Pooler = plan.Connections.Pooler is { } pooler ? Pooler(pooler) : null,
        Database = Database(plan.Connections.Database, plan.System.Database),
        Findings = [.. plan.Findings.Select(Finding)],
        Peaks = [.. plan.Peaks.Select((p, i) => Window(p, plan.Demand.Quantile, i < plan.BusiestSecondsRequestsPerSecond.Count ? plan.BusiestSecondsRequestsPerSecond[i] : null))],
        Campaigns = [.. plan.Forecast.CampaignEffects.Select(Campaign)],
        CampaignModel = plan.Forecast.Report?.Campaigns is { } learned ? CampaignModel(learned) : null,
        PastCampaigns = [.. (plan.Forecast.Report?.Campaigns?.Uplifts ?? []).Select(Uplift)],
        Forecast = Forecast(plan.Forecast),
        Backtest = plan.Backtest is { } backtest ? new PlanDocument.BacktestEntry(backtest.Chosen, backtest.Reason, [.. backtest.Candidates.Select(Accuracy)]) : null,
        History = History(plan.History),
        BadDays = [.. plan.Connections.BadDays.Select(d => new PlanDocument.BadDayEntry(d.Code, d.Title, d.Survives, d.Message, d.Remedy))],
        Sensitivities = [.. plan.Connections.Sensitivities.Select(s => new PlanDocument.SensitivityEntry(s.Change, Word(s.Verdict), s.MaxConnections, s.MaxPoolSizes, s.CpuUtilisation))],
        Outlook = plan.Outlook is { } outlook ? Outlook(outlook) : null,
        Assumptions = plan.Assumptions,
        Rehearsal = PlanRehearsal.Of(plan),
    };

    private static PlanDocument.OutlookEntry Outlook(PlanOutlook outlook) => new(
        outlook.CurrentSettingsCarry,
        outlook.PlannedSettingsCarry,
        [.. outlook.Scenarios.Select(s => new PlanDocument.ScenarioEntry(s.Change, s.StepRequestsPerSecond, s.RequestsPerSecond, s.At, Word(s.Verdict), s.MaxConnections, s.MaxPoolSizes, s.CurrentSettingsCarry, s.PlannedSettingsCarry))]);

    private static PlanDocument.PeakEntry Peak(PeakDemand demand) => new(
        demand.RequestsPerSecond,
        demand.Quantile,
        demand.At,
        demand.Cause,
        demand.StepRequestsPerSecond,
        demand.Step,
        demand.BurstFactor,
        demand.BurstFactorMeasured,
        demand.DispersionAtOneSecond,
        demand.DispersionAtTenthOfSecond);

    private static PlanDocument.ServiceEntry Service(ServicePool pool) => new(
        pool.Name,
        pool.MaxPoolSize,
        pool.MinPoolSize,
        pool.OfferedLoad,
        pool.Utilisation,
        pool.WaitProbability,
        pool.Instances,
        pool.Connections,
        pool.RequestsPerSecondPerInstance,
        pool.CurrentMaxPoolSize,
        pool.PoolsPerInstance);

    private static PlanDocument.PoolerEntry Pooler(PoolerPlan pooler) => new(
        pooler.Kind,
        pooler.Replicas,
        pooler.Mode,
        pooler.PoolSize,
        pooler.ReservePoolSize,
        pooler.MaxClientConnections,
        pooler.Connections,
        pooler.Pools);

    private static PlanDocument.DatabaseEntry Database(DatabaseLoad load, DatabaseDescription now) => new(
        load.CpuUtilisation,
        ByteSize.Format(load.MemoryRequiredBytes),
        load.CpuCoresRequired,
        load.Knee,
        now.MaxConnections);

    internal static PlanDocument.FindingEntry Finding(Finding finding) => new(
        finding.Code,
        Word(finding.Severity),
        finding.Message,
        finding.Evidence.ToDictionary(e => e.Key, e => Evidence(e.Value), StringComparer.Ordinal));

    private static JsonElement Evidence(object value) => value switch
    {
        bool flag => JsonSerializer.SerializeToElement(flag, PlanJsonContext.Plan.Boolean),
        int or long => JsonSerializer.SerializeToElement(Convert.ToInt64(value, CultureInfo.InvariantCulture), PlanJsonContext.Plan.Int64),
        double number when double.IsFinite(number) => JsonSerializer.SerializeToElement(number, PlanJsonContext.Plan.Double),
        IFormattable other => JsonSerializer.SerializeToElement(other.ToString(null, CultureInfo.InvariantCulture), PlanJsonContext.Plan.String),
        _ => JsonSerializer.SerializeToElement(value.ToString() ?? "", PlanJsonContext.Plan.String),
    };

    private static PlanDocument.WindowEntry Window(PeakForecast peak, double sizedQuantile, double? busiestSecond)
    {
        var rates = new Dictionary<string, double>(StringComparer.Ordinal);
        foreach (double quantile in PeakQuantiles.Append(sizedQuantile).Distinct().Order())
        {
            rates.Add(PlanText.QuantileName(quantile), peak.Quantile(quantile));
        }

        return new PlanDocument.WindowEntry(peak.Window.Name, peak.Window.Kind, peak.Window.StartsAt, peak.Window.EndsAt, peak.At, peak.Cause, rates, busiestSecond);
    }

    private static PlanDocument.CampaignEntry Campaign(CampaignEffect effect) => new(
        effect.Campaign.Name,
        effect.Campaign.Kind,
        effect.Campaign.StartsAt,
        effect.Campaign.EndsAt,
        effect.PastCampaignsOfKind,
        effect.PastCampaigns,
        effect.PeakFactorMedian,
        effect.PeakFactorLow,
        effect.PeakFactorHigh);

    private static PlanDocument.CampaignModelEntry CampaignModel(CampaignReport report) => new(
        report.Amplitudes.Chosen,
        report.Amplitudes.Reason,
        report.Amplitudes.Judged,
        [.. report.Amplitudes.Candidates.Select(c => new PlanDocument.AmplitudeEntry(c.Model, c.MeanAbsoluteError, c.Loss))],
        new PlanDocument.ResponseEntry(report.Response.Additive, report.Response.Reason, report.Response.Judged, Finite(report.Response.MultiplicativeError), Finite(report.Response.AdditiveError)),
        [.. report.Kinds.Select(k => new PlanDocument.KindEntry(k.Kind, k.PastCampaigns, k.Anticipation, k.Decay, k.Estimated, report.Response.IsAdditive(k.Kind)))]);

    private static PlanDocument.UpliftEntry Uplift(CampaignUplift uplift) => new(
        [.. uplift.Campaigns.Select(c => c.Name)],
        uplift.Campaigns[0].Kind,
        uplift.Campaigns[0].StartsAt,
        uplift.Campaigns.Max(c => c.EndsAt),
        uplift.Factor,
        uplift.FactorLow,
        uplift.FactorHigh,
        uplift.ExtraRequests,
        uplift.ExtraRequestsLow,
        uplift.ExtraRequestsHigh,
        uplift.PeakRequestsPerSecond,
        uplift.BaselineAtPeak,
        uplift.PeakAt,
        uplift.LagOfPeak,
        uplift.Duration,
        uplift.Observed);

    private static PlanDocument.ForecastEntry Forecast(Forecast forecast)
        => new(forecast.Model, forecast.Start, forecast.End, forecast.Step, forecast.Horizon, forecast.PathCount);

    private static PlanDocument.AccuracyEntry Accuracy(ForecastAccuracy accuracy)
        => new(accuracy.Model, accuracy.Origins, Finite(accuracy.Mase), Finite(accuracy.PinballLoss), Finite(accuracy.Coverage95), Finite(accuracy.PeakCoverage95));

    private static PlanDocument.HistoryEntry History(RequestHistory history) => new(
        history.Name,
        history.Requests.Start,
        history.Requests.End,
        history.Requests.Step,
        history.Requests.Count,
        history.Requests.MissingCount,
        history.Quality.Gaps,
        history.Quality.LongestGap,
        history.Quality.Duplicates,
        history.Quality.OutOfOrder,
        history.Quality.ClockJumps,
        history.Quality.OffGrid);

    internal static double? Finite(double value) => double.IsFinite(value) ? value : null;

    /// <summary>An enumeration's value as the files write it.</summary>
    internal static string Word<T>(T value) where T : struct, Enum => JsonNamingPolicy.KebabCaseLower.ConvertName(value.ToString());
}
