namespace Makalu.Capacity.Forecasting;

/// <summary>A campaign model that answers for many plans what it has to simulate only once.</summary>
internal interface IPlanningModel : ICampaignForecastModel
{
    /// <summary>Prepares for questions; nothing is simulated before the first.</summary>
    /// <param name="options">Horizon, paths and seed of all answers.</param>
    /// <param name="spanValues">How many values of spans that campaigns change may be kept from one question to the next.</param>
    IPlannedForecasts Prepare(PredictionOptions options, long spanValues);
}
