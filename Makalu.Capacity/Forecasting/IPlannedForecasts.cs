using Makalu.Capacity.Campaigns;

namespace Makalu.Capacity.Forecasting;

/// <summary>
/// Forecasts of one model with a horizon, a number of paths and a seed, for one plan after the other: what does not depend on the plan is
/// simulated once and shared. Each is what the model's own prediction gives, bit for bit.
/// </summary>
/// <remarks>Safe to share between threads.</remarks>
internal interface IPlannedForecasts
{
    /// <summary>Forecasts.</summary>
    /// <param name="planned">The plan; null for the calendar that was learned from.</param>
    /// <param name="cancellationToken">Stops the simulation.</param>
    Forecast Predict(CampaignCalendar? planned, CancellationToken cancellationToken);
}
