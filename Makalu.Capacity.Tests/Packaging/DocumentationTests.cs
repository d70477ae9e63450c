using System.CommandLine;
using System.CommandLine.Parsing;
using System.Text.RegularExpressions;
using Makalu.Capacity.Cli;
using Makalu.Capacity.Tests.Cli;
using Makalu.Capacity.Tests.Series;

namespace Makalu.Capacity.Tests.Packaging;

/// <summary>The documentation's commands: those of the tutorial and the how-tos are run, all others must at least be understood.</summary>
[TestClass]
public sealed partial class DocumentationTests
{
    [TestMethod]
    [DataRow("docs/tutorial.md", 5)]
    [DataRow("docs/how-to.md", 8)]
    public async Task Commands_OfAPage_RunOneAfterAnother(string page, int commands)
    {
        using var folder = new TemporaryFolder();
        string text = RepositoryFolder.Read(page);
        foreach (Match file in FileOfPage().Matches(text))
        {
            folder.Write(file.Groups["name"].Value, string.Concat(file.Groups["content"].Value.Split('\n').Where(l => l.Length > 0).Select(l => l.Trim() + "\n")));
        }

        int count = 0;
        foreach (string[] arguments in Commands(text))
        {
            CommandRun run = await CommandRun.Of([.. arguments.Select((a, i) => InFolder(folder, arguments, a, i))]);
            int expected = arguments.Contains("--check") ? 3 : 0;
            Assert.AreEqual(expected, run.ExitCode, $"{string.Join(' ', arguments)}\n{run.Error}");
            count++;
        }

        Assert.AreEqual(commands, count);
    }

    /// <summary>
    /// Each command of the reference in a folder with the sample under the names that the page uses. Only the step is made longer and the
    /// model simpler, for time; what needs a server is run by the tests of inspect and verify.
    /// </summary>
    [TestMethod]
    [DataRow("README.md", 3)]
    [DataRow("docs/cli.md", 6)]
    [DataRow("docs/nightly.md", 3)]
    public async Task Commands_OfTheReference_Run(string page, int commands)
    {
        int count = 0;
        foreach (string[] arguments in Commands(RepositoryFolder.Read(page)).Where(a => a[0] is not ("inspect" or "verify") && !a.Any(p => p.StartsWith('[') || p.StartsWith('<'))))
        {
            using TemporaryFolder folder = WithTheSample();
            string[] shorter = arguments[0] switch
            {
                "forecast" or "recommend" => ["--step", "1h", "--paths", "200"],
                "backtest" => ["--step", "1h", "--paths", "200", "--model", "seasonal-naive"],
                _ => [],
            };
            CommandRun run = await CommandRun.Of([.. arguments.Select((a, i) => InFolder(folder, arguments, a, i)), .. shorter]);
            int expected = arguments.Contains("--check") || (arguments[0] == "nightly" && !arguments.Contains("--emit-schedule")) ? 3 : 0;
            Assert.AreEqual(expected, run.ExitCode, $"{string.Join(' ', arguments)}\n{run.Error}");
            count++;
        }

        Assert.AreEqual(commands, count);
    }

    /// <summary>
    /// Those of docs/accuracy.md on the least there is to replay: one origin, the simplest model, few paths. The command that writes the
    /// whole page is not run, which takes an hour.
    /// </summary>
    [TestMethod]
    [DataRow(false, 2)]
    [DataRow(true, 12)]
    public async Task Commands_OfTheAccuracyPage_RunOnOneOrigin_ButForTheReport(bool isOnSharedData, int commands)
    {
        using TemporaryFolder folder = WithTheSample();
        Directory.CreateSymbolicLink(folder["data"], Path.Combine(RepositoryFolder.Path, "data"));
        if (isOnSharedData)
        {
            string shared = Path.Combine(SharedData.Path("data/worldcup98/requests-1m.csv.gz"), "..", "..");
            foreach (string data in Directory.EnumerateDirectories(shared))
                Directory.CreateSymbolicLink(folder[Path.GetFileName(data)], Path.GetFullPath(data));
        }

        int count = 0;
        foreach (string[] arguments in AccuracyCommand().Matches(RepositoryFolder.Read("docs/accuracy.md")).Select(m => CommandLineParser.SplitCommandLine(m.Value).Skip(1).ToArray()))
        {
            bool isOfTheSample = arguments.Any(a => a is "-" or "requests.csv.gz");
            if (isOfTheSample == isOnSharedData)
                continue;

            CommandRun run = await CommandRun.Of([.. Cheapest(arguments).Select(a => a == "-" ? folder["requests.csv.gz"] : FileName().IsMatch(a) ? folder[a] : a)]);
            Assert.AreEqual(0, run.ExitCode, $"{string.Join(' ', arguments)}\n{run.Error}");
            Assert.IsTrue(arguments.Where(a => FileName().IsMatch(a)).All(a => File.Exists(folder[a])), string.Join(' ', arguments));
            count++;
        }

        Assert.AreEqual(commands, count);
    }

