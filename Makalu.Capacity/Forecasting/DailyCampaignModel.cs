using Makalu.Capacity.Campaigns;
using Makalu.Capacity.Numerics;

namespace Makalu.Capacity.Forecasting;

/// <summary>A fitted <see cref="DailyCampaignForecaster"/>.</summary>
internal sealed class DailyCampaignModel : ICampaignForecastModel
{
    private const double LevelDecayPerDay = 0.995;
    private const double PullToPastYears = 0.5;
    private const double CarriedHalfLifeDays = 60;
    private const int LevelDays = 28;
    private const double ClipDeviations = 2;
    private const int FewestCurves = 4;

    private readonly DailyCampaignFit _fit;
    private readonly CampaignCalendar _calendar;
    private readonly DailyResidualBlocks _blocks;

    public DailyCampaignModel(DailyCampaignFit fit, CampaignCalendar calendar)
    {
        _fit = fit;
        _calendar = calendar;
        _blocks = new DailyResidualBlocks(CalmResiduals());
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
        double[] baseline = Baseline(horizon);
        var residuals = new double[checked(options.Paths * horizon)];
        var parallel = new ParallelOptions { CancellationToken = cancellationToken };
        Parallel.For(0, options.Paths, parallel, p => _blocks.Draw(new RandomStream(options.Seed, p), residuals.AsSpan(p * horizon, horizon)));
        PullTowardsPastYears(baseline, residuals, options.Paths);
        PlannedDays[] days = Plan(planned, horizon);
        Parallel.For(0, options.Paths, parallel, p =>
        {
            Span<double> path = residuals.AsSpan(p * horizon, horizon);
            AddCampaigns(days, options.Seed, p, path);
            for (int h = 0; h < horizon; h++)
                path[h] = Math.Max(Math.Exp(path[h] + baseline[h]) - _fit.Offset, 0);
        });
        return Forecast.FromOwned(_fit.Start.AddDays(_fit.Days), TimeSpan.FromDays(1), horizon, residuals, Effects(days), "campaigns");
    }

    private double[] Baseline(int horizon)
    {
        var row = new double[_fit.Seasonality.Count];
        var baseline = new double[horizon];
        for (int h = 0; h < horizon; h++)
        {
            _fit.Seasonality.Fill(_fit.Days + h, row);
            baseline[h] = System.Numerics.Tensors.TensorPrimitives.Dot<double>(row, _fit.SeasonCoefficients) + (_fit.LevelAtOrigin * Math.Pow(LevelDecayPerDay, h + 1));
        }

        return baseline;
    }

    /// <summary>The residuals with campaign days and unknown ones replaced by the level of their weeks, so that every date can be replayed.</summary>
    private double[] CalmResiduals()
    {
        var residuals = new double[_fit.Days];
        for (int i = 0; i < residuals.Length; i++)
            residuals[i] = _fit.OnCampaign[i] || double.IsNaN(_fit.Residuals[i]) ? _fit.Local[i] : _fit.Residuals[i];
        return residuals;
    }

    /// <summary>
    /// Draws the median half way to the mean of the aligned days of past years, moved by the difference of the levels then and now,
    /// which fades: two forecasts that err for different reasons are better together (Bates and Granger, Operational Research
    /// Quarterly 20, 1969).
    /// </summary>
    private void PullTowardsPastYears(double[] baseline, double[] residuals, int paths)
    {
        int n = _fit.Days, years = (int)(n / 365.25);
        double now = LevelBefore(n);
        if (years == 0 || double.IsNaN(now))
            return;
        var column = new double[paths];
        for (int h = 0; h < baseline.Length; h++)
        {
            double carried = Math.Pow(2, -(h + 1) / CarriedHalfLifeDays), sum = 0;
            int known = 0;
            for (int y = 1; y <= years; y++)
            {
                int start = n - (7 * (int)Math.Round(y * 52.1775));
                double aligned = AlignedMean(start + h) + (carried * (now - LevelBefore(start)));
                sum += double.IsNaN(aligned) ? 0 : aligned;
                known += double.IsNaN(aligned) ? 0 : 1;
            }

            if (known == 0)
                continue;
            double past = sum / known;
            for (int p = 0; p < paths; p++)
                column[p] = residuals[(p * baseline.Length) + h];
            baseline[h] += PullToPastYears * (past - baseline[h] - SampleQuantile.Median(column));
        }
    }

    private double LevelBefore(int day)
    {
        int from = Math.Max(0, day - LevelDays);
        if (day - from < LevelDays / 2)
            return double.NaN;
        var known = new double[day - from];
        for (int i = from; i < day; i++)
            known[i - from] = _fit.OnCampaign[i] ? double.NaN : _fit.Logs[i];
        return SampleQuantile.Median(known);
    }

    private double AlignedMean(int day)
    {
        double sum = 0;
        int count = 0;
        for (int i = day - 7; i <= day + 7; i += 7)
        {
            if (i >= 0 && i < _fit.Days && !_fit.OnCampaign[i] && !double.IsNaN(_fit.Logs[i]))
            {
                sum += _fit.Logs[i];
                count++;
            }
        }

        return count == 0 ? double.NaN : sum / count;
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
            int from = Math.Max(first, 0), to = Math.Min(first + days + DailyProfile.TailDays, horizon);
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
            for (int i = 0; i < days.Profile.Length && !days.IsRunning; i++)
                path[days.FirstDay + i] = Math.Clamp(path[days.FirstDay + i], -limit, limit);
        }

        foreach (PlannedDays days in planned)
        {
            var random = new RandomStream(seed ^ days.Cluster.StreamKey, p);
            double amplitude = days.Amplitude.Draw(random);
            double[]? curve = days.Curves.Length == 0 ? null : days.Curves[random.NextInt(days.Curves.Length)];
            for (int i = 0; i < days.Profile.Length; i++)
                path[days.FirstDay + i] += (amplitude * days.Profile[i]) + (curve?[i] ?? 0);
        }
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

        public required AmplitudeDistribution Amplitude { get; init; }

        public required double[][] Curves { get; init; }

        public required int PastOfKind { get; init; }

        public required bool IsRunning { get; init; }

        public double PeakFactor(double probability) => Math.Exp(Amplitude.Quantile(probability) / Cluster.Size);
    }
}
