using System.Globalization;
using System.Text;
using Makalu.Capacity.Numerics;

namespace Makalu.Capacity.Cli.Sample;

/// <summary>
/// Two quiet hours of the sample as a load balancer logs them: the combined format with the request time at the end of the line,
/// whole seconds in local time. Each second has as many lines as the series counts requests.
/// </summary>
internal static class SampleAccessLog
{
    private const int LogStream = 2;
    private const int Clients = 700;
    private const int Products = 400;

    private static readonly string[] Agents =
    [
        "Mozilla/5.0 (Linux; Android 14; SM-A546E) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/128.0.0.0 Mobile Safari/537.36",
        "Mozilla/5.0 (iPhone; CPU iPhone OS 17_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.6 Mobile/15E148 Safari/604.1",
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/128.0.0.0 Safari/537.36",
        "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.6 Safari/605.1.15",
        "MakaluMarket/5.3 (Android)",
    ];

    private static readonly string[] Networks = ["192.0.2.", "198.51.100.", "203.0.113."];

    /// <summary>The start of each hour that is written, UTC: 04:00 and 05:00 in Santiago on Thursday 12 September 2024.</summary>
    public static IReadOnlyList<DateTimeOffset> Hours { get; } =
    [
        new(2024, 9, 12, 7, 0, 0, TimeSpan.Zero),
        new(2024, 9, 12, 8, 0, 0, TimeSpan.Zero),
    ];

    public static string FileName(DateTimeOffset hour) => "access.log." + ShopClock.ToLocal(hour).ToString("yyyy-MM-dd-HH", CultureInfo.InvariantCulture) + ".gz";

    public static void Write(int seed, SampleTraffic traffic, DateTimeOffset hour, Stream stream)
    {
        using var writer = new StreamWriter(stream, new UTF8Encoding(false), 1 << 16, leaveOpen: true) { NewLine = "\n" };
        int minute = SampleTraffic.MinuteOf(hour);
        var random = new RandomStream(seed, LogStream + minute);
        int[] seconds = traffic.Seconds(minute, 60);
        for (int s = 0; s < seconds.Length; s++)
        {
            string time = LocalTime(hour.AddSeconds(s));
            for (int i = 0; i < seconds[s]; i++)
            {
                WriteLine(writer, random, time);
            }
        }
    }

    private static void WriteLine(StreamWriter writer, RandomStream random, string time)
    {
        int client = (int)(Clients * Square(random.NextDouble()));
        (string request, int status, int bytes, double milliseconds) = Request(random);

        // A long right tail, as response times have: log-normal with a standard deviation of 0.6 on the log scale.
        double taken = milliseconds * Math.Exp(0.6 * random.NextNormal()) / 1000;
        writer.Write(string.Create(
            CultureInfo.InvariantCulture,
            $"{Networks[client % Networks.Length]}{1 + (client / Networks.Length)} - - [{time}] \"{request} HTTP/1.1\" {status} {bytes} \"-\" \"{Agents[client * 7 % Agents.Length]}\" {taken:F3}\n"));
    }

    private static (string Request, int Status, int Bytes, double Milliseconds) Request(RandomStream random)
    {
        double choice = random.NextDouble();
        int product = 1000 + (int)(Products * Square(Square(random.NextDouble())));
        return choice switch
        {
            < 0.42 => ($"GET /products/{product}", 200, 14_000 + (product * 37 % 9000), 62),
            < 0.60 => ($"GET /api/products/{product}/stock", 200, 180 + (product % 40), 41),
            < 0.74 => ("GET /", 200, 21_480, 70),
            < 0.83 => ($"GET /search?page={1 + (product % 3)}", 200, 17_200 + (product % 3 * 511), 115),
            < 0.91 => ("GET /cart", 200, 6_310, 58),
            < 0.95 => ("POST /cart", 302, 0, 74),
            < 0.975 => ("POST /login", 302, 0, 96),
            < 0.990 => ("POST /checkout", 303, 0, 180),
            < 0.997 => ($"GET /products/{product + 5000}", 404, 1_204, 33),
            < 0.999 => ($"GET /products/{product}", 499, 0, 900),
            _ => ("GET /cart", 500, 512, 240),
        };
    }

    private static double Square(double value) => value * value;

    private static string LocalTime(DateTimeOffset time)
    {
        DateTimeOffset local = ShopClock.ToLocal(time);
        return local.ToString("dd/MMM/yyyy:HH:mm:ss ", CultureInfo.InvariantCulture)
            + local.ToString("zzz", CultureInfo.InvariantCulture).Replace(":", "", StringComparison.Ordinal);
    }
}
