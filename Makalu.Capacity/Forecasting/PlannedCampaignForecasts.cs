using System.Collections.Concurrent;
using System.Globalization;
using Makalu.Capacity.Campaigns;
using Makalu.Capacity.Numerics;

namespace Makalu.Capacity.Forecasting;

/// <summary>
/// Baseline paths, drawn once, multiplied by the drawn effects of the planned campaigns on the steps that these reach: another plan costs the
/// steps where it differs.
/// </summary>
/// <remarks>
/// A campaign's luck hangs on the seed and on the campaign alone, never on the other campaigns of the plan, so that what was drawn for one plan is
/// what would be drawn for another. Safe to share between threads.
/// </remarks>
internal sealed class PlannedCampaignForecasts(CampaignForecastModel model, PredictionOptions options, long spanValues) : IPlannedForecasts
{
    private const int MostResponsesKept = 64;

    private readonly Lock _simulating = new();
    private readonly ConcurrentDictionary<string, Planned> _responses = new(StringComparer.Ordinal);
    private readonly KeptSpans _spans = new(spanValues);
    private Baseline? _baseline;

    public Forecast Predict(CampaignCalendar? planned, CancellationToken cancellationToken)
    {
        Planned[] responses = Plan(planned ?? model.Calendar);
        Baseline baseline = Simulated(cancellationToken);
        long question = _spans.Begin();
        ChangedSteps[] changed = [.. KeptSpans.Between(responses, r => (r.Response.FirstStep, r.Response.EndStep)).Select(span => Changed(baseline, span.From, span.To, span.Reaching, question, cancellationToken))];
        return Forecast.FromShared(model.Origin, model.Step, SamplePaths.Of(baseline.Paths, changed), [.. responses.SelectMany(r => r.Effects())], model.Name, model.Report(baseline.Report));
    }

    /// <summary>The clusters that reach into the horizon. Those that have started are grouped apart from those still to come.</summary>
    private Planned[] Plan(CampaignCalendar calendar)
    {
        var planned = new List<Planned>();
        IEnumerable<CampaignCluster> running = CampaignCluster.Group(model.Calendar.Campaigns.Where(c => c.StartsAt < model.Origin));
        IEnumerable<CampaignCluster> coming = CampaignCluster.Group(calendar.Campaigns.Where(c => c.StartsAt >= model.Origin));
        foreach (CampaignCluster cluster in running.Concat(coming))
        {
            (int from, int to) = ResponseRows.Reach(cluster, model.Response.ProfileOf(cluster), model.Origin, model.Step, options.Horizon);
            if (to > from)
                planned.Add(ResponseOf(cluster));
        }

        return [.. planned];
    }

    private Planned ResponseOf(CampaignCluster cluster)
    {
        string key = ClusterIdentity.Of(cluster);
        if (_responses.TryGetValue(key, out Planned? known))
            return known.For(cluster);

        if (_responses.Count >= MostResponsesKept)
            _responses.Clear();
        var planned = new Planned(key, model.Response, PlannedResponse.Of(cluster, model.Response, model.Origin, model.Step, options.Horizon, model.StepsBefore));
        _responses.TryAdd(key, planned);
        return planned;
    }

    private Baseline Simulated(CancellationToken cancellationToken)
    {
        lock (_simulating)
        {
            if (_baseline is not null)
                return _baseline;

            if (model.Baseline is { } own)
            {
                Forecast forecast = own.Predict(options, cancellationToken);
                return _baseline = new Baseline(forecast.Paths.Changed.Count == 0 ? forecast.Paths.Shared : new BasePaths(forecast.Paths.Whole(), options.Horizon), null, forecast.Report);
            }

            var paths = new LevelAndShapePaths(model.InSample, options, cancellationToken);
            return _baseline = new Baseline(new BasePaths(paths.Values, options.Horizon), paths, null);
        }
    }

    private ChangedSteps Changed(Baseline baseline, int from, int to, Planned[] planned, long question, CancellationToken cancellationToken)
    {
        string key = string.Create(CultureInfo.InvariantCulture, $"{from} {to} {string.Concat(planned.Select(p => p.Key + '\u001c'))}");
        return _spans.Get(key, question, () => Simulate(baseline, from, to, planned, cancellationToken));
    }

