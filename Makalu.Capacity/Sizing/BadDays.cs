using Makalu.Capacity.Numerics;
using static System.FormattableString;

namespace Makalu.Capacity.Sizing;

/// <summary>Examines whether the planned settings survive what may go wrong at the peak.</summary>
internal sealed class BadDays
{
    private const double RetryFactor = 1.5;
    private const double IncidentHoldFactor = 2;

    /// <summary>Processor time of a new PostgreSQL connection: a process, its caches, and SCRAM's 4,096 rounds of hashing.</summary>
    private const double SecondsPerReconnect = 0.005;

    private readonly PlanSubject _subject;
    private readonly CancellationToken _cancellation;

    private BadDays(PlanSubject subject, CancellationToken cancellation)
    {
        _subject = subject;
        _cancellation = cancellation;
    }

    private IReadOnlyList<ServiceDescription> Services => _subject.System.Services;

    private int Usable => _subject.Budget.Usable(_subject.Decision.MaxConnections);

    public static IReadOnlyList<BadDay> Examine(PlanSubject subject, CancellationToken cancellation)
    {
        var days = new BadDays(subject, cancellation);
        Func<BadDay?>[] kinds = [days.Deployment, days.InstanceLost, days.ZoneLost, days.Failover, days.Retries, days.Incident, days.PoolerLost];
        var examined = new BadDay?[kinds.Length];
        ParallelLoop.For(kinds.Length, i => examined[i] = kinds[i](), cancellation);
        BadDay[] all = [.. examined.OfType<BadDay>()];
        return Array.AsReadOnly(subject.Decision.Verdict == Verdict.Scale ? [.. all.Select(days.NotBeforeScaling)] : all);
    }

    private BadDay Deployment()
    {
        const string Code = "rolling-deployment";
        const string Title = "A deployment rolls at the peak";
        if (Services.Any(service => service.SurgeInstances == 0 && service.Instances > 1))
            return Fewer(Code, Title, service => service.SurgeInstances == 0 && service.Instances > 1 ? service.Instances - 1 : service.Instances, "Without surge instances a deployment takes one instance of a service out at a time");

        int connections = _subject.PlannedConnections;
        return new BadDay
        {
            Code = Code,
            Title = Title,
            Survives = connections <= Usable,
            Message = Invariant($"Old and new instances together open at most {connections} connections; max_connections {_subject.Decision.MaxConnections} leaves the services {Usable}."),
            Remedy = connections <= Usable ? null : Invariant($"Raise max_connections to {_subject.Budget.WithHeadroom(connections)}, or roll without surge."),
        };
    }

    private BadDay InstanceLost()
        => Fewer("instance-lost", "One instance of each service is lost", service => service.Instances - 1, "The remaining instances take over its requests");

    private BadDay ZoneLost()
        => Fewer("zone-lost", "One of three zones is lost", service => service.Instances - ((service.Instances + 2) / 3), "A third of the instances is gone, rounded up");

    /// <summary>The same requests on fewer instances.</summary>
    private BadDay Fewer(string code, string title, Func<ServiceDescription, int> instances, string what)
    {
        string[] alone = [.. Services.Where(service => instances(service) < 1).Select(service => service.Name)];
        return alone.Length > 0
            ? new BadDay
            {
                Code = code,
                Title = title,
                Survives = false,
                Message = Invariant($"{what}, but of {string.Join(", ", alone)} none remains."),
                Remedy = Invariant($"Run at least {Services.Where(service => instances(service) < 1).Max(service => service.Instances) + 1} instances of {string.Join(", ", alone)}; no pool setting helps."),
            }
            : Pools(code, title, _subject.Load, instances, what);
    }

    private BadDay Retries()
        => Pools("retry-storm", "Retries multiply the demand by 1.5", _subject.Load.WithRequests(_subject.Load.Requests.WithRate(_subject.Load.Requests.Rate * RetryFactor)), service => service.Instances, Invariant($"Retries bring {_subject.Load.Requests.Rate * RetryFactor:#,0} requests/s"));

    private BadDay Incident()
        => Pools("slow-database", "The database holds every connection twice as long", _subject.Load.WithHold(IncidentHoldFactor), service => service.Instances, "A cold cache, a lost index or a long vacuum doubles the time a connection is held");

