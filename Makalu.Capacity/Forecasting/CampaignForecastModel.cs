using Makalu.Capacity.Campaigns;
using Makalu.Capacity.Numerics;
using Makalu.Capacity.Series;

namespace Makalu.Capacity.Forecasting;

/// <summary>A fitted <see cref="CampaignForecaster"/>: baseline paths, multiplied by the drawn effects of the planned campaigns.</summary>
internal sealed class CampaignForecastModel : ICampaignForecastModel
{
    private const string Reason = "A level that moves over days and a shape over weekdays and weekends, with what past campaigns did on top.";

    private readonly DateTimeOffset _origin;
    private readonly TimeSpan _step;
    private readonly CampaignCalendar _calendar;
    private readonly LevelAndShape _inSample;
    private readonly CampaignResponse _response;
    private readonly ResponseChoice _responseChoice;
    private readonly int _steps;
    private readonly IForecastModel? _baseline;
    private readonly string _name;
    private readonly IReadOnlyList<UnannouncedEvent> _unannounced;

    public CampaignForecastModel(string name, TimeSeries series, CampaignCalendar calendar, LevelAndShape inSample, CampaignResponse response, ResponseChoice responseChoice, IForecastModel? baseline)
    {
        _origin = series.End;
        _step = series.Step;
        _calendar = calendar;
        _inSample = inSample;
        _response = response;
        _responseChoice = responseChoice;
        _steps = series.Count;
        _baseline = baseline;
        _name = name;
        _unannounced = inSample.Unannounced(series);
        Uplifts = Array.AsReadOnly(CampaignUpliftTable.Of([.. Enumerable.Range(0, response.Past.Count).Select(j => response.EffectOf(j, series))], series, inSample.InSample, inSample.Offset));
    }

    public CampaignResponse Response => _response;

    public IReadOnlyList<CampaignUplift> Uplifts { get; }

    public Forecast Predict(PredictionOptions options, CancellationToken cancellationToken = default)
        => Predict(options, _calendar, cancellationToken);

    public Forecast Predict(PredictionOptions options, CampaignCalendar planned, CancellationToken cancellationToken = default)
    {
        options.Validate();
        return Simulate(options, Plan(planned, options.Horizon), cancellationToken);
    }

    private Forecast Simulate(PredictionOptions options, PlannedResponse[] planned, CancellationToken cancellationToken)
    {
        double[] paths = BaselinePaths(options, planned, out ForecastReport? report, cancellationToken);
        Apply(planned, options, paths, cancellationToken);
        report = (report ?? new ForecastReport { Reason = Reason }) with { Campaigns = new CampaignReport { Uplifts = Uplifts, Kinds = _response.Reaches(), Response = _responseChoice, Amplitudes = _response.Choice, Unannounced = _unannounced } };
        return Forecast.FromOwned(_origin, _step, options.Horizon, paths, Effects(planned), _name, report);
    }

    /// <summary>The clusters that reach into the horizon. Those that have started are grouped apart from those still to come.</summary>
    private PlannedResponse[] Plan(CampaignCalendar calendar, int horizon)
    {
        var planned = new List<PlannedResponse>();
        IEnumerable<CampaignCluster> running = CampaignCluster.Group(_calendar.Campaigns.Where(c => c.StartsAt < _origin));
        IEnumerable<CampaignCluster> coming = CampaignCluster.Group(calendar.Campaigns.Where(c => c.StartsAt >= _origin));
        foreach (CampaignCluster cluster in running.Concat(coming))
        {
            PlannedResponse response = PlannedResponse.Of(cluster, _response, _origin, _step, horizon, _steps);
            if (response.Count > 0)
                planned.Add(response);
        }

        return [.. planned];
    }

    private double[] BaselinePaths(PredictionOptions options, PlannedResponse[] planned, out ForecastReport? report, CancellationToken cancellationToken)
    {
        report = null;
        var paths = new double[checked(options.Horizon * options.Paths)];
        if (_baseline is not null)
        {
            Forecast forecast = _baseline.Predict(options, cancellationToken);
            report = forecast.Report;
            for (int p = 0; p < options.Paths; p++)
                forecast.Path(p).CopyTo(paths.AsSpan(p * options.Horizon));
            return paths;
        }

        var quiet = new bool[options.Horizon];
        foreach (PlannedResponse response in planned)
        {
            if (response.Curves.Length > 0)
                quiet.AsSpan(response.FirstStep, response.Count).Fill(true);
        }

        return new LevelAndShapeForecaster.Model(_inSample, _step).Paths(options, quiet, cancellationToken);
    }

    private void Apply(PlannedResponse[] planned, PredictionOptions options, double[] paths, CancellationToken cancellationToken)
    {
        if (planned.Length == 0)
            return;
        int from = planned.Min(r => r.FirstStep);
        int to = planned.Max(r => r.FirstStep + r.Count);
        var curvesAt = new int[to - from];
        foreach (PlannedResponse response in planned)
        {
            for (int i = 0; response.Curves.Length > 0 && i < response.Count; i++)
                curvesAt[response.FirstStep + i - from]++;
        }

        double offset = _inSample.Offset;
        Parallel.For(0, options.Paths, new ParallelOptions { CancellationToken = cancellationToken }, p =>
        {
            var effect = new JointEffect[to - from];
            var noise = new double[to - from];
            foreach (PlannedResponse response in planned)
            {
                int first = response.FirstStep - from;
                response.AddDraw(new RandomStream(options.Seed ^ response.Cluster.StreamKey, p), curvesAt.AsSpan(first), effect.AsSpan(first), noise.AsSpan(first));
            }

            Span<double> path = paths.AsSpan(p * options.Horizon, options.Horizon);
            for (int i = 0; i < effect.Length; i++)
            {
                if (effect[i] != default || noise[i] != 0)
                    path[from + i] = Math.Max(((path[from + i] + offset) * (1 + effect[i].Excess) * Math.Exp(effect[i].Reduction + noise[i])) - offset, 0);
            }
        });
    }

    /// <summary>One effect for each campaign; the members of a cluster share its log response equally, so that their product is the cluster's factor.</summary>
    private CampaignEffect[] Effects(PlannedResponse[] planned)
    {
        var effects = new List<CampaignEffect>();
        foreach (PlannedResponse response in planned)
        {
            int ofKind = _response.Past.Where(c => string.Equals(c.Kind, response.Cluster.Kind, StringComparison.Ordinal)).Sum(c => c.Size);
            foreach (Campaign member in response.Cluster.Members)
            {
                effects.Add(new CampaignEffect(member, response.FirstStep, response.MedianFactors())
                {
                    PastCampaignsOfKind = ofKind,
                    PastCampaigns = _response.Past.Sum(c => c.Size),
                    PeakFactorMedian = response.PeakFactor(0.5),
                    PeakFactorLow = response.PeakFactor(0.05),
                    PeakFactorHigh = response.PeakFactor(0.95),
                });
            }
        }

        return [.. effects];
    }
}
