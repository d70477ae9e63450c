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

    /// <summary>On paper: light whatever the screen is, nothing cut off or broken, no closed details, no chart or row over two pages, and a table's head again on each.</summary>
    [TestMethod]
    public async Task Report_OnPaper_IsLight_AndNothingIsCutOff()
    {
        using var folder = new TemporaryFolder();
        await using BrowserForTests browser = await BrowserForTests.StartAsync();
        CommandRun run = await CommandRun.Of("recommend", "--history", Path.Combine(Data, "requests.csv.gz"), "--calendar", Path.Combine(Data, "calendar.csv"), "--system", Path.Combine(Data, "system.json"), "--horizon", "2d", "--step", "15m", "--output", folder["plan.json"], "--report", folder["plan.html"], "--quiet");
        Assert.AreEqual(0, run.ExitCode, run.Error);
        await using IBrowserContext context = await browser.NewContextAsync(WidthOfA4, ColorScheme.Dark);
        IPage page = await context.NewPageAsync();
        await page.GotoAsync(new Uri(folder["plan.html"]).AbsoluteUri);
        await page.EmulateMediaAsync(new PageEmulateMediaOptions { Media = Media.Print, ColorScheme = ColorScheme.Dark });
        await BrowserForTests.AssertFitsAsync(page, WidthOfA4);
        await BrowserForTests.AssertUnbrokenAsync(page, WidthOfA4);
        await BrowserForTests.AssertReadableAsync(page, ColorScheme.Light);
        Assert.AreEqual("[]", await page.EvaluateAsync<string>(BrokenOnPaper));
        byte[] pdf = await page.PdfAsync(new PagePdfOptions { Format = "A4", PreferCSSPageSize = true, Path = folder["plan.pdf"] });
        Assert.IsTrue(pdf.AsSpan().StartsWith("%PDF-"u8));

        // All within the margins: Chromium would make the whole page smaller for what is wider.
        Assert.IsLessThanOrEqualTo(WidthOfA4, await page.EvaluateAsync<int>("() => document.documentElement.scrollWidth"));
    }

    /// <summary>210 mm less the margins of 12 mm, at 96 pixels an inch.</summary>
    private const int WidthOfA4 = 702;

    private const string BrokenOnPaper = """
        () => {
          const style = e => getComputedStyle(e);
          const wrong = [];
          if (style(document.body).backgroundColor !== 'rgb(255, 255, 255)') wrong.push('the paper is ' + style(document.body).backgroundColor);
          for (const e of document.querySelectorAll('details:not([open])')) if (e.getClientRects().length > 0) wrong.push('a closed detail is shown: ' + e.textContent.slice(0, 40));
          for (const e of document.querySelectorAll('figure, tbody tr')) if (style(e).breakInside !== 'avoid') wrong.push(e.tagName + ' may be broken');
          for (const e of document.querySelectorAll('h2')) if (style(e).breakAfter !== 'avoid') wrong.push('the heading may end a page: ' + e.textContent);
          for (const e of document.querySelectorAll('thead')) if (style(e).display !== 'table-header-group') wrong.push('the head of a table is not repeated');
          for (const e of document.querySelectorAll('.whole, .when')) if (e.getClientRects().length > 0) {
            const range = document.createRange();
            range.selectNodeContents(e);
            if (new Set([...range.getClientRects()].map(r => Math.round(r.top))).size > 1) wrong.push('a figure is broken: ' + e.textContent);
          }
          return JSON.stringify(wrong);
        }
        """;
}
