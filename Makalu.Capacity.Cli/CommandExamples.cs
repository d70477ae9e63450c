using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace Makalu.Capacity.Cli;

/// <summary>The help of each command ends with examples that can be copied; a test parses them all.</summary>
internal static class CommandExamples
{
    private static readonly Dictionary<string, string[]> Examples = new(StringComparer.Ordinal)
    {
        ["makalu"] =
        [
            "makalu sample --output market",
            "makalu recommend --history market/requests.csv.gz --calendar market/calendar.csv --system market/system.json --horizon 1d --output plan.json --report plan.html --config config",
        ],
        ["ingest"] =
        [
            "makalu ingest 'logs/access.log*' --output requests.csv.gz --exclude '/static/*'",
            "makalu ingest counts.csv --field timestamp=when --field requests=hits --output requests.csv",
        ],
        ["forecast"] =
        [
            "makalu forecast --history requests.csv.gz --calendar calendar.csv --horizon 72h --output forecast.csv --peaks peaks.csv",
            "makalu forecast --history requests.csv.gz --calendar calendar.csv --horizon 72h --output forecast.csv --exceeds 2000",
            "makalu forecast --history fleet.csv.gz --horizon 24h --output fleet-forecast.csv --budget 500ms",
            "makalu forecast --history requests.csv.gz --horizon 14d --step 1h --quantiles 0.5,0.99 --output - --verbose",
        ],
        ["recommend"] =
        [
            "makalu recommend --history requests.csv.gz --calendar calendar.csv --system system.json --output plan.json --report plan.html --config config",
            "makalu recommend --history requests.csv.gz --system system.json --output - --quiet --check",
        ],
        ["backtest"] = ["makalu backtest --history requests.csv.gz --calendar calendar.csv --system system.json --origins 28 --output backtest.json --table backtest.md"],
        ["nightly"] =
        [
            "makalu nightly --config nightly.json --dry-run",
            "makalu nightly --config nightly.json --emit-schedule systemd --output units",
        ],
        ["inspect"] = ["makalu inspect --connection 'Host=127.0.0.1;Username=makalu;Database=shop' --output system.json"],
        ["verify"] = ["makalu verify --connection 'Host=127.0.0.1;Username=makalu;Database=rehearsal' --plan plan.json"],
        ["sample"] = ["makalu sample --output market"],
        ["completion"] = ["makalu completion bash > ~/.local/share/bash-completion/completions/makalu"],
    };

    /// <summary>All examples.</summary>
    public static IEnumerable<string> All => Examples.Values.SelectMany(e => e);

    /// <summary>Adds the examples to the help of a root command and its subcommands.</summary>
    public static void AddTo(RootCommand root)
    {
        HelpOption help = root.Options.OfType<HelpOption>().Single();
        help.Action = new ActionWithExamples((HelpAction)help.Action!);
    }

    private sealed class ActionWithExamples(HelpAction help) : SynchronousCommandLineAction
    {
        public override bool ClearsParseErrors => true;

        public override int Invoke(ParseResult parseResult)
        {
            int code = help.Invoke(parseResult);
            Command command = parseResult.CommandResult.Command;
            if (Examples.TryGetValue(command is RootCommand ? "makalu" : command.Name, out string[]? examples))
            {
                TextWriter output = parseResult.InvocationConfiguration.Output;
                output.WriteLine(examples.Length == 1 ? "Example:" : "Examples:");
                foreach (string example in examples)
                {
                    output.WriteLine("  " + example);
                }

                output.WriteLine();
            }

            return code;
        }
    }
}
