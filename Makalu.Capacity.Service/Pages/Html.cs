using System.Xml.Linq;
using Makalu.Capacity.Reporting;

namespace Makalu.Capacity.Service.Pages;

/// <summary>Pages as XML elements: whatever a text holds, it stays a text.</summary>
internal static class Html
{
    /// <summary>An element as HTML.</summary>
    public static string Text(XElement element)
    {
        foreach (XText text in element.DescendantNodes().OfType<XText>())
        {
            // Names come from outside; control characters have no place in HTML.
            text.Value = PlanText.OneLine(text.Value);
        }

        return element.ToString(SaveOptions.DisableFormatting);
    }

    /// <summary>A whole page.</summary>
    /// <param name="title">The title.</param>
    /// <param name="script">The name of a script of this service; null for none.</param>
    /// <param name="content">What the page holds, HTML.</param>
    public static string Page(string title, string? script, string content)
    {
        var head = new XElement(
            "head",
            new XElement("meta", new XAttribute("charset", "utf-8")),
            new XElement("meta", new XAttribute("name", "viewport"), new XAttribute("content", "width=device-width, initial-scale=1")),
            new XElement("title", title),
            new XElement("link", new XAttribute("rel", "stylesheet"), new XAttribute("href", "/assets/page.css")),
            script is null ? null : new XElement("script", new XAttribute("src", "/assets/" + script), new XAttribute("defer", "defer"), ""));
        return $"<!DOCTYPE html>\n<html lang=\"en\">{Text(head)}<body><main>{content}</main></body></html>\n";
    }

    public static XElement Link(string href, string text) => new("a", new XAttribute("href", href), text);
}
