using static System.FormattableString;

namespace Makalu.Capacity.Sizing;

/// <summary>What is wrong with the pools as they are now.</summary>
internal static class PoolFindings
{
    private const double MostShares = 1.5;

    /// <summary>A mean hold from here on, and one up to there, is more likely a slip of the unit than a measurement.</summary>
    private static readonly TimeSpan ImplausiblyLong = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan ImplausiblyShort = TimeSpan.FromMicroseconds(20);

    public static IEnumerable<Finding> Write(PlanSubject subject)
    {
        int[] services = [.. Enumerable.Range(0, subject.System.Services.Count)];
        (int Service, Finding Finding)[] small = [.. services.Select(i => (Service: i, Finding: TooSmall(subject, i)!)).Where(entry => entry.Finding is not null).OrderByDescending(entry => entry.Finding.Severity)];
        int[] large = [.. services.Where(i => IsTooLarge(subject, i)).OrderByDescending(i => (long)subject.System.Services[i].MaxPoolSize!.Value * subject.System.Services[i].AllPools)];
        return
        [
            .. services.Select(i => Deadlock(subject, i)).OfType<Finding>(),
            .. small.Take(Listing.Most + 1 < small.Length ? Listing.Most : small.Length).Select(entry => entry.Finding),
            .. Rest(subject, [.. small.Skip(Listing.Most)]),
            .. TooLarge(subject, large),
            .. services.Select(i => Implausible(subject, i)).OfType<Finding>(),
            .. Shares(subject),
        ];
    }

    /// <summary>The services with pools too small beyond those that have a finding of their own.</summary>
    private static IEnumerable<Finding> Rest(PlanSubject subject, IReadOnlyList<(int Service, Finding Finding)> rest)
    {
        if (rest.Count < 2)
            yield break;

        Evidence evidence = subject.Evidence();
        foreach ((int i, _) in rest)
        {
            evidence.Add(subject.System.Services[i].Name + ".pool", Invariant($"{subject.System.Services[i].MaxPoolSize} → {subject.NeededPools.Sizes[i].Connections}"));
        }

        yield return new Finding(
            "pool-too-small",
            rest[0].Finding.Severity,
            Invariant($"The pools of {rest.Count} further services are too small for {subject.Peak} as well: {Listing.Of([.. rest.Select(entry => Invariant($"{subject.System.Services[entry.Service].Name} {subject.System.Services[entry.Service].MaxPoolSize} → {subject.NeededPools.Sizes[entry.Service].Connections}"))])}."),
            evidence);
    }

    private static Finding? Implausible(PlanSubject subject, int i)
    {
        ServiceDescription service = subject.System.Services[i];
        if (service.DatabaseTimeMean > ImplausiblyShort && service.DatabaseTimeMean < ImplausiblyLong)
            return null;

        string why = service.DatabaseTimeMean >= ImplausiblyLong
            ? "Requests that wait for a person or another service within a transaction do that; no number of connections makes up for it. Else check the unit: \"00:00:00.030\" is 30 ms"
            : "That is less than one way to the server and back. Check the unit: \"00:00:00.0002\" is 0.2 ms";
        return new Finding(
            "hold-time-implausible",
            FindingSeverity.Warning,
            Invariant($"databaseTimeMean of {service.Name} says that a request holds a connection for {service.DatabaseTimeMean.TotalMilliseconds:#,0.####} ms on average. {why}. The whole plan rests on it."),
            subject.Evidence().Add("service", service.Name).Add("databaseTimeMean", service.DatabaseTimeMean.ToString("c", System.Globalization.CultureInfo.InvariantCulture)));
    }

    /// <summary>Shares that add up to far more than all requests are a fan-out, or each service's share was left at 1 by mistake.</summary>
    private static IEnumerable<Finding> Shares(PlanSubject subject)
    {
        double sum = subject.System.Services.Sum(service => service.TrafficShare);
        if (sum < MostShares)
            yield break;

        yield return new Finding(
            "traffic-shares-exceed-all",
            FindingSeverity.Warning,
            Invariant($"The traffic shares of the {subject.System.Services.Count} services add up to {sum:0.##}: the plan takes it that a request of the history uses the database of {sum:0.##} services on average. If each service serves a part of the requests, write its part as trafficShare; else the plan is that many times too large."),
            subject.Evidence().Add("trafficShares", Math.Round(sum, 4)).Add("services", subject.System.Services.Count));
    }

    private static bool IsTooLarge(PlanSubject subject, int i)
        => subject.Decision.Verdict != Verdict.Scale && subject.System.Services[i].MaxPoolSize is { } now && now > 2 * subject.Decision.MaxPoolSizes[i] && now >= subject.Decision.MaxPoolSizes[i] + 10;

    private static Finding? TooSmall(PlanSubject subject, int i)
    {
        ServiceDescription service = subject.System.Services[i];
        if (service.MaxPoolSize is not { } now || now >= subject.NeededPools.Sizes[i].Connections)
            return null;

        ArrivalProcess arrivals = subject.Load.Services[i].ConnectionsOfPool(service.Instances);
        HoldTime hold = subject.NeededPools.Holds[i];
        double load = arrivals.Rate * hold.MeanSeconds;
        double tail = WaitTail.Probability(arrivals, hold, now, subject.WaitSeconds);
        bool critical = tail > subject.System.Target.WaitProbability;
        int planned = subject.Decision.MaxPoolSizes[i];
        string outcome = load >= now
            ? Invariant($"which is more than its pool of {now}: requests queue without end")
            : Invariant($"and with its pool of {now} {tail:0.## %} of the requests wait longer than {subject.WaitSeconds * 1000:0.#} ms for a connection (allowed {subject.System.Target.WaitProbability * 100:G3} %)");
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

    private static IEnumerable<Finding> TooLarge(PlanSubject subject, int[] services)
    {
        if (services.Length > Listing.Most + 1)
        {
            Evidence all = subject.Evidence();
            foreach (int i in services)
            {
                all.Add(subject.System.Services[i].Name + ".pool", Invariant($"{subject.System.Services[i].MaxPoolSize} → {subject.Decision.MaxPoolSizes[i]}"));
            }

            yield return new Finding(
                "pool-oversized",
                FindingSeverity.Info,
                Invariant($"The pools of {services.Length} services may grow to more than twice what carries the peak: {Listing.Of([.. services.Select(i => Invariant($"{subject.System.Services[i].Name} {subject.System.Services[i].MaxPoolSize} instead of {subject.Decision.MaxPoolSizes[i]}"))])}. A larger pool serves nobody faster; in a stall it lets a service take connections from all others. Where one has ever been full, look for leaked connections or slow queries before capacity."),
                all);
            yield break;
        }

        foreach (int i in services)
        {
            ServiceDescription service = subject.System.Services[i];
            int planned = subject.Decision.MaxPoolSizes[i];
            yield return new Finding(
                "pool-oversized",
                FindingSeverity.Info,
                Invariant($"The pool of {service.Name} may grow to {service.MaxPoolSize} per instance where {planned} {(planned == 1 ? "carries" : "carry")} the peak. A larger pool serves nobody faster; in a stall it lets the service take connections from all others. If it has ever been full, look for leaked connections or slow queries before capacity."),
                subject.Evidence().Add("service", service.Name).Add("maxPoolSize", service.MaxPoolSize).Add("planned", planned));
        }
    }
}
