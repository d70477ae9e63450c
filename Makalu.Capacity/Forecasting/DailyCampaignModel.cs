using Makalu.Capacity.Campaigns;
using Makalu.Capacity.Numerics;

namespace Makalu.Capacity.Forecasting;

/// <summary>A fitted <see cref="DailyCampaignForecaster"/>.</summary>
internal sealed class DailyCampaignModel : ICampaignForecastModel
{
    private const int LevelStream = 0x4C45564C;
    private const double ClipDeviations = 2;
    private const int FewestCurves = 4;

    private static readonly AmplitudeChoice _amplitudes = new()
    {
        Chosen = AmplitudeComparison.Shrinkage,
        Reason = "On daily traffic the shrinkage regression is compared with no other: campaigns lie years apart.",
    };

    private static readonly ResponseChoice _response = new() { Additive = false, Reason = "On daily traffic campaigns are taken to multiply it." };

    private readonly DailyCampaignFit _fit;
    private readonly CampaignCalendar _calendar;
    private readonly DailyResidualBlocks _blocks;
    private readonly WeeklyLevelModel _levels;

    public DailyCampaignModel(DailyCampaignFit fit, CampaignCalendar calendar, CancellationToken cancellationToken)
    {
        _fit = fit;
        _calendar = calendar;
        _blocks = new DailyResidualBlocks(CalmResiduals());
        _levels = WeeklyLevelModel.Fit(fit.Weeks(), cancellationToken);
        Uplifts = Array.AsReadOnly(CampaignUpliftTable.Of(
            [.. Enumerable.Range(0, fit.Past.Length).Select(fit.EffectOf)], fit.History, fit.InSample, fit.Offset));
    }

    public IReadOnlyList<CampaignUplift> Uplifts { get; }

    public Forecast Predict(PredictionOptions options, CancellationToken cancellationToken = default)
        => Predict(options, _calendar, cancellationToken);

    public Forecast Predict(PredictionOptions options, CampaignCalendar planned, CancellationToken cancellationToken = default)
    {
        options.Validate();
        int horizon = options.Horizon;
        WeeklyLevelForecast levels = _levels.Forecast((horizon + 6) / 7);
        double[] baseline = Baseline(levels.Medians, horizon);
        var paths = new double[checked(options.Paths * horizon)];
        var parallel = new ParallelOptions { CancellationToken = cancellationToken };
        Parallel.For(0, options.Paths, parallel, p => _blocks.Draw(new RandomStream(options.Seed, p), paths.AsSpan(p * horizon, horizon)));
        PlannedDays[] days = Plan(planned, horizon);
        Parallel.For(0, options.Paths, parallel, p =>
        {
            Span<double> path = paths.AsSpan(p * horizon, horizon);
            AddCampaigns(days, options.Seed, p, path);
            double[] deviations = levels.DrawDeviations(new RandomStream(options.Seed ^ LevelStream, p));
            for (int h = 0; h < horizon; h++)
                path[h] = Math.Max(Math.Exp(path[h] + baseline[h] + WeeklyLevelForecast.OnDay(deviations, h)) - _fit.Offset, 0);
        });
        return Forecast.FromOwned(_fit.Start.AddDays(_fit.Days), TimeSpan.FromDays(1), horizon, paths, Effects(days), "campaigns", new ForecastReport
        {
            Reason = _levels.Describe(),
            Campaigns = Learned(),
        });
    }

    private CampaignReport Learned() => new()
    {
        Uplifts = Uplifts,
        Unannounced = [],
        Kinds = [.. _fit.Kinds.Select(kind => new CampaignKindReach(
            kind, _fit.Past.Count(c => c.Kind == kind), TimeSpan.FromDays(DailyProfile.LeadDays), TimeSpan.FromDays(DailyProfile.TailDays), Estimated: false))],
        Response = _response,
        Amplitudes = _amplitudes,
    };

    /// <summary>The median of each day without campaigns: its week's level, between the middles of the weeks on a line, and its weekday.</summary>
    private double[] Baseline(ReadOnlySpan<double> weeks, int horizon)
    {
        var row = new double[_fit.Seasonality.Count];
        var baseline = new double[horizon];
        for (int h = 0; h < horizon; h++)
        {
            _fit.Seasonality.Fill(_fit.Days + h, row);
            baseline[h] = _fit.WeekdayEffect(row) + WeeklyLevelForecast.OnDay(weeks, h);
        }

        return baseline;
    }

    /// <summary>The days about the level of their weeks; 0 on campaign days and unknown ones, so that every date can be replayed.</summary>
    private double[] CalmResiduals()
    {
        var residuals = new double[_fit.Days];
        for (int i = 0; i < residuals.Length; i++)
            residuals[i] = _fit.OnCampaign[i] || double.IsNaN(_fit.Residuals[i]) ? 0 : _fit.Residuals[i] - _fit.Local[i];
        return residuals;
    }

