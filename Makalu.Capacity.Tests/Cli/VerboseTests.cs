using System.CommandLine;
using System.Text.Json.Nodes;
using Makalu.Capacity.Cli;
using Makalu.Capacity.Tests.Nightly;
using Makalu.Capacity.Tests.Packaging;

namespace Makalu.Capacity.Tests.Cli;

/// <summary><c>--verbose</c> of every command: more on standard error, and the same results.</summary>
[TestClass]
public sealed class VerboseTests
{
    [TestMethod]
    public async Task EveryCommand_HasVerbose_AndTheHelpSaysWhatItTells()
    {
        RootCommand root = MakaluCommand.Create(new CommandConsole(Stream.Null, TextWriter.Null));
        var told = new HashSet<string>(StringComparer.Ordinal);
        string reference = RepositoryFolder.Read("docs/cli.md");
        foreach (Command command in root.Subcommands.Where(c => !c.Hidden))
        {
            string help = (await CommandRun.Of(command.Name, "--help")).Output;
            string line = help.Split('\n').Single(l => l.TrimStart().StartsWith("--verbose", StringComparison.Ordinal));
            StringAssert.Contains(line, "Tell on standard error ", command.Name);
            told.Add(line.Trim()["--verbose".Length..].Trim());
            StringAssert.Contains(reference, $"| `{command.Name}` |", "docs/cli.md tells what --verbose says with each command");
        }

        Assert.HasCount(root.Subcommands.Count(c => !c.Hidden) - 1, told, "forecast and recommend tell the same");
    }

    [TestMethod]
    public async Task Ingest_TellsWhatBecameOfTheLinesOfEachFile()
    {
        using var folder = new TemporaryFolder();
        const string Good = "192.0.2.1 - - [12/Sep/2024:04:0{0}:00 -0300] \"GET {1} HTTP/1.1\" {2} 10\n";
        string first = folder.Write("a.log", string.Concat(
            Enumerable.Range(0, 9).Select(i => string.Format(System.Globalization.CultureInfo.InvariantCulture, Good, i, i % 3 == 0 ? "/static/x.css" : "/", i == 1 ? 500 : 200)))
            + "no access log\n\n192.0.2.1 - - [12/Sep/2024:04:08:00 -0300] nonsense\nno access log either\n");
        string second = folder.Write("b.log", string.Format(System.Globalization.CultureInfo.InvariantCulture, Good, 5, "/", 200));
        string[] arguments = ["ingest", first, second, "--output", folder["out.csv"], "--max-bad-lines", "0.5", "--exclude", "/static/*", "--status", "2xx", "--to", "2024-09-12T07:08:00Z"];
        CommandRun quiet = await CommandRun.Of([.. arguments, "--threads", "1"]);
        byte[] series = File.ReadAllBytes(folder["out.csv"]);
        CommandRun run = await CommandRun.Of([.. arguments, "--verbose", "--threads", "2"]);

        Assert.AreEqual(0, run.ExitCode, run.Error);
        string[] lines = run.Error.Split('\n');
        Assert.AreEqual($"{first}: AccessLog, 13 lines: 4 requests taken, 5 passed over, 1 no requests, 3 malformed", lines[0]);
        CollectionAssert.AreEqual(
            new[]
            {
                "  1 passed over by --from, --to",
                "  1 passed over by --status, --exclude-status",
                "  3 passed over by --include, --exclude",
                "  2 malformed: no time in brackets, such as [10/Oct/2000:13:55:36 -0700]",
                "  1 malformed: no request in quotes after the time",
                $"{second}: AccessLog, 1 lines: 1 requests taken, 0 passed over, 0 no requests, 0 malformed",
            },
            lines[1..7],
            run.Error);
        StringAssert.EndsWith(run.Error, quiet.Error, "the summary stays as it is");
        CollectionAssert.AreEqual(series, File.ReadAllBytes(folder["out.csv"]));

        string gaps = folder.Write("gaps.csv", "timestamp,requests\n2024-09-12T07:00:00Z,1\n2024-09-12T07:01:00Z,1\n2024-09-12T07:02:00Z,1\n2024-09-12T07:04:00Z,1\n2024-09-12T07:07:00Z,1\n");
        run = await CommandRun.Of("ingest", gaps, "--output", folder["same.csv"], "--verbose", "--quiet");
        Assert.AreEqual("the series is unknown from 2024-09-12T07:05:00Z for 2m\nthe series is unknown from 2024-09-12T07:03:00Z for 1m\n", run.Error);
    }

