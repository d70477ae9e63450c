using System.Globalization;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using ScottPlot;

namespace Makalu.Capacity.Plotting;

/// <summary>The shapes of a plot as ScottPlot writes them, made fit to stand in a page: colours by class, ids of their own, nothing but what lies on the plane.</summary>
internal static partial class DrawnShapes
{
    public static IEnumerable<XElement> Of(Plot plot, double width, double height, string id)
    {
        XElement drawing = XElement.Parse(plot.GetSvgXml((int)width, (int)height));
        foreach (XElement element in drawing.DescendantsAndSelf())
        {
            element.Name = element.Name.LocalName;
            element.Attributes().Where(a => a.IsNamespaceDeclaration).Remove();
        }

        // What lies on the plane is clipped to it, shape by shape, by ids that count on from drawing to drawing; one clip does. All
        // else is frame and ticks, which we have none of.
        XElement? clip = drawing.Elements("clipPath").FirstOrDefault();
        List<XElement> shapes = [.. drawing.Elements("g").Where(g => g.Attribute("clip-path") is not null).Elements()];
        foreach (XElement shape in shapes)
        {
            Shorten(shape);
            Colour(shape);
        }

        if (clip is null)
        {
            return [];
        }

        clip.SetAttributeValue("id", id + "-clip");
        return [clip, new XElement("g", new XAttribute("clip-path", $"url(#{id}-clip)"), shapes)];
    }

    /// <summary>A tenth of a pixel is all that can be seen.</summary>
    private static void Shorten(XElement shape)
    {
        if (shape.Attribute("d") is { } path)
        {
            path.Value = LongNumber().Replace(path.Value, m => double.Parse(m.Value, CultureInfo.InvariantCulture).ToString("0.#", CultureInfo.InvariantCulture));
        }
    }

    private static void Colour(XElement element)
    {
        List<string> classes = [];
        foreach (string role in new[] { "fill", "stroke" })
        {
            if (element.Attribute(role) is { } attribute && Palette.Find(attribute.Value) is { } colour)
            {
                attribute.Value = colour.Light;
                classes.Add($"mk-{role}-{colour.Name}");
            }
        }

        if (classes.Count > 0)
        {
            element.SetAttributeValue("class", string.Join(' ', classes));
        }
    }

    [GeneratedRegex(@"-?\d+\.\d+(e-?\d+)?")]
    private static partial Regex LongNumber();
}
