namespace Makalu.Capacity.Sizing;

/// <summary>The pools of all services, sized together, because each connection in use slows the database for all.</summary>
internal sealed class PoolSet
{
    private PoolSet(SystemLoad load, PoolSize[] sizes, HoldTime[] holds, bool servable)
    {
        Load = load;
        Sizes = sizes;
        Holds = holds;
        Servable = servable;
    }

    public SystemLoad Load { get; }

    /// <summary>A pool of each service, of which every instance has one for each connection string.</summary>
    public PoolSize[] Sizes { get; }

    /// <summary>How long a connection is held under the peak's own concurrency.</summary>
    public HoldTime[] Holds { get; }

    /// <summary>Whether the database completes as many requests as arrive.</summary>
    public bool Servable { get; }

    /// <summary>Connections while a deployment rolls.</summary>
    public int Connections => Sum(service => service.AllPools);

    /// <summary>Connections of the steady instances.</summary>
    public int SteadyConnections => Sum(service => service.SteadyPools);

    /// <summary>Sizes the pools so that each instance's wait target holds.</summary>
    public static PoolSet Size(SystemLoad load, FlowEquivalentServer? server, double waitProbability, PoolSizing sizing, Func<ServiceDescription, int>? instances = null, double processorStretch = 1, CancellationToken cancellation = default)
    {
        instances ??= service => service.Instances;
        double wait = load.System.Target.MaxWait.TotalSeconds;

        PoolSize[] SizesAt(double stretch, PoolSizing how) => [.. load.Services.Select((service, i) =>
        {
            HoldTime hold = service.StretchedHold(stretch);
            int count = instances(service.Description);
            return how(service.ConnectionsOfPool(count), hold, wait, waitProbability, cancellation).AtLeast(DeadlockFloor.Of(service, hold, count));
        })];
        int ConnectionsOf(PoolSize[] sizes) => load.Services.Select((service, i) => instances(service.Description) * service.Description.ConnectionStrings * sizes[i].Connections).Sum();

        // The closed form settles how far the pools stretch the hold; the simulation, which is slower and asks for a little less, has the last word.
        double stretch = ProcessorStretch.Settle(load, server, processorStretch, at => ConnectionsOf(SizesAt(at, PoolSizer.ByClosedForm)), out bool servable);
        if (!servable)
        {
            // Where the database falls behind no pool is right; the need is told as if it kept its speed.
            stretch = processorStretch;
        }

        PoolSize[] sizes = SizesAt(stretch, sizing);
        for (int round = 0; server is not null && servable && round < 3; round++)
        {
            double now = ProcessorStretch.Of(load, server, ConnectionsOf(sizes));
            if (now <= stretch * 1.01)
                break;

            stretch = now;
            sizes = SizesAt(stretch, sizing);
        }

        return new PoolSet(load, sizes, HoldsAt(load, stretch), servable);
    }

    /// <summary>How long each service holds a connection when a request computes a number of times longer than alone.</summary>
    public static HoldTime[] HoldsAt(SystemLoad load, double stretch) => [.. load.Services.Select(service => service.StretchedHold(stretch))];

    private int Sum(Func<ServiceDescription, int> pools) => Load.Services.Select((service, i) => pools(service.Description) * Sizes[i].Connections).Sum();
}

/// <summary>How a pool's size is decided.</summary>
internal delegate PoolSize PoolSizing(ArrivalProcess arrivals, HoldTime hold, double waitSeconds, double waitProbability, CancellationToken cancellation);
