using Makalu.Capacity.Campaigns;
using Makalu.Capacity.Forecasting.Pool;
using Makalu.Capacity.Series;

namespace Makalu.Capacity.Forecasting;

/// <summary>
/// Forecasts by a pool of simple members, singular spectrum analysis in ridge form among them, each weighted by its error at
/// rolling origins within the history; the sample paths carry the errors seen at those origins, with their autocorrelation.
/// Where a year of steps of a day or finer is known, the members see the history as if all of it had been at the origin's time of the year, and the paths get the course of the
/// year back, with how surely it is known. Campaigns in the calendar are not used; its incidents are left out of fitting.
/// </summary>
/// <remarks>Immutable; safe to share between threads.</remarks>
public sealed class PoolForecaster : IForecaster
{
    internal const string ModelName = "pool";

    private readonly TimeSpan? _budget;
    private readonly PoolMembers _members;

    /// <summary>Creates the forecaster.</summary>
    /// <param name="budget">
    /// The processor time that a series may take, fit and 1,000 paths; default null: all that is worth while. Within it the work is reduced in steps: 14, 7 or 4 rolling
    /// origins, then only the light members, at last the mean of the last seasons. The step is chosen by the size of the work and never by
    /// the clock, so that the same series and budget give the same bytes on any machine; a slow one may take longer. The last step is taken even where it is estimated to take longer.
    /// </param>
    /// <param name="fleet">
    /// Series that are learned from together by one further member, gradient boosting, which is weighed by its error like the others; left
    /// out where they are fewer than <see cref="BoostingFleet.FewestForPool"/>, where a budget leaves the light members only, or where LightGBM is not there for the machine. Default null: none.
    /// </param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="budget"/> is not longer than zero.</exception>
    public PoolForecaster(TimeSpan? budget = null, BoostingFleet? fleet = null)
    {
        if (budget is { } limit)
        {
            ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(limit, TimeSpan.Zero, nameof(budget));
        }

        _budget = budget;
        _members = fleet?.Count >= BoostingFleet.FewestForPool ? PoolMembers.Standard with { Fleet = fleet } : PoolMembers.Standard;
    }

    /// <summary>The name that reports and <c>--model</c> use: <c>pool</c>.</summary>
    public string Name => ModelName;

    /// <inheritdoc/>
    public IForecastModel Fit(TimeSeries series, CampaignCalendar calendar, CancellationToken cancellationToken = default)
    {
        TimeSeries known = Known(series, calendar, cancellationToken);
        if (LeftOutOfBudget(known) is { } told)
            return new YearlessModel(new PoolModel(known, _members, _budget), told);
        return YearlyCourse.Of(Outages.Find(known).Without(), cancellationToken) is { } course
            ? new YearlyModel(new PoolModel(course.Without(known), _members, _budget), course)
            : new PoolModel(known, _members, _budget);
    }

    /// <summary>What to tell where the course of a known year would take more than a tenth of the budget, which the pool's own steps do not count; else null.</summary>
    private string? LeftOutOfBudget(TimeSeries known)
    {
        double days = known.Count * (known.Step / TimeSpan.FromDays(1));
        double cost = ForecastCost.OfYear(days);
        return YearlyCourse.IsLongEnough(days) && cost > 0.1 * _budget?.TotalMilliseconds
            ? FormattableString.Invariant($"the time of the year left out (estimated {cost:0} ms)")
            : null;
    }

    internal PoolModel FitPool(TimeSeries series, CampaignCalendar calendar, CancellationToken cancellationToken)
        => new(Known(series, calendar, cancellationToken), _members, _budget);

    /// <summary>The series without its incidents.</summary>
    /// <exception cref="ForecastException">Nothing of it is known.</exception>
    internal static TimeSeries Known(TimeSeries series, CampaignCalendar calendar, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(series);
        ArgumentNullException.ThrowIfNull(calendar);
        cancellationToken.ThrowIfCancellationRequested();
        TimeSeries fitted = IncidentMask.Apply(series, calendar);
        if (fitted.MissingCount == fitted.Count)
            throw new ForecastException(FormattableString.Invariant($"The history of {series.Count} steps has {series.Count - series.MissingCount} known values, {fitted.Count - fitted.MissingCount} of them outside incidents; at least 1 is needed. Supply a history with known values, or narrow the calendar's incidents."));

        return fitted;
    }
}
