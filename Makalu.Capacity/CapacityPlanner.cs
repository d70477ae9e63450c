using Makalu.Capacity.Campaigns;
using Makalu.Capacity.Forecasting;
using Makalu.Capacity.Numerics;
using Makalu.Capacity.Peaks;
using Makalu.Capacity.Series;
using Makalu.Capacity.Sizing;

namespace Makalu.Capacity;

/// <summary>
/// The whole chain in one call: from the history of requests and the marketing calendar to the settings that survive the peak.
/// Each stage can also be used by itself: <see cref="IForecaster"/>, <see cref="PeakFinder"/>, <see cref="ConnectionPlanner"/>.
/// </summary>
/// <remarks>Immutable; safe to share between threads.</remarks>
/// <example><code source="../README.md"/></example>
public sealed class CapacityPlanner
{
    private readonly CapacityPlannerOptions _options;

    /// <summary>Creates a planner.</summary>
    /// <param name="options">The settings; default as documented there.</param>
    /// <exception cref="ArgumentException">One or more settings are out of range.</exception>
    public CapacityPlanner(CapacityPlannerOptions? options = null)
    {
        _options = options ?? new CapacityPlannerOptions();
        _options.Validate();
    }

    /// <summary>Forecasts the steps after the origin.</summary>
    /// <param name="history">The history; what lies at or after the origin is not used.</param>
    /// <param name="calendar">Campaigns past and planned, and incidents to leave out; default none.</param>
    /// <param name="progress">Told how far the work has come.</param>
    /// <param name="cancellationToken">Cancels the work.</param>
    /// <returns>Sample paths in requests per second from the origin over the horizon.</returns>
    /// <exception cref="ForecastException">The history cannot be forecast; the message says what it lacks.</exception>
    public Forecast Forecast(RequestHistory history, CampaignCalendar? calendar = null, IProgress<PlanProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        CapacityModel model = Fit(history, calendar ?? CampaignCalendar.Empty, judge: false, progress, cancellationToken);
        progress?.Report(new PlanProgress("simulating", 0.75));
        return model.Forecast(cancellationToken: cancellationToken);
    }

    /// <summary>Forecasts, finds the peaks, and sizes the system for them.</summary>
    /// <param name="history">The history; what lies at or after the origin is not used.</param>
    /// <param name="calendar">Campaigns past and planned, and incidents to leave out.</param>
    /// <param name="system">The system as it is set now, and what the plan must hold.</param>
    /// <param name="progress">Told how far the work has come.</param>
    /// <param name="cancellationToken">Cancels the work.</param>
    /// <returns>The plan. Running out of capacity is a result (<see cref="Verdict.Scale"/>), not an exception.</returns>
    /// <exception cref="ForecastException">The history cannot be forecast; the message says what it lacks.</exception>
    public CapacityPlan Recommend(RequestHistory history, CampaignCalendar calendar, SystemDescription system, IProgress<PlanProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        CapacityModel model = Fit(history, calendar, judge: true, progress, cancellationToken);
        progress?.Report(new PlanProgress("simulating", 0.75));
        Forecast forecast = model.Forecast(cancellationToken: cancellationToken);
        progress?.Report(new PlanProgress("sizing", 0.9));
        CapacityPlan plan = model.Recommend(system, forecast, cancellationToken);
        progress?.Report(new PlanProgress("asking what if", 0.95));
        plan = plan.With(model.Outlook(plan, cancellationToken));
        progress?.Report(new PlanProgress("done", 1));
        return plan;
    }

    /// <summary>Learns from the history once, for many forecasts, plans and what-if questions that follow.</summary>
    /// <param name="history">The history; what lies at or after the origin is not used.</param>
    /// <param name="calendar">Campaigns past and planned, and incidents to leave out; default none.</param>
    /// <param name="previous">
    /// A model fitted earlier to the same series, whose choice of forecaster and whose judgement are kept, which saves the judging;
    /// default null: the forecaster is chosen and judged anew.
    /// </param>
    /// <param name="progress">Told how far the work has come.</param>
    /// <param name="cancellationToken">Cancels the work.</param>
    /// <returns>The fitted model.</returns>
    /// <exception cref="ForecastException">The history cannot be forecast; the message says what it lacks.</exception>
    public CapacityModel Fit(RequestHistory history, CampaignCalendar? calendar = null, CapacityModel? previous = null, IProgress<PlanProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        calendar ??= CampaignCalendar.Empty;
        if (previous is null)
            return Fit(history, calendar, judge: true, progress, cancellationToken);

        RequestHistory known = Known(history);
        ThrowIfNoneIs(known);
        IForecastModel fitted = previous.Forecaster.Fit(known.RequestsPerSecond, calendar, cancellationToken);
        return new CapacityModel(history, known, calendar, previous.Forecaster, fitted, previous.Judgement, previous.JudgedAt, isChoiceKept: true, _options);
    }

