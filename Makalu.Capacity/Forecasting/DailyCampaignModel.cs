using Makalu.Capacity.Campaigns;
using Makalu.Capacity.Numerics;

namespace Makalu.Capacity.Forecasting;

/// <summary>A fitted <see cref="DailyCampaignForecaster"/>.</summary>
internal sealed class DailyCampaignModel : IPlanningModel
{
    private const double ClipDeviations = 2;
    private const int FewestCurves = 4;

    /// <summary>The logarithm by which a day without campaigns stays below the highest day of the history, as it does below a day.</summary>
    private static readonly double _mostLogBeyondHighest = Math.Log(100);

    private static readonly ResponseChoice _response = new() { Additive = false, Reason = "On daily traffic campaigns are taken to multiply it." };

    private readonly DailyCampaignFit _fit;
    private readonly DailyResidualBlocks _blocks;
    private readonly WeeklyLevelModel _levels;
    private readonly double _most;

    public DailyCampaignModel(string name, DailyCampaignFit fit, CampaignCalendar calendar, IForecastModel? baseline, CancellationToken cancellationToken)
    {
        Name = name;
        _fit = fit;
        BaselineModel = baseline;
        Calendar = calendar;
        _most = _mostLogBeyondHighest + fit.Logs.ToArray().Where(z => !double.IsNaN(z)).Max();
        _blocks = new DailyResidualBlocks(CalmResiduals());
        _levels = WeeklyLevelModel.Fit(fit.Weeks(), cancellationToken);
        Uplifts = Array.AsReadOnly(CampaignUpliftTable.Of(
            [.. Enumerable.Range(0, fit.Past.Length).Select(fit.EffectOf)], fit.History, fit.InSample, fit.Offset));
    }

    public IReadOnlyList<CampaignUplift> Uplifts { get; }

    public Forecast Predict(PredictionOptions options, CancellationToken cancellationToken = default)
        => Prepare(options, spanValues: 0).Predict(planned: null, cancellationToken);

    public Forecast Predict(PredictionOptions options, CampaignCalendar planned, CancellationToken cancellationToken = default)
        => Prepare(options, spanValues: 0).Predict(planned, cancellationToken);

    public IPlannedForecasts Prepare(PredictionOptions options, long spanValues)
    {
        options.Validate();
        return new PlannedDailyForecasts(this, options, spanValues);
    }

    /// <summary>The calendar that was learned from.</summary>
    public CampaignCalendar Calendar { get; }

    public string Name { get; }

    /// <summary>The days without campaigns, where they are not this model's own.</summary>
    public IForecastModel? BaselineModel { get; }

    public DateTimeOffset Origin => _fit.Start.AddDays(_fit.Days);

    public WeeklyLevelForecast Levels(int horizon) => _levels.Forecast((horizon + 6) / 7);

    /// <summary>A day of the baseline with what campaigns do to it.</summary>
    public double WithCampaigns(double rate, double effect) => effect == 0 ? rate : Math.Max(((rate + _fit.Offset) * Math.Exp(effect)) - _fit.Offset, 0);

    /// <summary>How a forecast came about on the baseline's days.</summary>
    public ForecastReport Report(ForecastReport? baseline) => (baseline ?? new ForecastReport { Reason = "" }) with { Campaigns = Learned() };

    /// <summary>How a forecast came about.</summary>
    public ForecastReport Report() => new() { Reason = _levels.Describe(), Campaigns = Learned() };

    /// <summary>Draws how far the days of a path are from their levels and weekdays, on the logarithm.</summary>
    public void DrawResiduals(RandomStream random, Span<double> path) => _blocks.Draw(random, path);

    /// <summary>
    /// How far the days of campaigns that started on the same weekday lay from the profile of their kind: one that starts on a Saturday evening has
    /// its day after it. Their mean, drawn to none by two campaigns' worth of belief.
    /// </summary>
    private double[] WeekdayShift(CampaignCluster cluster, int[] ofKind, int[] indices)
    {
        int[] alike = Array.FindAll(ofKind, j => _fit.Past[j].StartsAt.DayOfWeek == cluster.StartsAt.DayOfWeek);
        double[][] curves = Array.ConvertAll(alike, j => _fit.Curve(j));
        return Array.ConvertAll(indices, index => curves.Sum(curve => curve[index]) / (alike.Length + 2));
    }

