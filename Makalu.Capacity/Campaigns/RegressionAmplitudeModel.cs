namespace Makalu.Capacity.Campaigns;

/// <summary>
/// A regression that gives one number, made a distribution: the mean is the regression's, the form and the campaign's own
/// uncertainty (a kind never seen, an audience out of range) are those of the shrinkage regression, scaled by how far
/// the regression was off on campaigns it had not seen against how far that one expected to be.
/// </summary>
/// <remarks>Immutable; safe to share between threads.</remarks>
internal sealed class RegressionAmplitudeModel : IAmplitudeModel
{
    private readonly AmplitudePrior _prior;
    private readonly AmplitudeModel _shrinkage;
    private readonly AmplitudeEncoding _encoding;
    private readonly Func<float[], double> _regression;
    private readonly double _spread;

    private RegressionAmplitudeModel(AmplitudePrior prior, AmplitudeModel shrinkage, AmplitudeEncoding encoding, Func<float[], double> regression, double spread)
    {
        _prior = prior;
        _shrinkage = shrinkage;
        _encoding = encoding;
        _regression = regression;
        _spread = spread;
    }

    /// <summary>Fits to what the prior's mean leaves, so that beyond the range of past audiences the prior's slope holds.</summary>
    public static RegressionAmplitudeModel Fit(IAmplitudeRegression regression, AmplitudePrior prior, AmplitudeModel shrinkage, ReadOnlySpan<AmplitudeFeatures> past, ReadOnlySpan<double> amplitudes, double spread)
    {
        var encoding = new AmplitudeEncoding(past);
        var rows = new float[past.Length][];
        var targets = new double[past.Length];
        for (int i = 0; i < rows.Length; i++)
        {
            rows[i] = encoding.Of(past[i]);
            targets[i] = amplitudes[i] - prior.MeanOf(past[i]);
        }

        return new RegressionAmplitudeModel(prior, shrinkage, encoding, regression.Fit(rows, targets), spread);
    }

    public AmplitudeDistribution Predict(AmplitudeFeatures campaign)
        => _shrinkage.Predict(campaign).Moved(_prior.MeanOf(campaign) + _regression(_encoding.Of(campaign)), _spread);
}
