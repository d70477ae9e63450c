namespace Makalu.Capacity.Sizing;

/// <summary>How high a peak the settings of a system carry, by bisection over the peak's rate.</summary>
internal static class CarriedRate
{
    /// <summary>The bisection stops when it knows the rate to this fraction.</summary>
    private const double Tolerance = 0.002;

    /// <summary>A system that carries so many times the peak is limited by nothing that is known.</summary>
    private const double LargestFactor = 1 << 14;

    /// <summary>The highest factor on the load's rate that the settings carry; null where nothing limits it.</summary>
    public static double? Factor(SystemLoad load, CancellationToken cancellation)
    {
        double below = 0;
        double above = 1;
        while (Carries(load.System, load.WithRequests(load.Requests.WithRate(load.Requests.Rate * above)), cancellation))
        {
            below = above;
            above *= 2;
            if (above > LargestFactor)
                return null;
        }

        while (above - below > Tolerance * above && above > Tolerance)
        {
            double middle = (below + above) / 2;
            if (Carries(load.System, load.WithRequests(load.Requests.WithRate(load.Requests.Rate * middle)), cancellation))
            {
                below = middle;
            }
            else
            {
                above = middle;
            }
        }

        return below;
    }

    /// <summary>Whether neither processors, nor pools, nor <c>max_connections</c> fall short; the same tests that the critical findings rest on.</summary>
    private static bool Carries(SystemDescription system, SystemLoad load, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        if (load.CpuUtilisation > 1)
            return false;

        ServiceTarget target = system.Target;
        FlowEquivalentServer? server = load.Server(system.Database.CpuCores);
        PoolSet pools;
        int connections;
        if (system.Pooler is { } pooler)
        {
            PoolerSet needed = PoolerSet.Size(load, server, pooler.Replicas, pooler.Mode, PoolSizer.Smallest, cancellation);
            if (!needed.Servable || needed.Plan.PoolSize > pooler.PoolSize)
                return false;

            pools = needed.Clients;
            connections = needed.Plan.Connections;
        }
        else
        {
            pools = PoolSet.Size(load, server, target.WaitProbability, PoolSizer.Smallest, cancellation: cancellation);
            if (!pools.Servable)
                return false;

            connections = pools.Connections;
        }

        if (new ConnectionBudget(system).Need(connections) > system.Database.MaxConnections)
            return false;

        for (int i = 0; i < system.Services.Count; i++)
        {
            if (system.Services[i].MaxPoolSize is { } size && size < pools.Sizes[i].Connections
                && WaitTail.Probability(load.Services[i].ConnectionsOfPool(system.Services[i].Instances), pools.Holds[i], size, target.MaxWait.TotalSeconds) > target.WaitProbability)
            {
                return false;
            }
        }

        return true;
    }
}
