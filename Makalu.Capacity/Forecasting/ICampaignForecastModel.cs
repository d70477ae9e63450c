using Makalu.Capacity.Campaigns;

namespace Makalu.Capacity.Forecasting;

/// <summary>A fitted model that knows what campaigns do: it tells what past ones did, and plans others without fitting again.</summary>
/// <remarks>Immutable and safe to share between threads.</remarks>
public interface ICampaignForecastModel : IForecastModel
{
    /// <summary>What each past campaign did, by start.</summary>
    IReadOnlyList<CampaignUplift> Uplifts { get; }

    /// <summary>
    /// Forecasts with another plan: campaigns moved, added, dropped or changed. What was learned stays as it is.
    /// </summary>
    /// <param name="options">Horizon, number of sample paths, seed: the same seed draws the same traffic and the same luck for the campaigns that both plans have.</param>
    /// <param name="planned">The campaigns that start at or after the end of the history; others, and incidents, are passed over, for those that have started are part of what was learned.</param>
    /// <param name="cancellationToken">Cancels the simulation.</param>
    Forecast Predict(PredictionOptions options, CampaignCalendar planned, CancellationToken cancellationToken = default);
}
