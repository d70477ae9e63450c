using static System.FormattableString;

namespace Makalu.Capacity.Sizing;

/// <summary>What is wrong with <c>max_connections</c> as it is now.</summary>
internal static class LimitFindings
{
    /// <summary>A stalled statement holds its connection until the command times out, 30 s in Npgsql and most drivers.</summary>
    public const double StallSeconds = 30;

    /// <summary>
    /// A stall that belongs to an ordinary day: PostgreSQL itself takes a wait for a lock as nothing unusual until deadlock_timeout, 1 s by default.
    /// Pools that so short a stall at the peak drives over the limit do not survive the peak; a longer one is an incident.
    /// </summary>
    public const double OrdinaryStallSeconds = 1;

    public static IEnumerable<Finding> Write(PlanSubject subject)
    {
        if (PoolsExceedLimit(subject) is { } pools)
            yield return pools;

        if (LimitExceeded(subject) is { } limit)
            yield return limit;

        if (HeadroomReduced(subject) is { } reduced)
            yield return reduced;

        if (MemoryExceeded(subject) is { } memory)
            yield return memory;
    }

    private static Finding? PoolsExceedLimit(PlanSubject subject)
    {
        int usable = subject.Budget.Usable(subject.Database.MaxConnections);
        if (subject.CurrentlyPossible is not { } possible || possible <= usable)
            return null;

        double rate = subject.Load.ConnectionsPerSecond;
        double stall = rate > 0 ? Math.Max(0, usable - subject.Load.OfferedLoad) / rate : double.PositiveInfinity;
        bool reached = stall <= OrdinaryStallSeconds;
        string pools = subject.System.Pooler is { } pooler
            ? Invariant($"the pooler ({pooler.Replicas * PoolerSet.PoolsOf(subject.System)} × {pooler.PoolSize + pooler.ReservePoolSize})")
            : "the pools (" + Listing.Of([.. subject.System.Services.OrderByDescending(service => (long)service.AllPools * service.MaxPoolSize!.Value).Select(service => Invariant($"{service.Name}: {service.AllPools} × {service.MaxPoolSize}"))]) + ")";
        string how = usable == 0
            ? Invariant($"The {subject.Database.OtherConnections} connections of everything else and the reserves take all of it; if they are really open today, otherConnections is wrong.")
            : stall <= 0
            ? Invariant($"At the peak the services hold {subject.Load.OfferedLoad:0.#} connections on average, more than that.")
            : stall <= StallSeconds
            ? Invariant($"At the peak a stall of the database of {stall:0.##} s is enough to fill them{(reached ? "" : ": not on an ordinary day, but at the first incident")}.")
            : "It takes an incident to fill them: a stall longer than statements are allowed to run, or a leak.";
        int need = subject.Budget.Need(subject.NeededConnections);
        string cause = need <= subject.Database.MaxConnections && subject.Decision.Verdict != Verdict.Scale
            ? Invariant($"The demand is not the problem: the peak needs {need} of the {subject.Database.MaxConnections} connections. The pools are too large: together ")
            : "Together ";
        string planned = subject.Decision.Pooler is not null && subject.System.Pooler is null
            ? Invariant($"Put the pooler of this plan before the database: it opens {subject.PlannedConnections} at the most.")
            : Invariant($"Set the pools to this plan's sizes: together they open {subject.PlannedConnections} at the most, within max_connections {subject.Decision.MaxConnections}.");
        return new Finding(
            "pools-exceed-max-connections",
            reached ? FindingSeverity.Critical : FindingSeverity.Warning,
            Invariant($"{cause}{pools} can open {possible} connections, but max_connections {subject.Database.MaxConnections} leaves the services {usable}. {how} Every further connection is then refused, for all services at once. {planned}"),
            subject.Evidence()
                .Add("connectionsPossible", possible)
                .Add("need", need)
                .Add("demandIsTheCause", need > subject.Database.MaxConnections)
                .Add("maxConnections", subject.Database.MaxConnections)
                .Add("reserved", subject.Budget.Reserves)
                .Add("otherConnections", subject.Database.OtherConnections)
                .Add("usableConnections", usable)
                .Add("offeredLoad", Math.Round(subject.Load.OfferedLoad, 3))
                .Add("stallSecondsToFill", double.IsFinite(stall) ? Math.Round(stall, 3) : null)
                .Add("formula", "stall = (usable − offered load) ÷ connections taken per second (Little 1961); critical up to 1 s, PostgreSQL's deadlock_timeout, which any day may bring"));
    }

