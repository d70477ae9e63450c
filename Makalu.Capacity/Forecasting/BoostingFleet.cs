using System.Collections.Concurrent;
using Makalu.Capacity.Campaigns;
using Makalu.Capacity.Forecasting.Boosting;
using Makalu.Capacity.Forecasting.Candidates;
using Makalu.Capacity.Numerics;
using Makalu.Capacity.Series;

namespace Makalu.Capacity.Forecasting;

/// <summary>
/// Many series that are learned from together: one gradient-boosted model over all of them, for <see cref="BoostingForecaster"/> and as
/// one more member of <see cref="PoolForecaster"/>, and another member, multivariate singular spectrum analysis, for those that move together.
/// </summary>
/// <remarks>
/// For each origin the model is trained on what lies before it in every series, once, when it is first asked; nothing at or after an
/// origin has any influence on its forecast. Immutable but for what is kept of the training; safe to share between threads.
/// </remarks>
public sealed class BoostingFleet
{
    /// <summary>The fewest series with which <c>pool</c> and <c>auto</c> try the model; with fewer it tells them nothing that their members do not know.</summary>
    public const int FewestForPool = 5;

    private readonly TimeSeries[] _series;
    private readonly CampaignCalendar _calendar;
    private readonly ITreeGrower _grower;
    private readonly Lazy<BoostingSeries[]> _prepared;
    private readonly ConcurrentDictionary<TimeZoneInfo, BoostingFleet> _local = new();
    private readonly ConcurrentDictionary<(DateTimeOffset Before, TimeSpan Step), Training> _trained = new();

    /// <summary>Names the series; nothing is computed yet.</summary>
    /// <param name="series">One or more, in requests per second; NaN where unknown. Those at one working step (an hour for finer ones) are learned from together.</param>
    /// <param name="calendar">The campaigns of all of them, past and planned, and incidents to leave out; default none.</param>
    /// <exception cref="ArgumentException">There is no series.</exception>
    public BoostingFleet(IEnumerable<TimeSeries> series, CampaignCalendar? calendar = null)
        : this(series, calendar, LightGbmGrower.Instance)
    {
    }

    /// <summary>A fleet whose trees are grown by another library.</summary>
    internal BoostingFleet(IEnumerable<TimeSeries> series, CampaignCalendar? calendar, ITreeGrower grower)
    {
        _grower = grower;
        ArgumentNullException.ThrowIfNull(series);
        _series = [.. series];
        if (_series.Length == 0)
            throw new ArgumentException("A fleet of no series has nothing to learn from. Pass at least one series.", nameof(series));

        _calendar = calendar ?? CampaignCalendar.Empty;
        _prepared = new(() => Prepare(_series, _calendar));
    }

    /// <summary>The number of series.</summary>
    public int Count => _series.Length;

    /// <summary>Whether all campaigns of a calendar are still to come for every series, so that nothing that is learned hangs on them.</summary>
    internal bool IsBefore(CampaignCalendar calendar)
    {
        DateTimeOffset end = _series.Max(s => s.End);
        return calendar.Campaigns.All(c => c.StartsAt >= end);
    }

    /// <summary>The fleet by the local clock of a zone, or as it is; the same one whenever it is asked.</summary>
    internal BoostingFleet In(TimeZoneInfo? zone) => zone is null ? this : _local.GetOrAdd(zone, _ =>
    {
        TimeSeries? any = _series.FirstOrDefault(s => ClockShifts.Matter(s.Step) && s.Count > 0);
        IEnumerable<TimeSeries> local = _series.Select(s => ClockShifts.Matter(s.Step) && s.Count > 0 ? new ClockShifts(s, zone).History() : s);
        return new BoostingFleet(local, any is null ? _calendar : new LocalCalendar(new ClockShifts(any, zone), any.End).Of(_calendar), _grower);
    });

    /// <summary>Why this machine grows no trees, in words; null where it does.</summary>
    internal string? WhyNoTrees => _grower.WhyNot;

