using System.Globalization;
using System.Xml.Linq;
using Makalu.Capacity.Sizing;

namespace Makalu.Capacity.Plotting;

/// <summary>The connections that could be opened, now and as planned, against <c>max_connections</c>, now and as planned.</summary>
internal static class ConnectionsChart
{
    public static XElement Draw(CapacityPlan plan, int width)
    {
        DatabaseDescription database = plan.System.Database;
        ConnectionPlan planned = plan.Connections;
        int reserved = database.SuperuserReserved + database.Reserved;
        int poolsPlanned = planned.Pooler?.Connections ?? planned.Services.Sum(s => s.Connections);
        (string Name, int? Pools, int Limit, ChartColour Colour)[] bars =
        [
            ("now", plan.System.PossibleConnections, database.MaxConnections, Palette.LimitNow),
            ("planned", poolsPlanned, planned.MaxConnections, Palette.LimitPlanned),
        ];
        double most = bars.Max(b => Math.Max(b.Limit, (b.Pools ?? 0) + database.OtherConnections + reserved));
        double tick = Scale.Tick(most, Math.Max(2, width / 120));
        string description = string.Join(" ", bars.Select(b => string.Create(CultureInfo.InvariantCulture, $"{b.Name}: {(b.Pools is int known ? known + " in pools" : "pools unknown")}, {database.OtherConnections} others, {reserved} reserved; max_connections {b.Limit}.")));

        var panel = new ChartPanel(width, 156, new ChartMargins(64, 16, 8, 28), (0, most * 1.04), (0, 2));
        for (double value = 0; value <= most; value += tick)
        {
            ScottPlot.Plottables.VerticalLine line = panel.Plot.Add.VerticalLine(value);
            line.Color = Palette.Line.Colour;
            line.LineWidth = 1;
            panel.AddText(panel.X(value), panel.Height - 11, value.ToString("#,0", CultureInfo.InvariantCulture), "middle", Palette.Soft);
        }

        for (int i = 0; i < bars.Length; i++)
        {
            double bottom = 1.32 - i;
            double x = 0;
            foreach ((double connections, ChartColour colour) in new[] { ((double)(bars[i].Pools ?? 0), Palette.Forecast), (database.OtherConnections, Palette.Past), (reserved, Palette.Line) })
            {
                if (connections > 0)
                {
                    panel.AddBox(x, x + connections, bottom, bottom + 0.44, colour);
                    x += connections;
                }
            }

            ScottPlot.Plottables.LinePlot limit = panel.Plot.Add.Line(bars[i].Limit, bottom - 0.1, bars[i].Limit, bottom + 0.54);
            limit.Color = bars[i].Colour.Colour;
            limit.LineWidth = 3;
            limit.MarkerSize = 0;
            panel.AddText(56, panel.Y(bottom + 0.22) + 4, bars[i].Name, "end", Palette.Ink);
            string text = string.Create(CultureInfo.InvariantCulture, $"max_connections {bars[i].Limit}");
            bool isFarRight = panel.X(bars[i].Limit) + ChartText.Width(text) > width - 8;
            panel.AddText(panel.X(bars[i].Limit) + (isFarRight ? -6 : 6), panel.Y(bottom) + 15, text, isFarRight ? "end" : "start", bars[i].Colour);
        }

        var chart = new Chart("connections-chart", width, "Connections that can be opened against max_connections", description);
        chart.Add(panel);
        chart.AddLegend(Palette.Forecast, planned.Pooler is null ? "all pools full" : "all pools full (planned: the pooler's)", isArea: true);
        chart.AddLegend(Palette.Past, "everything else that connects", isArea: true);
        chart.AddLegend(Palette.Line, "reserved", isArea: true);
        return chart.Draw();
    }
}
