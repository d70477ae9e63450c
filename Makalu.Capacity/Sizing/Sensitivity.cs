namespace Makalu.Capacity.Sizing;

/// <summary>What the plan would be if one of its inputs were otherwise.</summary>
/// <remarks>Immutable; safe to share between threads.</remarks>
public sealed record Sensitivity
{
    /// <summary>The change, in a few words: <c>hold time +50 %</c>.</summary>
    public required string Change { get; init; }

    /// <summary>The verdict under it.</summary>
    public required Verdict Verdict { get; init; }

    /// <summary><c>max_connections</c> under it.</summary>
    public required int MaxConnections { get; init; }

    /// <summary>Each service's pool per instance under it, in the order of the system's services.</summary>
    public required IReadOnlyList<int> MaxPoolSizes { get; init; }

    /// <summary>Processor utilisation under it, a fraction; null where unknown.</summary>
    public double? CpuUtilisation { get; init; }
}