    private BadDay Failover()
    {
        int connections = _subject.PlannedConnections;
        bool survives = connections <= Usable;
        string time = _subject.Database.CpuCores is { } cores && connections * SecondsPerReconnect / cores >= 0.1
            ? Invariant($" Opening them takes about {connections * SecondsPerReconnect / cores:0.0} s of all {cores:0.##} cores.")
            : "";
        return new BadDay
        {
            Code = "failover",
            Title = "The database fails over and every pool reconnects at once",
            Survives = survives,
            Message = Invariant($"All pools open at most {connections} connections at once; max_connections {_subject.Decision.MaxConnections} leaves the services {Usable}.{time} {Standby}"),
            Remedy = survives ? null : Invariant($"Raise max_connections to {_subject.Budget.WithHeadroom(connections)} on the primary and every standby."),
        };
    }

    private string Standby => _subject.Budget.IsPostgreSql
        ? "The standby that takes over must have at least the same max_connections."
        : "The replica that takes over must have the same max_connections.";

    private BadDay? PoolerLost()
    {
        if (_subject.Decision.Pooler is not { } pooler)
            return null;

        PoolerPlan plan = pooler.Plan;
        const string Code = "pooler-lost";
        const string Title = "One pooler is lost";
        if (plan.Replicas == 1)
        {
            return new BadDay { Code = Code, Title = Title, Survives = false, Message = "The only pooler is gone, and with it every connection.", Remedy = "Run two poolers behind one address." };
        }

        PoolerSet fewer = PoolerSet.Size(_subject.Load, _subject.Load.Server(_subject.Database.CpuCores), plan.Replicas - 1, plan.Mode, PoolSizer.ByClosedForm, _cancellation);
        int available = plan.PoolSize + plan.ReservePoolSize;
        bool survives = available >= fewer.Plan.PoolSize;
        return new BadDay
        {
            Code = Code,
            Title = Title,
            Survives = survives,
            Message = Invariant($"The other {plan.Replicas - 1} must carry the peak with {available} connections each, reserve included; it takes {fewer.Plan.PoolSize}."),
            Remedy = survives ? null : PoolerRemedy(fewer.Plan.PoolSize, plan.Replicas),
        };
    }

    /// <summary>Whether the planned pools carry a load, and what would.</summary>
    private BadDay Pools(string code, string title, SystemLoad load, Func<ServiceDescription, int> instances, string what)
    {
        double allowed = _subject.System.Target.WaitProbability;
        FlowEquivalentServer? server = load.Server(_subject.Database.CpuCores);
        if (load.CpuUtilisation is > 1 || (server is not null && server.LargestThroughput() <= load.ConnectionsPerSecond))
            return BeyondProcessors(code, title, load, what);

        if (_subject.Decision.Pooler is { } pooler)
            return Pooled(code, title, load, server, pooler, what);

        int open = Services.Select((service, i) => instances(service) * service.ConnectionStrings * _subject.Decision.MaxPoolSizes[i]).Sum();
        double stretch = server is null ? 1 : ProcessorStretch.Of(load, server, open);
        var short_ = new List<int>();
        for (int i = 0; i < Services.Count; i++)
        {
            _cancellation.ThrowIfCancellationRequested();
            ArrivalProcess arrivals = load.Services[i].ConnectionsOfPool(instances(Services[i]));
            if (!double.IsFinite(stretch) || !PoolSizer.Meets(_subject.Decision.MaxPoolSizes[i], arrivals, load.Services[i].StretchedHold(stretch), _subject.WaitSeconds, allowed))
            {
                short_.Add(i);
            }
        }

        if (short_.Count == 0)
        {
            return new BadDay { Code = code, Title = title, Survives = true, Message = Invariant($"{what}; the planned pools keep the wait target.") };
        }

        PoolSet needed = PoolSet.Size(load, server, allowed, PoolSizer.ByClosedForm, instances, cancellation: _cancellation);
        if (!needed.Servable)
            return BeyondProcessors(code, title, load, what);

        string names = Listing.Of([.. short_.Select(i => Services[i].Name)]);
        return new BadDay
        {
            Code = code,
            Title = title,
            Survives = false,
            Message = Invariant($"{what}; more than {allowed:0.## %} of the requests of {names} then wait longer than {_subject.WaitSeconds * 1000:0.#} ms for a connection."),
            Remedy = Remedy(needed, short_),
        };
    }