    [TestMethod]
    public async Task Backtest_TellsTheModelOfEachOrigin_TheSameForAnyNumberOfThreads()
    {
        using var folder = new TemporaryFolder();
        folder.Write("history.csv", BadInputTests.History());
        string[] arguments = ["backtest", "--history", folder["history.csv"], "--origins", "3", "--paths", "200", "--output", folder["b.json"], "--quiet"];
        CommandRun one = await CommandRun.Of([.. arguments, "--verbose", "--threads", "1"]);
        byte[] report = File.ReadAllBytes(folder["b.json"]);
        CommandRun two = await CommandRun.Of([.. arguments, "--verbose", "--threads", "2"]);
        Assert.AreEqual(0, one.ExitCode, one.Error);
        Assert.AreEqual(one.Error, two.Error);
        CollectionAssert.AreEqual(report, File.ReadAllBytes(folder["b.json"]));
        JsonNode json = JsonNode.Parse(report)!;
        string[] origins = [.. one.Error.Split('\n').Where(l => l.Contains(": model '", StringComparison.Ordinal)).Select(l => l.Split(": model")[0])];
        CollectionAssert.AreEqual(json["origins"]!.AsArray().Select(f => f!["origin"]!.GetValue<string>()).ToArray(), origins);
        double weights = one.Error.Split('\n').Where(l => l.Contains("  error ", StringComparison.Ordinal)).Sum(l => double.Parse(l.Trim().Split(' ')[0], System.Globalization.CultureInfo.InvariantCulture));
        Assert.AreEqual(3, weights, 0.02, one.Error);
        Assert.AreEqual(3, one.Error.Split("  peak ").Length - 1, one.Error);
    }

    [TestMethod]
    public async Task Nightly_TellsTheStagesOfEachService()
    {
        using var folder = new NightlyFolder();
        folder.WriteHistory("a.csv", 21, 20);
        folder.Configure([("a", NightlyFolder.FileSource("a.csv")), ("gone", NightlyFolder.FileSource("gone.csv"))]);
        CommandRun run = await folder.RunAsync("--verbose", "--quiet");
        Assert.AreEqual(1, run.ExitCode, run.Error);
        CollectionAssert.AreEqual(new[] { "read", "scored", "learned", "planned", "looked beyond", "wrote" }, Stages(run.Error), run.Error);
        StringAssert.Matches(run.Error, new(@"(?m)^a: nothing to do, in \d+\.\d{3} s$"));
        StringAssert.Matches(run.Error, new(@"(?m)^gone: failed: .*gone\.csv: there is no such file"));
        StringAssert.Contains(run.Error, "read: 504 steps of 1h up to 2024-06-24T00:00:00Z, 0 unknown; 0 events on the calendar");
        StringAssert.Contains(run.Error, "learned: judged all models: pool");

        run = await folder.RunAsync("--verbose");
        CollectionAssert.AreEqual(new[] { "read", "recalled" }, Stages(run.Error), run.Error);
        StringAssert.Contains(run.Error, "a: done before, read back, in ");
        Assert.IsFalse((await folder.RunAsync()).Error.Contains("recalled", StringComparison.Ordinal));

        static string[] Stages(string error) => [.. error.Split('\n').Where(l => l.Contains(" s  ", StringComparison.Ordinal)).Select(l => l.Split(" s  ")[1].Split(':')[0])];
    }

    [TestMethod]
    public async Task Sample_TellsTheStory_AndTheTruthOfItsSeed()
    {
        using var folder = new TemporaryFolder();
        CommandRun run = await CommandRun.Of("sample", "--output", folder["s"], "--seed", "3", "--verbose");
        Assert.AreEqual(0, run.ExitCode, run.Error);
        StringAssert.Contains(run.Error, "Makalu Market, seed 3: 70 days by the minute from 2024-07-07 to 2024-09-15");
        double truth = Math.Exp(new Makalu.Capacity.Cli.Sample.SampleTraffic(3).Amplitudes[^1]);
        StringAssert.Contains(run.Error, FormattableString.Invariant($"autumn-launch (email, 380,000 people, 2024-09-15 14:00 UTC): true factor {truth:0.00}, expected 5.37"));
    }

    [TestMethod]
    [DataRow("bash", "bash-completion/completions/makalu")]
    [DataRow("zsh", "_makalu")]
    [DataRow("fish", "completions/makalu.fish")]
    public async Task Completion_TellsWhereToSaveTheScript_AndPrintsTheSame(string shell, string place)
    {
        CommandRun run = await CommandRun.Of("completion", shell, "--verbose");
        StringAssert.Contains(run.Error, place);
        CommandRun without = await CommandRun.Of("completion", shell);
        Assert.AreEqual("", without.Error);
        Assert.AreEqual(without.Output, run.Output);
    }
}
