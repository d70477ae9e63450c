using System.Xml.Linq;

namespace Makalu.Capacity.Reporting;

/// <summary>Tables that a screen reader can follow: caption, column headers with scope, first column as row header.</summary>
internal static class HtmlTable
{
    private const char NumberMark = '\u0001';

    /// <summary>A column of numbers, set to the right.</summary>
    public static string NumberColumn(string title) => NumberMark + title;

    /// <summary>A table; cells are text or elements.</summary>
    public static XElement Create(string? caption, IReadOnlyList<string> columns, IEnumerable<object[]> rows) => new(
        "div",
        new XAttribute("class", "wide"),
        new XElement(
            "table",
            caption is null ? null : new XElement("caption", caption),
            new XElement("thead", new XElement("tr", columns.Select(c => new XElement("th", new XAttribute("scope", "col"), Class(c), c.TrimStart(NumberMark))))),
            new XElement("tbody", rows.Select(row => new XElement("tr", row.Select((cell, index) => Cell(cell, index, columns[index])))))));

    private static XElement Cell(object cell, int index, string column)
        => index == 0 && cell is string
            ? new XElement("th", new XAttribute("scope", "row"), cell)
            : new XElement("td", Class(column), cell);

    private static XAttribute? Class(string column) => column.StartsWith(NumberMark) ? new XAttribute("class", "number") : null;
}
