using Makalu.Capacity.Campaigns;

namespace Makalu.Capacity.Forecasting;

/// <summary>What a forecast learned from the campaigns of its history, and how.</summary>
/// <remarks>Immutable; safe to share between threads.</remarks>
public sealed record CampaignReport
{
    /// <summary>What each past campaign did, by start.</summary>
    public required IReadOnlyList<CampaignUplift> Uplifts { get; init; }

    /// <summary>Spikes and drops of the past that nothing on the calendar explains, by start: the forecast holds none like them unless the calendar does.</summary>
    public required IReadOnlyList<UnannouncedEvent> Unannounced { get; init; }

    /// <summary>How long the traffic answers campaigns of each kind that was seen.</summary>
    public required IReadOnlyList<CampaignKindReach> Kinds { get; init; }

    /// <summary>Whether campaigns multiply the traffic or add to it.</summary>
    public required ResponseChoice Response { get; init; }

    /// <summary>Which model tells the factors of the campaigns to come, and each candidate's error on past ones.</summary>
    public required AmplitudeChoice Amplitudes { get; init; }
}
