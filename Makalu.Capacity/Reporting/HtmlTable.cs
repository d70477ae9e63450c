using System.Xml.Linq;

namespace Makalu.Capacity.Reporting;

/// <summary>
/// Tables that a screen reader can follow: caption, column headers with scope, first column as row header. On a narrow page the rows of a
/// table of many columns are set one below the other, each cell with its column's title; the roles keep it a table for those who listen.
/// </summary>
internal static class HtmlTable
{
    private const char NumberMark = '\u0001';

    /// <summary>As many columns fit beside each other on a page of 400 pixels.</summary>
    private const int MostColumnsOfANarrowPage = 3;

    private const int LongestFigure = 12;

    /// <summary>A column of numbers, set to the right.</summary>
    public static string NumberColumn(string title) => NumberMark + title;

    /// <summary>A table; cells are text or elements.</summary>
    /// <param name="caption">What it holds; null for nothing.</param>
    /// <param name="columns">The titles.</param>
    /// <param name="rows">The cells of each row.</param>
    /// <param name="isSetBelow">Whether a narrow page sets the cells one below the other, however few they are.</param>
    public static XElement Create(string? caption, IReadOnlyList<string> columns, IEnumerable<object[]> rows, bool isSetBelow = false) => new(
        "div",
        new XAttribute("class", "wide"),
        new XElement(
            "table",
            new XAttribute("role", "table"),
            isSetBelow || columns.Count > MostColumnsOfANarrowPage ? new XAttribute("class", "many") : null,
            caption is null ? null : new XElement("caption", caption),
            new XElement("thead", Role("rowgroup"), new XElement("tr", Role("row"), columns.Select(c => new XElement("th", new XAttribute("scope", "col"), Role("columnheader"), Class(c), c.TrimStart(NumberMark))))),
            new XElement("tbody", Role("rowgroup"), rows.Select(row => new XElement("tr", Role("row"), row.Select((cell, index) => Cell(cell, index, columns[index])))))));

    private static XElement Cell(object cell, int index, string column)
        => index == 0 && cell is string
            ? new XElement("th", new XAttribute("scope", "row"), Role("rowheader"), cell)
            : new XElement("td", Role("cell"), new XAttribute("data-column", column.TrimStart(NumberMark)), ClassOf(cell, column), cell);

    /// <summary>A short figure with its unit ("86 %") stays in one line.</summary>
    private static XAttribute? ClassOf(object cell, string column)
        => column.StartsWith(NumberMark) && cell is string { Length: <= LongestFigure } ? new XAttribute("class", "number whole") : Class(column);

    private static XAttribute Role(string role) => new("role", role);

    private static XAttribute? Class(string column) => column.StartsWith(NumberMark) ? new XAttribute("class", "number") : null;
}
