using System.Globalization;
using System.Xml.Linq;
using Makalu.Capacity.Sizing;

namespace Makalu.Capacity.Reporting;

/// <summary>The connections that could be opened, now and as planned, against <c>max_connections</c>, now and as planned.</summary>
internal static class ConnectionsChart
{
    private const double Left = 150;
    private const double Width = 960;
    private const double BarHeight = 30;

    public static XElement Draw(CapacityPlan plan)
    {
        DatabaseDescription database = plan.System.Database;
        ConnectionPlan planned = plan.Connections;
        int reserved = database.SuperuserReserved + database.Reserved;
        int? pools = PoolsNow(plan.System);
        int poolsPlanned = planned.Pooler?.Connections ?? planned.Services.Sum(s => s.Connections);
        (string Name, int? Pools, int Limit)[] bars = [("now", pools, database.MaxConnections), ("planned", poolsPlanned, planned.MaxConnections)];
        double most = bars.Max(b => Math.Max(b.Limit, (b.Pools ?? 0) + database.OtherConnections + reserved)) * 1.05;

        string description = string.Join(" ", bars.Select(b => b.Pools is int known
            ? string.Create(CultureInfo.InvariantCulture, $"{b.Name}: {known} in pools, {database.OtherConnections} others, {reserved} reserved; max_connections {b.Limit}.")
            : string.Create(CultureInfo.InvariantCulture, $"{b.Name}: pools unknown, {database.OtherConnections} others, {reserved} reserved; max_connections {b.Limit}.")));
        XElement chart = Svg.Drawing(Width, 130, "connections-chart", "Connections that can be opened against max_connections", description);
        for (int i = 0; i < bars.Length; i++)
        {
            double y = 8 + (i * 62);
            chart.Add(Svg.Text(Left - 10, y + 20, bars[i].Name, "end", "name"));
            double x = Left;
            chart.Add(Bar(ref x, y, bars[i].Pools ?? 0, most, "var(--now)"));
            chart.Add(Bar(ref x, y, database.OtherConnections, most, "var(--past)"));
            chart.Add(Bar(ref x, y, reserved, most, "var(--line)"));
            double limit = Left + (bars[i].Limit / most * (Width - Left - 20));
            chart.Add(Svg.Line(limit, y - 6, limit, y + BarHeight + 6, "stroke: var(--bad); stroke-width: 2.5"));
            bool isFarRight = limit > Width - 180;
            chart.Add(Svg.Text(limit + (isFarRight ? -6 : 6), y + BarHeight + 18, string.Create(CultureInfo.InvariantCulture, $"max_connections {bars[i].Limit}"), isFarRight ? "end" : "start", "name"));
        }

        var legend = new XElement("figcaption", new XAttribute("class", "soft"), "Blue: all pools full" + (planned.Pooler is null ? "" : " (planned: the pooler's)") + ". Grey: everything else that connects. Light: reserved. Red: max_connections. " + description);
        return new XElement("figure", new XElement("div", new XAttribute("class", "wide"), chart), legend);
    }

    /// <summary>The connections of today's pools, should all fill; null where one is unknown.</summary>
    private static int? PoolsNow(SystemDescription system)
    {
        if (system.Pooler is { PoolSize: int size } pooler)
        {
            return pooler.Replicas * PoolerSet.PoolsOf(system) * (size + pooler.ReservePoolSize);
        }

        return system.Pooler is null && system.Services.All(s => s.MaxPoolSize is not null)
            ? system.Services.Sum(s => s.AllPools * s.MaxPoolSize!.Value)
            : null;
    }

    private static XElement Bar(ref double x, double y, int connections, double most, string colour)
    {
        double width = connections / most * (Width - Left - 20);
        XElement bar = Svg.Rectangle(x, y, width, BarHeight, "fill: " + colour);
        x += width;
        return bar;
    }
}
