using Makalu.Capacity.Forecasting;
using Makalu.Capacity.Sizing;

namespace Makalu.Capacity;

/// <summary>Asks a model what the plan would be if the future were otherwise.</summary>
internal sealed class OutlookTable(CapacityModel model, CapacityPlan plan)
{
    /// <summary>A service that nobody can size is carried by any rate that is asked.</summary>
    private const double Unlimited = double.PositiveInfinity;

    public PlanOutlook Compute(CancellationToken cancellationToken)
    {
        double? now = ConnectionPlanner.CarriedRate(plan.System, plan.Demand, cancellationToken);
        double? planned = ConnectionPlanner.CarriedRate(plan.Connections.ApplyTo(plan.System), plan.Demand, cancellationToken);
        return new PlanOutlook
        {
            CurrentSettingsCarry = now,
            PlannedSettingsCarry = planned,
            Scenarios = [.. Scenarios(cancellationToken).Select(s => Outcome(s.Change, s.Scenario, s.Plan, now ?? Unlimited, planned ?? Unlimited))],
        };
    }

    private IEnumerable<(string Change, CapacityScenario Scenario, CapacityPlan Plan)> Scenarios(CancellationToken cancellationToken)
    {
        if (Campaign() is string campaign)
        {
            CampaignScaling scaling = model.ScalingOf(campaign, cancellationToken);
            foreach ((double scale, string words) in new[] { (2, "twice as large"), (0.5, "half as large"), (0, "does not take place") })
            {
                yield return (campaign + " " + words, new CapacityScenario { CampaignScales = new Dictionary<string, double>(StringComparer.Ordinal) { [campaign] = scale } }, model.Recommend(plan.System, scaling, scale, cancellationToken));
            }
        }

        foreach ((double scale, string words) in new[] { (1.25, "all traffic +25 %"), (1.5, "all traffic +50 %") })
        {
            var scenario = new CapacityScenario { TrafficScale = scale };
            yield return (words, scenario, model.Recommend(plan.System, scenario, cancellationToken));
        }
    }

    /// <summary>The campaign still to come that matters most: the one that causes the peak, else the one expected to raise traffic most; null without one that can be changed.</summary>
    private string? Campaign()
    {
        CampaignEffect[] planned = [.. plan.Forecast.CampaignEffects.Where(e => e.Campaign.StartsAt >= plan.Forecast.Start)];
        return (planned.FirstOrDefault(e => e.Campaign.Name == plan.Demand.Cause) ?? planned.MaxBy(e => e.PeakFactorMedian))?.Campaign.Name;
    }

    private static ScenarioOutcome Outcome(string change, CapacityScenario scenario, CapacityPlan supposed, double now, double planned) => new()
    {
        Change = change,
        Scenario = scenario,
        StepRequestsPerSecond = supposed.Demand.StepRequestsPerSecond,
        RequestsPerSecond = supposed.Demand.RequestsPerSecond,
        At = supposed.Demand.At,
        Verdict = supposed.Connections.Verdict,
        MaxConnections = supposed.Connections.MaxConnections,
        MaxPoolSizes = [.. supposed.Connections.Services.Select(s => s.MaxPoolSize)],
        CurrentSettingsCarry = supposed.Demand.StepRequestsPerSecond <= now,
        PlannedSettingsCarry = supposed.Demand.StepRequestsPerSecond <= planned,
    };
}
