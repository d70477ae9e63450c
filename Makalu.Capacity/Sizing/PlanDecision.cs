namespace Makalu.Capacity.Sizing;

/// <summary>What to set, before it is explained.</summary>
internal sealed record PlanDecision
{
    public required Verdict Verdict { get; init; }

    public required int MaxConnections { get; init; }

    /// <summary>The pools as the peak asks for them.</summary>
    public required PoolSet Pools { get; init; }

    /// <summary>The pooler; null where services connect directly.</summary>
    public PoolerSet? Pooler { get; init; }

    /// <summary>Each service's pool per instance as planned: the asked one, or less where the server cannot bear it.</summary>
    public required int[] MaxPoolSizes { get; init; }

    /// <summary>How long each service's requests hold a connection under the planned settings.</summary>
    public required HoldTime[] Holds { get; init; }

    /// <summary>The plan once the server has <see cref="CpuCoresRequired"/> cores, where the verdict is to scale and cores help.</summary>
    public PlanDecision? AfterScaling { get; init; }

    /// <summary>What the services' direct connections would need, headroom included and rounded, whatever the verdict.</summary>
    public required int DirectNeed { get; init; }

    public required int? Knee { get; init; }

    /// <summary>What the pools may open together, a little beyond the knee; null where throughput never falls.</summary>
    public required int? ConcurrencyLimit { get; init; }

    /// <summary>Cores that would serve the peak; null where they are not known.</summary>
    public double? CpuCoresRequired { get; init; }

    /// <summary>Memory that would serve the peak, where memory is what is missing.</summary>
    public long? MemoryBytesRequired { get; init; }

    /// <summary>What makes direct connections, or the peak, impossible; empty where nothing does.</summary>
    public IReadOnlyList<string> Obstacles { get; init; } = [];
}
