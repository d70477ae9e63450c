namespace Makalu.Capacity.Peaks;

/// <summary>A span of time whose maximum is asked for: the horizon, a UTC day, or a calendar event with its margins.</summary>
public sealed record PeakWindow
{
    /// <summary><c>horizon</c>, <c>day 2024-09-15</c>, or the event's name.</summary>
    public required string Name { get; init; }

    /// <summary><c>horizon</c>, <c>day</c>, or the event's kind.</summary>
    public required string Kind { get; init; }

    /// <summary>The start, UTC.</summary>
    public required DateTimeOffset StartsAt { get; init; }

    /// <summary>The end, exclusive, UTC.</summary>
    public required DateTimeOffset EndsAt { get; init; }
}
