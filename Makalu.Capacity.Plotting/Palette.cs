namespace Makalu.Capacity.Plotting;

/// <summary>
/// The colours of all charts. A shape carries its light colour as an attribute, which every program reads, and a class, by which a
/// style sheet gives it its dark colour where the reader's screen is dark.
/// </summary>
internal static class Palette
{
    public static readonly ChartColour Paper = new("paper", "#FFFFFF", "#14181F");
    public static readonly ChartColour Ink = new("ink", "#1C2330", "#E6EAF0");
    public static readonly ChartColour Soft = new("soft", "#5B6677", "#A3ADBB");
    public static readonly ChartColour Line = new("line", "#D7DCE4", "#39424F");
    public static readonly ChartColour Past = new("past", "#4A5568", "#B4BFCE");
    public static readonly ChartColour Forecast = new("forecast", "#2F6FD0", "#7FB0FF");
    public static readonly ChartColour Band = new("band", "#B9D2F5", "#274A7A");
    public static readonly ChartColour Campaign = new("campaign", "#FDEBC8", "#4A3A14");
    public static readonly ChartColour Demand = new("demand", "#7C3AED", "#C4B5FD");
    public static readonly ChartColour LimitNow = new("limit-now", "#B91C1C", "#F87171");
    public static readonly ChartColour LimitPlanned = new("limit-planned", "#15803D", "#4ADE80");

    private static readonly ChartColour[] All = [Paper, Ink, Soft, Line, Past, Forecast, Band, Campaign, Demand, LimitNow, LimitPlanned];

    /// <summary>The style sheet of all drawings. Print is always light.</summary>
    public static string StyleSheet { get; } =
        ".mk-text { font: 12px system-ui, sans-serif; paint-order: stroke; stroke: #FFFFFF; stroke-width: 3px; stroke-linejoin: round; }\n"
        + "@media screen and (prefers-color-scheme: dark) {\n.mk-text { stroke: " + Paper.Dark + "; }\n"
        + string.Concat(All.Select(c => $".mk-fill-{c.Name} {{ fill: {c.Dark}; }} .mk-stroke-{c.Name} {{ stroke: {c.Dark}; }}\n"))
        + "}";

    /// <summary>The colour that an attribute of a drawing holds; null for none of ours.</summary>
    public static ChartColour? Find(string value) => All.FirstOrDefault(c => string.Equals(c.Light, value, StringComparison.OrdinalIgnoreCase) || (c == Paper && value == "white"));
}
