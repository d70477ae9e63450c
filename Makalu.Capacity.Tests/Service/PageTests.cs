using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Makalu.Capacity.Reporting;
using Makalu.Capacity.Service.Models;
using Microsoft.Playwright;

namespace Makalu.Capacity.Tests.Service;

[TestClass]
public sealed class PageTests
{
    private static RunningService s_service = null!;

    [ClassInitialize]
    public static async Task StartAsync(TestContext context)
    {
        _ = context;
        s_service = await RunningService.StartAsync();
        await s_service.RegisterAsync();
        JsonObject hostile = ExampleShop.Definition();
        hostile["calendar"]!.AsArray().Add(new JsonObject { ["name"] = "<script>alert(1)</script>\" onload=\"", ["kind"] = "<b>email", ["startsAt"] = ExampleShop.Time(ExampleShop.Origin.AddHours(12)), ["endsAt"] = ExampleShop.Time(ExampleShop.Origin.AddHours(14)) });
        await s_service.RegisterAsync("hostile", hostile);
        await s_service.SendAsync(HttpMethod.Put, "/v1/services/empty", ExampleShop.Definition());
        Assert.IsTrue(await s_service.Keeper.WaitAsync("empty", TimeSpan.FromMinutes(5), CancellationToken.None));
    }

    [ClassCleanup]
    public static async Task StopAsync() => await s_service.DisposeAsync();

    [TestMethod]
    public async Task List_ShowsEachServiceWithItsVerdict()
    {
        string page = await s_service.Client.GetStringAsync("/");
        PlanOutline plan = s_service.Keeper.Warm.First(w => w.Name == "shop").Plan.Outline;

        StringAssert.Contains(page, "<a href=\"/services/shop\">shop</a>");
        StringAssert.Contains(page, plan.Verdict);
        Assert.IsFalse(plan.CurrentSettingsSurvive);
        StringAssert.Contains(page, "<span class=\"critical\">do not survive</span>");
        Assert.IsFalse(page.Contains(">survive<", StringComparison.Ordinal), "no service's settings do");
        StringAssert.Contains(page, "cannot be forecast");
    }

    [TestMethod]
    public async Task Page_WithoutScript_PlansForALargerCampaignByItsForm()
    {
        string page = await s_service.Client.GetStringAsync("/services/shop?campaign=launch&scale=4");
        HttpResponseMessage asked = await s_service.PostAsync("/v1/what-if", new JsonObject { ["service"] = "shop", ["suppose"] = new JsonObject { ["campaignScales"] = new JsonObject { ["launch"] = 4 } } });
        var supposed = (await RunningService.JsonAsync(asked)).GetProperty("supposed");

        StringAssert.Contains(page, $"<span id=\"supposed-pool-0\">{supposed.GetProperty("services")[0].GetProperty("maxPoolSize").GetInt32()}</span>");
        StringAssert.Contains(page, "value=\"4\"");
        StringAssert.Contains(page, "forecast-chart");
        Assert.AreEqual(1, page.Split("<h1").Length - 1, "one heading");
    }

    /// <summary>Nobody asks for the outlook: it is computed when the service has nothing better to do.</summary>
    [TestMethod]
    public async Task Page_ShowsWhatTheSettingsCarry_AndWhatIf_OnceTheyAreComputed()
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        while (s_service.Keeper.Warm.First(w => w.Name == "shop").Ahead is null)
        {
            patience.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }

