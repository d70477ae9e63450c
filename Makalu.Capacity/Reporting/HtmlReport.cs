using System.Xml.Linq;
using Makalu.Capacity.Campaigns;
using Makalu.Capacity.Forecasting;
using Makalu.Capacity.Sizing;

namespace Makalu.Capacity.Reporting;

/// <summary>Writes a plan as one self-contained page that a planner sends round: no script, no network, charts as SVG.</summary>
public static class HtmlReport
{
    private const int MostUplifts = 40;

    internal const string Style = """
        :root { color-scheme: light dark; --ink: #1c2330; --soft: #5b6677; --paper: #fff; --line: #d7dce4; --band: #b9d2f5; --now: #2f6fd0; --past: #4a5568; --warn: #b45309; --bad: #b91c1c; --shade: #fdebc8; }
        @media (prefers-color-scheme: dark) { :root { --ink: #e6eaf0; --soft: #a3adbb; --paper: #14181f; --line: #39424f; --band: #274a7a; --now: #7fb0ff; --past: #b4bfce; --warn: #fbbf24; --bad: #f87171; --shade: #4a3a14; } }
        body { margin: 0 auto; padding: 1rem; max-width: 64rem; background: var(--paper); color: var(--ink); font: 1rem/1.5 system-ui, sans-serif; }
        h1 { font-size: 1.4rem; line-height: 1.3; } h2 { font-size: 1.1rem; margin-top: 2rem; }
        .wide { overflow-x: auto; } svg { display: block; width: 100%; min-width: 40rem; height: auto; }
        svg text { fill: var(--soft); font: 12px system-ui, sans-serif; } svg .name { fill: var(--ink); }
        table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
        th, td { padding: .3rem .6rem; border-bottom: 1px solid var(--line); text-align: left; vertical-align: top; } .number { text-align: right; }
        caption { text-align: left; color: var(--soft); padding: .3rem 0; } .critical { color: var(--bad); font-weight: 600; } .warning { color: var(--warn); font-weight: 600; }
        .soft { color: var(--soft); }
        @media print { body { max-width: none; } details { display: block; } }
        """;

    /// <summary>Writes the page.</summary>
    /// <param name="writer">Where to write it; left open.</param>
    /// <param name="plan">The plan.</param>
    public static void Write(TextWriter writer, CapacityPlan plan)
    {
        PlanSummary summary = PlanSummary.Of(plan);
        var page = new XElement(
            "html",
            new XAttribute("lang", "en"),
            new XElement(
                "head",
                new XElement("meta", new XAttribute("charset", "utf-8")),
                new XElement("meta", new XAttribute("name", "viewport"), new XAttribute("content", "width=device-width, initial-scale=1")),
                new XElement("title", "Capacity plan from " + PlanText.Time(plan.Forecast.Start)),
                new XElement("style", Style)),
            new XElement(
                "body",
                new XElement("main", Sections(plan, summary))));
        foreach (XText text in page.DescendantNodes().OfType<XText>())
        {
            // Names come from outside; control characters have no place in HTML.
            text.Value = PlanText.OneLine(text.Value);
        }

        writer.Write("<!DOCTYPE html>\n");
        writer.Write(page.ToString(SaveOptions.DisableFormatting));
        writer.Write('\n');
    }

    /// <summary>The report's sections, for pages that hold a plan among other things.</summary>
    internal static IEnumerable<XElement> Sections(CapacityPlan plan, PlanSummary summary)
    {
        yield return new XElement("h1", summary.Headline);
        yield return new XElement("p", new XElement("strong", "Peak: "), summary.Peak);
        yield return new XElement("p", new XElement("strong", "Cause: "), summary.Cause);
        yield return Section("What to set", Settings(summary));
        yield return Section("Findings", Findings(plan.Findings));
        yield return Section("The forecast", ForecastChart.Draw(plan), ForecastChart.Numbers(plan));
        yield return Section("Peaks", Peaks(plan));
        yield return Section("Connections", ConnectionsChart.Draw(plan), Pools(plan));
        if (plan.Forecast.CampaignEffects.Count > 0)
        {
            yield return Section("Campaigns", Campaigns(plan.Forecast.CampaignEffects));
        }

        if (plan.Forecast.Report?.Campaigns is { Uplifts.Count: > 0 } learned)
        {
            yield return Section("What past campaigns did", new XElement("p", learned.Response.Reason + " " + learned.Amplitudes.Reason), Uplifts(learned.Uplifts));
        }

        if (plan.Connections.BadDays.Count > 0)
        {
            yield return Section("If something goes wrong at the peak", BadDays(plan.Connections.BadDays));
        }

        if (plan.Connections.Sensitivities.Count > 0)
        {
            yield return Section("What if", Sensitivities(plan.Connections.Sensitivities));
        }

        yield return Section("How the forecast did on the past", Accuracy(plan.Backtest));
        yield return Section("What was assumed", List(plan.Assumptions));
        yield return new XElement(
            "p",
            new XAttribute("class", "soft"),
            $"Made from the history from {PlanText.Time(plan.History.Requests.Start)} to {PlanText.Time(plan.History.Requests.End)} in steps of {PlanText.Duration(plan.History.Requests.Step)}, {PlanText.Number(plan.History.Requests.MissingCount)} of {PlanText.Number(plan.History.Requests.Count)} steps missing, with the model {plan.Forecast.Model} and {PlanText.Number(plan.Forecast.PathCount)} simulated futures.");
    }

