using System.CommandLine;
using System.Text.RegularExpressions;
using Makalu.Capacity.Cli;
using Makalu.Capacity.Postgres.LoadTest;
using Makalu.Capacity.Tests.Packaging;
using Spectre.Console;

namespace Makalu.Capacity.Tests.Cli;

/// <summary>Tables and messages at terminals of several widths, and where there is none.</summary>
[TestClass]
public sealed partial class TerminalTests
{
    private static readonly string Data = Path.Combine(RepositoryFolder.Path, "data");

    /// <summary>At each width no line is wider, the words are the same, and a wider terminal needs no more lines.</summary>
    [TestMethod]
    public async Task Tables_FitTheTerminal_AndSayTheSameAtEveryWidth()
    {
        foreach ((string name, Action<IAnsiConsole> show) in new (string, Action<IAnsiConsole>)[]
        {
            ("recommend", console => PlanView.Show(console, Reporting.ExamplePlan.Create(), [("out/plan.json", "the plan, for programs"), ("out/config/appsettings.json", "the pools' settings, to join to each service's own connection string")])),
            ("verify", console => VerificationView.Show(console, Load())),
        })
        {
            int lines = int.MaxValue;
            string whole = Shown(show, null);
            foreach (int width in new[] { 80, 120, 200 })
            {
                string text = Shown(show, width);
                string[] all = text.Split('\n');
                Assert.IsLessThanOrEqualTo(width, all.Max(l => l.TrimEnd().Length), $"{name} at {width}\n{text}");
                Assert.IsLessThanOrEqualTo(lines, all.Length, $"{name} at {width}\n{text}");
                CollectionAssert.AreEqual(Words(whole), Words(text), $"a word is missing or broken: {name} at {width}\n{text}");
                Assert.AreEqual(width >= 120 || name == "recommend", text.Contains('─'), $"a table where there is room for it: {name} at {width}\n{text}");
                lines = all.Length;
            }

            Assert.IsFalse(Shown(show, null).Split('\n').Any(l => l.EndsWith(' ')), name + ": spaces at the ends of lines");
        }
    }

    /// <summary>The commands themselves, at a terminal and piped.</summary>
    [TestMethod]
    [DataRow("recommend")]
    [DataRow("backtest")]
    public async Task Commands_BreakLinesAtATerminal_AndNowhereElse(string command)
    {
        using var folder = new TemporaryFolder();
        string[] arguments = command == "recommend"
            ? ["recommend", "--history", Path.Combine(Data, "requests.csv.gz"), "--system", Path.Combine(Data, "system.json"), "--horizon", "1d", "--step", "1h", "--model", "seasonal-naive", "--output", folder["plan.json"]]
            : ["backtest", "--history", Path.Combine(Data, "requests.csv.gz"), "--system", Path.Combine(Data, "system.json"), "--origins", "2", "--step", "1h", "--model", "seasonal-naive", "--output", folder["b.json"]];
        string piped = (await CommandRun.Of(arguments)).Output;
        Assert.IsGreaterThan(60, piped.Split('\n').Max(l => l.Length));
        Assert.IsFalse(piped.Split('\n').Any(l => l.EndsWith(' ')), piped);
        Assert.IsFalse(piped.Contains('\u001b', StringComparison.Ordinal));
        foreach (int width in new[] { 60, 80, 120, 200 })
        {
            string text = await At(width, plain: false, arguments);
            Assert.IsLessThanOrEqualTo(width, Plain(text).Split('\n').Max(l => l.TrimEnd().Length), $"at {width}\n{text}");
            Assert.AreEqual(Letters(piped), Letters(Plain(text)), $"at {width}\n{text}");
            Assert.AreEqual(NightsOfNights().Count(piped), NightsOfNights().Count(Plain(text)), $"a figure is broken at {width}\n{text}");
            Assert.AreEqual(piped.Contains("yesterday's", StringComparison.Ordinal), Plain(text).Contains("yesterday's", StringComparison.Ordinal), $"a word is broken at {width}\n{text}");
        }

        string uncoloured = await At(80, plain: true, arguments);
        Assert.IsFalse(uncoloured.Contains('\u001b', StringComparison.Ordinal), "NO_COLOR");
        Assert.IsLessThanOrEqualTo(80, uncoloured.Split('\n').Max(l => l.TrimEnd().Length), uncoloured);
    }

