namespace Makalu.Capacity.Sizing;

/// <summary>The pools of all services, sized together, because each connection in use slows the database for all.</summary>
internal sealed class PoolSet
{
    private PoolSet(SystemLoad load, PoolSize[] sizes, HoldTime[] holds, double processorStretch, bool servable)
    {
        Load = load;
        Sizes = sizes;
        Holds = holds;
        ProcessorStretch = processorStretch;
        Servable = servable;
    }

    public SystemLoad Load { get; }

    /// <summary>A pool per instance, in the order of the services.</summary>
    public PoolSize[] Sizes { get; }

    /// <summary>How long a connection is held under the peak's own concurrency.</summary>
    public HoldTime[] Holds { get; }

    /// <summary>How many times longer a request computes under the peak's concurrency than alone.</summary>
    public double ProcessorStretch { get; }

    /// <summary>Whether the database completes as many requests as arrive.</summary>
    public bool Servable { get; }

    /// <summary>Connections while a deployment rolls.</summary>
    public int Connections => Sum(service => service.Instances + service.SurgeInstances);

    /// <summary>Connections of the steady instances.</summary>
    public int SteadyConnections => Sum(service => service.Instances);

    /// <summary>Sizes the pools so that each instance's wait target holds.</summary>
    public static PoolSet Size(SystemLoad load, FlowEquivalentServer? server, double waitProbability, PoolSizing sizing, Func<ServiceDescription, int>? instances = null, CancellationToken cancellation = default)
    {
        instances ??= service => service.Instances;
        double wait = load.System.Target.MaxWait.TotalSeconds;
        double stretch = 1;
        bool servable = true;
        PoolSize[] sizes = [];
        HoldTime[] holds = [];
        double largestStretch = 1;

        // More connections let more requests compute at once, which stretches the hold, which asks for more connections: a few rounds settle it.
        for (int round = 0; round < 30; round++)
        {
            holds = [.. load.Services.Select(service => service.StretchedHold(largestStretch))];
            HoldTime[] current = holds;
            sizes = [.. load.Services.Select((service, i) => sizing(service.ConnectionsOfInstance(instances(service.Description)), current[i], wait, waitProbability, cancellation).AtLeast(DeadlockFloor.Of(service, current[i], instances(service.Description))))];
            if (server is null)
                break;

            int total = load.Services.Select((service, i) => instances(service.Description) * sizes[i].Connections).Sum();
            stretch = Stretch(load, server, total);
            servable = double.IsFinite(stretch);
            if (!servable || stretch <= largestStretch * 1.0001)
                break;

            largestStretch = stretch;
        }

        return new PoolSet(load, sizes, holds, largestStretch, servable);
    }

    /// <summary>How many times longer the processor part takes with a number of connections; infinite where the database falls behind.</summary>
    public static double Stretch(SystemLoad load, FlowEquivalentServer server, int connections)
    {
        double rate = load.ConnectionsPerSecond;
        double alone = server.ProcessorSeconds + server.DelaySeconds;
        double hold = server.MeanHoldSeconds(rate, connections);
        if (double.IsInfinity(hold))
        {
            // With all connections in use the server falls behind: more connections may help as long as its best throughput suffices.
            return server.LargestThroughput() <= rate
                ? double.PositiveInfinity
                : 1 + (((connections / server.Throughput(connections)) - alone) / server.ProcessorSeconds);
        }

        // Bursts queue for the processors as they queue for connections; what the pools hold bounds it.
        double burst = (Math.Max(1, load.Requests.BurstDispersion) + 1) / 2;
        double burstHold = Math.Min(alone + (Math.Max(0, hold - alone) * burst), Math.Max(hold, connections / rate * 0.999));
        return 1 + ((burstHold - alone) / server.ProcessorSeconds);
    }

    private int Sum(Func<ServiceDescription, int> instances) => Load.Services.Select((service, i) => instances(service.Description) * Sizes[i].Connections).Sum();
}

/// <summary>How a pool's size is decided.</summary>
internal delegate PoolSize PoolSizing(ArrivalProcess arrivals, HoldTime hold, double waitSeconds, double waitProbability, CancellationToken cancellation);
