namespace Makalu.Capacity.Campaigns;

/// <summary>
/// Amplitudes as one Gaussian process over all past campaigns (Rasmussen and Williams, Gaussian Processes for Machine Learning,
/// 2006, chapter 2): what two campaigns have in common makes their amplitudes alike, and what a new campaign has that none
/// before it had widens its interval by itself. How far campaigns differ, drift and scatter is averaged over a grid by marginal
/// likelihood (chapter 5), so that few campaigns leave wide intervals and agreeing ones narrow them.
/// </summary>
/// <remarks>Immutable; safe to share between threads.</remarks>
internal sealed class AmplitudeModel : IAmplitudeModel
{
    private const double SmallestWeight = 0.003;

    private readonly AmplitudePrior _prior;
    private readonly AmplitudeBasis _basis;
    private readonly AmplitudeComponent[] _components;
    private readonly double _cap;

    private AmplitudeModel(AmplitudePrior prior, AmplitudeBasis basis, AmplitudeComponent[] components, double cap)
    {
        _prior = prior;
        _basis = basis;
        _components = components;
        _cap = cap;
    }

    /// <summary>The expected variance of campaigns to come about what is known of them.</summary>
    public double ScatterVariance => _components.Sum(c => c.Weight * c.ScatterVariance);

    /// <summary>Learns from past campaigns; none at all leaves the prior.</summary>
    /// <param name="prior">What is believed beforehand.</param>
    /// <param name="past">The past campaigns, oldest first.</param>
    /// <param name="amplitudes">What they came to.</param>
    /// <param name="variances">By how much more uncertain each amplitude is than scatter tells, as one that overlaps another is; none if null.</param>
    public static AmplitudeModel Fit(AmplitudePrior prior, ReadOnlySpan<AmplitudeFeatures> past, ReadOnlySpan<double> amplitudes, double[]? variances = null)
        => Fit(prior, new AmplitudeBasis(prior, past), past, amplitudes, variances, settings: null);

    /// <summary>The same model of other amplitudes, at this one's likeliest settings alone.</summary>
    /// <param name="past">The past campaigns, oldest first.</param>
    /// <param name="amplitudes">What they came to.</param>
    /// <param name="variances">By how much more uncertain each amplitude is than scatter tells; none if null.</param>
    /// <param name="most">The most settings.</param>
    public AmplitudeModel Refit(ReadOnlySpan<AmplitudeFeatures> past, ReadOnlySpan<double> amplitudes, double[]? variances, int most)
        => Fit(_prior, new AmplitudeBasis(_prior, past), past, amplitudes, variances, [.. _components.OrderByDescending(c => c.Weight).Take(most).Select(c => c.Scales)]);

    private static AmplitudeModel Fit(AmplitudePrior prior, AmplitudeBasis basis, ReadOnlySpan<AmplitudeFeatures> past, ReadOnlySpan<double> amplitudes, double[]? variances, HashSet<AmplitudeScales>? settings)
    {
        double largest = 0;
        var deviations = new double[past.Length];
        for (int i = 0; i < past.Length; i++)
        {
            deviations[i] = amplitudes[i] - prior.MeanOf(past[i]);
            largest = Math.Max(largest, amplitudes[i]);
        }

        var data = new AmplitudeData(basis, past, deviations, variances);
        var walks = new Dictionary<(double Drift, double Scatter), AmplitudeWalk>();
        var components = new List<AmplitudeComponent>();
        foreach ((AmplitudeScales scales, double logPrior) in prior.Grid(basis.HasTrend, basis.HasRecency))
        {
            if (settings?.Contains(scales) == false)
                continue;
            if (!walks.TryGetValue((scales.Drift, scales.Scatter), out AmplitudeWalk? walk))
                walks[(scales.Drift, scales.Scatter)] = walk = new AmplitudeWalk(data, prior, scales.Drift, scales.Scatter);
            if (AmplitudeComponent.TryCreate(data, walk, scales, basis.Factors(scales), logPrior) is { } component)
                components.Add(component);
        }

        return new AmplitudeModel(prior, basis, Normalise(components), Math.Max(Math.Log(100), largest + Math.Log(4)));
    }

    /// <summary>The predictive distribution of a new campaign's amplitude, never above a factor 100 or four times the largest seen.</summary>
    public AmplitudeDistribution Predict(AmplitudeFeatures campaign)
    {
        double[] columns = _basis.Of(campaign);
        double unseen = _basis.UnseenVariance(campaign), mean = _prior.MeanOf(campaign);
        return new AmplitudeDistribution(
            Array.ConvertAll(_components, c =>
            {
                (double deviation, double spread) = c.Predict(columns, unseen, campaign.Day);
                return (c.Weight, mean + deviation, spread);
            }),
            _cap);
    }

    /// <summary>How far each past campaign's amplitude was from what those before it tell, with the scales of all, and the variance of that forecast.</summary>
    public (double Error, double Variance)[] OneAhead()
    {
        (double Error, double Deviation)[][] each = Array.ConvertAll(_components, c => c.OneAhead());
        var ahead = new (double Error, double Variance)[each[0].Length];
        for (int i = 0; i < ahead.Length; i++)
        {
            double mean = 0, squares = 0;
            for (int k = 0; k < _components.Length; k++)
            {
                (double error, double deviation) = each[k][i];
                mean += _components[k].Weight * error;
                squares += _components[k].Weight * ((error * error) + (deviation * deviation));
            }

            ahead[i] = (mean, squares - (mean * mean));
        }

        return ahead;
    }

    /// <summary>
    /// The same model with another scatter of the campaigns to come about what is known of them: at least half and at most twice what it was.
    /// What tells a campaign from all before it keeps its variance.
    /// </summary>
    /// <param name="spread">By what the standard deviation of scatter and level together is multiplied.</param>
    /// <param name="levelVariance">The variance of the level that comes on top.</param>
    public AmplitudeModel WithSpread(double spread, double levelVariance)
        => new(_prior, _basis, Array.ConvertAll(_components, c => c.WithSpread(spread, levelVariance)), _cap);

    private static AmplitudeComponent[] Normalise(List<AmplitudeComponent> components)
    {
        double highest = components.Max(c => c.LogWeight);
        double total = components.Sum(c => Math.Exp(c.LogWeight - highest));
        AmplitudeComponent[] kept = [.. components.Where(c => Math.Exp(c.LogWeight - highest) / total >= SmallestWeight)];
        double keptTotal = kept.Sum(c => Math.Exp(c.LogWeight - highest));
        foreach (AmplitudeComponent component in kept)
            component.Weight = Math.Exp(component.LogWeight - highest) / keptTotal;
        return kept;
    }
}
