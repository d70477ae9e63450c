namespace Makalu.Capacity.Sizing;

/// <summary>
/// The smallest pool in which requests that take several connections each cannot all wait for their last one: with T requests at
/// once and k connections each, T × (k − 1) + 1 (HikariCP, "About Pool Sizing", on pool locking).
/// </summary>
internal static class DeadlockFloor
{
    public static int Of(int concurrentRequests, int connectionsPerRequest)
        => connectionsPerRequest <= 1 ? 1 : (int)Math.Min(PoolSizer.LargestPool, ((long)concurrentRequests * (connectionsPerRequest - 1)) + 1);

    /// <summary>The floor of one instance; where its concurrency limit is not known, the requests that a Poisson peak has at once but once in 10,000.</summary>
    public static int Of(ServiceLoad service, HoldTime hold, int instances)
    {
        int perRequest = service.Description.ConnectionsPerRequest;
        if (perRequest <= 1)
            return 1;

        double concurrent = service.ConnectionsOfPool(instances).Rate / perRequest * hold.MeanSeconds;
        int requests = service.Description.MaxConcurrentRequests ?? (int)Math.Ceiling(concurrent + (3.72 * Math.Sqrt(concurrent)) + 1);
        return Of(requests, perRequest);
    }
}
