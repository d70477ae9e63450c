using Makalu.Capacity.Sizing;

namespace Makalu.Capacity.Backtesting;

/// <summary>The worth of the decisions: minutes short against capacity idle, by the planned quantile and by rules of thumb.</summary>
public sealed record DecisionReplay
{
    /// <summary>What capacity is counted in.</summary>
    public required CapacityUnit Unit { get; init; }

    /// <summary>The quantile that the plan is made for: the system's <c>target.peakQuantile</c>, or the option.</summary>
    public required double TargetQuantile { get; init; }

    /// <summary>The headroom that every plan adds, by quantile and by rule of thumb alike, a fraction; 0 where capacity is a rate.</summary>
    public required double Headroom { get; init; }

    /// <summary>How long a plan is in force.</summary>
    public required TimeSpan InForce { get; init; }

    /// <summary>The cost–risk curve: the outcome of planning for each quantile of the peak, rising.</summary>
    public required IReadOnlyList<DecisionOutcome> CostRisk { get; init; }

    /// <summary>The outcome of yesterday's peak doubled, of last week's peak, and of what is set now where a system tells it.</summary>
    public required IReadOnlyList<DecisionOutcome> Alternatives { get; init; }

    /// <summary>How long demand was beyond what the database's processors could complete, so that no number of connections would have served it.</summary>
    public required TimeSpan Unservable { get; init; }

    /// <summary>Each plan at <see cref="TargetQuantile"/>, by origin.</summary>
    public required IReadOnlyList<PlanOutcome> Plans { get; init; }

    internal static DecisionReplay Judge(IReadOnlyList<Night> nights, double[] planned, double target, TimeSpan inForce, ICapacityMeasure measure, SystemDescription? system)
    {
        TimeSpan step = nights[0].Score.Record.Step;
        int steps = (int)Math.Max(1, Math.Ceiling(inForce / step));
        double[][] demand = [.. nights.Select(n => n.Actual.Take(steps).Select(r => double.IsNaN(r) ? double.NaN : measure.Demand(r)).ToArray())];
        int targetIndex = Array.IndexOf(planned, target);

        DecisionOutcome Outcome(string rule, double? quantile, Func<Night, ProvidedCapacity?> capacity)
        {
            var tally = new DecisionTally(step);
            for (int i = 0; i < nights.Count; i++)
            {
                if (capacity(nights[i]) is { } provided)
                {
                    tally.Add(provided, demand[i]);
                }
            }

            return tally.Outcome(rule, quantile);
        }

        DecisionOutcome[] rules = [.. nights[0].Alternatives.Select((rule, i) => Outcome(rule.Name, null, n => n.Alternatives[i].Capacity))];
        return new DecisionReplay
        {
            Unit = measure.Unit,
            TargetQuantile = target,
            Headroom = system?.Target.Headroom ?? 0,
            InForce = step * steps,
            CostRisk = [.. planned.Select((q, i) => Outcome(FormattableString.Invariant($"quantile {q}"), q, n => n.Capacities[i]))],
            Alternatives = measure.CapacityNow is { } now ? [.. rules, Outcome("what is set now", null, _ => ProvidedCapacity.WithoutHeadroom(now))] : rules,
            Unservable = step * nights.Sum(n => n.Actual.Take(steps).Count(r => !double.IsNaN(r) && !measure.IsServable(r))),
            Plans = [.. nights.Select((n, i) => PlanOf(n, demand[i], n.Capacities[targetIndex].Total, step))],
        };
    }

    private static PlanOutcome PlanOf(Night night, double[] demand, double capacity, TimeSpan step)
    {
        double highest = demand.Where(d => !double.IsNaN(d)).DefaultIfEmpty(double.NaN).Max();
        return new PlanOutcome
        {
            Origin = night.Origin,
            Model = night.Score.Record.Model,
            Capacity = capacity,
            HighestDemand = highest,
            Exceeded = step * demand.Count(d => d > capacity),
        };
    }
}
