namespace Makalu.Capacity.Campaigns;

/// <summary>What a past campaign did to the traffic: what a marketing team and a planner argue about.</summary>
/// <remarks>
/// Campaigns of one kind that start together cannot be told apart: they are one row, and <see cref="Campaigns"/> names them all.
/// </remarks>
public sealed record CampaignUplift
{
    /// <summary>The campaign, or the campaigns that ran as one.</summary>
    public required IReadOnlyList<Campaign> Campaigns { get; init; }

    /// <summary>The largest factor on the traffic, as fitted: 1 is no effect.</summary>
    public required double Factor { get; init; }

    /// <summary>The 5 % bound of <see cref="Factor"/>.</summary>
    public required double FactorLow { get; init; }

    /// <summary>The 95 % bound of <see cref="Factor"/>.</summary>
    public required double FactorHigh { get; init; }

    /// <summary>The requests above the baseline over the campaign's whole reach, as counted; campaigns that overlap share them by their fitted effects.</summary>
    public required double ExtraRequests { get; init; }

    /// <summary>The 5 % bound of <see cref="ExtraRequests"/>; below 0 where an effect is not certain.</summary>
    public required double ExtraRequestsLow { get; init; }

    /// <summary>The 95 % bound of <see cref="ExtraRequests"/>.</summary>
    public required double ExtraRequestsHigh { get; init; }

    /// <summary>The highest step average within the campaign's reach, in requests per second, as observed.</summary>
    public required double PeakRequestsPerSecond { get; init; }

    /// <summary>The baseline at that step, in requests per second.</summary>
    public required double BaselineAtPeak { get; init; }

    /// <summary>The start of that step, UTC.</summary>
    public required DateTimeOffset PeakAt { get; init; }

    /// <summary>From the campaign's start to the largest fitted effect.</summary>
    public required TimeSpan LagOfPeak { get; init; }

    /// <summary>How long the fitted effect stays above a tenth of its largest, on the logarithm.</summary>
    public required TimeSpan Duration { get; init; }

    /// <summary>How much of the campaign's reach was observed, a fraction.</summary>
    public required double Observed { get; init; }
}
