using Makalu.Capacity.Campaigns;

namespace Makalu.Capacity.Forecasting;

/// <summary>A model that was chosen among others: its forecasts tell of the choice.</summary>
internal static class ChosenModel
{
    public static IForecastModel Of(IForecastModel model, BacktestReport choice)
        => model is ICampaignForecastModel campaigns ? new WithCampaigns(campaigns, forecast => Tell(forecast, choice)) : new Plain(model, forecast => Tell(forecast, choice));

    /// <summary>A model that a budget left no time to judge.</summary>
    public static IForecastModel Untried(IForecastModel model, string? told)
        => model is ICampaignForecastModel campaigns ? new WithCampaigns(campaigns, forecast => TellBudget(forecast, told)) : new Plain(model, forecast => TellBudget(forecast, told));

    private static Forecast TellBudget(Forecast forecast, string? told)
        => forecast.With((forecast.Report ?? new ForecastReport { Reason = "The budget left no time to judge other forecasters." }) with { Budget = told });

    public static Forecast Tell(Forecast forecast, BacktestReport choice)
        => forecast.With((forecast.Report ?? new ForecastReport { Reason = choice.Reason }) with { Choice = choice });

    private sealed class Plain(IForecastModel model, Func<Forecast, Forecast> tell) : IForecastModel
    {
        public Forecast Predict(PredictionOptions options, CancellationToken cancellationToken = default)
            => tell(model.Predict(options, cancellationToken));
    }

    private sealed class WithCampaigns(ICampaignForecastModel model, Func<Forecast, Forecast> tell) : IPlanningModel
    {
        public IReadOnlyList<CampaignUplift> Uplifts => model.Uplifts;

        public Forecast Predict(PredictionOptions options, CancellationToken cancellationToken = default)
            => tell(model.Predict(options, cancellationToken));

        public Forecast Predict(PredictionOptions options, CampaignCalendar planned, CancellationToken cancellationToken = default)
            => tell(model.Predict(options, planned, cancellationToken));

        public IPlannedForecasts Prepare(PredictionOptions options, long spanValues) => PlannedForecasts.Told(PlannedForecasts.Of(model, options, spanValues), tell);
    }
}
