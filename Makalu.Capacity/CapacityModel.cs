using Makalu.Capacity.Campaigns;
using Makalu.Capacity.Forecasting;
using Makalu.Capacity.Numerics;
using Makalu.Capacity.Peaks;
using Makalu.Capacity.Series;
using Makalu.Capacity.Sizing;

namespace Makalu.Capacity;

/// <summary>What <see cref="CapacityPlanner.Fit(RequestHistory, CampaignCalendar?, CapacityModel?, IProgress{PlanProgress}?, CancellationToken)"/> learned from a history: forecasts, plans and what-if questions cost a simulation, not a fit.</summary>
/// <remarks>
/// Immutable but for the sample paths that it keeps (<see cref="CapacityPlannerOptions.WhatIfMemoryBytes"/>); safe to share between threads. The same question has the same answer, bit for bit.
/// </remarks>
public sealed class CapacityModel
{
    /// <summary>A path's value and a little, without the steps that plans change.</summary>
    private const long BytesOfValue = 9;

    /// <summary>The same with room for what plans change on half of the steps, and on all of them and half again.</summary>
    private const long FewestBytesOfValue = BytesOfValue + (sizeof(double) / 2);
    private const long MostBytesOfValue = BytesOfValue + (sizeof(double) * 3 / 2);

    private readonly RequestHistory _given;
    private readonly IForecastModel _model;
    private readonly CapacityPlannerOptions _options;
    private readonly IForecastModel _fitted;
    private readonly BacktestReport? _judgement;

    /// <summary>For models that look at no campaigns, found once for all plans.</summary>
    private readonly Lazy<IReadOnlyList<UnannouncedEvent>> _unannounced;

    private readonly Lazy<Burstiness> _burstiness;
    private readonly ScenarioForecasts? _questions;

    /// <param name="given">The history as it was passed.</param>
    /// <param name="known">The history at the origin.</param>
    /// <param name="calendar">The calendar.</param>
    /// <param name="forecaster">The forecaster that was chosen.</param>
    /// <param name="fitted">Its model.</param>
    /// <param name="judgement">How the candidates did; null where it is not known.</param>
    /// <param name="judgedAt">The origin at which they were judged.</param>
    /// <param name="isChoiceKept">Whether that was for an earlier model.</param>
    /// <param name="options">The planner's settings.</param>
    internal CapacityModel(RequestHistory given, RequestHistory known, CampaignCalendar calendar, IForecaster forecaster, IForecastModel fitted, BacktestReport? judgement, DateTimeOffset judgedAt, bool isChoiceKept, CapacityPlannerOptions options)
    {
        _given = given;
        _fitted = fitted;
        _options = options;
        _judgement = judgement;
        History = known;
        Calendar = calendar;
        Forecaster = forecaster;
        JudgedAt = judgedAt;
        IsChoiceKept = isChoiceKept;
        Backtest = judgement is null || judgedAt == known.Requests.End ? judgement : new BacktestReport
        {
            Candidates = judgement.Candidates,
            Chosen = judgement.Chosen,
            Reason = FormattableString.Invariant($"{judgement.Reason} Judged on what was known on {judgedAt.UtcDateTime:yyyy-MM-dd HH:mm} UTC, and kept since."),
        };
        _unannounced = new(() => UnannouncedFindings.Find(known.RequestsPerSecond, calendar));
        _burstiness = new(() => Burstiness.Of(known));
        _model = Backtest is null ? fitted : ChosenModel.Of(fitted, Backtest);
        PredictionOptions prediction = Prediction();
        long values = (long)prediction.Horizon * prediction.Paths;
        if (FewestBytesOfValue * values <= options.WhatIfMemoryBytes)
        {
            KeptBytes = Math.Min(MostBytesOfValue * values, options.WhatIfMemoryBytes);
            _questions = Questions(prediction, (KeptBytes - (BytesOfValue * values)) / sizeof(double));
        }
    }

    /// <summary>The history that was learned from, cut at the origin.</summary>
    public RequestHistory History { get; }

    /// <summary>The calendar that was learned from.</summary>
    public CampaignCalendar Calendar { get; }

    /// <summary>The forecaster that was chosen.</summary>
    public IForecaster Forecaster { get; }

    /// <summary>How the candidates did on the history; null where it is too short to tell.</summary>
    public BacktestReport? Backtest { get; }

    /// <summary>The origin at which the forecaster was chosen, UTC: that of this model, or an earlier one whose choice was kept.</summary>
    public DateTimeOffset JudgedAt { get; }

