using Makalu.Capacity.Campaigns;
using Makalu.Capacity.Series;

namespace Makalu.Capacity.Forecasting;

/// <summary>Campaigns on daily traffic, where the year and the weekday matter and the course within the day does not.</summary>
internal sealed class DailyCampaignForecaster : IForecaster
{
    public string Name => "campaigns";

    public IForecastModel Fit(TimeSeries series, CampaignCalendar calendar, CancellationToken cancellationToken = default)
    {
        TimeSeries known = IncidentMask.Apply(series, calendar);
        LevelAndShapeForecaster.RequireKnownSteps(known);
        return new DailyCampaignModel(DailyCampaignFit.Fit(known, calendar, cancellationToken), calendar, cancellationToken);
    }
}