    private static XElement Section(string title, params object[] content) => new("section", new XElement("h2", title), content);

    private static XElement Settings(PlanSummary summary)
        => summary.Settings.Count == 0 ? new XElement("p", "Nothing: the settings may stay as they are.") : List(summary.Settings);

    private static XElement List(IEnumerable<string> sentences) => new("ul", sentences.Select(s => new XElement("li", s)));

    private static XElement Findings(IReadOnlyList<Finding> findings)
        => findings.Count == 0
            ? new XElement("p", "None.")
            : HtmlTable.Create(
                "What was found, what to do first first",
                ["Severity", "What, why, what to do"],
                findings.Select(f => new object[]
                {
                    new XElement("span", new XAttribute("class", Severity(f)), Severity(f)),
                    new XElement("div", f.Message, " ", new XElement("code", new XAttribute("class", "soft"), f.Code), Evidence(f)),
                }));

    private static XElement? Evidence(Finding finding)
        => finding.Evidence.Count == 0
            ? null
            : new XElement("details", new XElement("summary", "Evidence"), HtmlTable.Create(null, ["Value", ""], finding.Evidence.Select(e => new object[] { e.Key, EvidenceText(e.Value) })));

    private static string EvidenceText(object value) => value switch
    {
        double number => PlanText.Number(PlanText.Significant(number)),
        IFormattable other => other.ToString(null, System.Globalization.CultureInfo.InvariantCulture),
        _ => value.ToString() ?? "",
    };

    private static string Severity(Finding finding) => finding.Severity switch
    {
        FindingSeverity.Critical => "critical",
        FindingSeverity.Warning => "warning",
        _ => "info",
    };

    private static XElement Peaks(CapacityPlan plan)
    {
        double[] quantiles = [.. new[] { 0.5, 0.9, 0.95, 0.99, plan.Demand.Quantile }.Distinct().Order()];
        return HtmlTable.Create(
            $"The highest {PlanText.Duration(plan.Forecast.Step)} of each window, in requests per second: the level that the given part of the simulated futures does not exceed",
            ["Window", "Most likely at", "Cause", .. quantiles.Select(q => HtmlTable.NumberColumn(PlanText.Percent(q)))],
            plan.Peaks.Select(p => new object[] { p.Window.Name, PlanText.Time(p.At), p.Cause }.Concat(quantiles.Select(q => PlanText.Rate(p.Quantile(q)))).ToArray()));
    }

    private static XElement Pools(CapacityPlan plan) => HtmlTable.Create(
        "Pools per instance, at the peak",
        ["Service", HtmlTable.NumberColumn("Instances"), HtmlTable.NumberColumn("Pool now"), HtmlTable.NumberColumn("Pool planned"), HtmlTable.NumberColumn("Kept open"), HtmlTable.NumberColumn("Connections"), HtmlTable.NumberColumn("Offered load (erlangs)"), HtmlTable.NumberColumn("In use"), HtmlTable.NumberColumn("Wait too long")],
        plan.Connections.Services.Select(p => new object[]
        {
            p.Name,
            PlanText.Number(p.Instances),
            p.CurrentMaxPoolSize is int now ? PlanText.Number(now) : "unknown",
            PlanText.Number(p.MaxPoolSize),
            PlanText.Number(p.MinPoolSize),
            PlanText.Number(p.Connections),
            PlanText.Number(p.OfferedLoad),
            PlanText.RoughPercent(p.Utilisation),
            PlanText.RoughPercent(p.WaitProbability),
        }));

