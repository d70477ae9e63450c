using System.CommandLine;
using System.CommandLine.Parsing;
using System.Text.Json.Nodes;
using Makalu.Capacity.Cli;
using Makalu.Capacity.Tests.Packaging;
using Makalu.Capacity.Tests.Reporting;

namespace Makalu.Capacity.Tests.Cli;

/// <summary>Help with examples, completion, summaries for programs.</summary>
[TestClass]
public sealed class PleasantnessTests
{
    private static readonly string Data = Path.Combine(RepositoryFolder.Path, "data");

    [TestMethod]
    public async Task Help_OfEachCommand_EndsWithExamples_ThatAreUnderstood()
    {
        RootCommand root = MakaluCommand.Create(new CommandConsole(Stream.Null, TextWriter.Null));
        foreach (Command command in root.Subcommands.Where(c => !c.Hidden))
        {
            CommandRun help = await CommandRun.Of(command.Name, "--help");
            Assert.AreEqual(0, help.ExitCode);
            StringAssert.Contains(help.Output, "Example", command.Name);
            StringAssert.Contains(help.Output, "  makalu " + command.Name, command.Name);
        }

        StringAssert.Contains((await CommandRun.Of("--help")).Output, "  makalu recommend");
        foreach (string example in CommandExamples.All)
        {
            string[] arguments = [.. CommandLineParser.SplitCommandLine(example.Replace('\'', '"').Split(" > ")[0]).Skip(1)];
            ParseResult parsed = root.Parse(arguments);
            Assert.IsEmpty(parsed.Errors, $"{example}: {string.Join(' ', parsed.Errors.Select(e => e.Message))}");
        }
    }

    /// <summary>The script is run by a real bash, with the program itself behind the name.</summary>
    [TestMethod]
    [DataRow("makalu rec", "recommend")]
    [DataRow("makalu forecast --hor", "--horizon")]
    [DataRow("makalu forecast --model camp", "campaigns")]
    public async Task Completion_InBash_CompletesCommandsOptionsAndValues(string line, string expected)
    {
        string bash = ExternalTool.Require("bash", "bash");
        using var folder = new TemporaryFolder();
        string script = folder.Write("completion.bash", (await CommandRun.Of("completion", "bash")).Output);
        string program = folder.Write("makalu", $"#!/bin/sh\nexec dotnet exec '{typeof(CommandConsole).Assembly.Location}' \"$@\"\n");
        Assert.AreEqual(0, ExternalTool.Run("chmod", "+x", program).ExitCode);
        string words = string.Join(' ', line.Split(' ').Select(w => $"'{w}'"));
        (int exitCode, string output) = ExternalTool.Run(bash, "-c", $"PATH='{folder.Path}':$PATH; source '{script}'; COMP_LINE='{line}'; COMP_POINT={line.Length}; COMP_WORDS=({words}); COMP_CWORD={line.Split(' ').Length - 1}; _makalu; printf '%s\\n' \"${{COMPREPLY[@]}}\"");
        Assert.AreEqual(0, exitCode, output);
        CollectionAssert.Contains(output.Split('\n'), expected, output);
    }

    [TestMethod]
    [DataRow("zsh")]
    [DataRow("fish")]
    public async Task Completion_ForOtherShells_AsksTheProgramItself(string shell)
        => StringAssert.Contains((await CommandRun.Of("completion", shell)).Output, "[suggest:");

    [TestMethod]
    public async Task WrongNames_AreAnsweredWithTheNearestRightOne()
    {
        CommandRun run = await CommandRun.Of("recomend");
        Assert.AreEqual(2, run.ExitCode);
        StringAssert.Contains(run.Error + run.Output, "recommend");
        run = await CommandRun.Of("sample", "--outptu", "x");
        Assert.AreEqual(2, run.ExitCode);
        StringAssert.Contains(run.Error + run.Output, "--output");
    }

