namespace Makalu.Capacity.Sizing;

/// <summary>What the plan asks of the database server at the peak.</summary>
public sealed record DatabaseLoad
{
    /// <summary>Processor utilisation at the peak, a fraction (above 1: it cannot be served); null where cores or processor time are unknown.</summary>
    public double? CpuUtilisation { get; init; }

    /// <summary>Memory for shared buffers and all connections, in bytes.</summary>
    public required long MemoryRequiredBytes { get; init; }

    /// <summary>The cores that keep utilisation within the target; null where unknown.</summary>
    public double? CpuCoresRequired { get; init; }

    /// <summary>The concurrency beyond which more connections lower throughput; null where unknown.</summary>
    public int? Knee { get; init; }
}
