using System.Xml.Linq;
using Makalu.Capacity.Reporting;
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
