using System.Xml.Linq;
using Makalu.Capacity.Backtesting;
using Makalu.Capacity.Reporting;
using Makalu.Capacity.Series;
using Microsoft.DotNet.Interactive.Formatting;

namespace Makalu.Capacity.Tests.Reporting;

/// <summary>What a notebook shows, asked of .NET Interactive's own formatting.</summary>
[TestClass]
public sealed class NotebookFormatterTests
{
    [TestMethod]
    public void Plan_IsItsReportWithoutCharts()
    {
        CapacityPlan plan = ExamplePlan.Create();
        XElement html = Html(plan);
        Assert.AreEqual(PlanSummary.Of(plan).Headline, html.Element("h1")!.Value);
        Assert.IsTrue(html.Descendants("h2").Any(h => h.Value == "Peaks"));
    }

    [TestMethod]
    public void Forecast_IsItsNumbersAndCampaigns()
    {
        XElement html = Html(ExamplePlan.Create().Forecast);
        StringAssert.Contains(html.Value, "96 steps of 15 minutes from 2024-09-15 00:00 UTC");
        Assert.IsTrue(html.Descendants("th").Any(c => c.Value == "autumn-launch"));
        Assert.HasCount(48 + 1 + 2, html.Descendants("tr"));
    }

    [TestMethod]
    public void Backtest_IsATableOfItsCandidates()
    {
        XElement html = Html(ExamplePlan.Backtest());
        StringAssert.Contains(html.Value, "lowest pinball loss");
        CollectionAssert.IsSubsetOf(new[] { "ssa", "seasonal-naive" }, html.Descendants("th").Select(c => c.Value).ToArray());
    }

    /// <summary>The replay of two nights: a row for each quantile and rule, with the numbers of the report.</summary>
    [TestMethod]
    public void Replay_IsATableOfWhatPlanningWouldHaveMeant()
    {
        RequestHistory history = SeriesFile.Read(new MemoryStream(System.Text.Encoding.UTF8.GetBytes(Cli.BadInputTests.History())), "history.csv")[0];
        CapacityBacktestReport report = new CapacityBacktest(new CapacityBacktestOptions { Origins = 2, Model = "seasonal-naive", Paths = 200 }).Run(history);
        XElement html = Html(report);

        Assert.AreEqual($"2 plans replayed; mean absolute error {PlanText.Number(PlanText.Significant(report.Accuracy.MeanAbsoluteError))} requests per second.", html.Element("p")!.Value);
        string[] rows = [.. html.Descendants("tbody").Single().Elements("tr").Select(r => string.Join('|', r.Elements().Select(c => c.Value)))];
        CollectionAssert.AreEqual(
            report.Decision.CostRisk.Concat(report.Decision.Alternatives).Select(o => FormattableString.Invariant($"{o.Rule}|{o.Exceeded.TotalMinutes:0}|{o.PlansExceeded} of 2|{PlanText.Rate(o.MeanCapacity)}|{PlanText.Number(o.OverProvision)}")).ToArray(),
            rows);
        CollectionAssert.Contains(rows.Select(r => r.Split('|')[0]).ToArray(), "yesterday's peak x 2");
        Assert.IsTrue(html.Descendants("th").Any(c => c.Value == "Mean capacity, requests per second"));
    }

    /// <summary>No type of ours needs .NET Interactive: the convention is by name.</summary>
    [TestMethod]
    public void Library_DoesNotReferToDotNetInteractive()
        => Assert.IsEmpty(typeof(CapacityPlan).Assembly.GetReferencedAssemblies().Where(a => a.Name!.Contains("Interactive", StringComparison.Ordinal)));

    private static XElement Html(object value)
    {
        Assert.AreEqual("text/html", Formatter.GetPreferredMimeTypesFor(value.GetType()).First());
        return XElement.Parse(value.ToDisplayString("text/html"));
    }
}
