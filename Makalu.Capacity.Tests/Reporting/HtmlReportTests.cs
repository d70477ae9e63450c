using System.Xml.Linq;
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
        Assert.HasCount(2, charts);
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
    public void ForecastChart_NamesTheCampaign_AndDrawsOnlyWithinItself()
    {
        XElement chart = Page.Descendants("svg").First();
        Assert.IsTrue(chart.Elements("text").Any(t => t.Value == "autumn-launch"));
        foreach (XElement line in chart.Elements("line"))
        {
            foreach (string name in new[] { "y1", "y2" })
            {
                double y = double.Parse(line.Attribute(name)!.Value, System.Globalization.CultureInfo.InvariantCulture);
                Assert.IsTrue(y is >= 0 and <= 400, $"{name} = {y}");
            }
        }
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
        HtmlReport.Write(writer, ExamplePlan.Create(backtest: ExamplePlan.Backtest()));
        string page = writer.ToString();
        StringAssert.StartsWith(page, "<!DOCTYPE html>\n");
        return XDocument.Parse(page["<!DOCTYPE html>".Length..]);
    }
}
