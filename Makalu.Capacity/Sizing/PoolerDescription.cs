namespace Makalu.Capacity.Sizing;

/// <summary>A connection pooler between the services and the database, as it is set now.</summary>
public sealed record PoolerDescription
{
    /// <summary><c>pgbouncer</c>, or <c>proxysql</c> before MySQL and MariaDB.</summary>
    public string Kind { get; init; } = "pgbouncer";

    /// <summary>Running poolers, 1 or more; default 1.</summary>
    public int Replicas { get; init; } = 1;

    /// <summary><c>transaction</c> or <c>session</c>; default <c>transaction</c>.</summary>
    public string Mode { get; init; } = "transaction";

    /// <summary><c>default_pool_size</c> of each replica as it is set now; null where unknown.</summary>
    public int? PoolSize { get; init; }

    /// <summary><c>reserve_pool_size</c> of each replica; default 0.</summary>
    public int ReservePoolSize { get; init; }
}
