using System.Xml.Linq;
using Makalu.Capacity.Forecasting;

namespace Makalu.Capacity.Reporting;

/// <summary>The numbers of a forecast: at most 60 rows.</summary>
internal static class ForecastTable
{
    private const double MostRows = 60;

    public static XElement Create(Forecast forecast, double quantile)
    {
        double[] probabilities = [.. new[] { 0.05, 0.5, 0.95, quantile }.Distinct()];
        double[][] quantiles = forecast.Quantiles(probabilities);
        int stepsPerRow = (int)Math.Ceiling(forecast.Horizon / MostRows);
        double[][] rows = [.. quantiles.Select(q => StepBins.Highest(q, stepsPerRow))];
        return HtmlTable.Create(
            $"The highest step within {PlanText.Duration(forecast.Step * stepsPerRow)} from the time on, in requests per second: the level that the given part of the simulated futures does not exceed, step by step",
            ["From", .. probabilities.Select(p => HtmlTable.NumberColumn(p == 0.5 ? "Median" : PlanText.Percent(p)))],
            Enumerable.Range(0, rows[0].Length).Select(i => new object[] { PlanText.Time(forecast.TimeAt(i * stepsPerRow)) }.Concat(rows.Select(r => PlanText.Rate(r[i]))).ToArray()));
    }
}
