namespace Makalu.Capacity.Campaigns;

/// <summary>What was learned of amplitudes: the distribution of a new campaign's.</summary>
internal interface IAmplitudeModel
{
    /// <summary>The predictive distribution of a campaign's amplitude, on the logarithm of the traffic.</summary>
    AmplitudeDistribution Predict(AmplitudeFeatures campaign);
}
