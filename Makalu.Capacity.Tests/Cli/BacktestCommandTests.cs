using System.Text.Json;

namespace Makalu.Capacity.Tests.Cli;

[TestClass]
public sealed class BacktestCommandTests
{
    private static readonly string Data = Path.Combine(Packaging.RepositoryFolder.Path, "data");

    [TestMethod]
    public async Task Backtest_WritesReportAndTables_TheSameForAnyNumberOfThreads()
    {
        using var folder = new TemporaryFolder();
        folder.Write("history.csv", BadInputTests.History());
        foreach (string threads in new[] { "1", "3" })
        {
            CommandRun run = await Run(folder, "--threads", threads, "--output", folder[threads + ".json"], "--table", folder[threads + ".csv"], "--quiet");
            Assert.AreEqual(0, run.ExitCode, run.Error);
            Assert.AreEqual("", run.Output + run.Error);
        }

        CollectionAssert.AreEqual(File.ReadAllBytes(folder["1.json"]), File.ReadAllBytes(folder["3.json"]));
        CollectionAssert.AreEqual(File.ReadAllBytes(folder["1.csv"]), File.ReadAllBytes(folder["3.csv"]));
        string[] rows = File.ReadAllLines(folder["1.csv"]);
        Assert.AreEqual("origin,window,kind,starts_at,ends_at,whole,actual,actual_at,p50,p90,p95,p99", rows[0]);
        Assert.HasCount(1 + (3 * 2), rows, "horizon and day of each of three origins");
        CollectionAssert.AreEqual(new[] { "1.csv", "1.json", "3.csv", "3.json", "history.csv" }, folder.Entries);
    }

    [TestMethod]
    public async Task Backtest_ShowsASummary_AndMarkdown()
    {
        using var folder = new TemporaryFolder();
        folder.Write("history.csv", BadInputTests.History());
        CommandRun run = await Run(folder, "--system", Path.Combine(Data, "system.json"), "--output", folder["report.json"], "--table", folder["report.md"]);
        Assert.AreEqual(0, run.ExitCode, run.Error);
        foreach (string expected in new[] { "quantile 0.99", "yesterday's peak x 2", "same as last week", "what is set now" })
        {
            StringAssert.Contains(run.Output, expected, StringComparison.Ordinal);
            StringAssert.Contains(await File.ReadAllTextAsync(folder["report.md"]), expected, StringComparison.Ordinal);
        }
    }

    /// <summary>Schema 1, name by name: fields may be added at the end of this list, never changed or removed.</summary>
    [TestMethod]
    public async Task Json_HasTheFieldsOfSchema1()
    {
        using var folder = new TemporaryFolder();
        folder.Write("history.csv", BadInputTests.History());
        CommandRun run = await Run(folder, "--json", "--quiet");
        Assert.AreEqual(0, run.ExitCode, run.Error);
        using JsonDocument report = JsonDocument.Parse(run.Output);
        Assert.AreEqual(1, report.RootElement.GetProperty("schema").GetInt32());
        string[] expected =
        [
            "schema", "series", "settings.model", "settings.horizon", "settings.step", "settings.every", "settings.paths", "settings.seed", "settings.quantiles",
            "accuracy.steps", "accuracy.meanActual", "accuracy.meanAbsoluteError", "accuracy.bias", "accuracy.wape", "accuracy.smape", "accuracy.pinballLoss", "accuracy.expectedPinballLoss",
            "accuracy.seasonalNaive.season", "accuracy.seasonalNaive.steps", "accuracy.seasonalNaive.meanAbsoluteError", "accuracy.seasonalNaive.ratio",
            "accuracy.stepCoverage.quantile", "accuracy.stepCoverage.coverage", "accuracy.stepCoverage.covered", "accuracy.stepCoverage.count",
            "accuracy.peaks.windows", "accuracy.peaks.count", "accuracy.peaks.coverage.quantile", "accuracy.peaks.medianAbsoluteLogError", "accuracy.peaks.meanAbsoluteLogError", "accuracy.peaks.logBias", "accuracy.peaks.upperToActual", "accuracy.peaks.pathWape", "accuracy.peaks.pathLogError",
            "decision.unit", "decision.sizing", "decision.targetQuantile", "decision.headroom", "decision.inForce", "decision.unservableMinutes",
            "decision.costRisk.rule", "decision.costRisk.quantile", "decision.costRisk.plans", "decision.costRisk.plansExceeded", "decision.costRisk.exceededMinutes", "decision.costRisk.judgedMinutes", "decision.costRisk.exceededFraction", "decision.costRisk.meanCapacity", "decision.costRisk.overProvision", "decision.costRisk.capacityToPeak", "decision.costRisk.exceededWithoutHeadroomMinutes",
            "decision.alternatives.rule", "drift.status", "drift.lossToExpected", "drift.relativeBias", "drift.findings.code", "drift.findings.severity", "drift.findings.message",
            "origins.origin", "origins.model", "origins.steps", "origins.meanActual", "origins.meanAbsoluteError", "origins.pinballLoss", "origins.capacity", "origins.highestDemand", "origins.exceededMinutes",
            "windows.origin", "windows.window", "windows.kind", "windows.startsAt", "windows.endsAt", "windows.whole", "windows.actual", "windows.actualAt", "windows.requestsPerSecond.p95", "skipped",
        ];
        foreach (string path in expected)
        {
            JsonElement element = report.RootElement;
            foreach (string name in path.Split('.'))
            {
                element = element.ValueKind == JsonValueKind.Array ? element[0] : element;
                Assert.IsTrue(element.TryGetProperty(name, out element), path);
            }
        }
    }

