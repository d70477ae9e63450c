using Makalu.Capacity.Campaigns;
using Makalu.Capacity.Numerics;
using Makalu.Capacity.Series;
using MathNet.Numerics.LinearAlgebra;

namespace Makalu.Capacity.Forecasting;

/// <summary>
/// Daily traffic on the logarithm as seasons, a level that lingers, and campaigns: a robust ridge regression, with the
/// amplitudes measured against the level of their own weeks.
/// </summary>
internal sealed class DailyCampaignFit : IOrdinaryDay
{
    private const int Passes = 6;
    private const double HuberLimit = 2.5;
    private const double IndependentDays = 3;
    private const double LocalHalfLifeDays = 7;
    private const int LocalReach = 45;
    private const double SmallestDeviation = 0.05;

    /// <summary>The prior's evidence for the profile, in campaigns of amplitude 1.</summary>
    private const double ProfileShrinkage = 1.5625;

    private readonly double[] _logs;
    private readonly Matrix<double> _seasonRegressors;
    private readonly double[] _rowWeights;
    private readonly double[] _residuals;
    private readonly (int First, int Days)[] _spans;
    private readonly bool[] _overlaps;
    private readonly int[] _kindOf;
    private readonly DailyProfile[] _profiles;
    private readonly DailyProfile[] _priors;
    private readonly AmplitudeFeatures[] _features;
    private readonly double[] _amplitudes;
    private readonly double[] _deviations;
    private readonly double[] _expected;
    private readonly double[] _expectedVariance;

    /// <summary>The logarithms as if the effects of overlapping campaigns added up on them, by the last amplitudes.</summary>
    private readonly double[] _additiveLogs;
    private double[] _seasonal = [];
    private AmplitudeModel _shrinkage = AmplitudeModel.Fit(AmplitudePrior.Daily, [], []);

