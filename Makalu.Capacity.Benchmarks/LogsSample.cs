using System.Globalization;
using System.Text;
using Makalu.Capacity.Numerics;

namespace Makalu.Capacity.Benchmarks;

/// <summary>A combined log with request times as a busy shop writes it; the same bytes for the same seed and size.</summary>
internal static class LogsSample
{
    private static readonly string[] Paths =
    [
        "/", "/search?q=walking+boots&page={0}", "/product/{0}", "/product/{0}/reviews", "/basket", "/checkout/payment", "/api/v1/stock?sku={0}",
        "/static/app.{0}.js", "/static/site.{0}.css", "/images/product/{0}/large.webp", "/account/orders/{0}", "/campaign/autumn-launch?utm_source=newsletter&utm_medium=email&id={0}",
    ];

    private static readonly string[] Agents =
    [
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/128.0.0.0 Safari/537.36",
        "Mozilla/5.0 (iPhone; CPU iPhone OS 17_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.6 Mobile/15E148 Safari/604.1",
        "Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Gecko/20100101 Firefox/130.0",
        "Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)",
    ];

    /// <summary>Writes a log of at least <paramref name="megabytes"/> × 1,000,000 bytes, 400 requests a second.</summary>
    public static void Write(Stream stream, int megabytes, int seed = 1)
    {
        var random = new RandomStream(seed);
        using var writer = new StreamWriter(stream, new UTF8Encoding(false), 1 << 20, leaveOpen: true);
        var time = new DateTimeOffset(2024, 9, 15, 8, 0, 0, TimeSpan.Zero);
        long written = 0;
        double seconds = 0;
        var line = new StringBuilder();
        while (written < megabytes * 1_000_000L)
        {
            seconds += random.NextExponential() / 400;
            line.Clear();
            line.Append(CultureInfo.InvariantCulture, $"{random.NextInt(223) + 1}.{random.NextInt(256)}.{random.NextInt(256)}.{random.NextInt(256)} - - [")
                .Append(CultureInfo.InvariantCulture, $"{time.AddSeconds(seconds):dd/MMM/yyyy:HH:mm:ss} +0000] \"")
                .Append(random.NextInt(12) == 0 ? "POST " : "GET ")
                .AppendFormat(CultureInfo.InvariantCulture, Paths[random.NextInt(Paths.Length)], random.NextInt(100_000))
                .Append(" HTTP/1.1\" ")
                .Append(random.NextInt(50) == 0 ? "404" : random.NextInt(200) == 0 ? "502" : "200")
                .Append(CultureInfo.InvariantCulture, $" {random.NextInt(60_000)} \"https://market.example/product/{random.NextInt(100_000)}\" \"")
                .Append(Agents[random.NextInt(Agents.Length)])
                .Append(CultureInfo.InvariantCulture, $"\" {0.02 * Math.Exp(random.NextNormal()):0.000}\n");
            writer.Write(line);
            written += line.Length;
        }
    }
}
