using Makalu.Capacity.Campaigns;
using Makalu.Capacity.Forecasting.Candidates;
using Makalu.Capacity.Forecasting.Pool;
using Makalu.Capacity.Series;

namespace Makalu.Capacity.Forecasting;

/// <summary>Judges its candidates on the history by rolling origin and fits the best: the first, unless another has a clearly lower pinball loss.</summary>
/// <remarks>
/// Long histories at a fine step are judged at a coarser one (at most <see cref="MostStepsJudged"/> steps), which is cheap and ranks the
/// candidates alike; the winner is fitted at the asked step. Immutable; safe to share between threads.
/// </remarks>
public sealed class AutoForecaster : IForecaster
{
    /// <summary>The most steps of history that candidates are judged on; finer series are aggregated for the judging.</summary>
    public const int MostStepsJudged = 12_000;

    private readonly AutoForecasterOptions _options;
    private readonly IReadOnlyList<IForecaster>? _candidates;

    /// <summary>Creates the forecaster over the library's own candidates, each under the campaign layer where the calendar has campaigns.</summary>
    /// <param name="options">How to judge; default as documented there.</param>
    public AutoForecaster(AutoForecasterOptions? options = null) => _options = options ?? new AutoForecasterOptions();

    /// <summary>Creates the forecaster over candidates of your own.</summary>
    /// <param name="candidates">One or more of different names, the preferred first, which is taken where the history is too short to judge.</param>
    /// <param name="options">How to judge; default as documented there.</param>
    /// <exception cref="ArgumentException">There is no candidate, or two have one name.</exception>
    public AutoForecaster(IReadOnlyList<IForecaster> candidates, AutoForecasterOptions? options = null)
        : this(options)
    {
        if (candidates.Count == 0)
        {
            throw new ArgumentException("There is no candidate to judge. Pass at least one forecaster.", nameof(candidates));
        }

        if (candidates.Select(c => c.Name).Distinct(StringComparer.Ordinal).Count() < candidates.Count)
        {
            throw new ArgumentException($"The candidates are named {string.Join(", ", candidates.Select(c => c.Name))}; reports tell them apart by name. Give each a name of its own.", nameof(candidates));
        }

        _candidates = [.. candidates];
    }

    /// <inheritdoc/>
    public string Name => ForecasterCatalog.Auto;

    /// <inheritdoc/>
    public IForecastModel Fit(TimeSeries series, CampaignCalendar calendar, CancellationToken cancellationToken = default)
    {
        // Without campaigns the pool is taken as it is: it weighs its own members by rolling origin, the naive one among them. So it is with campaigns that are all
        // to come, which leave the pool as it is but for what they add.
        if (_candidates is null && calendar.Campaigns.All(c => c.StartsAt >= series.End))
        {
            BoostingFleet? fleet = _options.LocalFleet() is { } all && all.IsBefore(calendar) ? all : null;
            var pool = new PoolForecaster(_options.Budget, fleet);
            return LocalClockForecaster.In(_options.TimeZone, calendar.Campaigns.Count == 0 ? pool : new CampaignForecaster(pool)).Fit(series, calendar, cancellationToken);
        }

        (IForecaster forecaster, BacktestReport? report) = Select(series, calendar, cancellationToken);
        IForecastModel model = forecaster.Fit(series, calendar, cancellationToken);
        if (report is not null)
            return ChosenModel.Of(model, report);

        return _options.Budget is null ? model : ChosenModel.Untried(model, JudgingEffort(Coarsen(series), series, calendar).Told);
    }

