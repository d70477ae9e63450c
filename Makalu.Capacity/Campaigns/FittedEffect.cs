namespace Makalu.Capacity.Campaigns;

/// <summary>What was fitted of one past cluster.</summary>
/// <param name="Cluster">The cluster.</param>
/// <param name="Amplitude">Its amplitude.</param>
/// <param name="Deviation">The standard deviation of its amplitude.</param>
/// <param name="FirstStep">The step at which its effect begins.</param>
/// <param name="Logarithms">Its log response at each step from there.</param>
internal sealed record FittedEffect(CampaignCluster Cluster, double Amplitude, double Deviation, int FirstStep, double[] Logarithms);