        string page = await s_service.Client.GetStringAsync("/services/shop");
        PlanOutlook outlook = s_service.Keeper.Warm.First(w => w.Name == "shop").Ahead!.Outlook;
        StringAssert.Contains(page, $"The settings of today carry {PlanText.Rate(outlook.CurrentSettingsCarry!.Value)} requests per second, those planned {PlanText.Rate(outlook.PlannedSettingsCarry!.Value)}");
        StringAssert.Contains(page, "Survived by today's settings");
        StringAssert.Contains(page, "launch twice as large");
        Assert.IsFalse(page.Contains("are being computed", StringComparison.Ordinal));
    }

    [TestMethod]
    public async Task Names_FromOutside_StayText()
    {
        string page = await s_service.Client.GetStringAsync("/services/hostile");

        Assert.IsFalse(page.Contains("<script>alert", StringComparison.Ordinal));
        Assert.IsFalse(page.Contains("<b>email", StringComparison.Ordinal));
        StringAssert.Contains(page, "&lt;script&gt;alert(1)&lt;/script&gt;");
    }

    [TestMethod]
    public async Task Page_OfAServiceWithoutAPlan_SaysWhy()
    {
        HttpResponseMessage response = await s_service.Client.GetAsync("/services/empty");

        Assert.AreEqual(HttpStatusCode.UnprocessableEntity, response.StatusCode);
        StringAssert.Contains(await response.Content.ReadAsStringAsync(), "0 observations are known");
    }

    [TestMethod]
    public async Task Slider_InABrowser_ChangesTheConnections()
    {
        await using BrowserForTests browser = await BrowserForTests.StartAsync();
        await RunningService.AssertStatusAsync(200, await s_service.Client.GetAsync("/v1/services/shop/plan?outlook=true"));
        JsonObject question = new() { ["service"] = "shop", ["suppose"] = new JsonObject { ["campaignScales"] = new JsonObject { ["launch"] = 4 } } };
        PlanOutline supposedPlan = (await RunningService.JsonAsync(await s_service.PostAsync("/v1/what-if", question))).GetProperty("supposed").Deserialize<PlanOutline>(JsonSerializerOptions.Web)!;
        Assert.AreNotEqual(s_service.Keeper.Warm.First(w => w.Name == "shop").Plan.Outline.MaxConnections, supposedPlan.MaxConnections);
        foreach ((int width, ColorScheme scheme) in new[] { (1280, ColorScheme.Light), (400, ColorScheme.Light), (1280, ColorScheme.Dark), (400, ColorScheme.Dark) })
        {
            await using IBrowserContext context = await browser.NewContextAsync(width, scheme, s_service.Url, s_service.Key);
            IPage page = await context.NewPageAsync();
            var complaints = new StringBuilder();
            page.Console += (_, message) => complaints.AppendLine(message.Type is "error" or "warning" ? message.Text : "");
            page.PageError += (_, error) => complaints.AppendLine(error);
            await page.GotoAsync("/");
            await BrowserForTests.ScreenshotAsync(page, $"list-{width}-{scheme}.png");
            await BrowserForTests.AssertFitsAsync(page, width);
            await BrowserForTests.AssertUnbrokenAsync(page, width);
            await BrowserForTests.AssertReadableAsync(page, scheme);
            LocatorBoundingBoxResult? planned = await page.Locator("tr", new PageLocatorOptions { HasText = "shop" }).Locator("td").Nth(3).BoundingBoxAsync();
            Assert.IsTrue(planned!.X + planned.Width <= width, $"the planned limit is out of sight at {width}");
            await page.ClickAsync("a[href='/services/shop']");
            string before = await page.InnerTextAsync("#supposed-pool-0");

            await page.Locator("#scale").FillAsync("4");
            await page.WaitForFunctionAsync("() => document.getElementById('what-if-state').textContent.startsWith('launch, 4 times')");

            Assert.AreEqual("4×", await page.InnerTextAsync("#scale-value"));
            Assert.AreEqual(supposedPlan.MaxConnections.ToString("N0", System.Globalization.CultureInfo.InvariantCulture), await page.InnerTextAsync("#supposed-max-connections"));
            Assert.AreEqual(supposedPlan.PeakRequestsPerSecond.ToString("N0", System.Globalization.CultureInfo.InvariantCulture), await page.InnerTextAsync("#supposed-peak"));
            Assert.AreEqual(supposedPlan.Verdict, await page.InnerTextAsync("#supposed-verdict"));
            Assert.AreEqual("do not survive", await page.InnerTextAsync("#supposed-survive"));
            Assert.IsGreaterThan(int.Parse(before, System.Globalization.CultureInfo.InvariantCulture), int.Parse(await page.InnerTextAsync("#supposed-pool-0"), System.Globalization.CultureInfo.InvariantCulture));
            await page.EvaluateAsync("() => document.querySelectorAll('details').forEach(d => d.open = true)");
            await BrowserForTests.ScreenshotAsync(page, $"service-{width}-{scheme}.png");
            await BrowserForTests.AssertFitsAsync(page, width);
            await BrowserForTests.AssertUnbrokenAsync(page, width);
            await BrowserForTests.AssertReadableAsync(page, scheme);
            LocatorBoundingBoxResult? supposed = await page.Locator("#supposed-max-connections").BoundingBoxAsync();
            Assert.IsTrue(supposed!.X + supposed.Width <= width, $"what is supposed is out of sight at {width}");

            // No part of the page is refused by the headers, and no name of a campaign runs.
            await page.GotoAsync("/services/hostile");
            Assert.AreEqual("", complaints.ToString().Trim());
        }
    }
}
