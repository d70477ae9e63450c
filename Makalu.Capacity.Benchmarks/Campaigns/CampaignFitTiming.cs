using System.Diagnostics;
using System.Globalization;
using Makalu.Capacity.Campaigns;
using Makalu.Capacity.Forecasting;
using Makalu.Capacity.Numerics;
using Makalu.Capacity.Series;
using Makalu.Capacity.Tests.Campaigns;

namespace Makalu.Capacity.Benchmarks.Campaigns;

/// <summary><c>campaign-fit [RUNS]</c>: the processor time of a fit by the number of past campaigns, the lowest of some runs.</summary>
internal static class CampaignFitTiming
{
    private const int Days = 140;
    private static readonly string[] _kinds = ["email", "tv", "push"];

    public static void Run(TextWriter output, int runs)
    {
        foreach (int past in (ReadOnlySpan<int>)[10, 30, 60, 100, 195])
        {
            var random = new RandomStream(past, 8);
            Campaign[] campaigns = [.. Enumerable.Range(0, past).Select(k =>
            {
                DateTimeOffset start = SyntheticShop.Monday.AddDays(3 + Math.Floor((Days - 5.0) * k / past)).AddHours(random.NextInt(22));
                return new Campaign(FormattableString.Invariant($"past {k}"), _kinds[random.NextInt(3)], start, start.AddHours(2), [KeyValuePair.Create("audience", (1000 * (1 + random.NextInt(100))).ToString(CultureInfo.InvariantCulture)), KeyValuePair.Create("region", "r" + random.NextInt(4).ToString(CultureInfo.InvariantCulture))]);
            })];
            double[] amplitudes = Array.ConvertAll(campaigns, c => 0.8 + (0.3 * Math.Log(double.Parse(c.Features["audience"], CultureInfo.InvariantCulture) / 50_000)) + (0.2 * random.NextNormal()));
            TimeSeries traffic = SyntheticShop.Rates(SyntheticShop.Monday, TimeSpan.FromMinutes(15), Days * 96, t => campaigns.Zip(amplitudes).Where(c => t >= c.First.StartsAt && t < c.First.EndsAt.AddHours(6)).Sum(c => c.Second * SyntheticShop.Course(c.First, t)));
            var calendar = new CampaignCalendar(campaigns);
            double lowest = double.PositiveInfinity;
            for (int run = 0; run < runs; run++)
            {
                TimeSpan started = Process.GetCurrentProcess().TotalProcessorTime;
                new CampaignForecaster().Fit(traffic, calendar);
                lowest = Math.Min(lowest, (Process.GetCurrentProcess().TotalProcessorTime - started).TotalMilliseconds);
            }

            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {past} | {lowest:F0} |"));
        }
    }
}