    /// <summary>Draws what campaigns do to days of a path, all of which each of them reaches.</summary>
    /// <param name="planned">The campaigns.</param>
    /// <param name="seed">The seed of the forecast.</param>
    /// <param name="path">The number of the path.</param>
    /// <param name="first">The first of the days.</param>
    /// <param name="residuals">How far the days are from their levels; changed where campaigns bring their own noise.</param>
    /// <returns>What the campaigns do together on each of the days, on the logarithm.</returns>
    public double[] DrawCampaigns(PlannedDays[] planned, int seed, int path, int first, Span<double> residuals)
    {
        double limit = ClipDeviations * Math.Sqrt(_fit.NoiseVariance);
        foreach (PlannedDays campaign in planned.Where(c => !c.IsRunning))
        {
            // An announced campaign is often the surprise of a past year: it must not count twice.
            for (int h = 0; h < residuals.Length; h++)
                residuals[h] = campaign.IsOwn(first + h) ? Math.Clamp(residuals[h], -limit, limit) : residuals[h];
        }

        // What a past day had left over is in the curves of all its campaigns: of several on a day to come, the one with most past ones brings it.
        var bringing = new PlannedDays?[residuals.Length];
        foreach (PlannedDays campaign in planned.Where(c => !c.IsRunning))
        {
            for (int h = 0; h < residuals.Length; h++)
            {
                if (campaign.IsOwn(first + h) && !(bringing[h]?.Curves.Length >= campaign.Curves.Length))
                    bringing[h] = campaign;
            }
        }

        var effects = new JointEffect[residuals.Length];
        foreach (PlannedDays campaign in planned)
        {
            var random = new RandomStream(seed ^ campaign.Cluster.StreamKey, path);
            double amplitude = campaign.Amplitude.Draw(random);
            double[]? curve = campaign.Curves.Length == 0 ? null : campaign.Curves[random.NextInt(campaign.Curves.Length)];
            for (int h = 0; h < residuals.Length; h++)
            {
                int day = first + h - campaign.FirstDay;
                effects[h] = effects[h].With(amplitude * campaign.Profile[day]);
                residuals[h] += bringing[h] == campaign ? campaign.Shift[day] + (curve is null ? 0 : curve[day]) : 0;
            }
        }

        return Array.ConvertAll(effects, e => e.Logarithm);
    }

    /// <summary>The rate of a day; without campaigns at most a hundred times the highest day of the history.</summary>
    /// <param name="level">The logarithm of its level and weekday.</param>
    /// <param name="residual">How far it is from them.</param>
    /// <param name="effect">What campaigns do to it.</param>
    public double Rate(double level, double residual, double effect)
        => Math.Max(Math.Exp(Math.Min(level + residual, _most) + effect) - _fit.Offset, 0);

    private CampaignReport Learned() => new()
    {
        Uplifts = Uplifts,
        Unannounced = [],
        Kinds = [.. _fit.Kinds.Select(kind => new CampaignKindReach(
            kind, _fit.Past.Count(c => c.Kind == kind), TimeSpan.FromDays(DailyProfile.LeadDays), TimeSpan.FromDays(DailyProfile.TailDays), Estimated: false))],
        Response = _response,
        Amplitudes = _fit.Choice,
    };

    /// <summary>The median of each day without campaigns: its week's level, between the middles of the weeks on a line, and its weekday.</summary>
    public double[] Baseline(ReadOnlySpan<double> weeks, int horizon)
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

