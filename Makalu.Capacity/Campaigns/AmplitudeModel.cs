using MathNet.Numerics.LinearAlgebra;

namespace Makalu.Capacity.Campaigns;

/// <summary>
/// Amplitudes as one Gaussian process over all past campaigns (Rasmussen and Williams, Gaussian Processes for Machine Learning,
/// 2006, chapter 2): what two campaigns have in common makes their amplitudes alike, and what a new campaign has that none
/// before it had widens its interval by itself. Their scatter is learned with a scaled inverse chi-squared prior, so that
/// predictions are Student's t.
/// </summary>
internal sealed class AmplitudeModel
{
    private readonly AmplitudePrior _prior;
    private readonly AmplitudeFeatures[] _past;
    private readonly Matrix<double>? _inverse;
    private readonly double[] _coefficients;
    private readonly double _cap;

    private AmplitudeModel(AmplitudePrior prior, AmplitudeFeatures[] past, Matrix<double>? inverse, double[] coefficients, double noiseVariance, double cap)
    {
        _prior = prior;
        _past = past;
        _inverse = inverse;
        _coefficients = coefficients;
        NoiseVariance = noiseVariance;
        _cap = cap;
    }

    /// <summary>The learned variance between campaigns that are alike in all that is known.</summary>
    public double NoiseVariance { get; }

    /// <summary>No log response above this is ever drawn: the factor 100, or four times the largest seen.</summary>
    public static double CapFor(ReadOnlySpan<double> amplitudes)
    {
        double largest = 0;
        foreach (double amplitude in amplitudes)
            largest = Math.Max(largest, amplitude);
        return Math.Max(Math.Log(100), largest + Math.Log(4));
    }

    /// <summary>Learns from past campaigns; none at all leaves the prior.</summary>
    public static AmplitudeModel Fit(AmplitudePrior prior, AmplitudeFeatures[] past, ReadOnlySpan<double> amplitudes)
    {
        double cap = CapFor(amplitudes);
        int n = past.Length;
        if (n == 0)
            return new AmplitudeModel(prior, past, null, [], prior.Noise * prior.Noise, cap);

        var kernel = Matrix<double>.Build.Dense(n, n, (i, j) => Covariance(prior, past[i], past[j]));
        var deviations = Vector<double>.Build.Dense(n);
        for (int i = 0; i < n; i++)
            deviations[i] = amplitudes[i] - Mean(prior, past[i]);

        double priorVariance = prior.Noise * prior.Noise;
        double variance = priorVariance;
        var identity = Matrix<double>.Build.DenseIdentity(n);
        for (int pass = 0; pass < 6; pass++)
        {
            Matrix<double> inverse = (kernel + (identity * variance)).Cholesky().Solve(identity);
            Vector<double> residuals = deviations - (kernel * (inverse * deviations));
            double used = (kernel * inverse).Trace();
            variance = ((prior.NoiseDegreesOfFreedom * priorVariance) + ((residuals * residuals) * n / Math.Max(n - used, 0.5))) / (prior.NoiseDegreesOfFreedom + n);
        }

        Matrix<double> solved = (kernel + (identity * variance)).Cholesky().Solve(identity);
        return new AmplitudeModel(prior, past, solved, (solved * deviations).ToArray(), variance, cap);
    }

    /// <summary>The predictive distribution of a new campaign's amplitude.</summary>
    public AmplitudeDistribution Predict(AmplitudeFeatures campaign)
    {
        double degreesOfFreedom = _prior.NoiseDegreesOfFreedom + _past.Length;
        double mean = Mean(_prior, campaign);
        if (_inverse is null)
            return new AmplitudeDistribution(mean, _prior.Unseen, degreesOfFreedom, _cap);

        var similarity = Vector<double>.Build.Dense(_past.Length, i => Covariance(_prior, campaign, _past[i]));
        double variance = Covariance(_prior, campaign, campaign) - (similarity * (_inverse * similarity));
        for (int i = 0; i < _past.Length; i++)
            mean += similarity[i] * _coefficients[i];
        return new AmplitudeDistribution(mean, Math.Sqrt(NoiseVariance + Math.Max(variance, 0)), degreesOfFreedom, _cap);
    }

    private static double Mean(AmplitudePrior prior, AmplitudeFeatures a) => prior.Mean + (prior.SizeSlope * a.LogSize);

    private static double Covariance(AmplitudePrior prior, AmplitudeFeatures a, AmplitudeFeatures b)
    {
        double sum = Square(prior.Shared);
        if (string.Equals(a.Kind, b.Kind, StringComparison.Ordinal))
            sum += Square(prior.Kind);
        if (a.Weekend == b.Weekend)
            sum += Square(prior.Weekend);
        sum += Square(prior.Hour) * Math.Cos(a.HourAngle - b.HourAngle);
        sum += Square(prior.Size) * a.LogSize * b.LogSize;
        for (int i = 0; i < a.Categories.Length; i++)
        {
            if (string.Equals(a.Categories[i], b.Categories[i], StringComparison.Ordinal))
                sum += Square(prior.Category);
        }

        for (int i = 0; i < a.Numbers.Length; i++)
            sum += Square(prior.Number) * a.Numbers[i] * b.Numbers[i];
        return sum + (Square(prior.DriftPerDay) * (Math.Min(a.Day, b.Day) + 1));
    }

    private static double Square(double value) => value * value;
}
