using System.Xml.Linq;
using Makalu.Capacity.Campaigns;
using Makalu.Capacity.Forecasting;
using Makalu.Capacity.Forecasting.Ssa;
using Makalu.Capacity.Sizing;

namespace Makalu.Capacity.Reporting;

/// <summary>Writes a plan as one self-contained page that a planner sends round: no script, no network, charts as SVG.</summary>
public static class HtmlReport
{
    private const int MostUplifts = 40;

    internal const string Style = """
        :root { color-scheme: light dark; --ink: #1c2330; --soft: #5b6677; --paper: #fff; --line: #d7dce4; --band: #b9d2f5; --now: #2f6fd0; --past: #4a5568; --warn: #b45309; --bad: #b91c1c; --good: #15803d; --shade: #fdebc8; }
        @media screen and (prefers-color-scheme: dark) { :root { --ink: #e6eaf0; --soft: #a3adbb; --paper: #14181f; --line: #39424f; --band: #274a7a; --now: #7fb0ff; --past: #b4bfce; --warn: #fbbf24; --bad: #f87171; --good: #4ade80; --shade: #4a3a14; } }
        body { margin: 0 auto; padding: 1rem; max-width: 64rem; background: var(--paper); color: var(--ink); font: 1rem/1.5 system-ui, sans-serif; overflow-wrap: break-word; }
        h1 { font-size: 1.4rem; line-height: 1.3; } h2 { font-size: 1.1rem; margin-top: 2rem; }
        figure { margin: 1rem 0; } figcaption { font-size: .9rem; } summary { cursor: pointer; padding: .3rem 0; }
        .wide { overflow-x: auto; } svg { display: block; width: 100%; height: auto; } .chart-narrow { display: none; }
        table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
        th, td { padding: .3rem .6rem; border-bottom: 1px solid var(--line); text-align: left; vertical-align: top; } .number { text-align: right; }
        tbody th { font-weight: 600; min-width: 7rem; } caption { text-align: left; color: var(--soft); padding: .3rem 0; }
        .critical { color: var(--bad); font-weight: 600; } .warning { color: var(--warn); font-weight: 600; } .good { color: var(--good); font-weight: 600; }
        .soft { color: var(--soft); } .when, .whole { white-space: nowrap; } .wide + .wide { margin-top: 1rem; }
        @media screen and (max-width: 40rem) {
          .chart-wide { display: none; } .chart-narrow { display: block; } th, td { padding: .3rem .35rem; font-size: .9rem; } td { overflow-wrap: anywhere; } th { overflow-wrap: break-word; } .critical, .warning, .good, .info { white-space: nowrap; } tbody th { min-width: 0; }
          .many thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); } .many, .many caption, .many tbody, .many tr, .many th, .many td { display: block; }
          .many tr { border-bottom: 1px solid var(--line); padding: .4rem 0; } .many tbody th, .many td { border: 0; padding: .1rem .35rem; text-align: left; }
          .many td { display: flex; justify-content: space-between; gap: 1rem; } .many td::before { content: attr(data-column); color: var(--soft); flex: 0 0 auto; max-width: 50%; } .many td:empty, .many td[data-column=""]::before { display: none; }
        }
        @page { margin: 14mm 12mm; }
        @media print {
          :root { color-scheme: light; font-size: 10pt; } body { max-width: none; padding: 0; } .wide { overflow: visible; } h2, caption { break-after: avoid; } figure, tr, li { break-inside: avoid; }
          details:not([open]) { display: none; } .many th, .many td { font-size: .85rem; padding: .2rem .35rem; } tbody th { min-width: 5rem; }
        }
        """;

