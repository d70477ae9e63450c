using Makalu.Capacity.Campaigns;

namespace Makalu.Capacity.Forecasting;

/// <summary>What a planned or running campaign does to the forecast.</summary>
/// <remarks>Immutable; safe to share between threads.</remarks>
public sealed class CampaignEffect
{
    private readonly double[] _factors;

    /// <summary>Creates an effect that copies <paramref name="factors"/>.</summary>
    /// <param name="campaign">The campaign.</param>
    /// <param name="firstStep">The forecast step at which <paramref name="factors"/> begin.</param>
    /// <param name="factors">The median factor on the baseline for each step from <paramref name="firstStep"/> on; 1 is no effect.</param>
    public CampaignEffect(Campaign campaign, int firstStep, ReadOnlySpan<double> factors)
    {
        Campaign = campaign;
        FirstStep = firstStep;
        _factors = factors.ToArray();
    }

    /// <summary>The campaign.</summary>
    public Campaign Campaign { get; }

    /// <summary>The forecast step at which <see cref="Factors"/> begin; 0 is the first forecast step.</summary>
    public int FirstStep { get; }

    /// <summary>The median factor on the baseline for each step from <see cref="FirstStep"/> on; 1 is no effect.</summary>
    public ReadOnlySpan<double> Factors => _factors;

    /// <summary>The number of past campaigns of this kind that the effect was learned from; 0 when it comes from the prior alone.</summary>
    public int PastCampaignsOfKind { get; init; }

    /// <summary>The number of past campaigns of any kind that the effect was learned from.</summary>
    public int PastCampaigns { get; init; }

    /// <summary>The factor at the campaign's own peak: median of its predictive distribution.</summary>
    public double PeakFactorMedian { get; init; } = 1;

    /// <summary>The 5 % quantile of the factor at the campaign's own peak.</summary>
    public double PeakFactorLow { get; init; } = 1;

    /// <summary>The 95 % quantile of the factor at the campaign's own peak.</summary>
    public double PeakFactorHigh { get; init; } = 1;

    /// <summary>The median factor at forecast step <paramref name="step"/>; 1 outside the campaign's reach.</summary>
    /// <param name="step">A forecast step.</param>
    public double FactorAt(int step)
    {
        int index = step - FirstStep;
        return (uint)index < (uint)_factors.Length ? _factors[index] : 1;
    }

    /// <summary>The same effect of another campaign.</summary>
    internal CampaignEffect Of(Campaign campaign) => new(campaign, FirstStep, _factors)
    {
        PastCampaignsOfKind = PastCampaignsOfKind,
        PastCampaigns = PastCampaigns,
        PeakFactorMedian = PeakFactorMedian,
        PeakFactorLow = PeakFactorLow,
        PeakFactorHigh = PeakFactorHigh,
    };
}
