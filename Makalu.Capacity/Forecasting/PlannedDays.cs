using Makalu.Capacity.Campaigns;

namespace Makalu.Capacity.Forecasting;

/// <summary>What a cluster of campaigns does to the days of a forecast.</summary>
/// <remarks>Immutable; safe to share between threads.</remarks>
internal sealed record PlannedDays
{
    /// <summary>What tells these days from those of another campaign.</summary>
    public required string Key { get; init; }

    public required CampaignCluster Cluster { get; init; }

    public required int FirstDay { get; init; }

    public required double[] Profile { get; init; }

    /// <summary>The first of the profile's days that is the campaign's own; on the others it never lowers the forecast.</summary>
    public required int OwnFrom { get; init; }

    public required int OwnTo { get; init; }

    public required AmplitudeDistribution Amplitude { get; init; }

    /// <summary>How far days like these were from the profile, on the logarithm; only those of its own days count.</summary>
    public required double[] Shift { get; init; }

    public required double[][] Curves { get; init; }

    public required bool IsRunning { get; init; }

    /// <summary>The day after the last of the profile's.</summary>
    public int EndDay => FirstDay + Profile.Length;

    /// <summary>Whether a day of the forecast is the campaign's own.</summary>
    public bool IsOwn(int day) => day - FirstDay >= OwnFrom && day - FirstDay < OwnTo;

    /// <summary>What each member is told to do.</summary>
    public required Lazy<CampaignEffect> Effect { get; init; }
}