    /// <summary>Writes the page.</summary>
    /// <param name="writer">Where to write it; left open.</param>
    /// <param name="plan">The plan.</param>
    /// <param name="charts">Draws the charts, as <c>PlanCharts</c> of the package Makalu.Capacity.Plotting does; default null: tables only.</param>
    public static void Write(TextWriter writer, CapacityPlan plan, IPlanCharts? charts = null)
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
                new XElement("style", charts is null ? Style : Style + "\n" + charts.StyleSheet)),
            new XElement(
                "body",
                new XElement("main", Sections(plan, summary, charts))));
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
    internal static IEnumerable<XElement> Sections(CapacityPlan plan, PlanSummary summary, IPlanCharts? charts = null)
    {
        yield return new XElement("h1", summary.Headline);
        yield return new XElement("p", new XElement("strong", "Peak: "), summary.Peak);
        yield return new XElement("p", new XElement("strong", "Cause: "), summary.Cause);
        yield return Section("What to set", Settings(summary));
        yield return Section("Findings", Findings(plan.Findings));
        yield return Section(
            "The forecast",
            ReportFigure.Create(
                charts is null ? null : width => charts.Forecast(plan, width),
                "Requests per second, averaged over a step. The line that is sized for is the quantile of the highest step of the whole horizon, which lies above the quantile of each step by itself." + Carried(plan.Outlook),
                ForecastTable.Create(plan.Forecast, plan.Demand.Quantile)));
        yield return Section("Peaks", Peaks(plan));
        yield return Section(
            "Connections",
            Pools(plan),
            charts is null ? null : ReportFigure.Create(width => charts.Connections(plan, width), "What could be open at once if every pool filled, against what the database admits.", Openable(plan)));
        if (plan.Forecast.CampaignEffects.Count > 0)
        {
            yield return Section("Campaigns", Campaigns(plan.Forecast.CampaignEffects));
        }

        if (plan.Forecast.Report?.Campaigns is { Uplifts.Count: > 0 } learned)
        {
            yield return Section("What past campaigns did", new XElement("p", learned.Response.Reason + " " + learned.Amplitudes.Reason), Uplifts(learned.Uplifts));
        }

        if (plan.Outlook is { Scenarios.Count: > 0 } || plan.Connections.Sensitivities.Count > 0)
        {
            yield return Section(
                "What if",
                plan.Outlook is { Scenarios.Count: > 0 } outlook ? Scenarios(plan, outlook) : null,
                plan.Connections.Sensitivities.Count > 0 ? Sensitivities(plan.Connections.Sensitivities) : null);
        }

        if (plan.Connections.BadDays.Count > 0)
        {
            yield return Section("If something goes wrong at the peak", BadDays(plan.Connections.BadDays));
        }

        yield return Section("How the forecast did on the past", Accuracy(plan.Backtest));
        if (HistoryComponents.Of(plan.History) is { } components)
        {
            yield return Section(
                "What the history is made of",
                ReportFigure.Create(
                    charts is null ? null : width => charts.Components(components, width),
                    "The history by the hour, taken apart by singular spectrum analysis. The parts add up to it; what is called noise holds past campaigns as well as chance.",
                    Components(components)));
        }

        yield return Section("What was assumed", List(plan.Assumptions));
        yield return new XElement(
            "p",
            new XAttribute("class", "soft"),
            $"Made from the history from {PlanText.Time(plan.History.Requests.Start)} to {PlanText.Time(plan.History.Requests.End)} in steps of {PlanText.Duration(plan.History.Requests.Step)}, {PlanText.Number(plan.History.Requests.MissingCount)} of {PlanText.Number(plan.History.Requests.Count)} steps missing, with the model {plan.Forecast.Model} and {PlanText.Number(plan.Forecast.PathCount)} simulated futures.");
    }

    private static string Carried(PlanOutlook? outlook) => outlook is null
        ? ""
        : $" The settings of today carry {Rate(outlook.CurrentSettingsCarry)}, those planned {Rate(outlook.PlannedSettingsCarry)}, while the database does not stall.";

    private static string Rate(double? carried) => carried is double rate ? PlanText.Rate(rate) + " requests per second" : "any rate, as far as is known";

    private static XElement Openable(CapacityPlan plan)
    {
        DatabaseDescription database = plan.System.Database;
        ConnectionPlan planned = plan.Connections;
        int reserved = database.SuperuserReserved + database.Reserved;
        return HtmlTable.Create(
            "Connections that can be open at once",
            ["", HtmlTable.NumberColumn("All pools full"), HtmlTable.NumberColumn("Everything else"), HtmlTable.NumberColumn("Reserved"), HtmlTable.NumberColumn("max_connections")],
            [
                ["now", plan.System.PossibleConnections is int now ? PlanText.Number(now) : "unknown", PlanText.Number(database.OtherConnections), PlanText.Number(reserved), PlanText.Number(database.MaxConnections)],
                ["planned", PlanText.Number(planned.Pooler?.Connections ?? planned.Services.Sum(s => s.Connections)), PlanText.Number(database.OtherConnections), PlanText.Number(reserved), PlanText.Number(planned.MaxConnections)],
            ]);
    }

    private static XElement Scenarios(CapacityPlan plan, PlanOutlook outlook) => HtmlTable.Create(
        "If the demand were otherwise: its peak in requests per second, whether settings would survive it, and what it would take",
        ["Suppose", HtmlTable.NumberColumn("Peak"), "Survived by today's settings", "By this plan's", "Verdict", HtmlTable.NumberColumn("max_connections"), HtmlTable.NumberColumn("Pools")],
        outlook.Scenarios.Select(s => new object[]
        {
            s.Change,
            PlanText.Rate(s.StepRequestsPerSecond),
            YesNo(s.CurrentSettingsCarry),
            YesNo(s.PlannedSettingsCarry),
            s.Verdict.ToString().ToLowerInvariant(),
            PlanText.Number(s.MaxConnections),
            string.Join(", ", s.MaxPoolSizes.Select(p => PlanText.Number(p))),
        }).Prepend(
        [
            "as forecast",
            PlanText.Rate(plan.Demand.StepRequestsPerSecond),
            YesNo(outlook.CurrentSettingsCarry is not double now || plan.Demand.StepRequestsPerSecond <= now),
            YesNo(outlook.PlannedSettingsCarry is not double planned || plan.Demand.StepRequestsPerSecond <= planned),
            plan.Connections.Verdict.ToString().ToLowerInvariant(),
            PlanText.Number(plan.Connections.MaxConnections),
            string.Join(", ", plan.Connections.Services.Select(p => PlanText.Number(p.MaxPoolSize))),
        ]));

    /// <summary>A time, which is not broken into lines.</summary>
    private static XElement Time(DateTimeOffset time) => new("span", new XAttribute("class", "when"), PlanText.Time(time));

    private static XElement YesNo(bool yes) => new("span", new XAttribute("class", yes ? "good" : "critical"), yes ? "yes" : "no");

    private static XElement Components(HistoryComponents components) => HtmlTable.Create(
        "The parts of the history, in requests per second",
        ["Part", HtmlTable.NumberColumn("Share of the variation"), HtmlTable.NumberColumn("Lowest"), HtmlTable.NumberColumn("Highest")],
        components.Grouping.Groups.Select(g => new object[]
        {
            ComponentNames.Of(g, components.RequestsPerSecond.Step),
            PlanText.RoughPercent(g.Share),
            PlanText.Number(Math.Round(g.Values.ToArray().Min(), 1)),
            PlanText.Number(Math.Round(g.Values.ToArray().Max(), 1)),
        }));

    private static XElement Section(string title, params object?[] content) => new("section", new XElement("h2", title), content);

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
            : new XElement("details", new XElement("summary", "Evidence"), HtmlTable.Create(null, ["Value", ""], finding.Evidence.Select(e => new object[] { e.Key, EvidenceText(e.Value) }), isSetBelow: true));

    private static string EvidenceText(object value) => value switch
    {
        DateTimeOffset time => PlanText.Time(time),
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
            plan.Peaks.Select(p => new object[] { p.Window.Name, Time(p.At), p.Cause }.Concat(quantiles.Select(q => PlanText.Rate(p.Quantile(q)))).ToArray()));
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

    internal static XElement Campaigns(IReadOnlyList<CampaignEffect> effects) => HtmlTable.Create(
        "By how much each campaign is expected to multiply the traffic at its own peak",
        ["Campaign", "Kind", "Starts", HtmlTable.NumberColumn("5 %"), HtmlTable.NumberColumn("Median"), HtmlTable.NumberColumn("95 %"), HtmlTable.NumberColumn("Past of its kind")],
        effects.Select(e => new object[]
        {
            e.Campaign.Name,
            e.Campaign.Kind,
            Time(e.Campaign.StartsAt),
            PlanText.Factor(e.PeakFactorLow),
            PlanText.Factor(e.PeakFactorMedian),
            PlanText.Factor(e.PeakFactorHigh),
            PlanText.Number(e.PastCampaignsOfKind),
        }));

    private static XElement Uplifts(IReadOnlyList<CampaignUplift> uplifts) => HtmlTable.Create(
        "By how much each multiplied the traffic and how many requests it brought, the latest first",
        ["Campaign", "Kind", "Starts", HtmlTable.NumberColumn("Factor (5 to 95 %)"), HtmlTable.NumberColumn("Requests (5 to 95 %)"), HtmlTable.NumberColumn("Peak, requests/s"), HtmlTable.NumberColumn("Peak after"), HtmlTable.NumberColumn("Lasted")],
        uplifts.Reverse().Take(MostUplifts).Select(u => new object[]
        {
            string.Join(", ", u.Campaigns.Select(c => c.Name)),
            u.Campaigns[0].Kind,
            Time(u.Campaigns[0].StartsAt),
            new XElement("span", PlanText.Factor(u.Factor) + " ", new XElement("span", new XAttribute("class", "when"), $"({PlanText.Factor(u.FactorLow)} to {PlanText.Factor(u.FactorHigh)})")),
            $"{PlanText.Number(Math.Round(u.ExtraRequests))} ({PlanText.Number(Math.Round(u.ExtraRequestsLow))} to {PlanText.Number(Math.Round(u.ExtraRequestsHigh))})",
            PlanText.Number(Math.Round(u.PeakRequestsPerSecond)),
            PlanText.Duration(u.LagOfPeak),
            PlanText.Duration(u.Duration),
        }));

    private static XElement BadDays(IReadOnlyList<BadDay> days) => HtmlTable.Create(
        "Whether the planned settings survive it",
        ["What happens", "Survives", "Why", "Cheapest remedy"],
        days.Select(d => new object[] { d.Title, YesNo(d.Survives), d.Message, d.Remedy ?? "" }));

    private static XElement Sensitivities(IReadOnlyList<Sensitivity> sensitivities) => HtmlTable.Create(
        "If the system were otherwise, at the forecast peak",
        ["Change", "Verdict", HtmlTable.NumberColumn("max_connections"), HtmlTable.NumberColumn("Pools"), HtmlTable.NumberColumn("Processors")],
        sensitivities.Select(s => new object[]
        {
            s.Change,
            s.Verdict.ToString().ToLowerInvariant(),
            PlanText.Number(s.MaxConnections),
            string.Join(", ", s.MaxPoolSizes.Select(p => PlanText.Number(p))),
            s.CpuUtilisation is double utilisation ? PlanText.RoughPercent(utilisation) : "unknown",
        }));

    internal static XElement Accuracy(BacktestReport? backtest)
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
