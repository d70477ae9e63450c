using static System.FormattableString;

namespace Makalu.Capacity.Sizing;

/// <summary>What is wrong with the pools as they are now.</summary>
internal static class PoolFindings
{
    public static IEnumerable<Finding> Write(PlanSubject subject)
    {
        for (int i = 0; i < subject.System.Services.Count; i++)
        {
            ServiceDescription service = subject.System.Services[i];
            if (Deadlock(subject, i) is { } deadlock)
                yield return deadlock;

            if (TooSmall(subject, i) is { } small)
                yield return small;

            if (subject.Decision.Verdict != Verdict.Scale && service.MaxPoolSize is { } now && now > 2 * subject.Decision.MaxPoolSizes[i] && now >= subject.Decision.MaxPoolSizes[i] + 10)
                yield return TooLarge(subject, i, now);
        }
    }

    private static Finding? TooSmall(PlanSubject subject, int i)
    {
        ServiceDescription service = subject.System.Services[i];
        if (service.MaxPoolSize is not { } now || now >= subject.NeededPools.Sizes[i].Connections)
            return null;

        ArrivalProcess arrivals = subject.Load.Services[i].ConnectionsOfInstance(service.Instances);
        HoldTime hold = subject.NeededPools.Holds[i];
        double load = arrivals.Rate * hold.MeanSeconds;
        double tail = WaitTail.Probability(arrivals, hold, now, subject.WaitSeconds);
        bool critical = tail > subject.System.Target.WaitProbability;
        int planned = subject.Decision.MaxPoolSizes[i];
        string outcome = load >= now
            ? Invariant($"which is more than its pool of {now}: requests queue without end")
            : Invariant($"and with its pool of {now} {tail:0.## %} of the requests wait longer than {subject.WaitSeconds * 1000:0.#} ms for a connection (allowed {subject.System.Target.WaitProbability:0.## %})");
        string remedy = subject.Decision.Verdict == Verdict.Scale
            ? "The database must be scaled first; a larger pool would only move the queue into it."
            : Invariant($"Set its maximum pool size to {planned}.");
        return new Finding(
            "pool-too-small",
            critical ? FindingSeverity.Critical : FindingSeverity.Warning,
            Invariant($"At {subject.Peak} an instance of {service.Name} keeps {load:0.#} connections busy on average, {outcome}. {remedy}"),
            subject.Evidence()
                .Add("service", service.Name)
                .Add("maxPoolSize", now)
                .Add("planned", subject.NeededPools.Sizes[i].Connections)
                .Add("requestsPerSecondPerInstance", Math.Round(arrivals.Rate, 3))
                .Add("holdSeconds", hold.MeanSeconds)
                .Add("offeredLoad", Math.Round(load, 3))
                .Add("burstDispersion", Math.Round(arrivals.BurstDispersion, 3))
                .Add("waitProbability", tail)
                .Add("formula", "P(W > t) by Hayward's approximation (Fredericks 1980) with bursts and a swinging rate"));
    }

    private static Finding? Deadlock(PlanSubject subject, int i)
    {
        ServiceDescription service = subject.System.Services[i];
        if (service.ConnectionsPerRequest <= 1)
            return null;

        int floor = DeadlockFloor.Of(subject.Load.Services[i], subject.NeededPools.Holds[i], service.Instances);
        if (service.MaxPoolSize is not { } now || now >= floor)
            return null;

        return new Finding(
            "pool-can-deadlock",
            service.MaxConcurrentRequests is null ? FindingSeverity.Warning : FindingSeverity.Critical,
            Invariant($"A request of {service.Name} holds {service.ConnectionsPerRequest} connections at once, and its pool has {now}: when enough requests hold one and wait for the next, all of them wait for ever. The pool needs at least {floor}. Set it to {subject.NeededPools.Sizes[i].Connections}, or let a request take one connection at a time."),
            subject.Evidence()
                .Add("service", service.Name)
                .Add("maxPoolSize", now)
                .Add("connectionsPerRequest", service.ConnectionsPerRequest)
                .Add("maxConcurrentRequests", service.MaxConcurrentRequests)
                .Add("floor", floor)
                .Add("formula", "concurrent requests × (connections per request − 1) + 1 (HikariCP, About Pool Sizing)"));
    }

    private static Finding TooLarge(PlanSubject subject, int i, int now)
    {
        ServiceDescription service = subject.System.Services[i];
        int planned = subject.Decision.MaxPoolSizes[i];
        return new Finding(
            "pool-oversized",
            FindingSeverity.Info,
            Invariant($"The pool of {service.Name} may grow to {now} per instance where {planned} carry the peak. A larger pool serves nobody faster; in a stall it lets the service take connections from all others. If it has ever been full, look for leaked connections or slow queries before capacity."),
            subject.Evidence().Add("service", service.Name).Add("maxPoolSize", now).Add("planned", planned));
    }
}
