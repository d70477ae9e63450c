using Makalu.Capacity.Series;

namespace Makalu.Capacity.Sizing;

/// <summary>A service that holds connections to the database.</summary>
public sealed record ServiceDescription
{
    /// <summary>The service's name.</summary>
    public required string Name { get; init; }

    /// <summary>Running instances, 1 or more.</summary>
    public required int Instances { get; init; }

    /// <summary>Instances that exist besides the others while a deployment rolls; default 0.</summary>
    public int SurgeInstances { get; init; }

    /// <summary>
    /// Distinct connection strings that an instance uses for this database, 1 or more; default 1. Clients keep a pool for each distinct string; the
    /// instance's requests are taken to be spread evenly over them. Strings of unlike load are better described as services of their own.
    /// </summary>
    public int ConnectionStrings { get; init; } = 1;

    /// <summary>The part of the requests that this service serves, a fraction above 0, at most 1; default 1.</summary>
    public double TrafficShare { get; init; } = 1;

    /// <summary>Connections that one request holds at once, 1 or more; default 1.</summary>
    public int ConnectionsPerRequest { get; init; } = 1;

    /// <summary>The busiest instance's requests ÷ an even share of them, 1 or more; default 1 (each request goes to a random instance).</summary>
    public double ArrivalImbalance { get; init; } = 1;

    /// <summary>The mean time for which a request holds a connection; greater than zero.</summary>
    public required TimeSpan DatabaseTimeMean { get; init; }

    /// <summary>The 95 % quantile of that time; null where unknown (an exponential distribution is then assumed: 3 × the mean).</summary>
    public TimeSpan? DatabaseTimeP95 { get; init; }

    /// <summary>The mean processor time of the database per request; null where unknown.</summary>
    public TimeSpan? DatabaseCpuTimeMean { get; init; }

    /// <summary>The pool's maximum size per instance as it is set now; null where unknown.</summary>
    public int? MaxPoolSize { get; init; }

    /// <summary>Threads or requests that one instance runs at once at the most, for the deadlock floor; null where unknown.</summary>
    public int? MaxConcurrentRequests { get; init; }

    /// <summary>The same service with the time for which its requests hold a connection as it was measured, for example in logs.</summary>
    /// <param name="times">How long requests held a connection: not how long they took, unless they hold one throughout.</param>
    /// <returns>The service with <see cref="DatabaseTimeMean"/> and <see cref="DatabaseTimeP95"/> of the distribution; where few slow requests lift the mean above the 95 % quantile, the mean as both.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="times"/> is null.</exception>
    public ServiceDescription WithDatabaseTimes(DurationDistribution times)
    {
        ArgumentNullException.ThrowIfNull(times);
        TimeSpan p95 = times.Quantile(0.95);
        return this with { DatabaseTimeMean = times.Mean, DatabaseTimeP95 = p95 < times.Mean ? times.Mean : p95 };
    }

    /// <summary>The pools of the steady instances.</summary>
    internal int SteadyPools => Instances * ConnectionStrings;

    /// <summary>The pools of all instances while a deployment rolls.</summary>
    internal int AllPools => (Instances + SurgeInstances) * ConnectionStrings;
}
