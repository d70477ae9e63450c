using System.Globalization;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Makalu.Capacity.Forecasting.Ssa;
using Makalu.Capacity.Plotting;
using Makalu.Capacity.Tests.Reporting;

namespace Makalu.Capacity.Tests.Plotting;

[TestClass]
public sealed partial class SvgExtensionsTests
{
    private static readonly XNamespace Svg = "http://www.w3.org/2000/svg";
    private static readonly CapacityPlan Plan = ExamplePlan.Create().With(ExamplePlan.Outlook());

    [TestMethod]
    public void ToSvg_IsTheSameBytesEachTime()
    {
        Assert.AreEqual(Plan.ToSvg(), Plan.ToSvg());
        Assert.AreEqual(Plan.Forecast.ToSvg(Plan.History), Plan.Forecast.ToSvg(Plan.History));
        Assert.AreEqual(Plan.ToHtml(), Plan.ToHtml());
    }

    /// <summary>SVG's text is set by the reader's fonts; what ScottPlot would set by this machine's is not in it.</summary>
    [TestMethod]
    public void ToSvg_HasNoTextThatDependsOnTheMachinesFonts()
    {
        XElement[] texts = [.. Parse(Plan.ToSvg()).Descendants(Svg + "text")];
        Assert.IsGreaterThan(10, texts.Length);
        foreach (XElement text in texts)
        {
            Assert.AreEqual("sans-serif", text.Attribute("font-family")!.Value);
            Assert.IsFalse(text.Attribute("x")!.Value.Contains(','), text.ToString());
        }
    }

    [TestMethod]
    public void ToSvg_OfAPlan_NamesCampaignDemandAndBothLimits()
    {
        string[] texts = Texts(Plan.ToSvg());
        CollectionAssert.IsSubsetOf(new[] { "autumn-launch", "sized for 1,777 (99 %)", "settings of today carry 870", "planned settings carry 1,801" }, texts);
    }

    /// <summary>On the scale beside it each line stands at its rate.</summary>
    [TestMethod]
    [DataRow("#B91C1C", 870.4)]
    [DataRow("#15803D", 1801.2)]
    [DataRow("#7C3AED", 1777.3)]
    public void ToSvg_DrawsEachLimitAtItsRate(string colour, double rate)
    {
        XElement drawing = Parse(Plan.ToSvg());
        (double at0, double at1000) = (Scale(drawing, "0"), Scale(drawing, "1,000"));

        // A dashed line is drawn as the outlines of its dashes.
        string path = drawing.Descendants(Svg + "path").Single(p => p.Attribute("stroke")?.Value == colour || p.Attribute("fill")?.Value == colour).Attribute("d")!.Value;
        double y = double.Parse(FirstPoint().Match(path).Groups["y"].Value, CultureInfo.InvariantCulture);
        Assert.AreEqual(at0 + ((at1000 - at0) * rate / 1000), y + 4, 1);
    }

    /// <summary>A limit far above all else would press the forecast flat.</summary>
    [TestMethod]
    public void ToSvg_ALimitFarAbove_IsToldAndNotDrawn()
    {
        string drawing = Plan.With(ExamplePlan.Outlook() with { PlannedSettingsCarry = 50_000 }).ToSvg();
        CollectionAssert.Contains(Texts(drawing), "planned settings carry 50,000, above the chart");
        Assert.IsFalse(Texts(drawing).Any(t => t.StartsWith("10,000", StringComparison.Ordinal)));
    }

    /// <summary>Every colour that is drawn has its class, by which it turns dark.</summary>
    [TestMethod]
    public void ToSvg_EveryColourHasADarkOne()
    {
        XElement drawing = Parse(Plan.ToSvg());
        string style = drawing.Element(Svg + "style")!.Value;
        StringAssert.Contains(style, "@media screen and (prefers-color-scheme: dark)");
        int coloured = 0;
        foreach (XElement shape in drawing.Descendants())
        {
            foreach (string role in new[] { "fill", "stroke" })
            {
                if (shape.Attribute(role) is { Value: not "none" })
                {
                    string name = (shape.Attribute("class")?.Value.Split(' ') ?? []).Single(c => c.StartsWith($"mk-{role}-", StringComparison.Ordinal));
                    StringAssert.Contains(style, "." + name + " {");
                    coloured++;
                }
            }
        }

        Assert.IsGreaterThan(30, coloured);
    }

    /// <summary>Within the width, by the estimate that the layout uses as well.</summary>
    [TestMethod]
    [DataRow(320)]
    [DataRow(380)]
    [DataRow(960)]
    public void ToSvg_TextStaysWithinTheDrawing(int width)
    {
        foreach (string drawing in new[] { Plan.ToSvg(width), Plan.Forecast.ToSvg(width: width), HistoryComponents.Of(Plan.History)!.ToSvg(width) })
        {
            foreach (XElement text in Parse(drawing).Descendants(Svg + "text"))
            {
                double x = double.Parse(text.Attribute("x")!.Value, CultureInfo.InvariantCulture);
                double length = text.Value.Length * 6.6;
                double left = text.Attribute("text-anchor")?.Value switch { "end" => x - length, "middle" => x - (length / 2), _ => x };
                Assert.IsTrue(left >= -1 && left + length <= width + 1, $"{width}: '{text.Value}' from {left} to {left + length}");
            }
        }
    }

    [TestMethod]
    public void ToSvg_NamesFromOutside_AreTextAndNothingElse()
    {
        var campaign = new Makalu.Capacity.Campaigns.Campaign("<script>alert(1)</script>\u0001", "email", ExamplePlan.Origin.AddHours(2), ExamplePlan.Origin.AddHours(3));
        CapacityPlan plan = ExamplePlan.WithCalendar(Plan, new Makalu.Capacity.Campaigns.CampaignCalendar([campaign]));
        XElement drawing = Parse(plan.ToSvg());
        Assert.IsEmpty(drawing.Descendants().Where(e => e.Name.LocalName == "script"));
        Assert.IsTrue(drawing.Descendants(Svg + "text").Any(t => t.Value == "<script>alert(1)</script> "));
    }

    [TestMethod]
    [DataRow(319)]
    [DataRow(4001)]
    public void ToSvg_AWidthOutOfRange_IsRefused(int width)
        => StringAssert.Contains(Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => Plan.ToSvg(width)).Message, "320 to 4000");

    private static string[] Texts(string drawing) => [.. Parse(drawing).Descendants(Svg + "text").Select(t => t.Value)];

    private static double Scale(XElement drawing, string number)
        => double.Parse(drawing.Descendants(Svg + "text").Single(t => t.Value == number && t.Attribute("text-anchor")!.Value == "end").Attribute("y")!.Value, CultureInfo.InvariantCulture);

    private static XElement Parse(string drawing) => XElement.Parse(drawing);

    [GeneratedRegex(@"^M(?<x>[\d.]+) (?<y>[\d.]+)")]
    private static partial Regex FirstPoint();
}
