using Makalu.Capacity.Numerics;
using static System.FormattableString;

namespace Makalu.Capacity.Sizing;

/// <summary>What the plan would be if an input were otherwise.</summary>
internal static class SensitivityTable
{
    private const double LongerHold = 1.5;
    private const double HigherPeak = 1.25;

    public static IReadOnlyList<Sensitivity> Compute(SystemLoad load, PoolSizing sizing, CancellationToken cancellation)
    {
        SystemDescription oneMore = load.System with { Services = [.. load.System.Services.Select(service => service with { Instances = service.Instances + 1 })] };
        (string Change, SystemLoad Load)[] changes =
        [
            (Invariant($"hold time +{LongerHold - 1:0 %}"), load.WithHold(LongerHold)),
            (Invariant($"peak +{HigherPeak - 1:0 %}"), load.WithRequests(load.Requests.WithRate(load.Requests.Rate * HigherPeak))),
            ("one more instance of each service", SystemLoad.Of(oneMore, load.Requests)),
        ];
        var rows = new Sensitivity[changes.Length];
        ParallelLoop.For(rows.Length, i =>
        {
            PlanDecision decision = new PlanDecider(changes[i].Load, sizing, cancellation).Decide();
            rows[i] = new Sensitivity
            {
                Change = changes[i].Change,
                Verdict = decision.Verdict,
                MaxConnections = decision.MaxConnections,
                MaxPoolSizes = Array.AsReadOnly(decision.MaxPoolSizes),
                CpuUtilisation = changes[i].Load.CpuUtilisation,
            };
        }, cancellation);
        return Array.AsReadOnly(rows);
    }
}
