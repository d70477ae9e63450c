using Makalu.Capacity.Campaigns;
using Makalu.Capacity.Forecasting;
using Makalu.Capacity.Series;

namespace Makalu.Capacity.Tests.Monitoring;

/// <summary>A forecaster whose path p is the constant rate p, for p from 0 to 100, so that each quantile q of anything is 100·q.</summary>
internal sealed class KnownForecast : IForecaster, IForecastModel
{
    private readonly DateTimeOffset _origin;
    private readonly TimeSpan _step;

    public KnownForecast(DateTimeOffset origin = default, TimeSpan step = default)
    {
        _origin = origin;
        _step = step;
    }

    public string Name => "known";

    public IForecastModel Fit(TimeSeries series, CampaignCalendar calendar, CancellationToken cancellationToken = default) => new KnownForecast(series.End, series.Step);

    public Forecast Predict(PredictionOptions options, CancellationToken cancellationToken = default)
    {
        double[] paths = [.. Enumerable.Range(0, 101 * options.Horizon).Select(i => (double)(i / options.Horizon))];
        return new Forecast(_origin, _step, options.Horizon, paths) { Model = Name };
    }

    /// <summary>What came, in requests per second, NaN where unknown.</summary>
    public static RequestHistory History(DateTimeOffset start, TimeSpan step, params double[] ratesPerSecond) => new()
    {
        Requests = new TimeSeries(start, step, Array.ConvertAll(ratesPerSecond, r => r * step.TotalSeconds)),
        Quality = SeriesQuality.Clean,
    };
}
