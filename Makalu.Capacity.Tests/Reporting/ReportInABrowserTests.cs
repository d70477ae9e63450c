using Makalu.Capacity.Tests.Cli;
using Makalu.Capacity.Tests.Packaging;
using Makalu.Capacity.Tests.Service;
using Microsoft.Playwright;

namespace Makalu.Capacity.Tests.Reporting;

/// <summary>The report of the sample's plan as Chromium shows it, wide and narrow, in light and in dark.</summary>
[TestClass]
public sealed class ReportInABrowserTests
{
    private static readonly string Data = Path.Combine(RepositoryFolder.Path, "data");

    [TestMethod]
    public async Task Report_FitsItsPage_WideAndNarrow_LightAndDark()
    {
        using var folder = new TemporaryFolder();
        await using BrowserForTests browser = await BrowserForTests.StartAsync();
        CommandRun run = await CommandRun.Of("recommend", "--history", Path.Combine(Data, "requests.csv.gz"), "--calendar", Path.Combine(Data, "calendar.csv"), "--system", Path.Combine(Data, "system.json"), "--horizon", "2d", "--step", "15m", "--output", folder["plan.json"], "--report", folder["plan.html"], "--quiet");
        Assert.AreEqual(0, run.ExitCode, run.Error);
        foreach (int width in new[] { 1280, 400 })
        {
            foreach (ColorScheme scheme in new[] { ColorScheme.Light, ColorScheme.Dark })
            {
                await using IBrowserContext context = await browser.NewContextAsync(width, scheme);
                IPage page = await context.NewPageAsync();
                await page.GotoAsync(new Uri(folder["plan.html"]).AbsoluteUri);
                await page.EvaluateAsync("() => document.querySelectorAll('details').forEach(d => d.open = true)");
                await BrowserForTests.ScreenshotAsync(page, $"report-{width}-{scheme}.png");
                await BrowserForTests.AssertFitsAsync(page, width);
                await BrowserForTests.AssertUnbrokenAsync(page, width);
                await BrowserForTests.AssertReadableAsync(page, scheme);
            }
        }
    }
}
