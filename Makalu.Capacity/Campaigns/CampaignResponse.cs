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

    public CampaignResponse(TimeSpan step, Dictionary<string, ResponseProfile> profiles, IReadOnlyList<CampaignCluster> past, double[] amplitudes, double[] amplitudeDeviations, double[] weights, AmplitudeFeatureSpace space, AmplitudeFeatures[] featuresOfPast, ResponseScales scales, ResidualCurve?[] curves)
    {
        _step = step;
        _profiles = profiles;
        _space = space;
        _amplitudes = amplitudes;
        _amplitudeDeviations = amplitudeDeviations;
        Past = past;
        Weights = weights;
        FeaturesOfPast = featuresOfPast;
        Scales = scales;
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

    /// <summary>What was known of each past cluster before it happened.</summary>
    public AmplitudeFeatures[] FeaturesOfPast { get; }

    /// <summary>What the responses of each kind are counted in.</summary>
    public ResponseScales Scales { get; }

    /// <summary>What tells the amplitudes of the clusters to come.</summary>
    public required IAmplitudeModel Model { get; init; }

    /// <summary>How <see cref="Model"/> was chosen.</summary>
    public required AmplitudeChoice Choice { get; init; }

    /// <summary>The profile of a cluster's kind; for a kind never seen one borrowed from the others, at the cluster's own duration.</summary>
    public ResponseProfile ProfileOf(CampaignCluster cluster)
        => _profiles.TryGetValue(cluster.Kind, out ResponseProfile? profile) ? profile : ResponseProfile.Borrowed(cluster.Duration.TotalMinutes, _step, _profiles.Values);

    /// <summary>How long the responses of a kind with past clusters are followed.</summary>
    public ResponseReach ReachOf(string kind) => new(-_profiles[kind].Knots[0], _profiles[kind].TailMinutes);

    /// <summary>How long the responses of each kind are followed, and how many past clusters each has.</summary>
    public IReadOnlyList<CampaignKindReach> Reaches()
        => [.. _profiles.OrderBy(p => p.Key, StringComparer.Ordinal).Select(p => new CampaignKindReach(
            p.Key,
            Past.Count(c => string.Equals(c.Kind, p.Key, StringComparison.Ordinal)),
            TimeSpan.FromMinutes(-p.Value.Knots[0]),
            TimeSpan.FromMinutes(p.Value.TailMinutes),
            ReachOf(p.Key) != ResponseReach.Default(p.Value.TypicalMinutes)))];

    /// <summary>The same response with the amplitude model that tells past clusters best.</summary>
    public CampaignResponse WithAmplitudesCompared(AmplitudePrior prior, IReadOnlyList<IAmplitudeRegression> challengers, CancellationToken cancellationToken)
    {
        (IAmplitudeModel model, AmplitudeChoice choice) = AmplitudeComparison.Choose(prior, FeaturesOfPast, _amplitudes, variances: null, (AmplitudeModel)Model, challengers, cancellationToken);
        return new CampaignResponse(_step, _profiles, Past, _amplitudes, _amplitudeDeviations, [.. Weights], _space, FeaturesOfPast, Scales, [.. Curves]) { Model = model, Choice = choice };
    }

    /// <summary>The same response with another model of the amplitudes to come.</summary>
    public CampaignResponse WithModel(IAmplitudeModel model)
        => new(_step, _profiles, Past, _amplitudes, _amplitudeDeviations, [.. Weights], _space, FeaturesOfPast, Scales, [.. Curves]) { Model = model, Choice = Choice };

    /// <summary>Whether another past cluster than the given one reaches a time.</summary>
    public bool IsReachedByAnother(int past, DateTimeOffset time)
    {
        for (int j = 0; j < Past.Count; j++)
        {
            ResponseProfile profile = ProfileOf(Past[j]);
            if (j != past && time >= Past[j].StartsAt.AddMinutes(profile.Knots[0]) && time < Past[j].EndsAt.AddMinutes(profile.TailMinutes))
                return true;
        }

        return false;
    }

    /// <summary>What was fitted of a past cluster, on the steps of a history.</summary>
    public FittedEffect EffectOf(int past, TimeSeries history)
    {
        CampaignCluster cluster = Past[past];
        ResponseProfile profile = ProfileOf(cluster);
        (int from, int to) = ResponseRows.Reach(cluster, profile, history.Start, history.Step, history.Count);
        var effect = new double[Math.Max(0, to - from)];
        for (int i = 0; i < effect.Length; i++)
            effect[i] = _amplitudes[past] * ResponseRows.ValueOf(history.TimeAt(from + i), history.Step, cluster, profile);
        ResponseScale scale = Scales.OfKind(cluster.Kind);
        double[]? units = scale.IsAdditive ? [.. Enumerable.Range(from, effect.Length).Select(scale.UnitAt)] : null;
        return new FittedEffect(cluster, _amplitudes[past], _amplitudeDeviations[past], from, effect) { Units = units };
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
