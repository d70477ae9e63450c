using Makalu.Capacity.Sizing;

namespace Makalu.Capacity.Postgres;

/// <summary>What a PostgreSQL server told about itself.</summary>
public sealed record DatabaseInspection
{
    /// <summary>The server's version, for example <c>16.4</c>.</summary>
    public required string Version { get; init; }

    /// <summary><c>max_connections</c>.</summary>
    public required int MaxConnections { get; init; }

    /// <summary><c>superuser_reserved_connections</c>.</summary>
    public required int SuperuserReserved { get; init; }

    /// <summary><c>reserved_connections</c>; 0 before PostgreSQL 16, which has no such setting.</summary>
    public required int Reserved { get; init; }

    /// <summary><c>shared_buffers</c> in bytes.</summary>
    public required long SharedBuffersBytes { get; init; }

    /// <summary><c>work_mem</c> in bytes.</summary>
    public required long WorkMemBytes { get; init; }

    /// <summary>The server's memory in bytes; null where it could not be known.</summary>
    public required long? MemoryBytes { get; init; }

    /// <summary>The server's processor cores; null where they could not be known.</summary>
    public required double? CpuCores { get; init; }

    /// <summary>Streaming standbys that are connected.</summary>
    public required int Standbys { get; init; }

    /// <summary>The applications that were seen, by name.</summary>
    public required IReadOnlyList<InspectedService> Services { get; init; }

    /// <summary>The most connections of everything else at once.</summary>
    public required int OtherConnections { get; init; }

    /// <summary>How the connections were used.</summary>
    public required ObservedUse Observed { get; init; }

    /// <summary>What could not be seen, how each estimate was made, and what to check; one sentence each.</summary>
    public required IReadOnlyList<string> Notes { get; init; }

    /// <summary>Memory for one connection: 6 MiB for the process and one sort of <c>work_mem</c>, at least the 10 MiB that is assumed where nothing is known.</summary>
    public long MemoryPerConnectionBytes => Math.Max(10L << 20, (6L << 20) + WorkMemBytes);
}
