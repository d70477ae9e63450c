using Makalu.Capacity.Campaigns;
using Makalu.Capacity.Series;

namespace Makalu.Capacity.Forecasting;

/// <summary>Campaigns on daily traffic, where the year and the weekday matter and the course within the day does not.</summary>
internal static class DailyCampaignForecaster
{
    /// <summary>Fits a history whose incidents are unknown.</summary>
    /// <param name="name">What the model is called.</param>
    /// <param name="known">The history.</param>
    /// <param name="calendar">The campaigns; all to come where a baseline is given.</param>
    /// <param name="baseline">The days without campaigns, where they are not this forecaster's own.</param>
    /// <param name="cancellationToken">Cancels the fit.</param>
    public static (ICampaignForecastModel Model, IOrdinaryDay Ordinary) Fit(string name, TimeSeries known, CampaignCalendar calendar, IForecastModel? baseline, CancellationToken cancellationToken)
    {
        LevelAndShapeForecaster.RequireKnownSteps(known);
        var fit = DailyCampaignFit.Fit(known, calendar, cancellationToken);
        return (new DailyCampaignModel(name, fit, calendar, baseline, cancellationToken), fit);
    }
}
