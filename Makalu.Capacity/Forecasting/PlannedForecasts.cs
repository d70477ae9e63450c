using Makalu.Capacity.Campaigns;

namespace Makalu.Capacity.Forecasting;

/// <summary>What any model can be asked for one plan after the other.</summary>
internal static class PlannedForecasts
{
    /// <summary>Prepares a model: what it cannot share between plans it simulates for each.</summary>
    public static IPlannedForecasts Of(IForecastModel model, PredictionOptions options, long spanValues) => model switch
    {
        IPlanningModel planning => planning.Prepare(options, spanValues),
        ICampaignForecastModel campaigns => new Each(campaigns, options),
        _ => new Only(model, options),
    };

    /// <summary>The same forecasts, told otherwise; the paths stay as they are.</summary>
    public static IPlannedForecasts Told(IPlannedForecasts forecasts, Func<Forecast, Forecast> tell) => new Retold(forecasts, tell);

    /// <summary>A model that shares nothing: only its own calendar's forecast is kept.</summary>
    private sealed class Each(ICampaignForecastModel model, PredictionOptions options) : IPlannedForecasts
    {
        private readonly Only _own = new(model, options);

        public Forecast Predict(CampaignCalendar? planned, CancellationToken cancellationToken)
            => planned is null ? _own.Predict(null, cancellationToken) : model.Predict(options, planned, cancellationToken);
    }

    /// <summary>A model that knows no campaigns has one forecast, whatever the plan.</summary>
    private sealed class Only(IForecastModel model, PredictionOptions options) : IPlannedForecasts
    {
        private readonly Lock _simulating = new();
        private Forecast? _forecast;

        public Forecast Predict(CampaignCalendar? planned, CancellationToken cancellationToken)
        {
            lock (_simulating)
                return _forecast ??= model.Predict(options, cancellationToken);
        }
    }

    private sealed class Retold(IPlannedForecasts forecasts, Func<Forecast, Forecast> tell) : IPlannedForecasts
    {
        public Forecast Predict(CampaignCalendar? planned, CancellationToken cancellationToken) => tell(forecasts.Predict(planned, cancellationToken));
    }
}
