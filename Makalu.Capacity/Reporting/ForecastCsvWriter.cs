using CsvHelper;
using Makalu.Capacity.Forecasting;

namespace Makalu.Capacity.Reporting;

/// <summary>
/// Writes forecasts as CSV: <c>[series,]timestamp,mean,p50,…</c>, in requests per second averaged over the step, one row a step.
/// </summary>
/// <remarks>Not safe to share between threads.</remarks>
public sealed class ForecastCsvWriter : IDisposable
{
    private readonly CsvWriter _csv;
    private readonly double[] _quantiles;
    private readonly bool _hasSeriesColumn;

    /// <summary>Writes the header.</summary>
    /// <param name="stream">Where to write, as UTF-8; left open.</param>
    /// <param name="quantiles">A column for each, each between 0 and 1, both excluded.</param>
    /// <param name="hasSeriesColumn">Whether the rows name their series.</param>
    public ForecastCsvWriter(Stream stream, IReadOnlyList<double> quantiles, bool hasSeriesColumn = false)
    {
        _csv = PlanCsv.Create(stream);
        _quantiles = [.. quantiles];
        _hasSeriesColumn = hasSeriesColumn;
        if (hasSeriesColumn)
        {
            _csv.WriteField("series");
        }

        _csv.WriteField("timestamp");
        _csv.WriteField("mean");
        PlanCsv.WriteQuantileNames(_csv, _quantiles);
        _csv.EndRecord();
    }

    /// <summary>Writes the rows of one forecast.</summary>
    /// <param name="forecast">The forecast.</param>
    /// <param name="series">The name of its series; written where there is a column for it.</param>
    public void Write(Forecast forecast, string series = "")
    {
        double[] mean = forecast.Mean();
        double[][] quantiles = forecast.Quantiles(_quantiles);
        for (int step = 0; step < forecast.Horizon; step++)
        {
            if (_hasSeriesColumn)
            {
                _csv.WriteField(series);
            }

            _csv.WriteField(PlanText.IsoTime(forecast.TimeAt(step)));
            PlanCsv.WriteRate(_csv, mean[step]);
            foreach (double[] quantile in quantiles)
            {
                PlanCsv.WriteRate(_csv, quantile[step]);
            }

            _csv.EndRecord();
        }
    }

    /// <summary>Flushes what was written; the stream stays open.</summary>
    public void Dispose() => _csv.Dispose();
}
