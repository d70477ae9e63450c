namespace Makalu.Capacity.Sizing;

/// <summary>Something that goes wrong at the peak, and whether the planned settings survive it.</summary>
/// <remarks>Immutable; safe to share between threads.</remarks>
public sealed record BadDay
{
    /// <summary>A stable code in kebab case, for example <c>instance-lost</c>.</summary>
    public required string Code { get; init; }

    /// <summary>What happens, in a few words.</summary>
    public required string Title { get; init; }

    /// <summary>Whether the planned settings survive it.</summary>
    public required bool Survives { get; init; }

    /// <summary>One or two sentences with numbers: why it survives, or what breaks.</summary>
    public required string Message { get; init; }

    /// <summary>The cheapest setting that would survive; null where the plan does.</summary>
    public string? Remedy { get; init; }
}
