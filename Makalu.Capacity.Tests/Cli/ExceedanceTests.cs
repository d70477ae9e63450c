using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Makalu.Capacity.Cli.Output;
using Makalu.Capacity.Forecasting;
using Makalu.Capacity.Peaks;
using Makalu.Capacity.Series;

namespace Makalu.Capacity.Tests.Cli;

/// <summary>What <c>forecast --exceeds</c> says, as text and as JSON, number by number.</summary>
[TestClass]
public sealed class ExceedanceTests
{
    private static readonly DateTimeOffset Start = new(2024, 9, 15, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Of 20 paths five exceed 100: three in hours 0 and 2, two in hours 1 and 2.</summary>
    private static readonly Forecast Known = new(Start, TimeSpan.FromHours(1), 4, [.. Enumerable.Range(0, 20).SelectMany(p => p switch
    {
        < 3 => new double[] { 150, 10, 120, 10 },
        < 5 => new double[] { 10, 150, 120, 10 },
        _ => new double[] { 10, 90, 99, 100 },
    })]);

    [TestMethod]
    public void Text_TellsProbabilityTimesAndMinutesPerPathThatExceeds()
    {
        Assert.AreEqual(
            "100 requests/s: exceeded with probability 0.250; most likely at 2024-09-15 02:00 UTC, where it happens first at 2024-09-15 00:00 UTC (median), for 120 minutes in all (mean)\n",
            ExceedanceText.Of(RateExceedance.Of(Known, 100), ""));
        Assert.AreEqual("web: 1,234.5 requests/s: exceeded on no simulated path\n", ExceedanceText.Of(RateExceedance.Of(Known, 1234.5), "web"));
    }

    [TestMethod]
    public async Task Json_HasWhatTheLibrarySays()
    {
        using var folder = new TemporaryFolder();
        var random = new Random(7);
        var csv = new StringBuilder("timestamp,requests\n");
        for (int hour = 0; hour < 21 * 24; hour++)
            csv.Append(CultureInfo.InvariantCulture, $"{Start.AddHours(hour - (21 * 24)):yyyy-MM-dd'T'HH:mm:ss'Z'},{3600 * (10 + (1.2 * Math.Sin(hour * Math.Tau / 24)) + (3 * random.NextDouble())):0}\n");
        folder.Write("history.csv", csv.ToString());
        CommandRun run = await CommandRun.Of("forecast", "--history", folder["history.csv"], "--horizon", "1d", "--model", "campaigns", "--paths", "300", "--output", folder["f.csv"], "--exceeds", "13,500", "--json");
        Assert.AreEqual(0, run.ExitCode, run.Error);
        JsonArray told = JsonNode.Parse(run.Output)!["series"]![0]!["exceeds"]!.AsArray();

        Forecast forecast = new CapacityPlanner(new CapacityPlannerOptions { Horizon = TimeSpan.FromDays(1), Model = "campaigns", Paths = 300 }).Forecast(SeriesFile.Read(folder["history.csv"])[0]);
        var expected = RateExceedance.Of(forecast, 13);
        Assert.HasCount(3, new[] { expected.MostLikelyAt, expected.TenthExceedsBy, expected.FirstAtMedian }.Distinct().ToArray(), $"three different times: {expected.MostLikelyAt} {expected.TenthExceedsBy} {expected.FirstAtMedian}");
        Assert.AreEqual(13, (double)told[0]!["requests_per_second"]!);
        Assert.AreEqual(expected.Probability, (double)told[0]!["probability"]!);
        Assert.AreEqual(ExampleTime(expected.MostLikelyAt), (string)told[0]!["most_likely_at"]!);
        Assert.AreEqual(ExampleTime(expected.TenthExceedsBy), (string)told[0]!["tenth_exceeds_by"]!);
        Assert.AreEqual(ExampleTime(expected.FirstAtMedian), (string)told[0]!["first_at_median"]!);
        Assert.AreEqual(expected.MeanDuration.TotalMinutes, (double)told[0]!["mean_minutes"]!, 0.001);
        Assert.AreEqual(500, (double)told[1]!["requests_per_second"]!);
        foreach (string time in (string[])["most_likely_at", "tenth_exceeds_by", "first_at_median"])
            Assert.IsNull(told[1]![time], time);
    }

    private static string ExampleTime(DateTimeOffset? time) => time!.Value.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