    /// <summary>A default that the help shows can be typed.</summary>
    [TestMethod]
    public async Task Help_ShowsDefaultsAsTheParserTakesThem()
    {
        RootCommand root = MakaluCommand.Create(new CommandConsole(Stream.Null, TextWriter.Null));
        int count = 0;
        foreach (Command command in root.Subcommands.Where(c => !c.Hidden))
        {
            string help = (await CommandRun.Of(command.Name, "--help")).Output;
            foreach (Match line in Default().Matches(help))
            {
                string option = line.Groups["option"].Value;
                string value = line.Groups["value"].Value;
                if (value.Length == 0)
                {
                    continue;
                }

                ParseResult parsed = root.Parse([command.Name, option, value]);
                Assert.IsFalse(parsed.Errors.Any(e => e.Message.Contains(option + ":", StringComparison.Ordinal) || e.Message.Contains($"'{value}'", StringComparison.Ordinal)), $"{command.Name} {option} {value}: {string.Join(' ', parsed.Errors.Select(e => e.Message))}");
                Assert.DoesNotMatchRegex(@"\d\d:\d\d:\d\d|\|", value, $"{command.Name} {option}");
                count++;
            }
        }

        Assert.IsGreaterThan(20, count);
        StringAssert.Contains((await CommandRun.Of("recommend", "--help")).Output, "How far to plan. [default: 7d]");
        StringAssert.Contains((await CommandRun.Of("inspect", "--help")).Output, "[default: 10s]");
        StringAssert.Contains((await CommandRun.Of("backtest", "--help")).Output, "[default: 0.5,0.9,0.95,0.99]");
    }

    private static async Task<string> At(int width, bool plain, string[] arguments)
    {
        using var output = new MemoryStream();
        using var error = new StringWriter();
        await MakaluCommand.RunAsync(arguments, new CommandConsole(output, error, outputIsTerminal: true, width: width, plain: plain));
        return System.Text.Encoding.UTF8.GetString(output.ToArray());
    }

    private static string Shown(Action<IAnsiConsole> show, int? width)
    {
        using var output = new MemoryStream();
        show(new CommandConsole(output, TextWriter.Null, outputIsTerminal: width is not null, width: width, plain: true).Results);
        return System.Text.Encoding.UTF8.GetString(output.ToArray());
    }

    private static VerificationReport Load()
    {
        static TimeSpan Ms(double milliseconds) => TimeSpan.FromMilliseconds(milliseconds);
        ServiceReport Service(string name, int instances) => new()
        {
            Name = name,
            Instances = instances,
            MaxPoolSize = 35,
            Requests = 123_456,
            LateShare = 0.0123,
            PlannedLateShare = 0.0087,
            PoolWait = new Quantiles(Ms(0.1), Ms(12.3), Ms(48.7), Ms(130)),
            Latency = new Quantiles(Ms(40), Ms(120), Ms(201.5), Ms(900)),
            HoldMean = Ms(41.2),
            PlannedHoldMean = Ms(40),
        };
        LoadReport At(double load) => new()
        {
            Load = load,
            PeakRequestsPerSecond = 4347.8 * load,
            Requests = 246_912,
            Answered = 246_900,
            PeakThroughput = 4340.1 * load,
            Refused = new Dictionary<string, int> { ["53300"] = 12 },
            Failed = new Dictionary<string, int>(),
            GeneratorLagP99 = Ms(1.5),
            ServerView = new ServerView { MaxConnections = 325, MostConnections = 260, MostActive = 171, TransactionsPerSecond = 4300 },
            Services = [Service("web", 7), Service("checkout-and-pay", 4)],
        };
        return new VerificationReport
        {
            Passed = false,
            Failures = [],
            Notes = ["The server's max_connections is 325; the plan says 330."],
            Server = "127.0.0.1:5432/rehearsal",
            Statement = "SELECT count(*) FROM generate_series(1, $1); holds are lognormal with the plan's mean and 95 % quantile; of each the planned processor time is computed (this server counts 12.3 million rows a second) and the rest slept, less 0.12 ms that a statement takes by itself.",
            MaxWait = Ms(50),
            AllowedLateShare = 0.01,
            PlannedMaxConnections = 330,
            Loads = [At(1), At(1.5)],
        };
    }

    /// <summary>Every different word.</summary>
    private static string[] Words(string text) => [.. text.Split([' ', '\n'], StringSplitOptions.RemoveEmptyEntries).Where(w => w.Trim('─').Length > 0).Distinct().Order(StringComparer.Ordinal)];

    /// <summary>What is written, whatever the order in which the lines of cells side by side come, and the rules between them.</summary>
    private static string Letters(string text) => string.Concat(text.Where(c => !char.IsWhiteSpace(c) && c != '─').Order());

    private static string Plain(string text) => Escape().Replace(text, "");

    [GeneratedRegex(@"\b\d+ of \d+\b")]
    private static partial Regex NightsOfNights();

    [GeneratedRegex(@"\x1b\[[0-9;?]*[A-Za-z]")]
    private static partial Regex Escape();

    [GeneratedRegex(@"^  (-\w, )*(?<option>--[a-z-]+).*\[default: (?<value>.*)\]", RegexOptions.Multiline)]
    private static partial Regex Default();
}
