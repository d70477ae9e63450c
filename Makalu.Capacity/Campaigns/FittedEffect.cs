namespace Makalu.Capacity.Campaigns;

/// <summary>What was fitted of one past cluster.</summary>
/// <param name="Cluster">The cluster.</param>
/// <param name="Amplitude">Its amplitude.</param>
/// <param name="Deviation">The standard deviation of its amplitude.</param>
/// <param name="FirstStep">The step at which its effect begins.</param>
/// <param name="Logarithms">Its log response at each step from there.</param>
internal sealed record FittedEffect(CampaignCluster Cluster, double Amplitude, double Deviation, int FirstStep, double[] Logarithms)
{
    /// <summary>How much of the baseline one unit of the response is at each step: 1 where campaigns multiply; null for all 1.</summary>
    public double[]? Units { get; init; }

    /// <summary>The factor on the baseline at a step of the effect, were the campaign so many times as strong on the logarithm.</summary>
    public double FactorAt(int step, double strength)
    {
        double response = Logarithms[step] * strength;
        return Units is null || response <= 0 ? Math.Exp(response) : 1 + (Units[step] * (Math.Exp(response) - 1));
    }
}
