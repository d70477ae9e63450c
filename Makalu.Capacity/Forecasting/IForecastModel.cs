namespace Makalu.Capacity.Forecasting;

/// <summary>A fitted model.</summary>
/// <remarks>Immutable and safe to share between threads.</remarks>
public interface IForecastModel
{
    /// <summary>Forecasts the steps that follow the history.</summary>
    /// <param name="options">Horizon, number of sample paths, seed.</param>
    /// <param name="cancellationToken">Cancels the simulation.</param>
    /// <returns>Sample paths in requests per second; the same for the same seed, bit for bit, at any degree of parallelism.</returns>
    Forecast Predict(PredictionOptions options, CancellationToken cancellationToken = default);
}
