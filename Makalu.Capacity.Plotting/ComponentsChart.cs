using System.Globalization;
using System.Xml.Linq;
using Makalu.Capacity.Forecasting.Ssa;
using Makalu.Capacity.Reporting;
using Makalu.Capacity.Series;

namespace Makalu.Capacity.Plotting;

/// <summary>Trend, seasons and noise of a history below one another, each on a scale of its own.</summary>
internal static class ComponentsChart
{
    private const int MostSeasons = 3;

    public static XElement Draw(HistoryComponents components, int width)
    {
        TimeSeries series = components.RequestsPerSecond;
        SsaGroup[] shown = [components.Grouping.Trend, .. components.Grouping.Seasons.Take(MostSeasons), components.Grouping.Noise];
        var chart = new Chart(
            "components-chart",
            width,
            "The history taken apart: trend, seasons and noise",
            $"Requests per second from {PlanText.Time(series.Start)} to {PlanText.Time(series.End)} by singular spectrum analysis. " + string.Join(" ", shown.Select(g => $"{ComponentNames.Of(g, series.Step)}: {PlanText.RoughPercent(g.Share)} of the variation.")));
        double[] times = [.. Enumerable.Range(0, series.Count).Select(i => TimeTicks.Days(series.TimeAt(i), series.Start))];
        double last = TimeTicks.Days(series.End, series.Start);
        for (int i = 0; i < shown.Length; i++)
        {
            bool isLast = i == shown.Length - 1;
            double[] values = shown[i].Values.ToArray();
            (double low, double high) = (values.Min(), values.Max());
            double tick = Scale.Tick(Math.Max(high - low, 1e-6), 3);
            (double floor, double ceiling) = (Math.Floor(low / tick) * tick, Math.Max(Math.Ceiling(high / tick) * tick, (Math.Floor(low / tick) + 1) * tick));
            var panel = new ChartPanel(width, isLast ? 138 : 118, new ChartMargins(64, 12, 24, isLast ? 28 : 8), (0, last), (floor, ceiling));
            panel.AddScale(tick);
            panel.AddText(8, 14, string.Create(CultureInfo.InvariantCulture, $"{ComponentNames.Of(shown[i], series.Step)}, {PlanText.RoughPercent(shown[i].Share)} of the variation"), "start", Palette.Ink);
            panel.AddLine(times, values, i == 0 ? Palette.LimitPlanned : isLast ? Palette.Past : Palette.Forecast, 1);
            if (isLast)
            {
                panel.AddTimes(TimeTicks.Between(series.Start, series.End, panel.PlotWidth));
            }

            chart.Add(panel);
        }

        return chart.Draw();
    }
}
