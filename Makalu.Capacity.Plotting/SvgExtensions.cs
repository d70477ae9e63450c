using System.Xml.Linq;
using Makalu.Capacity.Forecasting;
using Makalu.Capacity.Forecasting.Ssa;
using Makalu.Capacity.Reporting;
using Makalu.Capacity.Series;

namespace Makalu.Capacity.Plotting;

/// <summary>Charts in one line. Each is an SVG document that stands alone, with dark colours for dark screens and a description for screen readers.</summary>
public static class SvgExtensions
{
    private const int DefaultWidth = 960;
    private const int SmallestWidth = 320;
    private const int LargestWidth = 4000;

    /// <summary>Draws a forecast: median, band and 99 % quantile, campaigns shaded and named.</summary>
    /// <param name="forecast">The forecast.</param>
    /// <param name="history">The history to draw before it, as long as the forecast; default none.</param>
    /// <param name="width">The width in pixels, 320 to 4,000; text is sized for it. Default 960.</param>
    /// <returns>The SVG document.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="width"/> is out of range.</exception>
    public static string ToSvg(this Forecast forecast, RequestHistory? history = null, int width = DefaultWidth)
    {
        TimeSeries? rates = history?.RequestsPerSecond.Before(forecast.Start);
        int count = rates is null ? 0 : (int)Math.Min(rates.Count, Math.Ceiling((forecast.End - forecast.Start) / rates.Step));
        return Document(ForecastChart.Draw(forecast, rates?.Slice(rates.Count - count, count), Checked(width)));
    }

    /// <summary>Draws a plan: the forecast with what is sized for and what the settings carry, now and as planned.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="width">The width in pixels, 320 to 4,000; text is sized for it. Default 960.</param>
    /// <returns>The SVG document.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="width"/> is out of range.</exception>
    public static string ToSvg(this CapacityPlan plan, int width = DefaultWidth) => Document(ForecastChart.Draw(plan, Checked(width)));

    /// <summary>Draws the parts of a history: trend, the three strongest seasons, noise.</summary>
    /// <param name="components">The parts.</param>
    /// <param name="width">The width in pixels, 320 to 4,000; text is sized for it. Default 960.</param>
    /// <returns>The SVG document.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="width"/> is out of range.</exception>
    public static string ToSvg(this HistoryComponents components, int width = DefaultWidth) => Document(ComponentsChart.Draw(components, Checked(width)));

    /// <summary>The report of a plan with its charts: the page that <c>makalu recommend --report</c> writes.</summary>
    /// <param name="plan">The plan.</param>
    /// <returns>The page.</returns>
    public static string ToHtml(this CapacityPlan plan)
    {
        using var writer = new StringWriter(System.Globalization.CultureInfo.InvariantCulture);
        HtmlReport.Write(writer, plan, new PlanCharts());
        return writer.ToString();
    }

    private static int Checked(int width) => width is >= SmallestWidth and <= LargestWidth
        ? width
        : throw new ArgumentOutOfRangeException(nameof(width), width, FormattableString.Invariant($"Width {width} must be {SmallestWidth} to {LargestWidth} pixels. Pass 960 for a page; SVG can be scaled afterwards."));

    /// <summary>The drawing with the namespace and the style sheet that a document of its own needs.</summary>
    private static string Document(XElement drawing)
    {
        drawing.Elements("desc").Single().AddAfterSelf(new XElement("style", Palette.StyleSheet));
        XNamespace svg = "http://www.w3.org/2000/svg";
        foreach (XElement element in drawing.DescendantsAndSelf())
        {
            element.Name = svg + element.Name.LocalName;
        }

        return drawing.ToString(SaveOptions.DisableFormatting) + "\n";
    }
}