    /// <summary>Whether the choice was made for an earlier model, and kept; false where the candidates were judged for this one.</summary>
    public bool IsChoiceKept { get; }

    /// <summary>What to keep for <see cref="CapacityPlanner.Refit"/>: a few kilobytes; with <c>ssa</c> also the series and its components.</summary>
    public CapacityModelState State() => CapacityModelState.Of(this, _fitted, _options, _judgement);

    /// <summary>Forecasts the steps after the origin.</summary>
    /// <param name="scenario">What to suppose; default nothing.</param>
    /// <param name="cancellationToken">Cancels the simulation.</param>
    /// <returns>Sample paths in requests per second from the origin over the planner's horizon. Scenarios share their luck: the same paths, changed by what is supposed.</returns>
    /// <exception cref="ArgumentException">The scenario names a campaign that cannot be changed, or the model knows no campaigns; the message says which.</exception>
    public Forecast Forecast(CapacityScenario? scenario = null, CancellationToken cancellationToken = default)
    {
        using ParallelLoop.Allowance bound = ParallelLoop.LimitTo(_options.MaxDegreeOfParallelism);
        return Questions().Predict(scenario, cancellationToken);
    }

    /// <summary>Finds the peaks of a forecast of this model, and sizes a system for them.</summary>
    /// <param name="system">The system as it is set now, and what the plan must hold.</param>
    /// <param name="scenario">What to suppose; default nothing.</param>
    /// <param name="cancellationToken">Cancels the work.</param>
    /// <returns>The plan; without a scenario the same as <see cref="CapacityPlanner.Recommend"/> gives, but without an outlook, which takes about ten times as long as the plan: <c>plan.With(model.Outlook(plan))</c> is the plan with it.</returns>
    /// <exception cref="ArgumentException">The scenario cannot be supposed; see <see cref="Forecast"/>.</exception>
    public CapacityPlan Recommend(SystemDescription system, CapacityScenario? scenario = null, CancellationToken cancellationToken = default)
        => Recommend(system, Forecast(scenario, cancellationToken), cancellationToken, scenario?.Planned);

    /// <summary>The choice that was made, as it was told when it was made.</summary>
    internal BacktestReport? Judgement => _judgement;

    /// <summary>Tells how far a plan of this model reaches: which peaks the settings carry, now and as planned, and what if the future is otherwise.</summary>
    /// <param name="plan">A plan that this model gave.</param>
    /// <param name="cancellationToken">Cancels the work, which takes a few times as long as the plan.</param>
    /// <returns>The carried peaks, and what-if for: the campaign that matters most twice and half as large and not at all, all traffic +25 % and +50 %.</returns>
    public PlanOutlook Outlook(CapacityPlan plan, CancellationToken cancellationToken = default)
    {
        using ParallelLoop.Allowance bound = ParallelLoop.LimitTo(_options.MaxDegreeOfParallelism);
        return new OutlookTable(this, plan).Compute(cancellationToken);
    }

    /// <summary>The same knowledge, asked for another horizon.</summary>
    internal CapacityModel WithHorizon(TimeSpan horizon)
        => horizon == _options.Horizon ? this : new CapacityModel(_given, History, Calendar, Forecaster, _fitted, _judgement, JudgedAt, IsChoiceKept, _options with { Horizon = horizon });

    /// <summary>The same knowledge, keeping sample paths up to a size for quick answers.</summary>
    internal CapacityModel WithWhatIfMemory(long bytes)
        => new(_given, History, Calendar, Forecaster, _fitted, _judgement, JudgedAt, IsChoiceKept, _options with { WhatIfMemoryBytes = bytes });

    /// <summary>How many bytes of sample paths this model may keep; 0 where it keeps none.</summary>
    internal long KeptBytes { get; }

    /// <summary>What scenarios are asked of: kept, or made for one question and those about its forecast.</summary>
    private ScenarioForecasts Questions()
    {
        if (_questions is { } kept)
            return kept;

        PredictionOptions prediction = Prediction();
        return Questions(prediction, (long)prediction.Horizon * prediction.Paths / 2);
    }

    private ScenarioForecasts Questions(PredictionOptions prediction, long spanValues) => new(_model, Calendar, History.Requests.End, prediction, spanValues);

    /// <summary>What the forecast of a plan came from, where that was this model: it need not be simulated again.</summary>
    internal Forecast WithoutScenario(CapacityPlan plan, CancellationToken cancellationToken)
        => (plan.Forecast.Questions is ScenarioForecasts own && ReferenceEquals(own.Model, _model) ? own : Questions()).Predict(scenario: null, cancellationToken);

