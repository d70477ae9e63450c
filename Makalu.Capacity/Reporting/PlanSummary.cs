using System.Globalization;
using Makalu.Capacity.Peaks;
using Makalu.Capacity.Sizing;

namespace Makalu.Capacity.Reporting;

/// <summary>A plan in sentences that can be read aloud: what to do, the peak, its cause, and what to set.</summary>
/// <remarks>Immutable; safe to share between threads.</remarks>
public sealed class PlanSummary
{
    private PlanSummary(string headline, string peak, string cause, IReadOnlyList<string> settings)
    {
        Headline = headline;
        Peak = peak;
        Cause = cause;
        Settings = settings;
    }

    /// <summary>The verdict in one sentence.</summary>
    public string Headline { get; }

    /// <summary>How high the peak is, when, and how sure that is.</summary>
    public string Peak { get; }

    /// <summary>What causes the peak.</summary>
    public string Cause { get; }

    /// <summary>What to set, one sentence each; empty when everything may stay.</summary>
    public IReadOnlyList<string> Settings { get; }

    /// <summary>Puts a plan into sentences.</summary>
    /// <param name="plan">The plan.</param>
    /// <returns>Sentences in English, numbers in the invariant culture, times in UTC.</returns>
    public static PlanSummary Of(CapacityPlan plan) => new(HeadlineOf(plan), PeakOf(plan), CauseOf(plan), [.. SettingsOf(plan)]);

    private static string HeadlineOf(CapacityPlan plan)
    {
        ConnectionPlan connections = plan.Connections;
        int now = plan.System.Database.MaxConnections;
        string peak = $"a peak of {PlanText.Rate(plan.Demand.RequestsPerSecond)} requests per second at {PlanText.Time(plan.Demand.At)}";
        string because = plan.Demand.Cause == PeakForecast.BaselineCause ? peak : $"{peak}, caused by {PlanText.OneLine(plan.Demand.Cause)}";
        bool onlyPools = !connections.CurrentSettingsSurvive && connections.Verdict == Verdict.Keep
            && connections.Findings.Where(f => f.Severity == FindingSeverity.Critical).All(f => f.Code == "pools-exceed-max-connections");
        string ends = connections.CurrentSettingsSurvive ? "The settings of today survive"
            : onlyPools ? "Demand fits, but the pools of today are so large that the settings of today do not survive a stall of the database at"
            : "The settings of today do not survive";
        string advice = connections.Verdict switch
        {
            Verdict.Keep when connections.CurrentSettingsSurvive => Invariant($"keep max_connections at {now}"),
            Verdict.Keep => Invariant($"keep max_connections at {now} and set the pools as planned"),
            Verdict.Raise => Invariant($"raise max_connections from {now} to {connections.MaxConnections}{Restart(connections)}"),
            Verdict.Lower => Invariant($"lower max_connections from {now} to {connections.MaxConnections}{Restart(connections)}"),
            Verdict.Pool => PoolAdvice(plan),
            _ => "no setting can serve it; " + ScaleAdvice(plan),
        };
        return $"{ends} {because}: {advice}.";
    }

    private static string PoolAdvice(CapacityPlan plan)
    {
        if (plan.Connections.Pooler is not { } pooler)
        {
            return "put a pooler between the services and the database instead of raising max_connections";
        }

        string verb = plan.System.Pooler is null ? "put" : "resize";
        string limit = plan.Connections.MaxConnections == plan.System.Database.MaxConnections
            ? Invariant($"keep max_connections at {plan.Connections.MaxConnections}")
            : Invariant($"set max_connections to {plan.Connections.MaxConnections}");
        return Invariant($"{verb} {pooler.Kind} with {pooler.PoolSize} connections in each of {pooler.Replicas} {(pooler.Replicas == 1 ? "replica" : "replicas")}, and {limit}");
    }

    private static string ScaleAdvice(CapacityPlan plan)
        => plan.Connections.Database.CpuCoresRequired is double required && plan.System.Database.CpuCores is double cores && required > cores
            ? Invariant($"the database needs {Math.Ceiling(required)} processor cores where it has {cores}")
            : "the database needs more processor cores, memory or replicas";