    private static Finding? LimitExceeded(PlanSubject subject)
    {
        int need = subject.Budget.Need(subject.NeededConnections);
        int now = subject.Database.MaxConnections;
        if (need <= now)
        {
            int comfortable = subject.Budget.NeedWithHeadroom(subject.NeededConnections);
            return comfortable <= now ? null : new Finding(
                "headroom-thin",
                FindingSeverity.Warning,
                Invariant($"For {subject.Peak} {need} connections are needed. max_connections {now} holds them, but leaves less than the headroom of {subject.System.Target.Headroom:0.# %} that was asked for, which takes {comfortable}. {Remedy(subject)}"),
                Needs(subject, need).Add("needWithHeadroom", comfortable));
        }

        double limit = RateThatRunsOut(subject);
        string when = subject.Budget.Usable(now) == 0
            ? "Everything else and the reserves leave the services none: if they connect today, otherConnections is too high."
            : limit < 0.995 * subject.Load.Requests.Rate
            ? Invariant($"It does not survive the peak: connections run out at {(limit < 0.01 ? "less than 0.01" : limit < 10 ? Invariant($"{limit:0.##}") : Invariant($"{limit:#,0}"))} requests/s at the latest.")
            : "It does not survive the peak, because every instance keeps connections of its own.";
        return new Finding(
            "current-limit-exceeded",
            FindingSeverity.Critical,
            Invariant($"For {subject.Peak} the services need {subject.NeededConnections} connections, everything else {subject.Database.OtherConnections}, and {subject.Budget.Reserves} are reserved: {need} in all, but max_connections is {now}. {when} {Remedy(subject)}"),
            Needs(subject, need).Add("requestsPerSecondThatRunsOut", Math.Round(limit, 1)).Add("runsOutFormula", "Erlang B of the usable connections = the allowed wait probability, all connections shared"));
    }

    /// <summary>The plan holds the peak, but memory or the provider's cap leave less than the headroom that was asked for.</summary>
    private static Finding? HeadroomReduced(PlanSubject subject)
    {
        int comfortable = subject.Budget.NeedWithHeadroom(subject.PlannedConnections);
        if (subject.Decision.Verdict == Verdict.Scale || comfortable <= subject.Decision.MaxConnections)
            return null;

        return new Finding(
            "headroom-reduced",
            FindingSeverity.Warning,
            Invariant($"The planned {subject.PlannedConnections} service connections with the headroom of {subject.System.Target.Headroom:0.# %} would take max_connections {comfortable}, but {(subject.Budget.Limit == subject.Database.ManagedMaxConnections ? "the provider allows" : "the memory carries")} {subject.Budget.Limit}. The plan holds the peak with less headroom than you asked for."),
            subject.Evidence().Add("plannedConnections", subject.PlannedConnections).Add("needWithHeadroom", comfortable).Add("limit", subject.Budget.Limit));
    }

    private static string Remedy(PlanSubject subject) => subject.Decision.Verdict switch
    {
        Verdict.Raise => Invariant($"Raise max_connections to {subject.Decision.MaxConnections}."),
        Verdict.Pool => Invariant($"Do not raise it: put {subject.Decision.Pooler!.Plan.Replicas} poolers of {subject.Decision.Pooler.Plan.PoolSize} connections each before the database."),
        Verdict.Scale => subject.Decision.MaxConnections > subject.Database.MaxConnections
            ? Invariant($"Scale the server; until then max_connections {subject.Decision.MaxConnections} with this plan's pools lets it do what it can.")
            : "Raising it does not help: the server cannot do more. Scale it first, and keep the pools at this plan's sizes until then.",
        _ => "Set the pools to this plan's sizes.",
    };

    private static Evidence Needs(PlanSubject subject, int need)
    {
        Evidence evidence = subject.Evidence()
            .Add("maxConnections", subject.Database.MaxConnections)
            .Add("need", need)
            .Add("serviceConnections", subject.NeededConnections)
            .Add("otherConnections", subject.Database.OtherConnections)
            .Add("superuserReserved", subject.Budget.IsPostgreSql ? subject.Database.SuperuserReserved : 0)
            .Add("reserved", subject.Database.Reserved)
            .Add("headroom", subject.System.Target.Headroom)
            .Add("formula", "need = Σ (instances + surge) × pool + other + superuser_reserved + reserved; the pool of an instance is the smallest that keeps the wait target");
        for (int i = 0; i < subject.System.Services.Count; i++)
        {
            ServiceDescription service = subject.System.Services[i];
            evidence.Add($"{service.Name}.pool", Invariant($"({service.Instances} + {service.SurgeInstances}){(service.ConnectionStrings > 1 ? Invariant($" × {service.ConnectionStrings} connection strings") : "")} × {subject.Decision.Pools.Sizes[i].Connections}"));
        }

        return evidence;
    }

    /// <summary>
    /// The rate at which the limit as it is now refuses more than the allowed part of the requests, were every connection free for every
    /// service: Erlang B with the usable connections, by bisection. Pools that keep idle connections run out earlier.
    /// </summary>
    private static double RateThatRunsOut(PlanSubject subject)
    {
        int usable = subject.Budget.Usable(subject.Database.MaxConnections);
        double below = 0;
        double above = Math.Max(1, subject.Load.OfferedLoad);
        for (int i = 0; i < 40; i++)
        {
            double middle = (below + above) / 2;
            (below, above) = Erlang.B(usable, middle) <= subject.System.Target.WaitProbability ? (middle, above) : (below, middle);
        }

        return subject.Load.OfferedLoad > 0 ? subject.Load.Requests.Rate * below / subject.Load.OfferedLoad : 0;
    }

    private static Finding? MemoryExceeded(PlanSubject subject)
    {
        if (subject.Budget.MemoryLimit is not { } limit || subject.Database.MaxConnections <= limit)
            return null;

        string remedy = subject.Decision.MaxConnections < subject.Database.MaxConnections
            ? Invariant($"Set max_connections to {subject.Decision.MaxConnections}, or add memory.")
            : Invariant($"This plan's pools open {subject.PlannedConnections} at the most; add memory, or lower memory per connection (work_mem) and shared buffers.");
        return new Finding(
            "memory-exceeded",
            FindingSeverity.Warning,
            Invariant($"max_connections {subject.Database.MaxConnections} with {ByteSize.Format(subject.Database.MemoryPerConnectionBytes)} each needs {ByteSize.Format(subject.Database.MaxConnections * subject.Database.MemoryPerConnectionBytes)} beside shared buffers of {ByteSize.Format(subject.Budget.SharedBuffersBytes)}; the memory of {ByteSize.Format(subject.Database.MemoryBytes!.Value)} carries {limit} connections. Should they ever all be open, the server swaps or is killed. {remedy}"),
            subject.Evidence()
                .Add("maxConnections", subject.Database.MaxConnections)
                .Add("memoryBytes", subject.Database.MemoryBytes)
                .Add("sharedBuffersBytes", subject.Budget.SharedBuffersBytes)
                .Add("systemShareBytes", subject.Budget.SystemShareBytes)
                .Add("memoryPerConnectionBytes", subject.Database.MemoryPerConnectionBytes)
                .Add("connectionsCarried", limit)
                .Add("formula", "connections = (memory − shared buffers − system share) ÷ memory per connection; the system share is a tenth of the memory, at least 1 GiB, at most a quarter"));
    }
}
