using System.Globalization;

namespace Makalu.Capacity.Tests.Cli;

/// <summary>What the files of a forecast must hold whatever the history is.</summary>
[TestClass]
public sealed class ExtremeHistoryForecastTests
{
    private static readonly DateTimeOffset Start = new(2024, 8, 1, 0, 0, 0, TimeSpan.Zero);

    [TestMethod]
    [DataRow("zeros", 672, 0.0, 0.0)]
    [DataRow("constant", 672, 5.5, 5.5)]
    [DataRow("tiny counts", 672, 0.0, 0.1)]
    [DataRow("two observations", 2, 0.0, 1e3)]
    [DataRow("huge", 672, 1e8, 1e12)]
    [DataRow("gaps", 672, 0.1, 1e3)]
    public async Task Forecast_OfAnything_HasRowsThatAreInOrder(string history, int hours, double least, double most)
    {
        using var folder = new TemporaryFolder();
        folder.Write("history.csv", "timestamp,requests\n" + string.Concat(Enumerable.Range(0, hours).Select(t => Row(history, t))));

        CommandRun run = await CommandRun.Of("forecast", "--history", folder["history.csv"], "--horizon", "30h", "--output", folder["forecast.csv"], "--peaks", folder["peaks.csv"], "--quiet");

        Assert.AreEqual(0, run.ExitCode, run.Error);
        string[] rows = File.ReadAllLines(folder["forecast.csv"])[1..];
        Assert.HasCount(30, rows);
        foreach (string row in rows)
        {
            double[] numbers = [.. row.Split(',')[1..].Select(n => double.Parse(n, CultureInfo.InvariantCulture))];
            Assert.IsInRange(least, most, numbers[0], row);
            CollectionAssert.AreEqual(numbers[1..].Order().ToArray(), numbers[1..], row);
            Assert.IsGreaterThanOrEqualTo(least == most ? least : 0, numbers[1], row);
            Assert.IsLessThanOrEqualTo(least == most ? most : 100 * most, numbers[^1], row);
        }

        foreach (string peak in File.ReadAllLines(folder["peaks.csv"])[1..])
        {
            double[] numbers = [.. peak.Split(',')[4..].Select(n => double.Parse(n, CultureInfo.InvariantCulture))];
            CollectionAssert.AreEqual(numbers.Order().ToArray(), numbers, peak);
        }
    }

    // One row has no step, which only another row could tell.
    [TestMethod]
    public async Task Forecast_OfOneObservation_IsRefusedWithWords()
    {
        using var folder = new TemporaryFolder();
        folder.Write("history.csv", "timestamp,requests\n" + Row("counts", 0));

        CommandRun run = await CommandRun.Of("forecast", "--history", folder["history.csv"], "--horizon", "30h", "--output", folder["forecast.csv"]);

        Assert.AreEqual(2, run.ExitCode, run.Error);
        StringAssert.StartsWith(run.Error, "error: ");
        Assert.IsFalse(File.Exists(folder["forecast.csv"]));
    }

    private static string Row(string history, int t)
    {
        double daily = 1 + (0.8 * Math.Sin(t * Math.Tau / 24));
        double requests = history switch
        {
            "zeros" => 0,
            "constant" => 5.5 * 3600,
            "tiny counts" => (t * 7919 % 13) / 9,
            "huge" => 1e14 * daily,
            _ => 3600 * (1 + (t * 7919 % 5)) * daily,
        };
        return history == "gaps" && t % 11 > 6 ? "" : string.Create(CultureInfo.InvariantCulture, $"{Start.AddHours(t):yyyy-MM-dd'T'HH:mm:ss'Z'},{requests:0}\n");
    }
}
