namespace Makalu.Capacity.Sizing;

/// <summary>The pools behind a connection pooler: one pool of database connections per pooler replica, shared by all services.</summary>
/// <remarks>
/// All services are taken to use one database and one user, hence one pool per replica; where a service has several connection strings, as many
/// pairs as the most that one has, evenly used. Session mode shares nothing.
/// </remarks>
internal sealed class PoolerSet
{
    /// <summary>The wait target is split: nearly all of it for the scarce database connections, little for the cheap ones to the pooler.</summary>
    private const double ServerShare = 0.9;

    private PoolerSet(PoolerPlan plan, PoolSet clients, PoolSize server, bool servable)
    {
        Plan = plan;
        Clients = clients;
        Server = server;
        Servable = servable;
    }

    public PoolerPlan Plan { get; }

    /// <summary>The services' own pools of connections to the pooler.</summary>
    public PoolSet Clients { get; }

    /// <summary>The pool of one replica.</summary>
    public PoolSize Server { get; }

    public bool Servable { get; }

    public static PoolerSet Size(SystemLoad load, FlowEquivalentServer? server, int replicas, string mode, PoolSizing sizing, CancellationToken cancellation = default)
    {
        double allowed = load.System.Target.WaitProbability;
        double wait = load.System.Target.MaxWait.TotalSeconds;
        HoldTime hold = MeanHold(load);
        string kind = PoolerKind.For(load.System.Database.Engine);
        int pools = PoolsOf(load.System);
        ArrivalProcess perPool = Connections(load).Thin(1.0 / replicas / pools);
        double stretch = ProcessorStretch.Settle(
            load,
            server,
            start: 1,
            at => replicas * pools * PoolSizer.ByClosedForm(perPool, Stretched(load, hold, at), wait, allowed * ServerShare, cancellation).Connections,
            out bool servable);
        PoolSize size = sizing(perPool, Stretched(load, hold, stretch), wait, allowed * ServerShare, cancellation);
        PoolSet clients = PoolSet.Size(load, server: null, allowed * (1 - ServerShare), sizing, instances: null, stretch, cancellation);
        if (mode == "session")
        {
            // A session keeps its server connection, so the pooler needs as many as its clients hold.
            size = size.AtLeast((clients.Connections + (replicas * pools) - 1) / (replicas * pools));
        }

        int clientConnections = clients.Connections;
        var plan = new PoolerPlan
        {
            Kind = kind,
            Replicas = replicas,
            Mode = mode,
            Pools = pools,
            PoolSize = size.Connections,
            ReservePoolSize = kind == PoolerKind.PgBouncer ? Math.Max(1, (int)Math.Ceiling(size.Connections * 0.1)) : 0,

            // One replica must take all clients when another is lost.
            MaxClientConnections = ConnectionBudget.RoundUp((int)Math.Min(int.MaxValue / 2, clientConnections * 1.25)),
        };
        return new PoolerSet(plan, clients, size, servable);
    }

    /// <summary>The pools of each replica: one for each pair of database and user.</summary>
    public static int PoolsOf(SystemDescription system) => PoolerKind.Pools(system);

    /// <summary>The same with the pools at least as large as they are now.</summary>
    public PoolerSet AtLeast(PoolerDescription current)
        => new(Plan with { PoolSize = Math.Max(Plan.PoolSize, current.PoolSize ?? 0), ReservePoolSize = Math.Max(Plan.ReservePoolSize, current.ReservePoolSize) }, Clients, Server, Servable);

    /// <summary>The same with no more than a number of connections to the database.</summary>
    public PoolerSet CappedTo(int connections)
    {
        int each = Math.Max(1, connections / Plan.Replicas / Plan.Pools);
        return Plan.PoolSize + Plan.ReservePoolSize <= each
            ? this
            : new PoolerSet(Plan with { PoolSize = each, ReservePoolSize = 0 }, Clients, Server, Servable);
    }

    /// <summary>The connections that all services take, as one stream.</summary>
    private static ArrivalProcess Connections(SystemLoad load)
    {
        double connections = load.ConnectionsPerSecond;
        double perRequest = load.DatabaseRequestsPerSecond > 0 ? connections / load.DatabaseRequestsPerSecond : 1;
        return load.Requests.WithRate(connections) with { BurstDispersion = load.Requests.BurstDispersion * perRequest };
    }

    /// <summary>The hold over all services: their mixture's mean and squared variation.</summary>
    private static HoldTime MeanHold(SystemLoad load)
    {
        double rate = load.ConnectionsPerSecond;
        double mean = load.OfferedLoad / Math.Max(rate, 1e-12);
        double second = load.Services.Sum(service => service.RequestsPerSecond * service.Description.ConnectionsPerRequest * service.Hold.MeanSeconds * service.Hold.MeanSeconds * (1 + service.Hold.SquaredVariation)) / Math.Max(rate, 1e-12);
        return HoldTime.FromMeanAndVariation(mean, Math.Max(0, (second / (mean * mean)) - 1));
    }

    private static HoldTime Stretched(SystemLoad load, HoldTime hold, double stretch)
    {
        double processor = load.ProcessorLoad / Math.Max(load.ConnectionsPerSecond, 1e-12);
        return hold.WithMean(hold.MeanSeconds + (Math.Min(processor, hold.MeanSeconds) * (stretch - 1)));
    }
}
