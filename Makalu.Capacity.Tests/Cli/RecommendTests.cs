using System.Diagnostics;
using System.Text.Json.Nodes;
using Makalu.Capacity.Tests.Packaging;

namespace Makalu.Capacity.Tests.Cli;

/// <summary>The whole command, on the sample.</summary>
[TestClass]
public sealed class RecommendTests
{
    private static readonly string Data = Path.Combine(RepositoryFolder.Path, "data");

    [TestMethod]
    public async Task Recommend_OnTheSample_NamesTheCampaign_AndWritesEveryFile()
    {
        using var folder = new TemporaryFolder();
        CommandRun run = await CommandRun.Of(Arguments(folder, "--check", "--verbose"));

        Assert.AreEqual(3, run.ExitCode, run.Error);
        StringAssert.Contains(run.Error, "model 'campaigns");
        StringAssert.Contains(run.Error, "would not survive");
        StringAssert.Contains(run.Output.ReplaceLineEndings(" "), "The settings of today do not survive");
        CollectionAssert.IsSubsetOf(
            new[] { "config", "config/alerts.test.yml", "config/alerts.yml", "config/appsettings.json", "config/grafana-dashboard.json", "config/load-test.json", "config/postgresql.conf", "plan.html", "plan.json" },
            folder.Entries);
        Assert.IsFalse(Array.Exists(folder.Entries, e => e.Contains(".tmp", StringComparison.Ordinal)));
        foreach (string file in folder.Entries.Where(e => e.StartsWith("config/", StringComparison.Ordinal)))
        {
            StringAssert.Contains(run.Output, Path.GetFileName(file), "the summary names each file");
        }

        JsonNode plan = JsonNode.Parse(File.ReadAllText(folder["plan.json"]))!;
        Assert.AreEqual("autumn-launch", plan["peak"]!["cause"]!.GetValue<string>());
        Assert.IsTrue(plan["findings"]!.AsArray().Any(f => f!["severity"]!.GetValue<string>() == "critical" && f["message"]!.GetValue<string>().Contains("autumn-launch", StringComparison.Ordinal)));
    }

    [TestMethod]
    public async Task Recommend_WithOneOrTwoThreads_GivesTheSameBytes()
    {
        using var one = new TemporaryFolder();
        using var two = new TemporaryFolder();
        Assert.AreEqual(0, (await CommandRun.Of(Arguments(one, "--threads", "1"))).ExitCode);
        Assert.AreEqual(0, (await CommandRun.Of(Arguments(two, "--threads", "2"))).ExitCode);

        CollectionAssert.AreEqual(one.Entries, two.Entries);
        foreach (string file in one.Entries.Where(e => File.Exists(one[e])))
        {
            CollectionAssert.AreEqual(File.ReadAllBytes(one[file]), File.ReadAllBytes(two[file]), file);
        }
    }

    [TestMethod]
    public async Task Recommend_ToStandardOutput_WritesThePlanAlone()
    {
        using var folder = new TemporaryFolder();
        CommandRun run = await CommandRun.Of("recommend", "--history", Path.Combine(Data, "requests.csv.gz"), "--system", Path.Combine(Data, "system.json"), "--horizon", "1d", "--step", "15m", "--output", "-");
        Assert.AreEqual(0, run.ExitCode, run.Error);
        Assert.AreEqual(1, JsonNode.Parse(run.Output)!["schema"]!.GetValue<int>());
        StringAssert.Contains(run.Error, "max_connections");
    }

    [TestMethod]
    public async Task Recommend_Interrupted_LeavesNothing()
    {
        using var folder = new TemporaryFolder();
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();
        CommandRun run = await CommandRun.Of(cancelled.Token, Arguments(folder));
        Assert.AreEqual(130, run.ExitCode, run.Error);
        Assert.IsEmpty(folder.Entries);
    }

    /// <summary>The signal is sent when the first temporary file shows that the work has begun.</summary>
    [TestMethod]
    [DataRow("INT")]
    [DataRow("TERM")]
    public async Task Recommend_InterruptedByASignal_LeavesNothing_AndExitsWith130(string signal)
    {
        using var folder = new TemporaryFolder();
        using var watcher = new FileSystemWatcher(folder.Path) { EnableRaisingEvents = true };
        var begun = new TaskCompletionSource();
        watcher.Created += (_, _) => begun.TrySetResult();

        string program = typeof(Makalu.Capacity.Cli.CommandConsole).Assembly.Location;
        // A shell that runs the tests in the background has them ignore SIGINT, which a child would inherit.
        var start = new ProcessStartInfo("env", ["--default-signal=INT,TERM", "dotnet", "exec", program, .. Arguments(folder, "--paths", "2000", "--horizon", "14d")]) { RedirectStandardError = true, RedirectStandardOutput = true };
        using Process process = Process.Start(start)!;
        Task<string> error = process.StandardError.ReadToEndAsync();
        await Task.WhenAny(begun.Task, process.WaitForExitAsync());
        Assert.IsFalse(process.HasExited, "it ended before it could be interrupted");

        using (Process kill = Process.Start("kill", ["-s", signal, process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]))
        {
            await kill.WaitForExitAsync();
        }

        await process.WaitForExitAsync();
        Assert.AreEqual(130, process.ExitCode, await error);
        StringAssert.Contains(await error, "interrupted");
        Assert.IsEmpty(folder.Entries, string.Join(", ", folder.Entries));
    }

    private static string[] Arguments(TemporaryFolder folder, params string[] further) =>
    [
        "recommend", "--history", Path.Combine(Data, "requests.csv.gz"), "--calendar", Path.Combine(Data, "calendar.csv"), "--system", Path.Combine(Data, "system.json"),
        "--output", folder["plan.json"], "--report", folder["plan.html"], "--config", folder["config"],
        .. further.Contains("--horizon") ? further : [.. further, "--horizon", "1d"],
    ];
}
