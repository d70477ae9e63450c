using System.Collections.Frozen;
using Makalu.Capacity.Campaigns;

namespace Makalu.Capacity;

/// <summary>What to suppose in a what-if question. What was learned stays as it is.</summary>
/// <remarks>Immutable; safe to share between threads.</remarks>
public sealed record CapacityScenario
{
    /// <summary>
    /// The campaigns that start at or after the origin, in place of those of the calendar; others, and incidents, are passed over.
    /// Default null: the calendar's.
    /// </summary>
    public CampaignCalendar? Planned { get; init; }

    /// <summary>
    /// How many times as large each named campaign is, 0 to 100: the requests that it adds are multiplied, in every sample path. Default
    /// none: each as large as learned (1).
    /// </summary>
    public IReadOnlyDictionary<string, double> CampaignScales { get; init; } = FrozenDictionary<string, double>.Empty;

    /// <summary>How many times as much traffic there is altogether, 0 to 100; default 1.</summary>
    public double TrafficScale { get; init; } = 1;
}
