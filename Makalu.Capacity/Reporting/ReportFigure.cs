using System.Xml.Linq;

namespace Makalu.Capacity.Reporting;

/// <summary>A chart with the table behind it: drawn for a wide page and for a telephone, of which a page shows the one that fits.</summary>
internal static class ReportFigure
{
    private const int WideWidth = 960;
    private const int NarrowWidth = 380;

    /// <summary>A figure; without a chart the table alone.</summary>
    /// <param name="draw">Draws the chart for a width; null for none.</param>
    /// <param name="caption">What the chart shows, for those who see it.</param>
    /// <param name="table">The numbers behind it.</param>
    public static XElement Create(Func<int, XElement>? draw, string caption, XElement table)
        => draw is null
            ? table
            : new XElement(
                "figure",
                new XElement("div", new XAttribute("class", "chart-wide"), draw(WideWidth)),
                new XElement("div", new XAttribute("class", "chart-narrow"), draw(NarrowWidth)),
                new XElement("figcaption", new XAttribute("class", "soft"), caption),
                new XElement("details", new XElement("summary", "The numbers behind the chart"), table));
}
