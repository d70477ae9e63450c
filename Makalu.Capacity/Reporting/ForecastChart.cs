using System.Xml.Linq;
using Makalu.Capacity.Forecasting;
using Makalu.Capacity.Series;

namespace Makalu.Capacity.Reporting;

/// <summary>The forecast as a picture: the end of the history, the band of the future, the campaigns, and the peak that is sized for.</summary>
internal static class ForecastChart
{
    private const int MaximumBins = 480;

    public static XElement Draw(CapacityPlan plan)
    {
        Forecast forecast = plan.Forecast;
        TimeSeries past = Tail(plan.History.RequestsPerSecond, forecast.End - forecast.Start);
        double[][] quantiles = forecast.Quantiles([0.05, 0.5, 0.95, plan.Demand.Quantile]);
        DateTimeOffset start = past.Count > 0 ? past.Start : forecast.Start;
        int stepsPerBin = (int)Math.Ceiling((forecast.End - start) / forecast.Step / MaximumBins);
        double top = Math.Max(plan.Demand.StepRequestsPerSecond, Math.Max(Highest(past.Values), Highest(quantiles[3])));
        var plane = new ChartPlane(
            start,
            forecast.End,
            top,
            plan.Calendar.Campaigns.Where(c => c.EndsAt > start && c.StartsAt < forecast.End).Select(c => (c.StartsAt, c.EndsAt, c.Name)));
        string bin = PlanText.Duration(forecast.Step * stepsPerBin);

        XElement chart = plane.Drawing(
            "forecast-chart",
            "Requests per second: the end of the history and the forecast",
            $"From {PlanText.Time(start)} to {PlanText.Time(forecast.End)}; each point is the highest step within {bin}. The band holds 90 % of the simulated futures. The plan is sized for {PlanText.Rate(plan.Demand.StepRequestsPerSecond)} requests per second at {PlanText.Time(plan.Demand.At)}. The table below holds the numbers.");
        chart.Add(plane.Axes("requests per second"));
        chart.Add(plane.Band(forecast.Start, forecast.Step, Bin(quantiles[0], stepsPerBin), Bin(quantiles[2], stepsPerBin), stepsPerBin));
        chart.Add(plane.Line(past.Start, past.Step, Bin(past.Values, stepsPerBin), stepsPerBin, "stroke: var(--past); stroke-width: 1"));
        chart.Add(plane.Line(forecast.Start, forecast.Step, Bin(quantiles[1], stepsPerBin), stepsPerBin, "stroke: var(--now); stroke-width: 1.5"));
        chart.Add(plane.Line(forecast.Start, forecast.Step, Bin(quantiles[3], stepsPerBin), stepsPerBin, "stroke: var(--now); stroke-width: 1; stroke-dasharray: 3 3"));
        chart.Add(plane.Level(plan.Demand.StepRequestsPerSecond, $"sized for {PlanText.Rate(plan.Demand.StepRequestsPerSecond)} ({PlanText.Percent(plan.Demand.Quantile)})"));
        var legend = new XElement(
            "figcaption",
            new XAttribute("class", "soft"),
            $"Grey: history. Blue: median of the forecast; band: 5 % to 95 %; dashes: {PlanText.Percent(plan.Demand.Quantile)}, step by step. Red: the quantile of the maximum that the plan is sized for. Shaded: campaigns.");
        return new XElement("figure", new XElement("div", new XAttribute("class", "wide"), chart), legend);
    }

    /// <summary>The table behind the chart: at most 60 rows.</summary>
    public static XElement Numbers(CapacityPlan plan)
    {
        Forecast forecast = plan.Forecast;
        double[][] quantiles = forecast.Quantiles([0.5, 0.95, plan.Demand.Quantile]);
        int stepsPerRow = (int)Math.Ceiling(forecast.Horizon / 60.0);
        double[][] rows = [.. quantiles.Select(q => Bin(q, stepsPerRow))];
        return new XElement(
            "details",
            new XElement("summary", "The numbers behind the chart"),
            HtmlTable.Create(
                $"The highest step within {PlanText.Duration(forecast.Step * stepsPerRow)} from the time on, in requests per second",
                ["From", HtmlTable.NumberColumn("Median"), HtmlTable.NumberColumn("95 %"), HtmlTable.NumberColumn(PlanText.Percent(plan.Demand.Quantile) + ", step by step")],
                Enumerable.Range(0, rows[0].Length).Select(i => new object[]
                {
                    PlanText.Time(forecast.TimeAt(i * stepsPerRow)),
                    PlanText.Rate(rows[0][i]),
                    PlanText.Rate(rows[1][i]),
                    PlanText.Rate(rows[2][i]),
                })));
    }

    private static TimeSeries Tail(TimeSeries series, TimeSpan length)
    {
        int count = (int)Math.Min(series.Count, Math.Ceiling(length / series.Step));
        return series.Slice(series.Count - count, count);
    }

    /// <summary>The highest known value of each bin; NaN where none is known.</summary>
    private static double[] Bin(ReadOnlySpan<double> values, int stepsPerBin)
    {
        var bins = new double[(values.Length + stepsPerBin - 1) / stepsPerBin];
        Array.Fill(bins, double.NaN);
        for (int i = 0; i < values.Length; i++)
        {
            ref double bin = ref bins[i / stepsPerBin];
            bin = double.IsNaN(bin) || values[i] > bin ? values[i] : bin;
        }

        return bins;
    }

    private static double Highest(ReadOnlySpan<double> values)
    {
        double highest = 0;
        foreach (double value in values)
        {
            highest = value > highest ? value : highest;
        }

        return highest;
    }
}
