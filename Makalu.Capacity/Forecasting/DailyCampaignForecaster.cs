using Makalu.Capacity.Campaigns;
using Makalu.Capacity.Series;

namespace Makalu.Capacity.Forecasting;

/// <summary>Campaigns on daily traffic, where the year and the weekday matter and the course within the day does not.</summary>
internal static class DailyCampaignForecaster
{
    /// <summary>Fits a history whose incidents are unknown.</summary>
    public static (ICampaignForecastModel Model, IOrdinaryDay Ordinary) Fit(TimeSeries known, CampaignCalendar calendar, CancellationToken cancellationToken)
    {
        LevelAndShapeForecaster.RequireKnownSteps(known);
        var fit = DailyCampaignFit.Fit(known, calendar, cancellationToken);
        return (new DailyCampaignModel(fit, calendar, cancellationToken), fit);
    }
}
