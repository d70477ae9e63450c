using static System.FormattableString;

namespace Makalu.Capacity.Sizing;

/// <summary>What the database server can and cannot do.</summary>
internal static class ServerFindings
{
    public static IEnumerable<Finding> Write(PlanSubject subject)
    {
        if (Processors(subject) is { } processors)
            yield return processors;

        if (Bursts(subject) is { } bursts)
            yield return bursts;

        if (subject.Decision.Obstacles.Contains("knee"))
            yield return Knee(subject);

        if (subject.Decision.Obstacles.Contains("memory"))
            yield return Memory(subject);

        if (subject.Decision.Obstacles.Contains("managed-cap"))
            yield return ManagedCap(subject);

        if (subject.Database.CpuCores is null || !subject.Load.ProcessorTimeKnownOfAll)
            yield return ProcessorsUnknown(subject);
    }

    private static Finding? Processors(PlanSubject subject)
    {
        double target = subject.System.Target.MaxCpuUtilisation;
        if (subject.Load.CpuUtilisation is not { } utilisation || !subject.Decision.Obstacles.Contains("cpu"))
            return null;

        double cores = subject.Database.CpuCores!.Value;
        bool behind = utilisation > 1 || !subject.Decision.Pools.Servable;
        string what = utilisation > 1
            ? "more than it has: requests pile up however many connections there are"
            : behind && utilisation <= target ? "but its throughput falls so far with concurrency that once a stall has filled the pools it does not catch up"
            : behind ? "so close to all that once a stall has filled the pools it does not catch up"
            : Invariant($"above the {target:0.# %} that you allow");
        string limit = subject.Decision.MaxConnections > subject.Database.MaxConnections
            ? Invariant($"Connections beyond {subject.Decision.MaxConnections} only make it slower.")
            : "Do not raise max_connections: it would not serve one request more.";
        return new Finding(
            "cpu-saturated",
            behind ? FindingSeverity.Critical : FindingSeverity.Warning,
            Invariant($"{char.ToUpperInvariant(subject.Peak[0])}{subject.Peak[1..]} keeps {subject.Load.ProcessorLoad:0.##} of the database's {cores:0.##} cores busy ({utilisation:0.# %}), {what}. {limit} {Amount(subject)}"),
            subject.Evidence()
                .Add("cpuCores", cores)
                .Add("coresBusy", Math.Round(subject.Load.ProcessorLoad, 3))
                .Add("cpuUtilisation", Math.Round(utilisation, 4))
                .Add("maxCpuUtilisation", target)
                .Add("cpuCoresRequired", subject.Decision.CpuCoresRequired)
                .Add("maxConnectionsAfterScaling", subject.Decision.AfterScaling?.MaxConnections)
                .Add("maxPoolSizesAfterScaling", subject.Decision.AfterScaling is { } after ? string.Join(", ", subject.System.Services.Select((service, i) => Invariant($"{service.Name} {after.MaxPoolSizes[i]}"))) : null)
                .Add("formula", "utilisation = Σ requests/s × processor time per request ÷ cores (utilisation law, Denning and Buzen 1978)"));
    }

    private static string Amount(PlanSubject subject)
    {
        if (subject.Decision.CpuCoresRequired is not { } required)
            return "";

        string then = subject.Decision.AfterScaling is { Pooler: { } pooler } shared && subject.System.Pooler is null
            ? Invariant($", with {pooler.Plan.Replicas} poolers of {pooler.Plan.PoolSize} connections each and max_connections {shared.MaxConnections}")
            : subject.Decision.AfterScaling is { } after
            ? Invariant($", with pools of {Listing.Of([.. subject.System.Services.Select((service, i) => Invariant($"{service.Name} {after.MaxPoolSizes[i]}"))])} and max_connections {after.MaxConnections}")
            : "";
        return Invariant($"{required:0} cores serve the peak within {subject.System.Target.MaxCpuUtilisation:0.# %}{then}; less work per request serves it too, so look for slow queries first.");
    }

    private static Finding? Bursts(PlanSubject subject)
    {
        double busiest = subject.Demand.RequestsPerSecond;
        if (subject.Load.CpuUtilisation is not { } sustained || subject.Load.Requests.Rate <= 0 || subject.Decision.Obstacles.Contains("cpu"))
            return null;

        double utilisation = sustained * busiest / subject.Load.Requests.Rate;
        return utilisation <= 1 ? null : new Finding(
            "cpu-burst",
            FindingSeverity.Warning,
            Invariant($"The peak's busiest second of {busiest:#,0} requests/s asks for {utilisation:0.# %} of the processors, although its minute asks for {sustained:0.# %}: requests of that second queue for the processors, whatever the connections. Expect latency there, or add cores."),
            subject.Evidence().Add("busiestSecondRequestsPerSecond", Math.Round(busiest, 1)).Add("cpuUtilisationSustained", Math.Round(sustained, 4)).Add("cpuUtilisationBusiestSecond", Math.Round(utilisation, 4)));
    }