    private PredictionOptions Prediction() => new()
    {
        Horizon = checked((int)Math.Ceiling(_options.Horizon / History.Requests.Step)),
        Paths = _options.Paths,
        Seed = _options.Seed,
    };

    /// <summary>Prepares to plan for a campaign at many sizes, each of which then costs a sizing and no simulation.</summary>
    /// <exception cref="ArgumentException">The campaign cannot be changed; see <see cref="Forecast"/>.</exception>
    internal CampaignScaling ScalingOf(string campaign, CancellationToken cancellationToken) => ScalingOf(campaign, Forecast(cancellationToken: cancellationToken), cancellationToken);

    /// <summary>The same where the forecast without a scenario is at hand.</summary>
    internal CampaignScaling ScalingOf(string campaign, Forecast with, CancellationToken cancellationToken)
    {
        using ParallelLoop.Allowance bound = ParallelLoop.LimitTo(_options.MaxDegreeOfParallelism);
        ScenarioForecasts questions = with.Questions as ScenarioForecasts ?? Questions();
        Forecast without = questions.Predict(new CapacityScenario { CampaignScales = new Dictionary<string, double>(StringComparer.Ordinal) { [campaign] = 0 } }, cancellationToken);
        return new CampaignScaling(campaign, with, without);
    }

    /// <summary>The plan for a campaign so many times as large: that of <see cref="Recommend(SystemDescription, CapacityScenario?, CancellationToken)"/>, but with the horizon's peak alone and without sample paths.</summary>
    internal CapacityPlan Recommend(SystemDescription system, CampaignScaling scaling, double scale, CancellationToken cancellationToken)
    {
        using ParallelLoop.Allowance bound = ParallelLoop.LimitTo(_options.MaxDegreeOfParallelism);
        Forecast forecast = scaling.Outline(scale);
        return Recommend(system, forecast, [scaling.Peak(forecast, scale)], Calendar, cancellationToken);
    }

    /// <summary>The demand that a peak of a forecast of this model asks a system for.</summary>
    internal PeakDemand DemandOf(SystemDescription system, PeakForecast peak)
        => PeakDemandEstimator.Estimate(_burstiness.Value, peak, History.Requests.Step, system.Target.PeakQuantile, _options.Seed);

    internal CapacityPlan Recommend(SystemDescription system, Forecast forecast, CancellationToken cancellationToken, CampaignCalendar? planned = null)
    {
        using ParallelLoop.Allowance bound = ParallelLoop.LimitTo(_options.MaxDegreeOfParallelism);
        return Recommend(system, forecast, PeakFinder.Find(forecast, planned ?? Calendar), planned ?? Calendar, cancellationToken);
    }

    private CapacityPlan Recommend(SystemDescription system, Forecast forecast, IReadOnlyList<PeakForecast> peaks, CampaignCalendar calendar, CancellationToken cancellationToken)
    {
        PeakDemand demand = DemandOf(system, peaks[0]);
        ConnectionPlan connections = new ConnectionPlanner().Plan(system, demand, cancellationToken);
        IEnumerable<Finding> findings = connections.Findings.Concat(ForecastFindings.Of(History, forecast, demand, Backtest)).Concat(UnannouncedFindings.Of(forecast.Report?.Campaigns?.Unannounced ?? _unannounced.Value, wereLeftOut: forecast.Report?.Campaigns is not null));
        return new CapacityPlan
        {
            History = History,
            Calendar = calendar,
            System = system,
            Forecast = forecast,
            Peaks = peaks,
            BusiestSecondsRequestsPerSecond = BusiestSeconds(peaks, demand.Quantile),
            Demand = demand,
            Connections = connections,
            Backtest = Backtest,
            Findings = [.. findings.OrderByDescending(f => f.Severity)],
            Assumptions = [.. connections.Assumptions.Concat(ForecastFindings.Assumptions(_given, History, forecast, demand))],
        };
    }

    private double[] BusiestSeconds(IReadOnlyList<PeakForecast> peaks, double quantile)
    {
        if (_burstiness.Value.Factor is not { } burst)
            return [];

        var busiest = new double[peaks.Count];
        ParallelLoop.For(busiest.Length, i => busiest[i] = PeakDemandEstimator.BusiestSecond(peaks[i], burst, quantile, _options.Seed));
        return busiest;
    }
}