    private PlannedDays[] Plan(CampaignCalendar calendar, int horizon)
    {
        var planned = new List<PlannedDays>();
        DateTimeOffset origin = _fit.Start.AddDays(_fit.Days);
        IEnumerable<CampaignCluster> running = CampaignCluster.Group(_calendar.Campaigns.Where(c => c.StartsAt < origin));
        IEnumerable<CampaignCluster> coming = CampaignCluster.Group(calendar.Campaigns.Where(c => c.StartsAt >= origin));
        foreach (CampaignCluster cluster in running.Concat(coming))
        {
            int first = DailyProfile.DayOf(cluster.StartsAt, origin), days = DailyProfile.DaysOf(cluster, origin);
            int from = Math.Max(first - DailyProfile.LeadDays, 0), to = Math.Min(first + days + DailyProfile.TailDays, horizon);
            if (to > from)
                planned.Add(PlanCluster(cluster, first, days, from, to));
        }

        return [.. planned];
    }

    private PlannedDays PlanCluster(CampaignCluster cluster, int first, int days, int from, int to)
    {
        DailyProfile profile = _fit.ProfileOf(cluster);
        int[] indices = [.. Enumerable.Range(from, to - from).Select(h => profile.IndexOf(h - first, days))];
        int running = Array.FindIndex(_fit.Past, c => c.StartsAt == cluster.StartsAt && string.Equals(c.Kind, cluster.Kind, StringComparison.Ordinal));
        int[] ofKind = [.. Enumerable.Range(0, _fit.Past.Length).Where(j => string.Equals(_fit.Past[j].Kind, cluster.Kind, StringComparison.Ordinal))];
        return new PlannedDays
        {
            Cluster = cluster,
            FirstDay = from,
            Profile = Array.ConvertAll(indices, i => profile.Values[i]),
            OwnFrom = Math.Clamp(first - from, 0, to - from),
            OwnTo = Math.Clamp(first + days - from, 0, to - from),
            Amplitude = running >= 0
                ? AmplitudeDistribution.Fitted(Math.Max(0, _fit.Amplitudes[running]), _fit.AmplitudeDeviations[running])
                : _fit.Model.Predict(_fit.Space.Of(cluster)).JoinedWith(PlannerAssumption.Of(cluster)),
            Curves = running >= 0 || ofKind.Length < FewestCurves ? [] : Array.ConvertAll(ofKind, j =>
            {
                double[] curve = _fit.Curve(j);
                return Array.ConvertAll(indices, i => curve[i]);
            }),
            PastOfKind = ofKind.Sum(j => _fit.Past[j].Size),
            IsRunning = running >= 0,
        };
    }

    private void AddCampaigns(PlannedDays[] planned, int seed, int p, Span<double> path)
    {
        double limit = ClipDeviations * Math.Sqrt(_fit.NoiseVariance);
        foreach (PlannedDays days in planned)
        {
            // An announced campaign is often the surprise of a past year: it must not count twice.
            for (int i = days.OwnFrom; i < days.OwnTo && !days.IsRunning; i++)
                path[days.FirstDay + i] = Math.Clamp(path[days.FirstDay + i], -limit, limit);
        }

        var effects = new JointEffect[path.Length];
        foreach (PlannedDays days in planned)
        {
            var random = new RandomStream(seed ^ days.Cluster.StreamKey, p);
            double amplitude = days.Amplitude.Draw(random);
            double[]? curve = days.Curves.Length == 0 ? null : days.Curves[random.NextInt(days.Curves.Length)];
            for (int i = 0; i < days.Profile.Length; i++)
            {
                int day = days.FirstDay + i;
                effects[day] = effects[day].With(amplitude * days.Profile[i]);
                path[day] += i >= days.OwnFrom && i < days.OwnTo && curve is not null ? curve[i] : 0;
            }
        }

        for (int h = 0; h < path.Length; h++)
            path[h] += effects[h].Logarithm;
    }

    private CampaignEffect[] Effects(PlannedDays[] planned) =>
    [
        .. planned.SelectMany(days => days.Cluster.Members.Select(member => new CampaignEffect(
            member, days.FirstDay, Array.ConvertAll(days.Profile, g => Math.Exp(g * days.Amplitude.Quantile(0.5) / days.Cluster.Size)))
        {
            PastCampaignsOfKind = days.PastOfKind,
            PastCampaigns = _fit.Past.Sum(c => c.Size),
            PeakFactorMedian = days.PeakFactor(0.5),
            PeakFactorLow = days.PeakFactor(0.05),
            PeakFactorHigh = days.PeakFactor(0.95),
        })),
    ];

    private sealed class PlannedDays
    {
        public required CampaignCluster Cluster { get; init; }

        public required int FirstDay { get; init; }

        public required double[] Profile { get; init; }

        /// <summary>The first of the profile's days that is the campaign's own; on the others it never lowers the forecast.</summary>
        public required int OwnFrom { get; init; }

        public required int OwnTo { get; init; }

        public required AmplitudeDistribution Amplitude { get; init; }

        public required double[][] Curves { get; init; }

        public required int PastOfKind { get; init; }

        public required bool IsRunning { get; init; }

        public double PeakFactor(double probability) => Math.Exp(Amplitude.Quantile(probability) / Cluster.Size);
    }
}