    /// <summary>What the campaigns of a calendar do to the days ahead; those that are running are the ones that were learned from.</summary>
    /// <param name="calendar">The calendar.</param>
    /// <param name="horizon">The days ahead.</param>
    /// <param name="plan">Finds the days of a cluster by its key, or makes them.</param>
    public PlannedDays[] Plan(CampaignCalendar calendar, int horizon, Func<string, Func<string, PlannedDays>, PlannedDays> plan)
    {
        var planned = new List<PlannedDays>();
        DateTimeOffset origin = Origin;
        IEnumerable<CampaignCluster> running = CampaignCluster.Group(Calendar.Campaigns.Where(c => c.StartsAt < origin));
        IEnumerable<CampaignCluster> coming = CampaignCluster.Group(calendar.Campaigns.Where(c => c.StartsAt >= origin));
        foreach (CampaignCluster cluster in running.Concat(coming))
        {
            int first = DailyProfile.DayOf(cluster.StartsAt, origin), days = DailyProfile.DaysOf(cluster, origin);
            int from = Math.Max(first - DailyProfile.LeadDays, 0), to = Math.Min(first + days + DailyProfile.TailDays, horizon);
            if (to > from)
                planned.Add(plan(ClusterIdentity.Of(cluster), key => PlanCluster(key, cluster, first, days, from, to)) with { Cluster = cluster });
        }

        return [.. planned];
    }

    private PlannedDays PlanCluster(string key, CampaignCluster cluster, int first, int days, int from, int to)
    {
        DailyProfile profile = _fit.ProfileOf(cluster);
        int[] indices = [.. Enumerable.Range(from, to - from).Select(h => profile.IndexOf(h - first, days))];
        int running = Array.FindIndex(_fit.Past, c => c.StartsAt == cluster.StartsAt && string.Equals(c.Kind, cluster.Kind, StringComparison.Ordinal));
        int[] ofKind = [.. Enumerable.Range(0, _fit.Past.Length).Where(j => string.Equals(_fit.Past[j].Kind, cluster.Kind, StringComparison.Ordinal))];
        double[] values = Array.ConvertAll(indices, i => profile.Values[i]);
        AmplitudeDistribution amplitude = running >= 0
            ? AmplitudeDistribution.Fitted(Math.Max(0, _fit.Amplitudes[running]), _fit.AmplitudeDeviations[running])
            : _fit.Model.Predict(_fit.Space.Of(cluster)).JoinedWith(PlannerAssumption.Of(cluster));
        int past = ofKind.Sum(j => _fit.Past[j].Size);
        double[] shift = running >= 0 ? new double[values.Length] : WeekdayShift(cluster, ofKind, indices);
        return new PlannedDays
        {
            Key = key,
            Cluster = cluster,
            FirstDay = from,
            Profile = values,
            OwnFrom = Math.Clamp(first - from, 0, to - from),
            OwnTo = Math.Clamp(first + days - from, 0, to - from),
            Amplitude = amplitude,
            Shift = shift,
            Curves = running >= 0 || ofKind.Length < FewestCurves ? [] : Array.ConvertAll(ofKind, j =>
            {
                double[] curve = _fit.Curve(j), ownShift = WeekdayShift(_fit.Past[j], ofKind, indices);
                return indices.Select((index, i) => curve[index] - ownShift[i]).ToArray();
            }),
            IsRunning = running >= 0,
            Effect = new(() => EffectOf(cluster, from, values, shift, amplitude, past)),
        };
    }

    private CampaignEffect EffectOf(CampaignCluster cluster, int firstDay, double[] profile, double[] shift, AmplitudeDistribution amplitude, int pastOfKind)
    {
        double PeakFactor(double probability) => Math.Exp(amplitude.Quantile(probability) / cluster.Size);
        double median = amplitude.Quantile(0.5);
        return new CampaignEffect(cluster.Members[0], firstDay, [.. profile.Select((g, i) => Math.Exp(((g * median) + shift[i]) / cluster.Size))])
        {
            PastCampaignsOfKind = pastOfKind,
            PastCampaigns = _fit.Past.Sum(c => c.Size),
            PeakFactorMedian = PeakFactor(0.5),
            PeakFactorLow = PeakFactor(0.05),
            PeakFactorHigh = PeakFactor(0.95),
        };
    }
}
