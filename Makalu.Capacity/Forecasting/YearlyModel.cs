namespace Makalu.Capacity.Forecasting;

/// <summary>A model of a history from which the year was taken; its forecasts get it back.</summary>
internal sealed class YearlyModel(IForecastModel model, YearlyCourse course) : IForecastModel
{
    public Forecast Predict(PredictionOptions options, CancellationToken cancellationToken = default)
        => course.With(model.Predict(options, cancellationToken), options.Seed, cancellationToken);
}
