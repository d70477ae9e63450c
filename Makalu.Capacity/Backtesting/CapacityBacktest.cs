using Makalu.Capacity.Campaigns;
using Makalu.Capacity.Forecasting;
using Makalu.Capacity.Monitoring;
using Makalu.Capacity.Numerics;
using Makalu.Capacity.Peaks;
using Makalu.Capacity.Series;
using Makalu.Capacity.Sizing;

namespace Makalu.Capacity.Backtesting;

/// <summary>
/// Replays a history as if a plan had been made every night from what was known then: how the forecasts did, and what the plans would have
/// meant, in minutes short and in capacity idle, beside rules of thumb (Tashman, "Out-of-sample tests of forecasting accuracy",
/// International Journal of Forecasting 16, 2000, for the rolling origin).
/// </summary>
/// <remarks>Immutable; safe to share between threads.</remarks>
public sealed class CapacityBacktest
{
    private readonly CapacityBacktestOptions _options;

    /// <summary>Creates a backtest.</summary>
    /// <param name="options">The settings; default as documented there.</param>
    /// <exception cref="ArgumentException">One or more settings are out of range.</exception>
    public CapacityBacktest(CapacityBacktestOptions? options = null)
    {
        _options = options ?? new CapacityBacktestOptions();
        _options.Validate();
    }

    /// <summary>Replays a history.</summary>
    /// <param name="history">The history; the plan at each origin sees nothing at or after it.</param>
    /// <param name="calendar">The calendar, whose campaigns are taken as announced before every origin, and whose incidents are not scored; default none.</param>
    /// <param name="system">The system to size in connections, by the closed form; default none: capacity is then a rate of requests.</param>
    /// <param name="progress">Told how many of the plans are made.</param>
    /// <param name="cancellationToken">Cancels the replay.</param>
    /// <returns>The accuracy of the forecasts and the worth of the decisions.</returns>
    /// <exception cref="ForecastException">No origin leaves enough history before it and its horizon after it; the message says what is needed.</exception>
    /// <exception cref="SystemDescriptionException">The system breaks a rule.</exception>
    public CapacityBacktestReport Run(
        RequestHistory history,
        CampaignCalendar? calendar = null,
        SystemDescription? system = null,
        IProgress<PlanProgress>? progress = null,
        CancellationToken cancellationToken = default)
    {
        calendar ??= CampaignCalendar.Empty;
        if (system is not null && SystemDescriptionValidator.Validate(system) is { Count: > 0 } errors)
        {
            throw new SystemDescriptionException("system description", errors);
        }

        using ParallelLoop.Allowance bound = ParallelLoop.LimitTo(_options.MaxDegreeOfParallelism);
        DateTimeOffset[] origins = ReplayOrigins.Of(_options, history.Requests);
        double target = system?.Target.PeakQuantile ?? _options.TargetQuantile;
        double[] planned = [.. _options.DecisionQuantiles.Append(target).Distinct().Order()];
        TimeSpan inForce = _options.Every < _options.Horizon ? _options.Every : _options.Horizon;
        progress?.Report(new PlanProgress(FormattableString.Invariant($"0 of {origins.Length} plans"), 0));
        ICapacityMeasure measure = system is null
            ? new RequestRateMeasure()
            : ConnectionMeasure.Of(system, history.AggregateTo(_options.Step ?? history.Requests.Step, origins[^1] + _options.Horizon), _options.Seed, cancellationToken);

        var nights = new Night?[origins.Length];
        var failures = new SkippedOrigin?[origins.Length];
        int done = 0;
        ParallelLoop.For(origins.Length, _options.MaxDegreeOfParallelism, i =>
        {
            try
            {
                nights[i] = Replay(history, calendar, origins[i], planned, inForce, measure, cancellationToken);
            }
            catch (ForecastException exception)
            {
                failures[i] = new SkippedOrigin { Origin = origins[i], Reason = exception.Message };
            }

            int made = Interlocked.Increment(ref done);
            progress?.Report(new PlanProgress(FormattableString.Invariant($"{made} of {origins.Length} plans"), (double)made / origins.Length));
        }, cancellationToken);

        Night[] kept = [.. nights.OfType<Night>()];
        SkippedOrigin[] skipped = [.. failures.OfType<SkippedOrigin>()];
        if (kept.Length == 0)
        {
            throw new ForecastException(skipped.Length > 0
                ? FormattableString.Invariant($"None of the {origins.Length} origins could be replayed. The first, {ReplayOrigins.Name(skipped[0].Origin)}: {skipped[0].Reason}")
                : FormattableString.Invariant($"None of the {origins.Length} origins could be replayed: nothing is known of what came after them. Choose other origins."));
        }

        return new CapacityBacktestReport
        {
            Options = _options,
            Series = history.Name,
            Step = kept[0].Score.Record.Step,
            Scores = [.. kept.Select(n => n.Score)],
            Accuracy = ReplayAccuracy.Of(kept),
            Decision = DecisionReplay.Judge(kept, planned, target, inForce, measure, system),
            Drift = new DriftMonitor(new DriftOptions { Forecasts = Math.Max(kept.Length, new DriftOptions().Forecasts) }).Examine(kept.Select(n => n.Score)),
            Skipped = skipped,
            Nights = kept,
        };
    }

    private Night? Replay(RequestHistory history, CampaignCalendar calendar, DateTimeOffset origin, double[] planned, TimeSpan inForce, ICapacityMeasure measure, CancellationToken cancellationToken)
    {
        RequestHistory past = history.Before(origin);
        Forecast forecast = new CapacityPlanner(_options.Planner(origin)).Forecast(past, calendar, cancellationToken: cancellationToken);
        ForecastRecord record = ForecastRecord.Of(forecast, calendar, _options.Quantiles, history.Name);
        TimeSeries came = IncidentMask.Apply(history.AggregateTo(record.Step, record.End).RequestsPerSecond, calendar);
        ForecastScore score = ForecastScore.Of(record, came);
        if (score.Steps == 0)
        {
            return null;
        }

        RequestHistory known = past.AggregateTo(record.Step, origin);
        PeakForecast horizon = PeakFinder.Find(forecast, new PeakWindow { Name = "horizon", Kind = "horizon", StartsAt = forecast.Start, EndsAt = forecast.End });
        return new Night
        {
            Score = score,
            Report = forecast.Report,
            Actual = ForecastScore.Actual(record, came),
            Naive = NaiveError.Of(record, came),
            Capacities = measure.CapacitiesFor(known, horizon, record.Step, planned),
            Alternatives = [.. RulesOfThumb.Of(came, origin, inForce).Select(rule => (rule.Name, rule.Rate is { } rate ? measure.CapacityFor(known, rate, record.Step) : (ProvidedCapacity?)null))],
        };
    }
}
