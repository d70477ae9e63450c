using System.Globalization;
using System.Xml.Linq;

namespace Makalu.Capacity.Reporting;

/// <summary>The few SVG elements that the charts are made of.</summary>
internal static class Svg
{
    /// <summary>A drawing with its title and description for those who cannot see it.</summary>
    public static XElement Drawing(double width, double height, string id, string title, string description) => new(
        "svg",
        new XAttribute("viewBox", string.Create(CultureInfo.InvariantCulture, $"0 0 {width} {height}")),
        new XAttribute("role", "img"),
        new XAttribute("aria-labelledby", $"{id}-title {id}-description"),
        new XElement("title", new XAttribute("id", id + "-title"), title),
        new XElement("desc", new XAttribute("id", id + "-description"), description));

    public static XElement Line(double x1, double y1, double x2, double y2, string style)
        => new("line", Length("x1", x1), Length("y1", y1), Length("x2", x2), Length("y2", y2), new XAttribute("style", style));

    public static XElement Rectangle(double x, double y, double width, double height, string style)
        => new("rect", Length("x", x), Length("y", y), Length("width", width), Length("height", height), new XAttribute("style", style));

    public static XElement Path(string data, string style) => new("path", new XAttribute("d", data), new XAttribute("style", style));

    public static XElement Text(double x, double y, string text, string anchor, string? style = null) => new(
        "text",
        Length("x", x),
        Length("y", y),
        new XAttribute("text-anchor", anchor),
        style is null ? null : new XAttribute("class", style),
        text);

    private static XAttribute Length(string name, double value) => new(name, value.ToString("0.#", CultureInfo.InvariantCulture));
}