    /// <summary>An option that was mistyped is not also said to be missing.</summary>
    [TestMethod]
    public async Task WrongNames_AreToldWithoutWhatFollowsFromThem()
    {
        CommandRun run = await CommandRun.Of("recommnd");
        Assert.IsFalse(run.Error.Contains("Required", StringComparison.Ordinal), run.Error);
        run = await CommandRun.Of("forecast", "--histroy", "x", "--horizon", "1d", "--output", "y");
        Assert.IsFalse(run.Error.Contains("is required", StringComparison.Ordinal), run.Error);
        StringAssert.Contains(run.Error, "Did you mean --history in place of --histroy?");
        run = await CommandRun.Of("forecast");
        StringAssert.Contains(run.Error, "Option '--history' is required.");
    }

    [TestMethod]
    public void EveryCommand_HasJson()
    {
        RootCommand root = MakaluCommand.Create(new CommandConsole(Stream.Null, TextWriter.Null));
        string[] without = [.. root.Subcommands.Where(c => !c.Hidden && c.Options.All(o => o.Name != "--json")).Select(c => c.Name)];
        CollectionAssert.AreEqual(new[] { "completion" }, without);
    }

    /// <summary>At a terminal of 60 columns no word is broken; elsewhere a message is one line that can be searched for.</summary>
    [TestMethod]
    public void Messages_AtATerminal_AreBrokenBetweenWords()
    {
        const string Message = "one two three four five six seven eight nine ten eleven twelve\n  thirteen fourteen fifteen sixteen seventeen eighteen nineteen twenty";
        using var terminal = new StringWriter();
        new CommandConsole(Stream.Null, terminal, errorIsTerminal: true, width: 60).Tell(Message);
        string[] lines = [.. terminal.ToString().Split('\n').Select(l => l.TrimEnd()).Where(l => l.Length > 0)];
        Assert.IsTrue(lines.All(l => l.Length <= 60), terminal.ToString());
        CollectionAssert.AreEqual(Message.Split([' ', '\n'], StringSplitOptions.RemoveEmptyEntries), string.Join(' ', lines).Split(' ', StringSplitOptions.RemoveEmptyEntries));
        StringAssert.StartsWith(lines[^1], "  ");

        using var file = new StringWriter();
        new CommandConsole(Stream.Null, file).Tell(Message);
        Assert.AreEqual(Message, file.ToString().TrimEnd('\r', '\n'));
    }

    [TestMethod]
    public async Task Json_IsTheOnlyThingOnStandardOutput()
    {
        using var folder = new TemporaryFolder();
        JsonNode ingest = await Json("ingest", Path.Combine(Data, "logs", "*.gz"), "--output", folder["two-hours.csv"], "--json");
        Assert.AreEqual(120, ingest["series"]![0]!["steps"]!.GetValue<int>());
        Assert.AreEqual(0, ingest["malformedLines"]!.GetValue<int>());

        JsonNode forecast = await Json("forecast", "--history", Path.Combine(Data, "requests.csv.gz"), "--calendar", Path.Combine(Data, "calendar.csv"), "--horizon", "24h", "--step", "1h", "--output", folder["f.csv"], "--json");
        JsonNode horizon = forecast["series"]![0]!["peaks"]![0]!;
        Assert.AreEqual("autumn-launch", horizon["cause"]!.GetValue<string>());
        Assert.IsGreaterThan(horizon["p50"]!.GetValue<double>(), horizon["p99"]!.GetValue<double>());

        JsonNode plan = await Json("recommend", "--history", Path.Combine(Data, "requests.csv.gz"), "--system", Path.Combine(Data, "system.json"), "--horizon", "1d", "--step", "1h", "--output", folder["plan.json"], "--json");
        Assert.IsTrue(JsonNode.DeepEquals(plan, JsonNode.Parse(File.ReadAllText(folder["plan.json"]))));

        JsonNode sample = await Json("sample", "--output", folder["market"], "--json");
        Assert.IsTrue(sample["written"]!.AsArray().All(f => File.Exists(f!.GetValue<string>())));
    }

    private static async Task<JsonNode> Json(params string[] arguments)
    {
        CommandRun run = await CommandRun.Of(arguments);
        Assert.AreEqual(0, run.ExitCode, run.Error);
        return JsonNode.Parse(run.Output)!;
    }
}