    private static XElement Campaigns(IReadOnlyList<CampaignEffect> effects) => HtmlTable.Create(
        "By how much each campaign is expected to multiply the traffic at its own peak",
        ["Campaign", "Kind", "Starts", HtmlTable.NumberColumn("5 %"), HtmlTable.NumberColumn("Median"), HtmlTable.NumberColumn("95 %"), HtmlTable.NumberColumn("Past of its kind")],
        effects.Select(e => new object[]
        {
            e.Campaign.Name,
            e.Campaign.Kind,
            PlanText.Time(e.Campaign.StartsAt),
            PlanText.Factor(e.PeakFactorLow),
            PlanText.Factor(e.PeakFactorMedian),
            PlanText.Factor(e.PeakFactorHigh),
            PlanText.Number(e.PastCampaignsOfKind),
        }));

    private static XElement Uplifts(IReadOnlyList<CampaignUplift> uplifts) => HtmlTable.Create(
        "By how much each multiplied the traffic and how many requests it brought, the latest first",
        ["Campaign", "Kind", "Starts", HtmlTable.NumberColumn("Factor"), HtmlTable.NumberColumn("5 to 95 %"), HtmlTable.NumberColumn("Requests"), HtmlTable.NumberColumn("5 to 95 %"), HtmlTable.NumberColumn("Peak, requests/s"), HtmlTable.NumberColumn("Peak after"), HtmlTable.NumberColumn("Lasted")],
        uplifts.Reverse().Take(MostUplifts).Select(u => new object[]
        {
            string.Join(", ", u.Campaigns.Select(c => c.Name)),
            u.Campaigns[0].Kind,
            PlanText.Time(u.Campaigns[0].StartsAt),
            PlanText.Factor(u.Factor),
            $"{PlanText.Factor(u.FactorLow)} to {PlanText.Factor(u.FactorHigh)}",
            PlanText.Number(u.ExtraRequests),
            $"{PlanText.Number(u.ExtraRequestsLow)} to {PlanText.Number(u.ExtraRequestsHigh)}",
            PlanText.Number(u.PeakRequestsPerSecond),
            PlanText.Duration(u.LagOfPeak),
            PlanText.Duration(u.Duration),
        }));

    private static XElement BadDays(IReadOnlyList<BadDay> days) => HtmlTable.Create(
        "Whether the planned settings survive it",
        ["What happens", "Survives", "Why", "Cheapest remedy"],
        days.Select(d => new object[] { d.Title, new XElement("span", new XAttribute("class", d.Survives ? "info" : "warning"), d.Survives ? "yes" : "no"), d.Message, d.Remedy ?? "" }));

    private static XElement Sensitivities(IReadOnlyList<Sensitivity> sensitivities) => HtmlTable.Create(
        "The plan if one of its inputs were otherwise",
        ["Change", "Verdict", HtmlTable.NumberColumn("max_connections"), HtmlTable.NumberColumn("Pools"), HtmlTable.NumberColumn("Processors")],
        sensitivities.Select(s => new object[]
        {
            s.Change,
            s.Verdict.ToString().ToLowerInvariant(),
            PlanText.Number(s.MaxConnections),
            string.Join(", ", s.MaxPoolSizes.Select(p => PlanText.Number(p))),
            s.CpuUtilisation is double utilisation ? PlanText.RoughPercent(utilisation) : "unknown",
        }));

    private static XElement Accuracy(BacktestReport? backtest)
        => backtest is null
            ? new XElement("p", "The history is too short to forecast a part of it from the rest.")
            : new XElement(
                "div",
                new XElement("p", backtest.Reason),
                HtmlTable.Create(
                    "Forecasts of past spans from what was known before them",
                    ["Model", HtmlTable.NumberColumn("Origins"), HtmlTable.NumberColumn("Scaled error (MASE)"), HtmlTable.NumberColumn("Pinball loss"), HtmlTable.NumberColumn("Steps within 95 %"), HtmlTable.NumberColumn("Peaks within 95 %")],
                    backtest.Candidates.Select(c => new object[]
                    {
                        c.Model,
                        PlanText.Number(c.Origins),
                        Known(c.Mase, PlanText.Number),
                        Known(c.PinballLoss, PlanText.Number),
                        Known(c.Coverage95, PlanText.RoughPercent),
                        Known(c.PeakCoverage95, PlanText.RoughPercent),
                    })));

    private static string Known(double value, Func<double, string> format) => double.IsFinite(value) ? format(value) : "unknown";
}
