using Makalu.Capacity.Campaigns;

namespace Makalu.Capacity.Forecasting;

/// <summary>A model with campaigns from whose history outages were left out; its forecasts tell of them.</summary>
internal sealed class OutageModel(ICampaignForecastModel model, IReadOnlyList<UnannouncedEvent> outages) : IPlanningModel
{
    public IReadOnlyList<CampaignUplift> Uplifts => model.Uplifts;

    public Forecast Predict(PredictionOptions options, CancellationToken cancellationToken = default)
        => Tell(model.Predict(options, cancellationToken));

    public Forecast Predict(PredictionOptions options, CampaignCalendar planned, CancellationToken cancellationToken = default)
        => Tell(model.Predict(options, planned, cancellationToken));

    public IPlannedForecasts Prepare(PredictionOptions options, long spanValues) => PlannedForecasts.Told(PlannedForecasts.Of(model, options, spanValues), Tell);

    private Forecast Tell(Forecast forecast)
        => forecast.Report is { } report ? forecast.With(report with { Outliers = Array.AsReadOnly([.. report.Outliers.Concat(outages).OrderBy(e => e.StartsAt)]) }) : forecast;
}
