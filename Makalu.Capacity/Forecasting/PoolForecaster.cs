using Makalu.Capacity.Campaigns;
using Makalu.Capacity.Forecasting.Pool;
using Makalu.Capacity.Series;

namespace Makalu.Capacity.Forecasting;

/// <summary>
/// Forecasts by a pool of simple members, singular spectrum analysis in ridge form among them, each weighted by its error at
/// rolling origins within the history; the sample paths carry the errors seen at those origins, with their autocorrelation.
/// Campaigns in the calendar are not used; its incidents are left out of fitting.
/// </summary>
/// <remarks>Immutable; safe to share between threads.</remarks>
public sealed class PoolForecaster : IForecaster
{
    internal const string ModelName = "pool";

    /// <summary>The name that reports and <c>--model</c> use: <c>pool</c>.</summary>
    public string Name => ModelName;

    /// <inheritdoc/>
    public IForecastModel Fit(TimeSeries series, CampaignCalendar calendar, CancellationToken cancellationToken = default)
        => FitPool(series, calendar, cancellationToken);

    internal static PoolModel FitPool(TimeSeries series, CampaignCalendar calendar, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(series);
        ArgumentNullException.ThrowIfNull(calendar);
        cancellationToken.ThrowIfCancellationRequested();
        TimeSeries fitted = IncidentMask.Apply(series, calendar);
        if (fitted.MissingCount == fitted.Count)
            throw new ForecastException(FormattableString.Invariant($"The history of {series.Count} steps has {series.Count - series.MissingCount} known values, {fitted.Count - fitted.MissingCount} of them outside incidents; at least 1 is needed. Supply a history with known values, or narrow the calendar's incidents."));

        return new PoolModel(fitted);
    }
}