    [TestMethod]
    [DataRow("no origin can be replayed", "--from", "2030-01-01T00:00:00Z")]
    [DataRow("cannot be joined", "--from", "2024-09-10T00:00:00Z", "--origins", "2")]
    [DataRow("To needs From", "--to", "2024-09-10T00:00:00Z")]
    [DataRow("is told from the name", "--table", "report.txt")]
    [DataRow("no whole multiple", "--step", "90m")]
    [DataRow("no such file", "--system", "nowhere.json")]
    public async Task Backtest_OfBadInput_ExitsWith2_AndWritesNothing(string expected, params string[] further)
    {
        using var folder = new TemporaryFolder();
        folder.Write("history.csv", BadInputTests.History());
        string[] arguments = [.. further.Select(a => a is "report.txt" or "nowhere.json" ? folder[a] : a)];
        CommandRun run = await CommandRun.Of(["backtest", "--history", folder["history.csv"], "--model", "seasonal-naive", "--output", folder["report.json"], .. arguments]);
        Assert.AreEqual(2, run.ExitCode, run.Error);
        StringAssert.Contains(run.Error, expected, StringComparison.OrdinalIgnoreCase);
        CollectionAssert.AreEqual(new[] { "history.csv" }, folder.Entries);
    }

    [TestMethod]
    public async Task Backtest_WithNowhereToWrite_ExitsWith2()
    {
        using var folder = new TemporaryFolder();
        folder.Write("history.csv", BadInputTests.History());
        CommandRun run = await Run(folder);
        Assert.AreEqual(2, run.ExitCode);
        StringAssert.Contains(run.Error, "--output", StringComparison.Ordinal);
    }

    [TestMethod]
    public async Task Backtest_Interrupted_LeavesNothing()
    {
        using var folder = new TemporaryFolder();
        folder.Write("history.csv", BadInputTests.History());
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();
        CommandRun run = await CommandRun.Of(cancelled.Token, "backtest", "--history", folder["history.csv"], "--output", folder["report.json"], "--table", folder["report.md"]);
        Assert.AreEqual(130, run.ExitCode, run.Error);
        CollectionAssert.AreEqual(new[] { "history.csv" }, folder.Entries);
    }

    private static Task<CommandRun> Run(TemporaryFolder folder, params string[] further)
        => CommandRun.Of(["backtest", "--history", folder["history.csv"], "--origins", "3", "--model", "seasonal-naive", "--paths", "200", .. further]);
}
