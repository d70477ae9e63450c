using System.Globalization;
using System.Xml.Linq;
using Makalu.Capacity.Reporting;
using Makalu.Capacity.Service.Models;

namespace Makalu.Capacity.Service.Pages;

/// <summary>The page of one service: what if a campaign were larger, and the plan with its forecast.</summary>
internal static class ServicePage
{
    public const double LargestScale = 5;

    private static readonly string[] Columns = ["", "As planned", "Supposed"];

    public static string Render(WarmModel model, bool isBehind, string? campaign, double scale, PlanOutline? supposed)
    {
        string head = Html.Text(new XElement("nav", Html.Link("/", "All services"), " / ", model.Name))
            + Html.Text(new XElement("p", new XAttribute("class", "soft"), State(model, isBehind)));
        PlanPage page = model.Ahead?.Page ?? model.Plan.Page;
        return Html.Page($"Capacity plan of {model.Name}", "what-if.js", head + page.Verdict + WhatIf(model, campaign, scale, supposed) + page.Sections);
    }

    /// <summary>The page of a service that has no plan.</summary>
    public static string RenderFailure(string name, string reason)
        => Html.Page($"Capacity plan of {name}", null, Html.Text(new XElement("nav", Html.Link("/", "All services"), " / ", name)) + Html.Text(new XElement("h1", "There is no plan yet")) + Html.Text(new XElement("p", reason)));

    private static string State(WarmModel model, bool isBehind)
        => $"Made {PlanText.Time(model.FittedAt)} from what was observed up to {PlanText.Time(model.Plan.Start)}{(isBehind ? "; newer observations are being learned from" : "")}."
            + (model.Ahead is null ? " What the settings carry, and the table of what if, are being computed: load the page again in a few seconds." : "")
            + (model.Score is { } score && double.IsFinite(score.RelativeError) ? $" Over the last day the forecast of the day before was off by {PlanText.RoughPercent(score.RelativeError)}." : "");

    private static string WhatIf(WarmModel model, string? campaign, double scale, PlanOutline? supposed)
    {
        if (model.Plan.Planned.Count == 0)
            return "";

        string chosen = campaign ?? model.Plan.Planned[0];
        string value = scale.ToString("0.##", CultureInfo.InvariantCulture);
        var form = new XElement(
            "form",
            new XAttribute("method", "get"),
            new XAttribute("id", "what-if"),
            new XAttribute("data-service", model.Name),
            new XElement("label", new XAttribute("for", "campaign"), "What if "),
            new XElement("select", new XAttribute("id", "campaign"), new XAttribute("name", "campaign"), model.Plan.Planned.Select(p => new XElement("option", new XAttribute("value", p), p == chosen ? new XAttribute("selected", "selected") : null, p))),
            new XElement("label", new XAttribute("for", "scale"), " were so many times as large: "),
            new XElement("input", new XAttribute("type", "range"), new XAttribute("id", "scale"), new XAttribute("name", "scale"), new XAttribute("min", "0"), new XAttribute("max", LargestScale), new XAttribute("step", "0.25"), new XAttribute("value", value)),
            new XElement("output", new XAttribute("id", "scale-value"), new XAttribute("for", "scale"), value + "×"),
            new XElement("button", new XAttribute("type", "submit"), "Plan for it"));
        PlanOutline now = model.Plan.Outline;
        PlanOutline then = supposed ?? now;
        var rows = new List<object[]>
        {
            Row("Verdict", "verdict", now.Verdict, then.Verdict),
            Row("Today's settings", "survive", Survive(now), Survive(then)),
            Row("Peak (requests/s)", "peak", PlanText.Rate(now.PeakRequestsPerSecond), PlanText.Rate(then.PeakRequestsPerSecond)),
            Row("max_connections", "max-connections", PlanText.Number(now.MaxConnections), PlanText.Number(then.MaxConnections)),
        };
        rows.AddRange(now.Services.Zip(then.Services).Select((p, i) => Row($"Pool of {p.First.Name}, per instance", string.Create(CultureInfo.InvariantCulture, $"pool-{i}"), PlanText.Number(p.First.MaxPoolSize), PlanText.Number(p.Second.MaxPoolSize))));
        XElement table = HtmlTable.Create("The plan, and what it would be", Columns, rows);
        var status = new XElement("p", new XAttribute("id", "what-if-state"), new XAttribute("class", "soft"), new XAttribute("role", "status"), "Everything but the campaign's size stays as it is. Move the slider, or choose and press the button.");
        return Html.Text(new XElement("section", new XAttribute("class", "what-if"), new XElement("h2", "What if"), form, table, status));
    }

    private static string Survive(PlanOutline plan) => plan.CurrentSettingsSurvive ? "survive" : "do not survive";

    private static object[] Row(string title, string id, string now, string then)
        => [title, now, new XElement("span", new XAttribute("id", "supposed-" + id), then)];
}
