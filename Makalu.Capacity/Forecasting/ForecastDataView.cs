using Microsoft.ML;
using Microsoft.ML.Data;

namespace Makalu.Capacity.Forecasting;

/// <summary>Forecasts as ML.NET's tables, from which <c>ToDataFrame()</c> of Microsoft.Data.Analysis makes a data frame.</summary>
public static class ForecastDataView
{
    /// <summary>A forecast as a table of a row a step, with the columns of <c>forecast.csv</c>: <c>timestamp</c> (UTC), <c>mean</c>, <c>p50</c>, <c>p90</c>, <c>p95</c>, <c>p99</c> in requests per second.</summary>
    /// <param name="forecast">The forecast.</param>
    public static IDataView ToDataView(this Forecast forecast)
    {
        double[] mean = forecast.Mean();
        double[][] quantiles = forecast.Quantiles([0.5, 0.9, 0.95, 0.99]);
        return new MLContext().Data.LoadFromEnumerable(Enumerable.Range(0, forecast.Horizon).Select(i => new Row
        {
            Timestamp = forecast.TimeAt(i).UtcDateTime,
            Mean = mean[i],
            P50 = quantiles[0][i],
            P90 = quantiles[1][i],
            P95 = quantiles[2][i],
            P99 = quantiles[3][i],
        }).ToArray());
    }

    private sealed class Row
    {
        [ColumnName("timestamp")]
        public DateTime Timestamp { get; set; }

        [ColumnName("mean")]
        public double Mean { get; set; }

        [ColumnName("p50")]
        public double P50 { get; set; }

        [ColumnName("p90")]
        public double P90 { get; set; }

        [ColumnName("p95")]
        public double P95 { get; set; }

        [ColumnName("p99")]
        public double P99 { get; set; }
    }
}
