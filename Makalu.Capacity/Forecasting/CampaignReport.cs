using Makalu.Capacity.Campaigns;

namespace Makalu.Capacity.Forecasting;

/// <summary>What a forecast learned from the campaigns of its history, and how.</summary>
/// <remarks>Immutable; safe to share between threads.</remarks>
public sealed record CampaignReport
{
    /// <summary>What each past campaign did, by start.</summary>
    public required IReadOnlyList<CampaignUplift> Uplifts { get; init; }

    /// <summary>Which model tells the factors of the campaigns to come, and each candidate's error on past ones.</summary>
    public required AmplitudeChoice Amplitudes { get; init; }
}
