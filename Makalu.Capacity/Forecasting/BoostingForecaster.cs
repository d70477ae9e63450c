using Makalu.Capacity.Campaigns;
using Makalu.Capacity.Forecasting.Pool;
using Makalu.Capacity.Series;

namespace Makalu.Capacity.Forecasting;

/// <summary>
/// Forecasts by gradient-boosted trees (LightGBM) alone: one model over all series of a fleet, on lags, the time of day and week, and the
/// campaigns of the calendar; the paths carry the errors seen at rolling origins, as those of <see cref="PoolForecaster"/> do.
/// </summary>
/// <remarks>
/// Needs nine days (or other short seasons) before the earliest of two origins or more. LightGBM is there for x64 on Windows, macOS
/// and Linux. Immutable; safe to share between threads.
/// </remarks>
public sealed class BoostingForecaster : IForecaster
{
    internal const string ModelName = "boosting";

    private readonly BoostingFleet? _fleet;

    /// <summary>Creates the forecaster.</summary>
    /// <param name="fleet">The series to learn from together; default null: each series is learned from alone.</param>
    public BoostingForecaster(BoostingFleet? fleet = null) => _fleet = fleet;

    /// <summary>The name that reports and <c>--model</c> use: <c>boosting</c>.</summary>
    public string Name => ModelName;

    /// <inheritdoc/>
    public IForecastModel Fit(TimeSeries series, CampaignCalendar calendar, CancellationToken cancellationToken = default)
    {
        TimeSeries fitted = PoolForecaster.Known(series, calendar, cancellationToken);
        return new PoolModel(fitted, new PoolMembers(ModelName, IsStandard: false, _fleet ?? new BoostingFleet([fitted], calendar)));
    }
}
