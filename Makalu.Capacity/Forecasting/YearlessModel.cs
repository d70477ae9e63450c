namespace Makalu.Capacity.Forecasting;

/// <summary>A model for whose course of the year the budget left no time; its forecasts tell of it.</summary>
/// <param name="model">The model.</param>
/// <param name="told">What to tell beside the budget's step.</param>
internal sealed class YearlessModel(IForecastModel model, string told) : IForecastModel
{
    public Forecast Predict(PredictionOptions options, CancellationToken cancellationToken = default)
    {
        Forecast forecast = model.Predict(options, cancellationToken);
        return forecast.Report is { } report ? forecast.With(report with { Budget = $"{report.Budget}; {told}" }) : forecast;
    }
}
