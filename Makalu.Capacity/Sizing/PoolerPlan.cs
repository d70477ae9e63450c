namespace Makalu.Capacity.Sizing;

/// <summary>The planned pooler.</summary>
public sealed record PoolerPlan
{
    /// <summary><c>pgbouncer</c>, or <c>proxysql</c> before MySQL and MariaDB.</summary>
    public required string Kind { get; init; }

    /// <summary>Running poolers.</summary>
    public required int Replicas { get; init; }

    /// <summary><c>transaction</c> or <c>session</c>.</summary>
    public required string Mode { get; init; }

    /// <summary>PgBouncer's <c>default_pool_size</c> of each replica: of each of its <see cref="Pools"/>; ProxySQL's <c>max_connections</c> of the server.</summary>
    public required int PoolSize { get; init; }

    /// <summary><c>reserve_pool_size</c> of each replica; 0 for ProxySQL, which has none.</summary>
    public required int ReservePoolSize { get; init; }

    /// <summary><c>max_client_conn</c> of each replica; ProxySQL's <c>mysql-max_connections</c>.</summary>
    public required int MaxClientConnections { get; init; }

    /// <summary>Pools of each replica: PgBouncer keeps one for each pair of database and user; default 1.</summary>
    public int Pools { get; init; } = 1;

    /// <summary>Connections to the database at the most: replicas × pools × (pool + reserve).</summary>
    public int Connections => Replicas * Pools * (PoolSize + ReservePoolSize);
}
