using System.Xml.Linq;
using Makalu.Capacity.Plotting;
using Makalu.Capacity.Reporting;

namespace Makalu.Capacity.Tests.Reporting;

[TestClass]
public sealed class HtmlReportTests
{
    private static readonly XDocument Page = Render();

    [TestMethod]
    public void Page_StartsWithTheVerdict()
        => Assert.AreEqual(PlanSummary.Of(ExamplePlan.Create()).Headline, Page.Descendants("h1").Single().Value);

    [TestMethod]
    public void Page_IsSelfContained()
    {
        string[] references = [.. Page.Descendants().Attributes().Where(a => a.Name.LocalName is "src" or "href").Select(a => a.Value)];
        Assert.IsEmpty(references);
        Assert.IsEmpty(Page.Descendants("script"));
        Assert.IsFalse(Page.Descendants("style").Single().Value.Contains("url(", StringComparison.Ordinal));
    }

    [TestMethod]
    public void Charts_AreDescribed_ForThoseWhoCannotSeeThem()
    {
        XElement[] charts = [.. Page.Descendants("svg")];
        Assert.HasCount(6, charts);
        foreach (XElement chart in charts)
        {
            string[] ids = chart.Attribute("aria-labelledby")!.Value.Split(' ');
            CollectionAssert.AreEqual(ids, chart.Elements().Where(e => e.Name.LocalName is "title" or "desc").Select(e => e.Attribute("id")!.Value).ToArray());
            Assert.AreEqual("img", chart.Attribute("role")!.Value);
        }

        string[] allIds = [.. Page.Descendants().Attributes("id").Select(a => a.Value)];
        Assert.HasCount(allIds.Length, allIds.Distinct());
    }

    [TestMethod]
    public void Charts_AreEachDrawnWideAndNarrow_WithATableBehind()
    {
        XElement[] figures = [.. Page.Descendants("figure")];
        Assert.HasCount(3, figures);
        foreach (XElement figure in figures)
        {
            CollectionAssert.AreEqual(new[] { "chart-wide", "chart-narrow" }, figure.Elements("div").Select(d => d.Attribute("class")!.Value).ToArray());
            Assert.HasCount(1, figure.Element("details")!.Descendants("table"));
        }
    }

    [TestMethod]
    public void Report_WithoutCharts_HasTheTablesOpen()
    {
        using var writer = new StringWriter();
        HtmlReport.Write(writer, ExamplePlan.Create());
        var page = XDocument.Parse(writer.ToString()["<!DOCTYPE html>".Length..]);
        Assert.IsEmpty(page.Descendants("svg"));
        Assert.IsTrue(page.Descendants("caption").Any(c => c.Value.StartsWith("The highest step within", StringComparison.Ordinal) && !c.Ancestors("details").Any()));
    }

    [TestMethod]
    public void WhatIf_TellsWhatEachSettingSurvives()
    {
        string[] rows = [.. Page.Descendants("section").Single(s => s.Element("h2")!.Value == "What if").Descendants("tr").Select(r => string.Join('|', r.Elements().Select(c => c.Value)))];
        CollectionAssert.Contains(rows, "as forecast|1,777|no|yes|raise|214|24");
        CollectionAssert.Contains(rows, "autumn-launch twice as large|3,500|no|no|scale|400|48");
    }

    [TestMethod]
    public void Tables_HoldThePeaksPoolsAndFindings()
    {
        string text = string.Join(' ', Page.Descendants("td").Concat(Page.Descendants("th")).Select(c => c.Value));
        StringAssert.Contains(text, "current-limit-exceeded");
        StringAssert.Contains(text, "1,490");
        StringAssert.Contains(text, "3.47");
        StringAssert.Contains(text, "seasonal-naive");
    }

    private static XDocument Render()
    {
        using var writer = new StringWriter();
        HtmlReport.Write(writer, ExamplePlan.Create(backtest: ExamplePlan.Backtest()).With(ExamplePlan.Outlook()), new PlanCharts());
        string page = writer.ToString();
        StringAssert.StartsWith(page, "<!DOCTYPE html>\n");
        return XDocument.Parse(page["<!DOCTYPE html>".Length..]);
    }
}