    /// <summary>Judges the candidates without fitting the winner.</summary>
    /// <param name="series">The history, in requests per second; NaN where unknown.</param>
    /// <param name="calendar">The calendar.</param>
    /// <param name="cancellationToken">Cancels the judging.</param>
    /// <returns>The winner and the report; the report is null where the history is too short to judge, and the first candidate is then taken.</returns>
    public (IForecaster Forecaster, BacktestReport? Report) Select(TimeSeries series, CampaignCalendar calendar, CancellationToken cancellationToken = default)
    {
        IReadOnlyList<IForecaster> candidates = _candidates ?? [.. (calendar.Campaigns.Count > 0 ? UnderCampaigns : Plain).Select(name => ForecasterCatalog.Create(name, _options))];
        TimeSeries judged = Coarsen(series);
        (int origins, string? told) = JudgingEffort(judged, series, calendar);
        if (origins == 0)
            return (candidates[0], null);

        // Daily steps are few and their model knows the year: the whole horizon is judged, or the wrong one would be chosen for it.
        TimeSpan longestJudged = judged.Step >= TimeSpan.FromDays(1) ? TimeSpan.MaxValue : TimeSpan.FromDays(7);
        TimeSpan horizon = _options.Horizon < longestJudged ? _options.Horizon : longestJudged;

        // With little history a shorter horizon is judged rather than none.
        int longest = Math.Max(1, judged.Count / 4);
        int steps = (int)Math.Clamp(Math.Ceiling(horizon / judged.Step), 1, longest);
        IForecaster[] light = [.. candidates.Select(c => c is CampaignForecaster campaigns ? campaigns.WithoutComparison() : c)];
        BacktestReport? report = Backtest.Run(judged, calendar, light, new BacktestOptions
        {
            Horizon = steps,
            Origins = origins,
            Spacing = Math.Max(Math.Max(1, (int)(TimeSpan.FromDays(1) / judged.Step)), steps / 2),
            Seed = _options.Seed,
            MaxDegreeOfParallelism = _options.MaxDegreeOfParallelism,
        }, _options.Progress, cancellationToken);
        return report is null ? (candidates[0], null) : (candidates.First(c => c.Name == report.Chosen), told is null ? report : new BacktestReport { Candidates = report.Candidates, Chosen = report.Chosen, Reason = $"{report.Reason} Budget: {told}." });
    }

    /// <summary>
    /// The origins at which a budget lets the candidates be judged: those asked for, half of them, or none. Candidates of your own are judged as asked, for nothing is
    /// known of what they take.
    /// </summary>
    private (int Origins, string? Told) JudgingEffort(TimeSeries judged, TimeSeries series, CampaignCalendar calendar)
    {
        if (_options.Budget is not { } budget || _candidates is not null)
            return (_options.Origins, null);

        int campaigns = calendar.Campaigns.Count;
        double once = CostOf(judged, campaigns, compared: false, paths: 200);
        double last = CostOf(series, campaigns, compared: true, paths: 1000);
        int half = Math.Max(1, _options.Origins / 2);
        foreach ((int step, int origins) in (ReadOnlySpan<(int, int)>)[(1, _options.Origins), (2, half)])
        {
            double estimate = (origins * once) + last;
            if (estimate <= budget.TotalMilliseconds)
                return (origins, FormattableString.Invariant($"step {step} of 3 for {budget.TotalMilliseconds:0} ms: candidates judged at {origins} origins (estimated {estimate:0} ms of one core)"));
        }

        return (0, FormattableString.Invariant($"step 3 of 3 for {budget.TotalMilliseconds:0} ms: the preferred forecaster, not judged"));
    }

    /// <summary>What all candidates cost together at one origin, the pool being the largest among them.</summary>
    private double CostOf(TimeSeries series, int campaigns, bool compared, int paths)
    {
        int steps = (int)Math.Clamp(Math.Ceiling(_options.Horizon / series.Step), 1, series.Count);
        int group = (int)Math.Max(1, TimeSpan.FromHours(1) / series.Step);
        var seasons = new SeasonLengths(24, 168);
        double pool = ForecastCost.OfPool(series.Count / group, seasons, (steps + group - 1) / group, group, PoolEffort.Whole);
        double layer = campaigns > 0 ? ForecastCost.OfCampaigns(series.Count, campaigns, compared) : 0;
        return pool + (campaigns > 0 ? 3 * layer : 0) + (2 * ForecastCost.OfPaths(steps, paths));
    }

    private static IReadOnlyList<string> Plain { get; } = [PoolForecaster.ModelName, "seasonal-naive"];

    private static IReadOnlyList<string> UnderCampaigns { get; } = ["campaigns", "campaigns+pool", "campaigns+seasonal-naive"];

    /// <summary>The series at the finest whole multiple of its step that leaves no more steps than are judged, at most an hour.</summary>
    internal static TimeSeries Coarsen(TimeSeries series)
    {
        foreach (int minutes in (ReadOnlySpan<int>)[1, 5, 10, 15, 30, 60])
        {
            TimeSpan step = TimeSpan.FromMinutes(minutes);
            if (step > series.Step && step.Ticks % series.Step.Ticks == 0 && series.Count > MostStepsJudged && (series.Count / (step / series.Step) <= MostStepsJudged || minutes == 60))
            {
                return series.AggregateTo(step, series.End).Scale(series.Step / step);
            }
        }

        return series;
    }
}
