using Makalu.Capacity.Campaigns;
using Makalu.Capacity.Series;

namespace Makalu.Capacity.Forecasting;

/// <summary>
/// Forecasts by the local clock of a time zone: people keep to it, and the shape of their day does not move when the clocks change,
/// while in UTC it does. The forecaster within is given the history and the calendar by the local clock, and its forecast is put back.
/// </summary>
/// <remarks>
/// A change of clocks that is no whole number of steps, and steps of a day or longer, are left as they are. Immutable; safe to share
/// between threads.
/// </remarks>
public sealed class LocalClockForecaster : IForecaster
{
    private readonly IForecaster _forecaster;
    private readonly TimeZoneInfo _zone;

    /// <summary>Creates the forecaster.</summary>
    /// <param name="forecaster">The forecaster to run by the local clock; it sees local times as if they were UTC.</param>
    /// <param name="zone">The zone of the people whose requests are counted.</param>
    public LocalClockForecaster(IForecaster forecaster, TimeZoneInfo zone)
    {
        ArgumentNullException.ThrowIfNull(forecaster);
        ArgumentNullException.ThrowIfNull(zone);
        _forecaster = forecaster;
        _zone = zone;
    }

    /// <summary>The name of the forecaster within.</summary>
    public string Name => _forecaster.Name;

    /// <inheritdoc/>
    public IForecastModel Fit(TimeSeries series, CampaignCalendar calendar, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(series);
        ArgumentNullException.ThrowIfNull(calendar);
        if (!ClockShifts.Matter(series.Step) || series.Count == 0)
            return _forecaster.Fit(series, calendar, cancellationToken);

        var clock = new ClockShifts(series, _zone);
        var local = new LocalCalendar(clock, series.End);
        IForecastModel model = _forecaster.Fit(clock.History(), local.Of(calendar), cancellationToken);
        return model is ICampaignForecastModel campaigns
            ? new LocalClockCampaignModel(campaigns, clock, local, series)
            : new LocalClockModel(model, clock, local, series);
    }

    /// <summary>The forecaster by the local clock of a zone, or as it is without one.</summary>
    internal static IForecaster In(TimeZoneInfo? zone, IForecaster forecaster) => zone is null ? forecaster : new LocalClockForecaster(forecaster, zone);
}
