using Makalu.Capacity.Campaigns;

namespace Makalu.Capacity.Forecasting;

/// <summary>A model that was chosen among others: its forecasts tell of the choice.</summary>
internal static class ChosenModel
{
    public static IForecastModel Of(IForecastModel model, BacktestReport choice)
        => model is ICampaignForecastModel campaigns ? new WithCampaigns(campaigns, choice) : new Plain(model, choice);

    public static Forecast Tell(Forecast forecast, BacktestReport choice)
        => forecast.With((forecast.Report ?? new ForecastReport { Reason = choice.Reason }) with { Choice = choice });

    private sealed class Plain(IForecastModel model, BacktestReport choice) : IForecastModel
    {
        public Forecast Predict(PredictionOptions options, CancellationToken cancellationToken = default)
            => Tell(model.Predict(options, cancellationToken), choice);
    }

    private sealed class WithCampaigns(ICampaignForecastModel model, BacktestReport choice) : ICampaignForecastModel
    {
        public IReadOnlyList<CampaignUplift> Uplifts => model.Uplifts;

        public Forecast Predict(PredictionOptions options, CancellationToken cancellationToken = default)
            => Tell(model.Predict(options, cancellationToken), choice);

        public Forecast Predict(PredictionOptions options, CampaignCalendar planned, CancellationToken cancellationToken = default)
            => Tell(model.Predict(options, planned, cancellationToken), choice);
    }
}