    private ChangedSteps Simulate(Baseline baseline, int from, int to, Planned[] planned, CancellationToken cancellationToken)
    {
        double offset = model.InSample.Offset;
        int steps = to - from;
        int[] curvesAt = [.. Enumerable.Range(from, steps).Select(step => planned.Count(p => p.Response.HasCurveAt(step)))];
        int firstCurve = Array.FindIndex(curvesAt, c => c > 0), endCurve = Array.FindLastIndex(curvesAt, c => c > 0) + 1;
        (double Amplitude, int Curve)[][] draws = [.. planned.Select(p => p.Draws(options))];
        var values = new double[checked(steps * options.Paths)];
        ParallelLoop.For(
            options.Paths,
            () => (Effect: new JointEffect[steps], Noise: new double[steps]),
            (p, buffers) =>
            {
                Array.Clear(buffers.Effect);
                Array.Clear(buffers.Noise);
                for (int r = 0; r < planned.Length; r++)
                    planned[r].Response.Add(draws[r][p], from, curvesAt, buffers.Effect, buffers.Noise);

                Span<double> path = values.AsSpan(p * steps, steps);
                ReadOnlySpan<double> undisturbed = baseline.Paths.Values.AsSpan((p * options.Horizon) + from, steps);
                undisturbed.CopyTo(path);
                if (firstCurve >= 0 && baseline.Noisy is { } noisy)
                {
                    noisy.FillWithoutNoise(p, from + firstCurve, path[firstCurve..endCurve]);
                    for (int i = firstCurve; i < endCurve; i++)
                        path[i] = curvesAt[i] > 0 ? path[i] : undisturbed[i];
                }

                for (int i = 0; i < path.Length; i++)
                {
                    if (buffers.Effect[i] != default || buffers.Noise[i] != 0)
                        path[i] = Math.Max(((path[i] + offset) * (1 + buffers.Effect[i].Excess) * Math.Exp(buffers.Effect[i].Reduction + buffers.Noise[i])) - offset, 0);
                }
            },
            cancellationToken);
        return new ChangedSteps(from, steps, values);
    }

    /// <param name="Paths">The paths without campaigns.</param>
    /// <param name="Noisy">Tells them without the noise of single steps, because campaigns' residual curves take its place; null for a baseline of another kind.</param>
    /// <param name="Report">How they came about.</param>
    private sealed record Baseline(BasePaths Paths, LevelAndShapePaths? Noisy, ForecastReport? Report);

    /// <summary>A response and what is told of it.</summary>
    private sealed class Planned
    {
        private readonly CampaignCluster _cluster;
        private readonly Lazy<CampaignEffect> _effect;
        private readonly KeptDraws _draws;

        public Planned(string key, CampaignResponse learned, PlannedResponse response)
            : this(key, response.Cluster, response, new KeptDraws(), new(() => new CampaignEffect(response.Cluster.Members[0], response.FirstStep, response.MedianFactors())
            {
                PastCampaignsOfKind = learned.Past.Where(c => string.Equals(c.Kind, response.Cluster.Kind, StringComparison.Ordinal)).Sum(c => c.Size),
                PastCampaigns = learned.Past.Sum(c => c.Size),
                PeakFactorMedian = response.PeakFactor(0.5),
                PeakFactorLow = response.PeakFactor(0.05),
                PeakFactorHigh = response.PeakFactor(0.95),
            }))
        {
        }

        private Planned(string key, CampaignCluster cluster, PlannedResponse response, KeptDraws draws, Lazy<CampaignEffect> effect)
        {
            _draws = draws;
            Key = key;
            Response = response;
            _cluster = cluster;
            _effect = effect;
        }

        public string Key { get; }

        public PlannedResponse Response { get; }

        /// <summary>The same, told of a cluster with the same key.</summary>
        public Planned For(CampaignCluster cluster) => new(Key, cluster, Response, _draws, _effect);

        /// <summary>What is drawn of the cluster for each path.</summary>
        public (double Amplitude, int Curve)[] Draws(PredictionOptions options)
        {
            if (_draws.OfPath is { } known)
                return known;

            var draws = new (double, int)[options.Paths];
            int stream = options.Seed ^ Response.Cluster.StreamKey;
            for (int p = 0; p < draws.Length; p++)
                draws[p] = Response.Draw(new RandomStream(stream, p));
            return _draws.OfPath = draws;
        }

        /// <summary>One effect for each campaign; the members of a cluster share its log response equally, so that their product is the cluster's factor.</summary>
        public IEnumerable<CampaignEffect> Effects() => _cluster.Members.Select(_effect.Value.Of);

        private sealed class KeptDraws
        {
            public volatile (double Amplitude, int Curve)[]? OfPath;
        }
    }
}
