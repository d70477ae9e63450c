namespace Makalu.Capacity.Backtesting;

/// <summary>An origin at which no forecast could be made.</summary>
public sealed record SkippedOrigin
{
    /// <summary>The origin, UTC.</summary>
    public required DateTimeOffset Origin { get; init; }

    /// <summary>Why.</summary>
    public required string Reason { get; init; }
}
