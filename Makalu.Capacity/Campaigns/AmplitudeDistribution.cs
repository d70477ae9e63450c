using Makalu.Capacity.Numerics;
using MathNet.Numerics.Distributions;

namespace Makalu.Capacity.Campaigns;

/// <summary>What a campaign's amplitude may be: a mixture of normal distributions on the logarithm of the traffic, cut at 0 and at a cap.</summary>
/// <remarks>Immutable; safe to share between threads.</remarks>
internal sealed class AmplitudeDistribution
{
    private readonly (double Weight, double Mean, double Deviation)[] _components;
    private readonly double _cap;

    /// <summary>Creates a mixture.</summary>
    /// <param name="components">Weights that sum to 1, means, standard deviations.</param>
    /// <param name="cap">The largest amplitude that is drawn.</param>
    public AmplitudeDistribution((double Weight, double Mean, double Deviation)[] components, double cap)
    {
        _components = components;
        _cap = cap;
        Mean = components.Sum(c => c.Weight * c.Mean);
        Variance = components.Sum(c => c.Weight * ((c.Deviation * c.Deviation) + ((c.Mean - Mean) * (c.Mean - Mean))));
    }

    public double Mean { get; }

    public double Variance { get; }

    /// <summary>The amplitude of a campaign that was seen.</summary>
    public static AmplitudeDistribution Fitted(double amplitude, double deviation) => new([(1, amplitude, deviation)], amplitude + (4 * deviation));

    /// <summary>The same form at another mean, wider by a factor.</summary>
    public AmplitudeDistribution Moved(double mean, double spread)
        => new(Array.ConvertAll(_components, c => (c.Weight, mean + ((c.Mean - Mean) * spread), c.Deviation * spread)), _cap);

    public double Draw(RandomStream random)
    {
        double point = random.NextDouble();
        double normal = random.NextNormal();
        int index = 0;
        while (index + 1 < _components.Length && point >= _components[index].Weight)
            point -= _components[index++].Weight;
        return Math.Clamp(_components[index].Mean + (_components[index].Deviation * normal), 0, _cap);
    }

    /// <summary>The quantile, by bisection.</summary>
    public double Quantile(double probability)
    {
        double low = _components.Min(c => c.Mean - (10 * c.Deviation)), high = _components.Max(c => c.Mean + (10 * c.Deviation));
        for (int step = 0; step < 60 && high > low; step++)
        {
            double middle = (low + high) / 2;
            if (_components.Sum(c => c.Weight * Normal.CDF(c.Mean, Math.Max(c.Deviation, 1e-12), middle)) < probability)
                low = middle;
            else
                high = middle;
        }

        return Math.Clamp((low + high) / 2, 0, _cap);
    }

    /// <summary>
    /// Joins what was learned and what the planner expects: the mean weighted by precision, the variance that of the product
    /// plus what the two disagree by, so that a contradiction widens the interval instead of narrowing it.
    /// </summary>
    public AmplitudeDistribution JoinedWith(PlannerAssumption? assumption)
    {
        if (assumption is not PlannerAssumption planner)
            return this;
        double learnedPrecision = 1 / Math.Max(Variance, 1e-6);
        double plannerPrecision = 1 / (planner.Deviation * planner.Deviation);
        double share = plannerPrecision / (learnedPrecision + plannerPrecision);
        double gap = planner.Mean - Mean;
        double variance = (1 / (learnedPrecision + plannerPrecision)) + (share * (1 - share) * gap * gap);
        double narrowing = Math.Sqrt(variance / Math.Max(Variance, 1e-6));
        double shift = share * gap;
        return new AmplitudeDistribution(
            Array.ConvertAll(_components, c => (c.Weight, Mean + shift + ((c.Mean - Mean) * narrowing), c.Deviation * narrowing)),
            Math.Max(_cap, planner.Mean + (3 * planner.Deviation)));
    }
}
