using System.Xml.Linq;
using Makalu.Capacity.Forecasting.Ssa;
using Makalu.Capacity.Reporting;

namespace Makalu.Capacity.Plotting;

/// <summary>The charts of a report, drawn by ScottPlot: <c>HtmlReport.Write(writer, plan, new PlanCharts())</c>.</summary>
/// <remarks>Holds no state; safe to share between threads. The same plan gives the same bytes, whatever fonts a machine has.</remarks>
public sealed class PlanCharts : IPlanCharts
{
    /// <inheritdoc/>
    public string StyleSheet => Palette.StyleSheet;

    /// <inheritdoc/>
    public XElement Forecast(CapacityPlan plan, int width) => ForecastChart.Draw(plan, width);

    /// <inheritdoc/>
    public XElement Connections(CapacityPlan plan, int width) => ConnectionsChart.Draw(plan, width);

    /// <inheritdoc/>
    public XElement Components(HistoryComponents components, int width) => ComponentsChart.Draw(components, width);
}
