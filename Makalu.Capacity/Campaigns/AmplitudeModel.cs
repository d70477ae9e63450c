using System.Numerics.Tensors;
using Makalu.Capacity.Numerics;

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
    private readonly AmplitudeFeatures[] _past;
    private readonly Component[] _components;
    private readonly double _cap;

    private AmplitudeModel(AmplitudePrior prior, AmplitudeFeatures[] past, Component[] components, double cap)
    {
        _prior = prior;
        _past = past;
        _components = components;
        _cap = cap;
    }

    /// <summary>Learns from past campaigns; none at all leaves the prior.</summary>
    /// <param name="prior">What is believed beforehand.</param>
    /// <param name="past">The past campaigns.</param>
    /// <param name="amplitudes">What they came to.</param>
    /// <param name="variances">By how much more uncertain each amplitude is than scatter tells, as one that overlaps another is; none if null.</param>
    public static AmplitudeModel Fit(AmplitudePrior prior, AmplitudeFeatures[] past, ReadOnlySpan<double> amplitudes, double[]? variances = null)
    {
        int n = past.Length;
        double largest = 0;
        var deviations = new double[n];
        for (int i = 0; i < n; i++)
        {
            deviations[i] = amplitudes[i] - prior.MeanOf(past[i]);
            largest = Math.Max(largest, amplitudes[i]);
        }

        var covariances = new CovarianceParts[n * n];
        for (int i = 0; i < n; i++)
        {
            for (int j = 0; j <= i; j++)
                covariances[(i * n) + j] = CovarianceParts.Of(prior, past[i], past[j]);
        }

        var components = new List<Component>();
        foreach ((double difference, double differenceWeight) in prior.Differences)
        {
            foreach ((double drift, double driftWeight) in prior.Drifts)
            {
                foreach (double scatter in prior.Scatters)
                {
                    double logWeight = Math.Log(differenceWeight * driftWeight * prior.ScatterWeight(scatter));
                    if (Component.TryCreate(covariances, deviations, variances, difference, drift, scatter * prior.Scatter, logWeight, out Component? component))
                        components.Add(component);
                }
            }
        }

        return new AmplitudeModel(prior, past, Normalise(components), Math.Max(Math.Log(100), largest + Math.Log(4)));
    }

    /// <summary>The predictive distribution of a new campaign's amplitude, never above a factor 100 or four times the largest seen.</summary>
    public AmplitudeDistribution Predict(AmplitudeFeatures campaign)
    {
        var similar = new CovarianceParts[_past.Length];
        for (int i = 0; i < similar.Length; i++)
            similar[i] = CovarianceParts.Of(_prior, campaign, _past[i]);
        var own = CovarianceParts.Of(_prior, campaign, campaign);
        double mean = _prior.MeanOf(campaign);
        return new AmplitudeDistribution(Array.ConvertAll(_components, c => c.Predict(mean, own, similar)), _cap);
    }

    /// <summary>
    /// How far each past campaign's amplitude was from what those before it tell, with the scales of all, and the variance of that forecast. The Cholesky
    /// factor of the older ones is the leading part of that of all, so that this costs one substitution.
    /// </summary>
    public (double Error, double Variance)[] OneAhead()
    {
        var ahead = new (double Error, double Variance)[_past.Length];
        double[][] errors = Array.ConvertAll(_components, c => c.OneAhead());
        for (int i = 0; i < ahead.Length; i++)
        {
            double mean = 0, squares = 0;
            for (int k = 0; k < _components.Length; k++)
            {
                double deviation = _components[k].DeviationAhead(i);
                mean += _components[k].Weight * errors[k][i];
                squares += _components[k].Weight * ((errors[k][i] * errors[k][i]) + (deviation * deviation));
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
        => new(_prior, _past, Array.ConvertAll(_components, c => c.WithSpread(spread, levelVariance)), _cap);

    private static Component[] Normalise(List<Component> components)
    {
        double highest = components.Max(c => c.LogWeight);
        double total = components.Sum(c => Math.Exp(c.LogWeight - highest));
        Component[] kept = [.. components.Where(c => Math.Exp(c.LogWeight - highest) / total >= SmallestWeight)];
        double keptTotal = kept.Sum(c => Math.Exp(c.LogWeight - highest));
        foreach (Component component in kept)
            component.Weight = Math.Exp(component.LogWeight - highest) / keptTotal;
        return kept;
    }

    /// <summary>A covariance before the grid's factors: what is always there, what differences scale, what drift scales.</summary>
    private readonly record struct CovarianceParts(double Fixed, double Differences, double Drift)
    {
        public static CovarianceParts Of(AmplitudePrior prior, AmplitudeFeatures a, AmplitudeFeatures b)
        {
            double always = Square(prior.Shared);
            for (int i = 0; i < a.Logarithms.Length; i++)
                always += Square(prior.LogarithmSlopeDeviation) / a.Logarithms.Length * a.Logarithms[i] * b.Logarithms[i];

            double differences = Square(prior.Hour) * Math.Cos(a.HourAngle - b.HourAngle);
            if (string.Equals(a.Kind, b.Kind, StringComparison.Ordinal))
                differences += Square(prior.Kind);
            if (a.Weekend == b.Weekend)
                differences += Square(prior.Weekend) + (Square(prior.WeekendHour) * Math.Cos(a.HourAngle - b.HourAngle));
            differences += Square(prior.Size) * a.LogSize * b.LogSize;
            for (int i = 0; i < a.Categories.Length; i++)
            {
                if (string.Equals(a.Categories[i], b.Categories[i], StringComparison.Ordinal))
                    differences += Square(prior.Category);
            }

            for (int i = 0; i < a.Numbers.Length; i++)
                differences += Square(prior.Number) * a.Numbers[i] * b.Numbers[i];
            return new CovarianceParts(always, differences, Square(prior.DriftPerDay) * (Math.Min(a.Day, b.Day) + 1));
        }

        public double At(double difference, double drift) => Fixed + (difference * difference * Differences) + (drift * drift * Drift);
    }

    private static double Square(double value) => value * value;

    /// <summary>The process at one point of the grid.</summary>
    private sealed class Component
    {
        private readonly double[] _factor;
        private readonly double[] _coefficients;
        private readonly double _difference;
        private readonly double _drift;
        private readonly double _scatterVariance;
        private readonly double[] _deviations;

        private Component(double[] factor, double[] coefficients, double[] deviations, double difference, double drift, double scatterVariance, double logWeight)
        {
            _factor = factor;
            _deviations = deviations;
            _coefficients = coefficients;
            _difference = difference;
            _drift = drift;
            _scatterVariance = scatterVariance;
            LogWeight = logWeight;
        }

        public double LogWeight { get; }

        public double Weight { get; set; }

        public static bool TryCreate(CovarianceParts[] covariances, double[] deviations, double[]? variances, double difference, double drift, double scatter, double logPrior, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out Component? component)
        {
            int n = deviations.Length;
            var factor = new double[n * n];
            for (int i = 0; i < n; i++)
            {
                for (int j = 0; j <= i; j++)
                    factor[(i * n) + j] = covariances[(i * n) + j].At(difference, drift);
                factor[(i * n) + i] += (scatter * scatter) + 1e-9 + (variances?[i] ?? 0);
            }

            component = null;
            if (!CholeskyFactorisation.TryFactorise(factor, n, n))
                return false;
            double[] coefficients = [.. deviations];
            CholeskyFactorisation.Solve(factor, n, n, coefficients);
            double logLikelihood = 0;
            for (int i = 0; i < n; i++)
                logLikelihood -= (0.5 * deviations[i] * coefficients[i]) + Math.Log(factor[(i * n) + i]);
            component = new Component(factor, coefficients, deviations, difference, drift, scatter * scatter, logPrior + logLikelihood);
            return true;
        }

        /// <summary>Each past deviation less what those before it tell.</summary>
        public double[] OneAhead()
        {
            int n = _deviations.Length;
            double[] standardised = [.. _deviations];
            for (int i = 0; i < n; i++)
                standardised[i] = (standardised[i] - TensorPrimitives.Dot<double>(_factor.AsSpan(i * n, i), standardised.AsSpan(0, i))) / DeviationAhead(i);
            return [.. standardised.Select((s, i) => s * DeviationAhead(i))];
        }

        public double DeviationAhead(int past) => _factor[(past * _deviations.Length) + past];

        public Component WithSpread(double spread, double levelVariance)
        {
            double variance = (spread * spread * (_scatterVariance + levelVariance)) - levelVariance;
            return new Component(_factor, _coefficients, _deviations, _difference, _drift, Math.Clamp(variance, _scatterVariance / 4, 4 * _scatterVariance), LogWeight) { Weight = Weight };
        }

        public (double Weight, double Mean, double Deviation) Predict(double mean, CovarianceParts own, CovarianceParts[] similar)
        {
            int n = similar.Length;
            double[] covariances = Array.ConvertAll(similar, s => s.At(_difference, _drift));
            double[] solved = [.. covariances];
            CholeskyFactorisation.Solve(_factor, n, n, solved);
            double variance = own.At(_difference, _drift);
            for (int i = 0; i < n; i++)
            {
                mean += covariances[i] * _coefficients[i];
                variance -= covariances[i] * solved[i];
            }

            return (Weight, mean, Math.Sqrt(_scatterVariance + Math.Max(variance, 0)));
        }
    }
}
