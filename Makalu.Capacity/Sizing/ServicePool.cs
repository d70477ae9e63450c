namespace Makalu.Capacity.Sizing;

/// <summary>The planned pool of one service, per instance.</summary>
public sealed record ServicePool
{
    /// <summary>The service's name.</summary>
    public required string Name { get; init; }

    /// <summary>The maximum size of each pool.</summary>
    public required int MaxPoolSize { get; init; }

    /// <summary>The minimum size of each pool: connections kept open.</summary>
    public required int MinPoolSize { get; init; }

    /// <summary>The requests of one instance at the peak, per second.</summary>
    public required double RequestsPerSecondPerInstance { get; init; }

    /// <summary>The offered load of one pool at the peak, in erlangs: arrival rate × time a connection is held.</summary>
    public required double OfferedLoad { get; init; }

    /// <summary>Offered load ÷ pool size, a fraction.</summary>
    public required double Utilisation { get; init; }

    /// <summary>The part of the requests that wait for a connection longer than the target's wait, a fraction.</summary>
    public required double WaitProbability { get; init; }

    /// <summary>Instances that hold such a pool at once, surge included.</summary>
    public required int Instances { get; init; }

    /// <summary>Pools of one instance: one for each distinct connection string; default 1.</summary>
    public int PoolsPerInstance { get; init; } = 1;

    /// <summary>Connections of the service at the most: <see cref="Instances"/> × <see cref="PoolsPerInstance"/> × <see cref="MaxPoolSize"/>.</summary>
    public int Connections => Instances * PoolsPerInstance * MaxPoolSize;

    /// <summary>The pool's maximum size per instance as it is set now; null where unknown.</summary>
    public int? CurrentMaxPoolSize { get; init; }
}
