using Makalu.Capacity.Reporting;
using Makalu.Capacity.Sizing;

namespace Makalu.Capacity.Service.Models;

/// <summary>A plan in a few fields, for lists and comparisons.</summary>
internal sealed record PlanOutline(
    string Verdict,
    string Summary,
    int MaxConnections,
    bool RestartRequired,
    bool CurrentSettingsSurvive,
    double PeakRequestsPerSecond,
    DateTimeOffset PeakAt,
    string PeakCause,
    IReadOnlyList<PlanOutline.Pool> Services,
    int? PoolerConnections)
{
    public static PlanOutline Of(CapacityPlan plan) => new(
        plan.Connections.Verdict.ToString().ToLowerInvariant(),
        PlanSummary.Of(plan).Headline,
        plan.Connections.MaxConnections,
        plan.Connections.RestartRequired,
        plan.Connections.CurrentSettingsSurvive,
        PlanText.Significant(plan.Demand.RequestsPerSecond),
        plan.Demand.At,
        plan.Demand.Cause,
        [.. plan.Connections.Services.Select(Pool.Of)],
        plan.Connections.Pooler?.Connections);

    internal sealed record Pool(string Name, int MaxPoolSize, int Connections)
    {
        public static Pool Of(ServicePool pool) => new(pool.Name, pool.MaxPoolSize, pool.Connections);
    }
}
