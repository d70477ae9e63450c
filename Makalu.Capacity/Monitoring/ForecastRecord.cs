using Makalu.Capacity.Campaigns;
using Makalu.Capacity.Forecasting;
using Makalu.Capacity.Numerics;
using Makalu.Capacity.Peaks;

namespace Makalu.Capacity.Monitoring;

/// <summary>
/// What a forecast said, small enough to be kept and scored when the future has come: quantiles of each step and of the maximum of each
/// window. <see cref="ForecastRecordFile"/> stores it.
/// </summary>
/// <remarks>Immutable; safe to share between threads.</remarks>
public sealed class ForecastRecord
{
    private readonly double[] _quantiles;
    private readonly double[][] _values;
    private readonly double[] _expectedPinballLoss;

    internal ForecastRecord(DateTimeOffset origin, TimeSpan step, string model, string series, double[] quantiles, double[][] values, double[] expectedPinballLoss, IReadOnlyList<PeakRecord> peaks)
    {
        Origin = origin;
        Step = step;
        Model = model;
        Series = series;
        Peaks = peaks;
        _quantiles = quantiles;
        _values = values;
        _expectedPinballLoss = expectedPinballLoss;
    }

    /// <summary>The quantiles that are kept unless others are asked for: 0.5, 0.9, 0.95 and 0.99.</summary>
    public static IReadOnlyList<double> DefaultQuantiles { get; } = [0.5, 0.9, 0.95, 0.99];

    /// <summary>The start of the first forecast step, UTC; nothing at or after it was known.</summary>
    public DateTimeOffset Origin { get; }

    /// <summary>The length of a step.</summary>
    public TimeSpan Step { get; }

    /// <summary>The number of steps.</summary>
    public int Horizon => _expectedPinballLoss.Length;

    /// <summary>The end of the last step, exclusive, UTC.</summary>
    public DateTimeOffset End => Origin + (Step * Horizon);

    /// <summary>The name of the model that made the forecast.</summary>
    public string Model { get; }

    /// <summary>The name of the series; empty where the history has only one.</summary>
    public string Series { get; }

    /// <summary>The quantiles that are kept, rising fractions; 0.5 is always among them.</summary>
    public ReadOnlySpan<double> Quantiles => _quantiles;

    /// <summary>
    /// The pinball loss of each step, averaged over the quantiles, that is to be expected if the forecast is true, in requests per second.
    /// </summary>
    public ReadOnlySpan<double> ExpectedPinballLoss => _expectedPinballLoss;

    /// <summary>What was said of the horizon, each UTC day and each campaign, in that order.</summary>
    public IReadOnlyList<PeakRecord> Peaks { get; }

    /// <summary>The quantile of each step, in requests per second.</summary>
    /// <param name="index">The index within <see cref="Quantiles"/>.</param>
    public ReadOnlySpan<double> Steps(int index) => _values[index];

    /// <summary>Takes down what a forecast says.</summary>
    /// <param name="forecast">The forecast.</param>
    /// <param name="calendar">The calendar, whose campaigns are windows; default none.</param>
    /// <param name="quantiles">The quantiles to keep, each above 0 and below 1; default <see cref="DefaultQuantiles"/>. The median is added where it is not among them.</param>
    /// <param name="series">The name of the series.</param>
    /// <exception cref="ArgumentOutOfRangeException">A quantile is not above 0 and below 1.</exception>
    public static ForecastRecord Of(Forecast forecast, CampaignCalendar? calendar = null, IReadOnlyList<double>? quantiles = null, string series = "")
    {
        double[] kept = [.. (quantiles ?? DefaultQuantiles).Append(0.5).Distinct().Order()];
        double[][] values = forecast.Quantiles(kept);
        IReadOnlyList<PeakForecast> peaks = PeakFinder.Find(forecast, calendar ?? CampaignCalendar.Empty);
        return new ForecastRecord(
            forecast.Start,
            forecast.Step,
            forecast.Model,
            series,
            kept,
            values,
            Expected(forecast, kept, values),
            [.. peaks.Select(p => new PeakRecord(p.Window, Array.ConvertAll(kept, p.Quantile)))]);
    }

    /// <summary>The steps of a window: first and number; see <see cref="PeakFinder"/>.</summary>
    internal (int First, int Count) StepsOf(PeakWindow window) => PeakFinder.Steps(Origin, Step, Horizon, window);

    private static double[] Expected(Forecast forecast, double[] quantiles, double[][] values)
    {
        var expected = new double[forecast.Horizon];
        double share = 1.0 / quantiles.Length / forecast.PathCount;
        for (int p = 0; p < forecast.PathCount; p++)
        {
            ReadOnlySpan<double> path = forecast.Path(p);
            for (int q = 0; q < quantiles.Length; q++)
            {
                double[] stated = values[q];
                for (int h = 0; h < expected.Length; h++)
                {
                    expected[h] += share * PinballLoss.Of(path[h], stated[h], quantiles[q]);
                }
            }
        }

        return expected;
    }
}
