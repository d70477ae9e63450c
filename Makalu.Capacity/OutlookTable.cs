using Makalu.Capacity.Forecasting;
using Makalu.Capacity.Numerics;
using Makalu.Capacity.Peaks;
using Makalu.Capacity.Sizing;

namespace Makalu.Capacity;

/// <summary>Asks a model what the plan would be if the future were otherwise.</summary>
internal sealed class OutlookTable(CapacityModel model, CapacityPlan plan)
{
    /// <summary>A service that nobody can size is carried by any rate that is asked.</summary>
    private const double Unlimited = double.PositiveInfinity;

    public PlanOutlook Compute(CancellationToken cancellationToken)
    {
        double? now = null;
        double? planned = null;
        (string Change, CapacityScenario Scenario, PeakDemand Demand, PlanDecision Decision)[] supposed = [];
        ParallelLoop.Invoke(
            [
                () => supposed = Suppose(cancellationToken),
                () => now = ConnectionPlanner.CarriedRate(plan.System, plan.Demand, cancellationToken),
                () => planned = ConnectionPlanner.CarriedRate(plan.Connections.ApplyTo(plan.System), plan.Demand, cancellationToken),
            ],
            cancellationToken);
        return new PlanOutlook
        {
            CurrentSettingsCarry = now,
            PlannedSettingsCarry = planned,
            Scenarios = [.. supposed.Select(s => Outcome(s.Change, s.Scenario, s.Demand, s.Decision, now ?? Unlimited, planned ?? Unlimited))],
        };
    }

    /// <summary>The demand and the decision of each row: the plan without its findings, its bad days and its sensitivities.</summary>
    private (string Change, CapacityScenario Scenario, PeakDemand Demand, PlanDecision Decision)[] Suppose(CancellationToken cancellationToken)
    {
        (string Change, CapacityScenario Scenario, PeakForecast Peak)[] rows = [.. Scenarios(cancellationToken)];
        var supposed = new (string, CapacityScenario, PeakDemand, PlanDecision)[rows.Length];
        ParallelLoop.For(rows.Length, i =>
        {
            PeakDemand demand = model.DemandOf(plan.System, rows[i].Peak);
            supposed[i] = (rows[i].Change, rows[i].Scenario, demand, new ConnectionPlanner().Decide(plan.System, demand, cancellationToken));
        }, cancellationToken);
        return supposed;
    }

    private IEnumerable<(string Change, CapacityScenario Scenario, PeakForecast Peak)> Scenarios(CancellationToken cancellationToken)
    {
        Forecast forecast = model.WithoutScenario(plan, cancellationToken);
        if (Campaign() is string campaign)
        {
            CampaignScaling scaling = model.ScalingOf(campaign, forecast, cancellationToken);
            foreach ((double scale, string words) in new[] { (2, "twice as large"), (0.5, "half as large"), (0, "does not take place") })
                yield return (campaign + " " + words, new CapacityScenario { CampaignScales = new Dictionary<string, double>(StringComparer.Ordinal) { [campaign] = scale } }, scaling.Peak(scaling.Outline(scale), scale));
        }

        PeakForecast peak = PeakFinder.Find(forecast, PeakFinder.Horizon(forecast));
        foreach ((double scale, string words) in new[] { (1.25, "all traffic +25 %"), (1.5, "all traffic +50 %") })
            yield return (words, new CapacityScenario { TrafficScale = scale }, peak.Scaled(scale));
    }

    /// <summary>The campaign still to come that matters most: the one that causes the peak, else the one expected to raise traffic most; null without one that can be changed.</summary>
    private string? Campaign()
    {
        CampaignEffect[] planned = [.. plan.Forecast.CampaignEffects.Where(e => e.Campaign.StartsAt >= plan.Forecast.Start)];
        return (planned.FirstOrDefault(e => e.Campaign.Name == plan.Demand.Cause) ?? planned.MaxBy(e => e.PeakFactorMedian))?.Campaign.Name;
    }

    private static ScenarioOutcome Outcome(string change, CapacityScenario scenario, PeakDemand demand, PlanDecision decision, double now, double planned) => new()
    {
        Change = change,
        Scenario = scenario,
        StepRequestsPerSecond = demand.StepRequestsPerSecond,
        RequestsPerSecond = demand.RequestsPerSecond,
        At = demand.At,
        Verdict = decision.Verdict,
        MaxConnections = decision.MaxConnections,
        MaxPoolSizes = [.. decision.MaxPoolSizes],
        CurrentSettingsCarry = demand.StepRequestsPerSecond <= now,
        PlannedSettingsCarry = demand.StepRequestsPerSecond <= planned,
    };
}
