using Makalu.Capacity.Numerics;
using Makalu.Capacity.Peaks;

namespace Makalu.Capacity.Sizing;

/// <summary>Turns the peak into <c>max_connections</c> and pool sizes, with a verdict and what was found on the way.</summary>
/// <remarks>Holds no state; safe to share between threads. The same input gives the same plan.</remarks>
public sealed class ConnectionPlanner
{
    private readonly PoolSizing _sizing = PoolSizer.Smallest;

    /// <summary>Plans the connections of a system for a peak.</summary>
    /// <param name="system">The system as it is set now.</param>
    /// <param name="demand">The peak to size for.</param>
    /// <param name="cancellationToken">Stops the planning.</param>
    /// <returns>The plan; a peak that no setting can serve is a verdict (<see cref="Verdict.Scale"/>), not an exception.</returns>
    /// <exception cref="ArgumentNullException">An argument is null.</exception>
    /// <exception cref="SystemDescriptionException">The system breaks a rule; all broken rules are told at once.</exception>
    /// <exception cref="ArgumentException">The demand is not a finite rate of 0 or more.</exception>
    public ConnectionPlan Plan(SystemDescription system, PeakDemand demand, CancellationToken cancellationToken = default)
    {
        ThrowIfInvalid(system, demand);
        var assumptions = new List<string>(system.AssumedDefaults);
        ArrivalProcess requests = PeakArrivals.Of(demand, assumptions);
        SystemLoad load = SystemLoad.Of(system, requests);
        PlanDecision decision = null!;
        IReadOnlyList<Sensitivity> sensitivities = [];
        ParallelLoop.Invoke(
            [
                () => decision = new PlanDecider(load, _sizing, cancellationToken).Decide(),
                () => sensitivities = SensitivityTable.Compute(load, _sizing, cancellationToken),
            ],
            cancellationToken);
        var subject = new PlanSubject(system, demand, load, decision, new ConnectionBudget(system));
        Finding[] findings = [.. PlanFindings.Write(subject)];
        PlanAssumptions.Add(subject, assumptions);
        return new ConnectionPlan
        {
            Verdict = decision.Verdict,
            MaxConnections = decision.MaxConnections,
            RestartRequired = subject.Budget.IsPostgreSql && decision.MaxConnections != system.Database.MaxConnections,
            Services = Pools(subject),
            Pooler = decision.Pooler?.Plan,
            Database = new DatabaseLoad
            {
                CpuUtilisation = load.CpuUtilisation,
                MemoryRequiredBytes = subject.Budget.MemoryRequired(decision.MaxConnections),
                CpuCoresRequired = decision.CpuCoresRequired,
                Knee = decision.Knee < FlowEquivalentServer.LargestConcurrency ? decision.Knee : null,
            },
            CurrentSettingsSurvive = !findings.Any(finding => finding.Severity == FindingSeverity.Critical),
            Findings = Array.AsReadOnly(findings),
            Assumptions = assumptions.AsReadOnly(),
            BadDays = BadDays.Examine(subject, cancellationToken),
            Sensitivities = sensitivities,
        };
    }

    /// <summary>How high a peak the system carries with the settings that it has: for those of a plan, ask for <see cref="ConnectionPlan.ApplyTo"/>.</summary>
    /// <param name="system">The system and its settings.</param>
    /// <param name="demand">The peak, whose rate is varied; its burstiness stays.</param>
    /// <param name="cancellationToken">Stops the search.</param>
    /// <returns>
    /// The highest rate in requests per second, averaged over the demand's step, at which processors, pools and <c>max_connections</c>
    /// all suffice: within 0.2 % of the rate from which one of the critical findings would tell that they do not. A stall of the
    /// database, which lowers it, is not part of it. Null where nothing that is known limits the rate.
    /// </returns>
    /// <exception cref="ArgumentNullException">An argument is null.</exception>
    /// <exception cref="SystemDescriptionException">The system breaks a rule; all broken rules are told at once.</exception>
    /// <exception cref="ArgumentException">The demand is not a finite rate of 0 or more.</exception>
    public static double? CarriedRate(SystemDescription system, PeakDemand demand, CancellationToken cancellationToken = default)
    {
        ThrowIfInvalid(system, demand);
        ArrivalProcess requests = PeakArrivals.Of(demand, []);
        if (requests.Rate <= 0)
            return null;

        return Sizing.CarriedRate.Factor(SystemLoad.Of(system, requests), cancellationToken) * demand.StepRequestsPerSecond;
    }

