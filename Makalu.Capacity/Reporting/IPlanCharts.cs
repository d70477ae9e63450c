using System.Xml.Linq;
using Makalu.Capacity.Forecasting.Ssa;

namespace Makalu.Capacity.Reporting;

/// <summary>Draws the charts of a report. The package Makalu.Capacity.Plotting has one; without it a report has its tables.</summary>
public interface IPlanCharts
{
    /// <summary>The style sheet that a page with the charts needs; without it they are light.</summary>
    string StyleSheet { get; }

    /// <summary>The end of the history and the forecast, with campaigns and what the settings carry.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="width">The width in pixels that text is sized for, 320 or more.</param>
    /// <returns>An <c>svg</c> element without a namespace, with a title and a description; its ids are unique among charts and widths.</returns>
    XElement Forecast(CapacityPlan plan, int width);

    /// <summary>The connections that can be opened against <c>max_connections</c>, now and as planned.</summary>
    /// <inheritdoc cref="Forecast" path="/param"/>
    /// <inheritdoc cref="Forecast" path="/returns"/>
    XElement Connections(CapacityPlan plan, int width);

    /// <summary>Trend, seasons and noise of the history.</summary>
    /// <param name="components">The parts.</param>
    /// <param name="width">The width in pixels that text is sized for, 320 or more.</param>
    /// <inheritdoc cref="Forecast" path="/returns"/>
    XElement Components(HistoryComponents components, int width);
}
