namespace Makalu.Capacity.Sizing;

/// <summary>The database server as it is set now.</summary>
public sealed record DatabaseDescription
{
    /// <summary><c>postgresql</c>, <c>mysql</c> or <c>mariadb</c>; default <c>postgresql</c>.</summary>
    public string Engine { get; init; } = "postgresql";

    /// <summary>The server's version, for example <c>16</c>; null where unknown.</summary>
    public string? Version { get; init; }

    /// <summary>Processor cores, 1 or more; null where unknown (processor limits are then not checked, and the plan says so).</summary>
    public double? CpuCores { get; init; }

    /// <summary>Main memory in bytes; null where unknown.</summary>
    public long? MemoryBytes { get; init; }

    /// <summary><c>max_connections</c> as it is set now.</summary>
    public required int MaxConnections { get; init; }

    /// <summary><c>superuser_reserved_connections</c>; default 3, PostgreSQL's own.</summary>
    public int SuperuserReserved { get; init; } = 3;

    /// <summary><c>reserved_connections</c> (PostgreSQL 16 and later); default 0, PostgreSQL's own.</summary>
    public int Reserved { get; init; }

    /// <summary>Connections of everything else: migrations, cron, monitoring, BI; default 0.</summary>
    public int OtherConnections { get; init; }

    /// <summary>Memory that one connection takes, in bytes; default 10 MiB.</summary>
    public long MemoryPerConnectionBytes { get; init; } = 10L << 20;

    /// <summary>The highest <c>max_connections</c> that the provider of a managed database allows; null where there is no such cap.</summary>
    public int? ManagedMaxConnections { get; init; }

    /// <summary>Streaming standbys, 0 or more; default 0. Their <c>max_connections</c> must be at least the primary's.</summary>
    public int Standbys { get; init; }

    /// <summary>
    /// The contention penalty κ, 0 or more: with k requests on the processors of K cores the server does min(k, K) ÷ (1 + κ·max(0, k − K))
    /// cores' worth of work; null where unknown (<see cref="DefaultContentionPenalty"/> is then assumed).
    /// </summary>
    public double? ContentionPenalty { get; init; }

    /// <summary>
    /// How throughput grows with the requests that compute at once, measured on this server with <see cref="CpuCores"/> cores; null where it was not
    /// measured. It takes the place of <see cref="ContentionPenalty"/>.
    /// </summary>
    public ScalabilityLaw? Scalability { get; init; }

    /// <summary>The contention penalty that is assumed where none is known: 0.2 % of the server's speed for each request beyond its cores.</summary>
    public const double DefaultContentionPenalty = 0.002;

    /// <summary><c>shared_buffers</c> in bytes; null where unknown.</summary>
    public long? SharedBuffersBytes { get; init; }
}