    private DailyCampaignFit(TimeSeries series, CampaignCluster[] past, AmplitudeFeatureSpace space)
    {
        History = series;
        Start = series.Start;
        Days = series.Count;
        Past = past;
        Space = space;
        double median = SampleQuantile.Median(series.Values);
        Offset = Math.Max(Math.Max(0.02 * median, 0.5 / series.Step.TotalSeconds), 1e-9);
        _logs = new double[Days];
        for (int i = 0; i < Days; i++)
            _logs[i] = Math.Log(series[i] + Offset);
        _additiveLogs = [.. _logs];
        Seasonality = new DailySeasonality(Start, Days);
        _seasonRegressors = Matrix<double>.Build.Dense(Days, Seasonality.Count);
        var row = new double[Seasonality.Count];
        for (int i = 0; i < Days; i++)
        {
            Seasonality.Fill(i, row);
            _seasonRegressors.SetRow(i, row);
        }

        Kinds = [.. past.Select(c => c.Kind).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        _kindOf = Array.ConvertAll(past, c => Array.IndexOf(Kinds, c.Kind));
        _spans = Array.ConvertAll(past, c => (DailyProfile.DayOf(c.StartsAt, Start), DailyProfile.DaysOf(c, Start)));
        _overlaps = [.. _spans.Select((own, j) => _spans.Where((_, k) => k != j).Any(other => own.First < other.First + other.Days && other.First < own.First + own.Days))];
        _priors = [.. Kinds.Select((_, k) => DailyProfile.Prior((int)Math.Round(SampleQuantile.Median([.. _spans.Where((_, j) => _kindOf[j] == k).Select(s => (double)s.Days)]))))];
        _profiles = [.. _priors];
        _features = Array.ConvertAll(past, space.Of);
        _amplitudes = new double[past.Length];
        _deviations = new double[past.Length];
        _expected = new double[past.Length];
        _expectedVariance = new double[past.Length];
        Array.Fill(_expected, AmplitudePrior.Daily.Mean);
        Array.Fill(_expectedVariance, 1);
        _rowWeights = new double[Days];
        Array.Fill(_rowWeights, 1);
        _residuals = new double[Days];
        OnCampaign = new bool[Days];
        foreach ((int first, int days) in _spans)
        {
            for (int i = Math.Max(first, 0); i < Math.Min(first + days, Days); i++)
                OnCampaign[i] = true;
        }

        Local = new double[Days];
        Model = _shrinkage;
    }

    /// <summary>The traffic in requests per second.</summary>
    public TimeSeries History { get; }

    public DateTimeOffset Start { get; }

    /// <summary>The number of days of history.</summary>
    public int Days { get; }

    public double Offset { get; }

    public DailySeasonality Seasonality { get; }

    /// <summary>The coefficients of the seasons.</summary>
    public double[] SeasonCoefficients { get; private set; } = [];

    public CampaignCluster[] Past { get; }

    public AmplitudeFeatureSpace Space { get; }

    public string[] Kinds { get; }

    public ReadOnlySpan<double> Amplitudes => _amplitudes;

    /// <summary>The standard deviation of each fitted amplitude.</summary>
    public ReadOnlySpan<double> AmplitudeDeviations => _deviations;

    /// <summary>Which days a past campaign covers.</summary>
    public bool[] OnCampaign { get; }

    /// <summary>The level of the weeks around each day, as a deviation from the seasons.</summary>
    public double[] Local { get; private set; }

    /// <summary>The robust variance of the days' residuals.</summary>
    public double NoiseVariance { get; private set; } = 0.09;

    /// <summary>What tells the amplitudes of campaigns to come.</summary>
    public IAmplitudeModel Model { get; private set; }

    /// <summary>Which model that is, and why.</summary>
    public AmplitudeChoice Choice { get; private set; } = AmplitudeComparison.NotCompared;

    /// <summary>The log traffic of each day; NaN where unknown.</summary>
    public ReadOnlySpan<double> Logs => _logs;

    /// <summary>The residual of each day; NaN where unknown.</summary>
    public ReadOnlySpan<double> Residuals => _residuals;

    public static DailyCampaignFit Fit(TimeSeries series, CampaignCalendar calendar, CancellationToken cancellationToken)
    {
        CampaignCluster[] past = [.. CampaignCluster.Group(calendar.Campaigns.Where(c => c.StartsAt < series.End)).Where(c => IsObserved(c, series))];

        // Of past campaigns alone: what a planned one has in its columns must not change what was learned.
        var fit = new DailyCampaignFit(series, past, new AmplitudeFeatureSpace(new CampaignCalendar(past.SelectMany(c => c.Members)), past));
        for (int pass = 0; pass < Passes; pass++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            fit.Regress();
            if (past.Length > 0)
            {
                fit.EstimateAmplitudes();
                fit.LearnAmplitudes();
                fit.JoinEffects();
                for (int kind = 0; kind < fit.Kinds.Length; kind++)
                    fit.EstimateProfile(kind);
                fit.JoinEffects();
            }
        }

        fit.Local = fit.LocalLevel();
        (fit.Model, fit.Choice) = AmplitudeComparison.Choose(AmplitudePrior.Daily, fit._features, fit._amplitudes, fit.ExcessVariances(), fit._shrinkage, AmplitudeComparison.Challengers, cancellationToken);
        return fit;
    }

    /// <summary>The profile of a kind; the prior one at a cluster's own length for a kind never seen.</summary>
    public DailyProfile ProfileOf(CampaignCluster cluster)
    {
        int kind = Array.IndexOf(Kinds, cluster.Kind);
        return kind >= 0 ? _profiles[kind] : DailyProfile.Prior(DailyProfile.DaysOf(cluster, Start));
    }

    /// <summary>The log baseline of a day: its seasons and the level of its weeks.</summary>
    public double InSample(int day) => _seasonal[day] + Local[day];

    /// <summary>The part of a day's regressors that is its weekday's, by the fitted coefficients.</summary>
    public double WeekdayEffect(ReadOnlySpan<double> row)
        => System.Numerics.Tensors.TensorPrimitives.Dot(row[Seasonality.WeekdayColumn..], SeasonCoefficients.AsSpan(Seasonality.WeekdayColumn));

    /// <summary>The robust standard deviation of a day about the level of its weeks.</summary>
    public double NoiseDeviation
        => 1.4826 * SampleQuantile.Median([.. Enumerable.Range(0, Days).Where(i => !OnCampaign[i]).Select(i => Math.Abs(_residuals[i] - Local[i]))]);

    public double SundayGap(int step)
    {
        int toSunday = (7 - (int)Start.AddDays(step).UtcDateTime.DayOfWeek) % 7;
        double[] day = new double[Seasonality.Count], sunday = new double[Seasonality.Count];
        Seasonality.Fill(step, day);
        Seasonality.Fill(step + toSunday, sunday);
        return WeekdayEffect(sunday) - WeekdayEffect(day);
    }

    /// <summary>The level of each week without weekdays and campaigns.</summary>
    public WeeklyLevels Weeks()
    {
        double[] responses = Responses(), days = new double[Days], row = new double[Seasonality.Count];
        for (int i = 0; i < Days; i++)
        {
            Seasonality.Fill(i, row);
            days[i] = OnCampaign[i] ? double.NaN : _logs[i] - WeekdayEffect(row) - responses[i];
        }

        return WeeklyLevels.Of(days, Math.Sqrt(NoiseVariance));
    }

    /// <summary>What was fitted of a past cluster.</summary>
    public FittedEffect EffectOf(int cluster)
    {
        (int first, int days) = _spans[cluster];
        DailyProfile profile = _profiles[_kindOf[cluster]];
        int from = Math.Max(first - DailyProfile.LeadDays, 0), to = Math.Min(first + days + DailyProfile.TailDays, Days);
        double[] effect = [.. Enumerable.Range(from, Math.Max(0, to - from)).Select(i => _amplitudes[cluster] * profile.Values[profile.IndexOf(i - first, days)])];
        return new FittedEffect(Past[cluster], _amplitudes[cluster], _deviations[cluster], from, effect);
    }

    /// <summary>What the fit left over on each value of a past cluster's profile, 0 where unknown.</summary>
    public double[] Curve(int cluster)
    {
        DailyProfile profile = _profiles[_kindOf[cluster]];
        var curve = new double[profile.Values.Length];
        double[] responses = Responses();
        foreach ((int day, int index) in Reached(cluster))
            curve[index] = _logs[day] - _seasonal[day] - Local[day] - responses[day];
        return curve;
    }

    private static bool IsObserved(CampaignCluster cluster, TimeSeries series)
    {
        int first = DailyProfile.DayOf(cluster.StartsAt, series.Start);
        for (int i = Math.Max(0, first); i < Math.Min(series.Count, first + DailyProfile.DaysOf(cluster, series.Start)); i++)
        {
            if (!double.IsNaN(series[i]))
                return true;
        }

        return false;
    }

    /// <summary>The known days that a past cluster reaches, with the value of its profile that each has.</summary>
    private IEnumerable<(int Day, int Index)> Reached(int cluster)
    {
        (int first, int days) = _spans[cluster];
        for (int i = Math.Max(first - DailyProfile.LeadDays, 0); i < Math.Min(first + days + DailyProfile.TailDays, Days); i++)
        {
            if (!double.IsNaN(_logs[i]))
                yield return (i, _profiles[_kindOf[cluster]].IndexOf(i - first, days));
        }
    }

    /// <summary>Seasons and campaigns together by weighted ridge regression.</summary>
    private void Regress()
    {
        int seasons = Seasonality.Count, events = Past.Length;
        var regressors = Matrix<double>.Build.Dense(Days, seasons + events);
        regressors.SetSubMatrix(0, 0, _seasonRegressors);
        for (int j = 0; j < events; j++)
        {
            foreach ((int day, int index) in Reached(j))
                regressors[day, seasons + j] = _profiles[_kindOf[j]].Values[index];
        }

        var weights = Vector<double>.Build.Dense(Days, i => double.IsNaN(_logs[i]) ? 0 : _rowWeights[i] / (NoiseVariance * IndependentDays));
        var target = Vector<double>.Build.Dense(Days, i => double.IsNaN(_logs[i]) ? 0 : _additiveLogs[i]);
        Matrix<double> weighted = Matrix<double>.Build.Dense(Days, seasons + events, (i, c) => weights[i] * regressors[i, c]);
        Matrix<double> normal = regressors.TransposeThisAndMultiply(weighted);
        Vector<double> right = regressors.TransposeThisAndMultiply(weights.PointwiseMultiply(target));
        double[] variances = Seasonality.PriorVariances();
        for (int c = 0; c < seasons; c++)
            normal[c, c] += 1 / variances[c];
        for (int j = 0; j < events; j++)
        {
            normal[seasons + j, seasons + j] += 1;
            right[seasons + j] += _expected[j];
        }

        Vector<double> solution = normal.Cholesky().Solve(right);
        SeasonCoefficients = [.. solution.Take(seasons)];
        _seasonal = (_seasonRegressors * Vector<double>.Build.DenseOfArray(SeasonCoefficients)).ToArray();
        Vector<double> fitted = regressors * solution;
        for (int i = 0; i < Days; i++)
            _residuals[i] = _additiveLogs[i] - fitted[i];
        Reweigh();
    }

    private void Reweigh()
    {
        var calm = new double[Days];
        for (int i = 0; i < Days; i++)
            calm[i] = OnCampaign[i] ? double.NaN : _residuals[i];
        double median = SampleQuantile.Median(calm);
        if (double.IsNaN(median))
            return;
        for (int i = 0; i < Days; i++)
            calm[i] = Math.Abs(calm[i] - median);
        double deviation = 1.4826 * SampleQuantile.Median(calm);
        NoiseVariance = (deviation * deviation) + 1e-4;
        for (int i = 0; i < Days; i++)
            _rowWeights[i] = OnCampaign[i] || double.IsNaN(_residuals[i]) ? 1 : 1 / Math.Max(1, Math.Abs(_residuals[i]) / (HuberLimit * Math.Sqrt(NoiseVariance)));
    }

    private double[] LocalLevel()
    {
        var known = _residuals.Where(r => !double.IsNaN(r)).ToArray();
        double mean = known.Average();
        double limit = 3 * Math.Sqrt(known.Average(r => (r - mean) * (r - mean)));
        double[] kernel = [.. Enumerable.Range(0, LocalReach + 1).Select(k => Math.Pow(2, -k / LocalHalfLifeDays))];
        var level = new double[Days];
        for (int i = 0; i < Days; i++)
        {
            double sum = 0, total = 2;
            for (int k = Math.Max(0, i - LocalReach); k <= Math.Min(Days - 1, i + LocalReach); k++)
            {
                if (OnCampaign[k] || double.IsNaN(_residuals[k]))
                    continue;
                double weight = kernel[Math.Abs(k - i)];
                sum += weight * Math.Clamp(_residuals[k], -limit, Math.Max(1, -limit));
                total += weight;
            }

            level[i] = sum / total;
        }

        return level;
    }

    private void EstimateAmplitudes()
    {
        Local = LocalLevel();
        int n = Past.Length;
        var precision = Matrix<double>.Build.Dense(n, n);
        var evidence = Vector<double>.Build.Dense(n);
        var reaching = new List<(int Cluster, double Value)>[Days];
        for (int j = 0; j < n; j++)
        {
            foreach ((int day, int index) in Reached(j))
                (reaching[day] ??= []).Add((j, _profiles[_kindOf[j]].Values[index]));
            precision[j, j] = 1 / _expectedVariance[j];
            evidence[j] = _expected[j] / _expectedVariance[j];
        }

        for (int i = 0; i < Days; i++)
        {
            foreach ((int j, double value) in reaching[i] ?? [])
            {
                evidence[j] += value * (_additiveLogs[i] - _seasonal[i] - Local[i]) / NoiseVariance;
                foreach ((int k, double other) in reaching[i])
                    precision[j, k] += value * other / NoiseVariance;
            }
        }

        Matrix<double> covariance = precision.Cholesky().Solve(Matrix<double>.Build.DenseIdentity(n));
        Vector<double> solution = covariance * evidence;
        for (int j = 0; j < n; j++)
        {
            _amplitudes[j] = solution[j];
            _deviations[j] = Math.Sqrt(Math.Max(covariance[j, j], 0));
        }
    }

    private void LearnAmplitudes()
    {
        _shrinkage = AmplitudeModel.Fit(AmplitudePrior.Daily, _features, _amplitudes, ExcessVariances());
        for (int j = 0; j < Past.Length; j++)
        {
            // Two that share all their days are told apart by what each is expected to do, and by nothing else.
            AmplitudeDistribution expected = _shrinkage.Predict(_features[j]);
            _expected[j] = expected.Mean;
            _expectedVariance[j] = _overlaps[j] ? Math.Max(expected.Variance, SmallestDeviation * SmallestDeviation) : 1;
        }
    }

    /// <summary>By how much less each amplitude is known than those of the rest, as one that overlaps another is.</summary>
    private double[] ExcessVariances()
    {
        double typical = SampleQuantile.Median(_deviations);
        return Array.ConvertAll(_deviations, d => Math.Max(0, (d * d) - (typical * typical)));
    }

    private void EstimateProfile(int kind)
    {
        double[] prior = _priors[kind].Values.ToArray();
        var sums = new double[prior.Length];
        var weights = new double[prior.Length];
        double[] sum = Sum();
        for (int j = 0; j < Past.Length; j++)
        {
            if (_kindOf[j] != kind)
                continue;
            foreach ((int day, int index) in Reached(j))
            {
                double others = sum[day] - (_amplitudes[j] * _profiles[kind].Values[index]);
                sums[index] += _amplitudes[j] * (_additiveLogs[day] - _seasonal[day] - Local[day] - others);
                weights[index] += _amplitudes[j] * _amplitudes[j];
            }
        }

        var values = new double[prior.Length];
        for (int i = 0; i < values.Length; i++)
            values[i] = Math.Max(0, (sums[i] + (ProfileShrinkage * prior[i])) / (weights[i] + ProfileShrinkage));
        double peak = Math.Max(values.Max(), 1e-6);
        for (int i = 0; i < values.Length; i++)
            values[i] /= peak;
        _profiles[kind] = _priors[kind].With(values);
    }

    /// <summary>What the effects of campaigns that overlap add up to beyond their joint effect, as requests, is added to the logarithms.</summary>
    private void JoinEffects()
    {
        double[] sum = Sum(), joint = Responses();
        for (int i = 0; i < Days; i++)
            _additiveLogs[i] = _logs[i] + sum[i] - joint[i];
    }

    /// <summary>The sum of the fitted log responses of all past campaigns on each day.</summary>
    private double[] Sum()
    {
        var sum = new double[Days];
        for (int j = 0; j < Past.Length; j++)
        {
            foreach ((int day, int index) in Reached(j))
                sum[day] += _amplitudes[j] * _profiles[_kindOf[j]].Values[index];
        }

        return sum;
    }

    /// <summary>The fitted log response of all past campaigns together on each day.</summary>
    private double[] Responses()
    {
        var joint = new JointEffect[Days];
        for (int j = 0; j < Past.Length; j++)
        {
            foreach ((int day, int index) in Reached(j))
                joint[day] = joint[day].With(_amplitudes[j] * _profiles[_kindOf[j]].Values[index]);
        }

        return Array.ConvertAll(joint, e => e.Logarithm);
    }
}
