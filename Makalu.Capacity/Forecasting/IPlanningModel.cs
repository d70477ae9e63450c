namespace Makalu.Capacity.Forecasting;

/// <summary>A campaign model that answers for many plans what it has to simulate only once.</summary>
internal interface IPlanningModel : ICampaignForecastModel
{
    /// <summary>Prepares for questions; nothing is simulated before the first.</summary>
    IPlannedForecasts Prepare(PredictionOptions options);
}
