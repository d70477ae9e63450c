using Makalu.Capacity.Series;

namespace Makalu.Capacity.Campaigns;

/// <summary>What was learned of how the traffic answers campaigns: a profile for each kind, an amplitude for each past cluster, and the model that predicts new ones.</summary>
/// <remarks>Immutable; safe to share between threads.</remarks>
internal sealed class CampaignResponse
{
    private readonly Dictionary<string, ResponseProfile> _profiles;
    private readonly AmplitudeFeatureSpace _space;
    private readonly double[] _amplitudes;
    private readonly double[] _amplitudeDeviations;
    private readonly TimeSpan _step;

    public CampaignResponse(TimeSpan step, Dictionary<string, ResponseProfile> profiles, IReadOnlyList<CampaignCluster> past, double[] amplitudes, double[] amplitudeDeviations, double[] weights, AmplitudeFeatureSpace space, IAmplitudeModel model, AmplitudeChoice choice, ResidualCurve?[] curves)
    {
        _step = step;
        _profiles = profiles;
        _space = space;
        _amplitudes = amplitudes;
        _amplitudeDeviations = amplitudeDeviations;
        Past = past;
        Weights = weights;
        Model = model;
        Choice = choice;
        Curves = curves;
    }

    /// <summary>The past clusters that were learned from, by start.</summary>
    public IReadOnlyList<CampaignCluster> Past { get; }

    /// <summary>The fitted amplitude of each past cluster.</summary>
    public ReadOnlySpan<double> Amplitudes => _amplitudes;

    /// <summary>The standard deviation of each fitted amplitude: the noise that its steps left.</summary>
    public ReadOnlySpan<double> AmplitudeDeviations => _amplitudeDeviations;

    /// <summary>How much each past cluster counts: halved each 28 days.</summary>
    public IReadOnlyList<double> Weights { get; }

    /// <summary>What the fit left over along each past cluster; null where too little of it was seen.</summary>
    public IReadOnlyList<ResidualCurve?> Curves { get; }

    public IAmplitudeModel Model { get; }

    /// <summary>How <see cref="Model"/> was chosen.</summary>
    public AmplitudeChoice Choice { get; }

    /// <summary>The profile of a cluster's kind; for a kind never seen one borrowed from the others, at the cluster's own duration.</summary>
    public ResponseProfile ProfileOf(CampaignCluster cluster)
        => _profiles.TryGetValue(cluster.Kind, out ResponseProfile? profile) ? profile : ResponseProfile.Borrowed(cluster.Duration.TotalMinutes, _step, _profiles.Values);

    /// <summary>What was fitted of a past cluster, on the steps of a history.</summary>
    public FittedEffect EffectOf(int past, TimeSeries history)
    {
        CampaignCluster cluster = Past[past];
        ResponseProfile profile = ProfileOf(cluster);
        (int from, int to) = ResponseRows.Reach(cluster, profile, history.Start, history.Step, history.Count);
        var effect = new double[Math.Max(0, to - from)];
        for (int i = 0; i < effect.Length; i++)
            effect[i] = _amplitudes[past] * ResponseRows.ValueOf(history.TimeAt(from + i), history.Step, cluster, profile);
        return new FittedEffect(cluster, _amplitudes[past], _amplitudeDeviations[past], from, effect);
    }

    /// <summary>The amplitude of a planned cluster, or that of a cluster that is running as far as it was fitted.</summary>
    public AmplitudeDistribution AmplitudeOf(CampaignCluster cluster)
    {
        for (int j = 0; j < Past.Count; j++)
        {
            if (Past[j].StartsAt == cluster.StartsAt && string.Equals(Past[j].Kind, cluster.Kind, StringComparison.Ordinal))
                return AmplitudeDistribution.Fitted(_amplitudes[j], _amplitudeDeviations[j]);
        }

        return Model.Predict(_space.Of(cluster)).JoinedWith(PlannerAssumption.Of(cluster));
    }
}