    private static Finding Knee(PlanSubject subject)
    {
        bool scale = subject.Decision.Verdict == Verdict.Scale;
        string remedy = scale
            ? "Scale the server, or shorten the queries."
            : Invariant($"A pooler serves the same peak with {subject.Decision.Pooler?.Plan.Connections} connections, because it shares them between instances.");
        string assumed = subject.Database.Scalability is null && subject.Database.ContentionPenalty is null
            ? Invariant($" (by the default contention penalty of {DatabaseDescription.DefaultContentionPenalty}; measure it as database.scalability)")
            : "";
        return new Finding(
            "beyond-the-knee",
            FindingSeverity.Warning,
            Invariant($"The pools of all instances together would be {subject.Decision.Pools.Connections} connections. Beyond {subject.Decision.Knee} requests at once this server's throughput falls, and beyond {subject.Decision.ConcurrencyLimit} by more than 5 %, so that in a stall more connections turn a delay into an outage{assumed}. {remedy}"),
            subject.Evidence()
                .Add("directConnections", subject.Decision.Pools.Connections)
                .Add("knee", subject.Decision.Knee)
                .Add("concurrencyLimit", subject.Decision.ConcurrencyLimit)
                .AddScaling(subject.Database)
                .Add("formula", "knee = the concurrency n of the highest throughput X(n) of a flow-equivalent server (Chandy, Herzog and Woo 1975)"));
    }

    /// <summary>From what the knee was computed: measured, given, or assumed.</summary>
    private static Evidence AddScaling(this Evidence evidence, DatabaseDescription database)
        => database.Scalability is { } law
            ? evidence
                .Add("scaling", law.Measurements > 0 ? Invariant($"Universal Scalability Law (Gunther 2007), least squares over {law.Measurements} measurements") : "Universal Scalability Law (Gunther 2007), coefficients as given")
                .Add("contention", law.Contention)
                .Add("coherency", law.Coherency)
                .Add("determination", law.Determination)
                .Add("contentionPenaltyAssumed", false)
            : evidence
                .Add("scaling", database.ContentionPenalty is null ? "assumed: nothing was measured on this server" : "contention penalty as given")
                .Add("contentionPenalty", database.ContentionPenalty ?? DatabaseDescription.DefaultContentionPenalty)
                .Add("contentionPenaltyAssumed", database.ContentionPenalty is null);

    private static Finding Memory(PlanSubject subject)
    {
        string remedy = subject.Decision.Verdict == Verdict.Scale
            ? Invariant($"It takes {ByteSize.Format(subject.Decision.MemoryBytesRequired ?? 0)} of memory, or less memory per connection (work_mem, prepared statements).")
            : Invariant($"A pooler serves the same peak with {subject.Decision.Pooler?.Plan.Connections} connections.");
        return new Finding(
            "memory-short",
            subject.Decision.Verdict == Verdict.Scale ? FindingSeverity.Critical : FindingSeverity.Warning,
            Invariant($"The {subject.Budget.NeedWithHeadroom(subject.Decision.Pools.Connections)} connections that the services would need directly, {ByteSize.Format(subject.Database.MemoryPerConnectionBytes)} each, do not fit beside shared buffers of {ByteSize.Format(subject.Budget.SharedBuffersBytes)} into {ByteSize.Format(subject.Database.MemoryBytes!.Value)}: there is room for {subject.Budget.MemoryLimit}. {remedy}"),
            subject.Evidence()
                .Add("need", subject.Budget.NeedWithHeadroom(subject.Decision.Pools.Connections))
                .Add("connectionsCarried", subject.Budget.MemoryLimit)
                .Add("memoryBytes", subject.Database.MemoryBytes)
                .Add("sharedBuffersBytes", subject.Budget.SharedBuffersBytes)
                .Add("systemShareBytes", subject.Budget.SystemShareBytes)
                .Add("memoryPerConnectionBytes", subject.Database.MemoryPerConnectionBytes)
                .Add("formula", "connections = (memory − shared buffers − system share) ÷ memory per connection; the system share is a tenth of the memory, at least 1 GiB, at most a quarter"));
    }

    private static Finding ManagedCap(PlanSubject subject) => new(
        "managed-cap-exceeded",
        subject.Decision.Verdict == Verdict.Scale ? FindingSeverity.Critical : FindingSeverity.Warning,
        Invariant($"Direct connections would need max_connections {subject.Decision.DirectNeed}, but the provider allows {subject.Database.ManagedMaxConnections}. {(subject.Decision.Verdict == Verdict.Scale ? "Choose a larger instance class." : "Share connections through the pooler of this plan.")}"),
        subject.Evidence().Add("need", subject.Decision.DirectNeed).Add("managedMaxConnections", subject.Database.ManagedMaxConnections));

    private static Finding ProcessorsUnknown(PlanSubject subject)
    {
        string missing = subject.Database.CpuCores is null ? "database.cpuCores" : "databaseCpuTimeMean of " + Listing.Of([.. subject.System.Services.Where(service => service.DatabaseCpuTimeMean is null).Select(service => service.Name)]);
        return new Finding(
            "cpu-unchecked",
            FindingSeverity.Warning,
            Invariant($"Whether the database's processors carry the peak was not checked in full, because {missing} is not given. More connections on a saturated server make an outage worse: measure it (pg_stat_statements with the system's processor time) before raising anything."),
            subject.Evidence().Add("missing", missing));
    }
}
