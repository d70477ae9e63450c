using System.Globalization;
using System.Xml.Linq;
using Makalu.Capacity.Reporting;

namespace Makalu.Capacity.Plotting;

/// <summary>A drawing of panels below one another and a legend, with a title and a description for those who cannot see it.</summary>
internal sealed class Chart(string id, int width, string title, string description)
{
    private const double LegendLine = 20;
    private readonly List<ChartPanel> _panels = [];
    private readonly List<(ChartColour Colour, bool IsArea, string Dashes, string Text)> _legend = [];

    public void Add(ChartPanel panel) => _panels.Add(panel);

    public void AddLegend(ChartColour colour, string text, bool isArea = false, string dashes = "") => _legend.Add((colour, isArea, dashes, text));

    public XElement Draw()
    {
        string own = string.Create(CultureInfo.InvariantCulture, $"{id}-{width}");
        XElement legend = Legend(_panels.Sum(p => p.Height), out double height);
        var drawing = new XElement(
            "svg",
            new XAttribute("viewBox", string.Create(CultureInfo.InvariantCulture, $"0 0 {width} {height:0.#}")),
            new XAttribute("role", "img"),
            new XAttribute("aria-labelledby", $"{own}-title {own}-description"),
            new XElement("title", new XAttribute("id", own + "-title"), PlanText.OneLine(title)),
            new XElement("desc", new XAttribute("id", own + "-description"), PlanText.OneLine(description)),
            new XElement("rect", new XAttribute("width", "100%"), new XAttribute("height", "100%"), new XAttribute("fill", Palette.Paper.Light), new XAttribute("class", "mk-fill-" + Palette.Paper.Name)));
        double top = 0;
        foreach (ChartPanel panel in _panels)
        {
            drawing.Add(panel.Draw(string.Create(CultureInfo.InvariantCulture, $"{own}-{top:0}"), top));
            top += panel.Height;
        }

        drawing.Add(legend);
        return drawing;
    }

    /// <summary>Samples of line or area with what they stand for, in as many lines as they take.</summary>
    private XElement Legend(double top, out double bottom)
    {
        const double Sample = 22;
        const double Gap = 16;
        var legend = new XElement("g");
        double x = 8;
        double y = top + 12;
        foreach ((ChartColour colour, bool isArea, string dashes, string text) in _legend)
        {
            double length = Sample + 6 + ChartText.Width(text);
            if (x > 8 && x + length > width - 4)
            {
                x = 8;
                y += LegendLine;
            }

            legend.Add(new XElement(
                "line",
                ChartText.Coordinate("x1", x),
                ChartText.Coordinate("x2", x + Sample),
                ChartText.Coordinate("y1", y - 4),
                ChartText.Coordinate("y2", y - 4),
                new XAttribute("stroke", colour.Light),
                new XAttribute("stroke-width", isArea ? "11" : "2"),
                dashes.Length == 0 ? null : new XAttribute("stroke-dasharray", dashes),
                new XAttribute("class", "mk-stroke-" + colour.Name)));
            legend.Add(new XElement(
                "text",
                ChartText.Coordinate("x", x + Sample + 6),
                ChartText.Coordinate("y", y),
                new XAttribute("fill", Palette.Soft.Light),
                new XAttribute("font-family", "sans-serif"),
                new XAttribute("font-size", "12"),
                new XAttribute("class", "mk-text mk-fill-" + Palette.Soft.Name),
                text));
            x += length + Gap;
        }

        bottom = _legend.Count == 0 ? top : y + 8;
        return legend;
    }
}