    private BadDay BeyondProcessors(string code, string title, SystemLoad load, string what)
    {
        double cores = Math.Max(Math.Ceiling(load.ProcessorLoad / _subject.System.Target.MaxCpuUtilisation), Math.Floor(_subject.Database.CpuCores!.Value) + 1);
        return new BadDay
        {
            Code = code,
            Title = title,
            Survives = false,
            Message = Invariant($"{what}, which keeps {load.ProcessorLoad:0.#} of the database's {_subject.Database.CpuCores:0.##} cores busy: requests pile up faster than it completes them, whatever the pools."),
            Remedy = Invariant($"{cores:0} cores; or shed load: a limit on retries with back-off costs nothing."),
        };
    }

    private BadDay Pooled(string code, string title, SystemLoad load, FlowEquivalentServer? server, PoolerSet planned, string what)
    {
        PoolerPlan plan = planned.Plan;
        PoolerSet needed = PoolerSet.Size(load, server, plan.Replicas, plan.Mode, PoolSizer.ByClosedForm, _cancellation);
        if (!needed.Servable)
            return BeyondProcessors(code, title, load, what);

        int available = plan.PoolSize + plan.ReservePoolSize;
        bool survives = available >= needed.Plan.PoolSize;
        return new BadDay
        {
            Code = code,
            Title = title,
            Survives = survives,
            Message = Invariant($"{what}; each pooler then needs {needed.Plan.PoolSize} connections and has {available}, reserve included."),
            Remedy = survives ? null : PoolerRemedy(needed.Plan.PoolSize, needed.Plan.Replicas),
        };
    }

    private string PoolerRemedy(int poolSize, int replicas)
    {
        int connections = replicas * PoolerSet.PoolsOf(_subject.System) * poolSize;
        string each = replicas == 1 ? "the pooler" : Invariant($"each of the {replicas} poolers");
        int required = Math.Max(_subject.Decision.MaxConnections, _subject.Budget.WithHeadroom(connections));
        string afterwards = required == _subject.Decision.MaxConnections ? Invariant($"; max_connections {required} still holds them") : Invariant($", and max_connections to at least {required}");
        return _subject.Budget.NeedWithHeadroom(connections) <= _subject.Budget.Limit && (_subject.Decision.ConcurrencyLimit is not { } limit || connections <= limit)
            ? Invariant($"Set {PoolerKind.PoolSetting(PoolerKind.For(_subject.Database.Engine))} to {poolSize} in {each}{afterwards}.")
            : Invariant($"It would take {poolSize} connections in {each}, more than the server bears: one pooler more, or a larger server.");
    }

    private string Remedy(PoolSet needed, List<int> services)
    {
        int[] sizes = [.. Services.Select((_, i) => Math.Max(needed.Sizes[i].Connections, _subject.Decision.MaxPoolSizes[i] + (services.Contains(i) ? 1 : 0)))];
        int connections = Services.Select((service, i) => service.AllPools * sizes[i]).Sum();
        string pools = Listing.Of([.. services.Select(i => Invariant($"{Services[i].Name} {sizes[i]}"))]);
        if (connections <= Usable)
            return Invariant($"Pools of {pools}; max_connections {_subject.Decision.MaxConnections} still holds them.");

        int required = _subject.Budget.WithHeadroom(connections);
        return required <= _subject.Budget.Limit && (_subject.Decision.ConcurrencyLimit is not { } limit || connections <= limit)
            ? Invariant($"Pools of {pools} and max_connections {required}.")
            : Invariant($"Pools of {pools} would need {connections} connections, more than the server bears: one more instance, or a pooler.");
    }

    private BadDay NotBeforeScaling(BadDay day) => day with
    {
        Survives = false,
        Message = "The peak alone is more than the server can do, so it does not survive this either.",
        Remedy = _subject.Decision.CpuCoresRequired is { } cores && _subject.Decision.Obstacles.Contains("cpu") ? Invariant($"Scale to {cores:0} cores first.") : "Scale the server first.",
    };
}