    /// <summary>A replay of one origin in place of those that are asked for; other commands as they are.</summary>
    private static IEnumerable<string> Cheapest(string[] arguments)
    {
        if (arguments[0] != "backtest")
            return arguments;

        string[] replaced = ["--origins", "--from", "--to", "--model", "--every"];
        return arguments.Where((a, i) => !replaced.Contains(a) && !replaced.Contains(arguments[Math.Max(0, i - 1)])).Concat(["--origins", "1", "--model", "seasonal-naive", "--paths", "100"]);
    }

    [TestMethod]
    public void Commands_OfEveryPage_AreUnderstood()
    {
        string[] pages = [.. Directory.EnumerateFiles(Path.Combine(RepositoryFolder.Path, "docs"), "*.md").Append(Path.Combine(RepositoryFolder.Path, "README.md"))];
        RootCommand root = MakaluCommand.Create(new CommandConsole(Stream.Null, TextWriter.Null));
        int count = 0;
        foreach (string page in pages)
        {
            foreach (string[] arguments in Commands(File.ReadAllText(page)).Where(a => !a.Any(p => p.StartsWith('[') || p.StartsWith('<'))))
            {
                ParseResult parsed = root.Parse(arguments);
                Assert.IsEmpty(parsed.Errors, $"{Path.GetFileName(page)}: makalu {string.Join(' ', arguments)}: {string.Join(' ', parsed.Errors.Select(e => e.Message))}");
                count++;
            }
        }

        Assert.IsGreaterThan(20, count);
    }

    [TestMethod]
    public void EveryPage_IsInTheIndex_AndLinksLeadSomewhere()
    {
        string folder = Path.Combine(RepositoryFolder.Path, "docs");
        string index = RepositoryFolder.Read("docs/README.md");
        foreach (string page in Directory.EnumerateFiles(folder, "*.md"))
        {
            string name = Path.GetFileName(page);
            Assert.IsTrue(name == "README.md" || index.Contains($"]({name})", StringComparison.Ordinal), $"docs/README.md does not name {name}.");
            foreach (Match link in Link().Matches(File.ReadAllText(page)))
            {
                string target = Path.Combine(folder, link.Groups["target"].Value);
                Assert.IsTrue(File.Exists(target) || Directory.Exists(target), $"{name}: {link.Value} leads nowhere.");
            }
        }
    }

    /// <summary>The sample under the names that the reference uses, and a configuration of the nightly job for it.</summary>
    private static TemporaryFolder WithTheSample()
    {
        string data = Path.Combine(RepositoryFolder.Path, "data");
        var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder["logs"]);
        foreach (string file in Directory.EnumerateFiles(data).Concat(Directory.EnumerateFiles(Path.Combine(data, "logs"))))
        {
            File.Copy(file, folder[Path.GetRelativePath(data, file)]);
        }

        folder.Write("nightly.json", """
            { "output": "plans", "horizon": "1.00:00:00",
              "services": [ { "name": "shop", "source": { "kind": "file", "path": "requests.csv.gz" }, "system": "system.json", "calendar": "calendar.csv", "step": "01:00:00", "model": "campaigns" } ] }
            """);
        return folder;
    }

    private static IEnumerable<string[]> Commands(string text)
        => CommandLine().Matches(text).Select(m => CommandLineParser.SplitCommandLine(m.Groups["arguments"].Value.Split(" > ")[0].Replace('\'', '"')).ToArray());

    /// <summary>Names of files are meant within the folder; values of other options stay as they are.</summary>
    private static string InFolder(TemporaryFolder folder, string[] arguments, string argument, int index)
    {
        bool isFile = argument is "market" or "config" or "units" or "manifests" || (argument.Contains('.', StringComparison.Ordinal) && !argument.Contains(',', StringComparison.Ordinal) && !argument.StartsWith('-') && arguments[Math.Max(0, index - 1)] is not "--field");
        return isFile ? folder[argument] : argument;
    }

    /// <summary>A command of docs/accuracy.md, in a line of its own or within a sentence.</summary>
    [GeneratedRegex(@"(?<=(^ +|`))makalu (ingest|backtest) [^`\n]+", RegexOptions.Multiline)]
    private static partial Regex AccuracyCommand();

    [GeneratedRegex(@"\.(csv|gz|json|md)$")]
    private static partial Regex FileName();

    [GeneratedRegex(@"^    makalu +(?<arguments>.+)$", RegexOptions.Multiline)]
    private static partial Regex CommandLine();

    /// <summary>A file that a page gives: its name in "where `name` is", its content indented below.</summary>
    [GeneratedRegex(@"where `(?<name>[^`]+)` is\n\n(?<content>(    [^\n]*\n)+)")]
    private static partial Regex FileOfPage();

    [GeneratedRegex(@"\]\((?<target>(?!https?:|#)[^)#]+)(#[^)]*)?\)")]
    private static partial Regex Link();
}
