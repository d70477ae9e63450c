using Microsoft.Playwright;

namespace Makalu.Capacity.Tests.Service;

/// <summary>Chromium from the system's packages, and what must hold of every page in it.</summary>
internal sealed class BrowserForTests : IAsyncDisposable
{
    private const string Chromium = "/usr/bin/chromium";

    /// <summary>What is wider than the page, or scrolls sideways within it: names of elements and the beginning of what they hold.</summary>
    private const string TooWide = """
        () => {
          const width = document.documentElement.clientWidth;
          const found = [];
          if (document.documentElement.scrollWidth > width) found.push('the page scrolls sideways');
          for (const e of document.querySelectorAll('main *')) {
            const box = e.getBoundingClientRect();
            if (box.width === 0 || box.height <= 1 || e.closest('svg') !== null && e.tagName !== 'svg' || e.closest('thead') && getComputedStyle(e.closest('thead')).position === 'absolute') continue;
            if (box.right > width + 1 || box.left < -1) found.push(e.tagName + ' reaches from ' + box.left + ' to ' + box.right + ': ' + e.textContent.slice(0, 60));
            if (e.scrollWidth > e.clientWidth + 1 && getComputedStyle(e).overflowX === 'auto') found.push(e.tagName + ' scrolls sideways: ' + e.textContent.slice(0, 60));
          }
          return found;
        }
        """;

    /// <summary>Words of 20 letters at the most that are broken in the middle.</summary>
    private const string Broken = """
        () => {
          const found = [];
          const walker = document.createTreeWalker(document.querySelector('main'), NodeFilter.SHOW_TEXT);
          for (let node = walker.nextNode(); node; node = walker.nextNode()) {
            const parent = node.parentElement;
            if (parent.closest('svg, select, thead') || parent.getClientRects().length === 0 || node.textContent.startsWith('http')) continue;
            for (const word of node.textContent.matchAll(/[^\s\-\/]{2,20}(?![^\s\-\/])/g)) {
              if (word.index > 0 && !/[\s\-\/]/.test(node.textContent[word.index - 1])) continue;
              const range = document.createRange();
              range.setStart(node, word.index);
              range.setEnd(node, word.index + word[0].length);
              if (new Set([...range.getClientRects()].map(r => Math.round(r.top))).size > 1) found.push(word[0] + ' in ' + node.textContent.slice(0, 60));
            }
          }
          return found;
        }
        """;

    /// <summary>Texts whose contrast with the page is less than WCAG 2.1 asks for (4.5, success criterion 1.4.3).</summary>
    private const string TooFaint = """
        () => {
          const luminance = colour => {
            const c = colour.match(/[\d.]+/g).slice(0, 3).map(v => { const s = v / 255; return s <= 0.03928 ? s / 12.92 : ((s + 0.055) / 1.055) ** 2.4; });
            return 0.2126 * c[0] + 0.7152 * c[1] + 0.0722 * c[2];
          };
          const paper = luminance(getComputedStyle(document.body).backgroundColor);
          const found = [];
          for (const e of document.querySelectorAll('main *')) {
            const svg = e.closest('svg') !== null;
            if (svg ? e.tagName !== 'text' : ![...e.childNodes].some(n => n.nodeType === 3 && n.textContent.trim().length > 0)) continue;
            if (e.getClientRects().length === 0 || ['title', 'desc', 'BUTTON', 'OPTION', 'SELECT'].includes(e.tagName)) continue;
            const ink = luminance(svg ? getComputedStyle(e).fill : getComputedStyle(e).color);
            const contrast = (Math.max(ink, paper) + 0.05) / (Math.min(ink, paper) + 0.05);
            if (contrast < 4.5) found.push(e.tagName + ' ' + contrast.toFixed(2) + ': ' + e.textContent.slice(0, 60));
          }
          return found;
        }
        """;

    private readonly IPlaywright _playwright;
    private readonly IBrowser _browser;

    private BrowserForTests(IPlaywright playwright, IBrowser browser)
    {
        _playwright = playwright;
        _browser = browser;
    }

    /// <summary>Starts it; without Chromium the test is inconclusive.</summary>
    public static async Task<BrowserForTests> StartAsync()
    {
        if (!File.Exists(Chromium))
            Assert.Inconclusive($"{Chromium} is not there: apt-get install chromium.");

        IPlaywright playwright = await Playwright.CreateAsync();
        return new BrowserForTests(playwright, await playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions { ExecutablePath = Chromium, Args = ["--no-sandbox", "--disable-gpu"] }));
    }

    public Task<IBrowserContext> NewContextAsync(int width, ColorScheme scheme, Uri? baseUrl = null, string? key = null) => _browser.NewContextAsync(new BrowserNewContextOptions
    {
        BaseURL = baseUrl?.ToString(),
        ViewportSize = new ViewportSize { Width = width, Height = 900 },
        ColorScheme = scheme,
        HttpCredentials = key is null ? null : new HttpCredentials { Username = "anyone", Password = key },
    });

    /// <summary>Nothing on the page is out of sight to the side.</summary>
    public static async Task AssertFitsAsync(IPage page, int width)
    {
        string[] tooWide = await page.EvaluateAsync<string[]>(TooWide);
        Assert.IsEmpty(tooWide, $"{page.Url} at {width}:\n{string.Join('\n', tooWide.Take(20))}");
    }

    /// <summary>No word is broken in the middle, and no time into lines.</summary>
    public static async Task AssertUnbrokenAsync(IPage page, int width)
    {
        string[] broken = await page.EvaluateAsync<string[]>(Broken);
        Assert.IsEmpty(broken, $"{page.Url} at {width}:\n{string.Join('\n', broken.Take(20))}");
        string[] times = await page.EvaluateAsync<string[]>("() => [...document.querySelectorAll('.when')].filter(e => e.getClientRects().length > 1).map(e => e.textContent)");
        Assert.IsEmpty(times, $"{page.Url} at {width}:\n{string.Join('\n', times)}");
    }

    /// <summary>Every text stands out from the page, which is light or dark as was asked.</summary>
    public static async Task AssertReadableAsync(IPage page, ColorScheme scheme)
    {
        string paper = await page.EvaluateAsync<string>("() => getComputedStyle(document.body).backgroundColor");
        Assert.AreEqual(scheme == ColorScheme.Dark, paper != "rgb(255, 255, 255)", paper);
        string[] tooFaint = await page.EvaluateAsync<string[]>(TooFaint);
        Assert.IsEmpty(tooFaint, $"{page.Url}, {scheme}:\n{string.Join('\n', tooFaint.Take(20))}");
    }

    public static async Task ScreenshotAsync(IPage page, string name)
    {
        if (Environment.GetEnvironmentVariable("MAKALU_TEST_SCREENSHOTS") is { } folder)
            await page.ScreenshotAsync(new PageScreenshotOptions { Path = Path.Combine(folder, name), FullPage = true });
    }

    public async ValueTask DisposeAsync()
    {
        await _browser.DisposeAsync();
        _playwright.Dispose();
    }
}