    /// <summary>
    /// Learns from a history, starting from what an earlier model of the same series left: the choice of forecaster is kept, which saves the
    /// judging, and <c>ssa</c> keeps window, rank and method and starts from its components. The forecast is that of a fresh fit of the same
    /// forecaster, bit for bit; of <c>ssa</c> that of a fresh fit of the same window, rank and method, to a relative 1e-6.
    /// </summary>
    /// <param name="history">The history; what lies at or after the origin is not used.</param>
    /// <param name="calendar">Campaigns past and planned, and incidents to leave out.</param>
    /// <param name="previous">
    /// What <see cref="CapacityModel.State"/> gave. Where it does not fit (another build of the library, other settings, campaigns in a calendar
    /// that had none, a later origin) everything is judged anew; <see cref="CapacityModel.IsChoiceKept"/> tells.
    /// </param>
    /// <param name="progress">Told how far the work has come.</param>
    /// <param name="cancellationToken">Cancels the work.</param>
    /// <returns>The fitted model.</returns>
    /// <exception cref="ForecastException">The history cannot be forecast; the message says what it lacks.</exception>
    public CapacityModel Refit(RequestHistory history, CampaignCalendar calendar, CapacityModelState previous, IProgress<PlanProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        using ParallelLoop.Allowance bound = ParallelLoop.LimitTo(_options.MaxDegreeOfParallelism);
        RequestHistory known = Known(history);
        ThrowIfNoneIs(known);
        if (previous.Misfit(_options, calendar.Campaigns.Count > 0, known.Requests.Step, known.Requests.End) is not null)
            return Fit(history, calendar, judge: true, progress, cancellationToken);

        progress?.Report(new PlanProgress("fitting", 0.6));
        IForecaster forecaster = _options.Forecaster ?? ForecasterCatalog.Create(previous.Forecaster, new AutoForecasterOptions { TimeZone = _options.TimeZone });
        IForecastModel fitted = Continue(forecaster, previous, known.RequestsPerSecond, calendar, cancellationToken)
            ?? forecaster.Fit(known.RequestsPerSecond, calendar, cancellationToken);
        return new CapacityModel(history, known, calendar, forecaster, fitted, previous.Backtest, previous.JudgedAt, isChoiceKept: true, _options);
    }

    private static IForecastModel? Continue(IForecaster forecaster, CapacityModelState previous, TimeSeries series, CampaignCalendar calendar, CancellationToken cancellationToken)
    {
        if (forecaster is not IContinuingForecaster continuing || previous.Found is not { } found)
            return null;

        try
        {
            return continuing.Continue(found, series, calendar, cancellationToken);
        }
        catch (InvalidDataException)
        {
            // Found by an earlier version: it is searched for again.
            return null;
        }
    }

    private CapacityModel Fit(RequestHistory history, CampaignCalendar calendar, bool judge, IProgress<PlanProgress>? progress, CancellationToken cancellationToken)
    {
        using ParallelLoop.Allowance bound = ParallelLoop.LimitTo(_options.MaxDegreeOfParallelism);
        RequestHistory known = Known(history);
        ThrowIfNoneIs(known);
        var judging = new AutoForecasterOptions
        {
            Horizon = _options.Horizon,
            Seed = _options.Seed,
            MaxDegreeOfParallelism = _options.MaxDegreeOfParallelism,
            TimeZone = _options.TimeZone,
            Budget = _options.Budget,
            Fleet = _options.Fleet,
            Progress = progress is null ? null : new Relay(f => progress.Report(new PlanProgress("backtesting", 0.6 * f))),
        };
        IForecaster forecaster = _options.Forecaster ?? ForecasterCatalog.Create(_options.Model, judging);
        BacktestReport? report = null;
        if (judge)
        {
            AutoForecaster auto = forecaster as AutoForecaster ?? new AutoForecaster([forecaster], judging);
            (forecaster, report) = auto.Select(known.RequestsPerSecond, calendar, cancellationToken);
        }

        progress?.Report(new PlanProgress("fitting", 0.6));
        IForecastModel fitted = forecaster.Fit(known.RequestsPerSecond, calendar, cancellationToken);
        return new CapacityModel(history, known, calendar, forecaster, fitted, report, known.Requests.End, isChoiceKept: false, _options);
    }

    /// <summary>Tells what a history lacks of which nothing is known at the origin.</summary>
    /// <exception cref="ForecastException">Nothing is.</exception>
    internal void ThrowIfNothingIsKnown(RequestHistory history) => ThrowIfNoneIs(Known(history));

    private static void ThrowIfNoneIs(RequestHistory known)
    {
        TimeSeries series = known.Requests;
        if (series.MissingCount == series.Count)
        {
            throw new ForecastException(FormattableString.Invariant($"No observation is known before the origin {series.End.UtcDateTime:yyyy-MM-ddTHH:mm:ssZ}: all {series.Count} steps are missing. Choose a later origin or supply the history before it."));
        }
    }

    /// <summary>The history as it was known at the origin, at the asked step, ending at the origin.</summary>
    internal RequestHistory Known(RequestHistory history)
    {
        DateTimeOffset origin = (_options.Origin ?? history.Requests.End).ToUniversalTime();
        TimeSpan step = _options.Step ?? history.Requests.Step;
        if (origin <= history.Requests.Start)
        {
            throw new ForecastException(FormattableString.Invariant($"Origin {origin.UtcDateTime:yyyy-MM-ddTHH:mm:ssZ} is not after the start of the history, {history.Requests.Start.UtcDateTime:yyyy-MM-ddTHH:mm:ssZ}, so that nothing is known. Choose an origin up to {history.Requests.End.UtcDateTime:yyyy-MM-ddTHH:mm:ssZ}, the history's end."));
        }

        if (origin - history.Requests.End > history.Requests.End - history.Requests.Start)
        {
            throw new ForecastException(FormattableString.Invariant($"Origin {origin.UtcDateTime:yyyy-MM-ddTHH:mm:ssZ} lies further behind the end of the history, {history.Requests.End.UtcDateTime:yyyy-MM-ddTHH:mm:ssZ}, than the history is long. Supply the history up to the origin, or choose an earlier origin."));
        }

        RequestHistory known = history.AggregateTo(step, origin).PadTo(origin);

        // An origin off the history's grid: the steps are moved up to it, by less than one step, so that the forecast starts there.
        return known.ShiftBy(origin - known.Requests.End);
    }

    private sealed class Relay(Action<double> report) : IProgress<double>
    {
        public void Report(double value) => report(value);
    }
}