    /// <summary>Grows all trees that pools of every series will ask for, several at once; results are the same without it, but each series would wait for its own.</summary>
    /// <param name="horizon">The length of the forecasts.</param>
    /// <param name="threads">How many are grown at once.</param>
    /// <param name="cancellationToken">Cancels.</param>
    internal void TrainAhead(TimeSpan horizon, int threads, CancellationToken cancellationToken)
    {
        if (WhyNoTrees is not null)
            return;

        (DateTimeOffset Before, TimeSpan Step)[] trainings = [.. Trainings(horizon)];
        ParallelLoop.For(trainings.Length, threads, i => _ = Trees(trainings[i].Before, trainings[i].Step, cancellationToken), cancellationToken);
    }

    /// <summary>What growing the fleet's trees costs each series, in milliseconds of one core.</summary>
    internal double CostPerSeries(TimeSpan horizon)
        => Trainings(horizon).Sum(t => ForecastCost.OfTraining(BoostingTrainer.MostExamplesOf(_prepared.Value.Count(s => s.Step == t.Step)))) / Count;

    /// <summary>The trainings that pools of all series ask for.</summary>
    private IEnumerable<(DateTimeOffset Before, TimeSpan Step)> Trainings(TimeSpan horizon) => _prepared.Value
        .SelectMany(s => s.TrainedBefore(horizon) is { } before ? new[] { (before.Judged, s.Step), (before.Whole, s.Step) } : [])
        .Distinct()
        .OrderByDescending(t => t.Item1);

    /// <summary>The member of a pool for one series; null where there is too little to learn from.</summary>
    /// <param name="origin">The end of the series.</param>
    /// <param name="step">Its working step.</param>
    /// <param name="firstJudged">The earliest origin at which the member will be judged.</param>
    /// <param name="cancellationToken">Cancels the training.</param>
    internal BoostingCandidate? Member(DateTimeOffset origin, TimeSpan step, DateTimeOffset firstJudged, CancellationToken cancellationToken)
    {
        BoostedTrees? judged = null;
        BoostedTrees? whole = null;
        ParallelLoop.Invoke([() => judged = Trees(firstJudged, step, cancellationToken), () => whole = Trees(origin, step, cancellationToken)], cancellationToken);
        return judged is null || whole is null ? null : new BoostingCandidate(judged, whole, new StepTimes(origin, step, _calendar.Campaigns));
    }

    /// <summary>The member of a pool that shares components with the series that move together with one; null where they are fewer than asked for.</summary>
    /// <param name="history">What is known of the one before the earliest origin, on its transformed scale, without gaps.</param>
    /// <param name="cycle">The steps of a day (or other short season).</param>
    /// <param name="origin">The end of the series.</param>
    /// <param name="step">Its working step.</param>
    /// <param name="firstJudged">The earliest origin at which the member will be judged.</param>
    /// <param name="fewest">The fewest other series.</param>
    internal MultivariateSsaCandidate? Together(ReadOnlySpan<double> history, int cycle, DateTimeOffset origin, TimeSpan step, DateTimeOffset firstJudged, int fewest)
    {
        var siblings = Siblings.Of(_prepared.Value.Where(s => s.Step == step), history, cycle, firstJudged);
        return siblings.Count < fewest ? null : new MultivariateSsaCandidate(siblings, new StepTimes(origin, step, _calendar.Campaigns));
    }

    private BoostedTrees? Trees(DateTimeOffset before, TimeSpan step, CancellationToken cancellationToken)
    {
        Training training = _trained.GetOrAdd((before, step), _ => new Training());
        lock (training)
        {
            // Others who want the same trees wait for them; one who is cancelled leaves the work to the next.
            if (!training.IsDone)
            {
                training.Trees = BoostingTrainer.Train([.. _prepared.Value.Where(s => s.Step == step)], before, _grower, cancellationToken);
                training.IsDone = true;
            }

            return training.Trees;
        }
    }

    private static BoostingSeries[] Prepare(TimeSeries[] series, CampaignCalendar calendar)
    {
        var prepared = new BoostingSeries?[series.Length];
        ParallelLoop.For(series.Length, i =>
        {
            TimeSeries known = IncidentMask.Apply(series[i], calendar);
            prepared[i] = known.MissingCount < known.Count ? BoostingSeries.Of(known, calendar.Campaigns) : null;
        });
        return [.. prepared.OfType<BoostingSeries>()];
    }

    private sealed class Training
    {
        public bool IsDone { get; set; }

        public BoostedTrees? Trees { get; set; }
    }
}
