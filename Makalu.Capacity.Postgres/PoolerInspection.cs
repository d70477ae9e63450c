namespace Makalu.Capacity.Postgres;

/// <summary>What a PgBouncer told about itself.</summary>
public sealed record PoolerInspection
{
    /// <summary>Its version, for example <c>1.18.0</c>.</summary>
    public required string Version { get; init; }

    /// <summary><c>pool_mode</c>: <c>transaction</c>, <c>session</c> or <c>statement</c>.</summary>
    public required string Mode { get; init; }

    /// <summary>The largest <c>pool_size</c> of its databases, else <c>default_pool_size</c>.</summary>
    public required int PoolSize { get; init; }

    /// <summary><c>reserve_pool_size</c>.</summary>
    public required int ReservePoolSize { get; init; }

    /// <summary><c>max_client_conn</c>.</summary>
    public required int MaxClientConnections { get; init; }

    /// <summary>Pools of database and user that are in use; a plan assumes one.</summary>
    public required int Pools { get; init; }

    /// <summary>Clients that wait for a connection now.</summary>
    public required int WaitingClients { get; init; }

    /// <summary>For how long the first of them has waited.</summary>
    public required TimeSpan LongestWait { get; init; }

    /// <summary>What to check; one sentence each.</summary>
    public required IReadOnlyList<string> Notes { get; init; }
}
