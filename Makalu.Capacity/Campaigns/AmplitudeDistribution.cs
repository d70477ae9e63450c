using Makalu.Capacity.Numerics;

namespace Makalu.Capacity.Campaigns;

/// <summary>What a campaign's amplitude may be: Student's t around a mean, on the logarithm of the traffic, cut at 0 and at a cap.</summary>
/// <param name="Mean">The centre; e to its power is the median factor at the campaign's peak.</param>
/// <param name="Scale">The scale, 0 for a known amplitude.</param>
/// <param name="DegreesOfFreedom">Small where few campaigns were seen.</param>
/// <param name="Cap">The largest amplitude that is drawn.</param>
internal readonly record struct AmplitudeDistribution(double Mean, double Scale, double DegreesOfFreedom, double Cap)
{
    public double Draw(RandomStream random)
        => Math.Clamp(Mean + (Scale == 0 ? 0 : Scale * random.NextStudentT(DegreesOfFreedom)), 0, Cap);

    public double Quantile(double probability)
        => Math.Clamp(Scale == 0 ? Mean : Mean + (Scale * MathNet.Numerics.Distributions.StudentT.InvCDF(0, 1, DegreesOfFreedom, probability)), 0, Cap);

    /// <summary>
    /// Joins what was learned and what the planner expects: the mean weighted by precision, the variance that of the product
    /// plus what the two disagree by, so that a contradiction widens the interval instead of narrowing it.
    /// </summary>
    public AmplitudeDistribution JoinedWith(PlannerAssumption? assumption)
    {
        if (assumption is not PlannerAssumption planner)
            return this;
        double learnedPrecision = 1 / (Scale * Scale);
        double plannerPrecision = 1 / (planner.Deviation * planner.Deviation);
        double total = learnedPrecision + plannerPrecision;
        double share = plannerPrecision / total;
        double gap = planner.Mean - Mean;
        return this with
        {
            Mean = Mean + (share * gap),
            Scale = Math.Sqrt((1 / total) + (share * (1 - share) * gap * gap)),
            Cap = Math.Max(Cap, planner.Mean + (3 * planner.Deviation)),
        };
    }
}