    private static string Restart(ConnectionPlan connections) => connections.RestartRequired ? " (with a restart)" : "";

    private static string PeakOf(CapacityPlan plan)
    {
        PeakDemand demand = plan.Demand;
        string burst = demand.BurstFactor > 1
            ? $" in its busiest second ({PlanText.Rate(demand.StepRequestsPerSecond)} averaged over {PlanText.Duration(demand.Step)}, times a {(demand.BurstFactorMeasured ? "measured" : "computed")} burst factor of {PlanText.Factor(demand.BurstFactor)})"
            : $", averaged over {PlanText.Duration(demand.Step)}";
        return $"{PlanText.Rate(demand.RequestsPerSecond)} requests per second{burst}, most likely at {PlanText.Time(demand.At)}; {PlanText.Percent(demand.Quantile)} of the simulated futures stay at or below it.";
    }

    private static string CauseOf(CapacityPlan plan)
    {
        if (plan.Demand.Cause == PeakForecast.BaselineCause)
        {
            return "No campaign: the usual course of days and weeks, with its growth.";
        }

        Forecasting.CampaignEffect? effect = plan.Forecast.CampaignEffects.FirstOrDefault(e => e.Campaign.Name == plan.Demand.Cause);
        if (effect is null)
        {
            return $"{PlanText.OneLine(plan.Demand.Cause)}.";
        }

        string learned = effect.PastCampaignsOfKind switch
        {
            0 when effect.PastCampaigns == 0 => "no past campaign to learn from",
            0 => Invariant($"no past campaign of kind {PlanText.OneLine(effect.Campaign.Kind)}; learned from {effect.PastCampaigns} of other kinds"),
            1 => Invariant($"learned from 1 past campaign of kind {PlanText.OneLine(effect.Campaign.Kind)} and, about as much, from the prior"),
            int count => Invariant($"learned from {count} past campaigns of kind {PlanText.OneLine(effect.Campaign.Kind)}"),
        };
        return $"{PlanText.OneLine(plan.Demand.Cause)} ({PlanText.Time(effect.Campaign.StartsAt)}), expected to multiply the traffic by {PlanText.Factor(effect.PeakFactorMedian)} (between {PlanText.Factor(effect.PeakFactorLow)} and {PlanText.Factor(effect.PeakFactorHigh)} with 90 % probability; {learned}).";
    }

    private static IEnumerable<string> SettingsOf(CapacityPlan plan)
    {
        ConnectionPlan connections = plan.Connections;
        int now = plan.System.Database.MaxConnections;
        if (connections.MaxConnections != now)
        {
            yield return Invariant($"max_connections: {now} → {connections.MaxConnections}{(connections.RestartRequired ? " (needs a restart of the database)" : "")}");
        }

        foreach (ServicePool pool in connections.Services.Where(p => p.CurrentMaxPoolSize != p.MaxPoolSize))
        {
            string before = pool.CurrentMaxPoolSize is int size ? Invariant($"{size} → ") : "";
            yield return Invariant($"pool of {PlanText.OneLine(pool.Name)}: {before}{pool.MaxPoolSize} per {(pool.PoolsPerInstance > 1 ? "connection string and instance" : "instance")} (at least {pool.MinPoolSize} kept open), {pool.Connections} over {pool.Instances} instances{(pool.PoolsPerInstance > 1 ? Invariant($" × {pool.PoolsPerInstance} connection strings") : "")}");
        }

        if (connections.Pooler is { } pooler)
        {
            yield return Invariant($"{pooler.Kind}: {pooler.Replicas} {(pooler.Replicas == 1 ? "replica" : "replicas")}, {pooler.Mode} mode, {PoolerKind.PoolSetting(pooler.Kind)} {pooler.PoolSize}{(pooler.Kind == PoolerKind.PgBouncer ? Invariant($", reserve_pool_size {pooler.ReservePoolSize}") : "")}, {PoolerKind.ClientSetting(pooler.Kind)} {pooler.MaxClientConnections}");
        }
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