    /// <summary>The decision of <see cref="Plan"/> by itself, a third of its work: no findings, no bad days, no sensitivities.</summary>
    internal PlanDecision Decide(SystemDescription system, PeakDemand demand, CancellationToken cancellationToken)
    {
        ThrowIfInvalid(system, demand);
        return new PlanDecider(SystemLoad.Of(system, PeakArrivals.Of(demand, [])), _sizing, cancellationToken).Decide();
    }

    private static ServicePool[] Pools(PlanSubject subject)
    {
        PoolSet pools = subject.Decision.Pooler?.Clients ?? subject.Decision.Pools;
        return [.. subject.System.Services.Select((service, i) =>
        {
            ArrivalProcess arrivals = subject.Load.Services[i].ConnectionsOfPool(service.Instances);
            int size = subject.Decision.MaxPoolSizes[i];
            HoldTime hold = subject.Decision.Holds[i];
            double load = arrivals.Rate * hold.MeanSeconds;
            return new ServicePool
            {
                Name = service.Name,
                MaxPoolSize = size,
                MinPoolSize = Math.Clamp((int)Math.Ceiling(load), 1, size),
                RequestsPerSecondPerInstance = arrivals.Rate / service.ConnectionsPerRequest * service.ConnectionStrings,
                OfferedLoad = load,
                Utilisation = load / size,
                WaitProbability = size == pools.Sizes[i].Connections && hold == pools.Holds[i] ? pools.Sizes[i].WaitProbability : WaitTail.Probability(arrivals, hold, size, subject.WaitSeconds),
                Instances = service.Instances + service.SurgeInstances,
                PoolsPerInstance = service.ConnectionStrings,
                CurrentMaxPoolSize = service.MaxPoolSize,
            };
        })];
    }

    private static void ThrowIfInvalid(SystemDescription system, PeakDemand demand)
    {
        ArgumentNullException.ThrowIfNull(system);
        ArgumentNullException.ThrowIfNull(demand);
        if (SystemDescriptionValidator.Validate(system) is { Count: > 0 } errors)
            throw new SystemDescriptionException("system description", errors);

        if (!(demand.StepRequestsPerSecond >= 0 && demand.RequestsPerSecond <= 1e9))
            throw new ArgumentException(FormattableString.Invariant($"The peak's rate of {demand.StepRequestsPerSecond} × {demand.BurstFactor} requests/s must be a number between 0 and 10⁹."), nameof(demand));

        if (!(demand.BurstFactor >= 1))
            throw new ArgumentException(FormattableString.Invariant($"BurstFactor {demand.BurstFactor} must be 1 or more: the busiest second is never below the average."), nameof(demand));

        if (demand.DispersionAtOneSecond is { } one && !(one >= 0 && double.IsFinite(one)))
            throw new ArgumentException(FormattableString.Invariant($"DispersionAtOneSecond {one} must be 0 or more; leave it null where it is not known."), nameof(demand));

        if (demand.DispersionAtTenthOfSecond is { } tenth && !(tenth >= 0 && double.IsFinite(tenth)))
            throw new ArgumentException(FormattableString.Invariant($"DispersionAtTenthOfSecond {tenth} must be 0 or more; leave it null where it is not known."), nameof(demand));
    }
}
