using System.CommandLine;
using Makalu.Capacity.Cli.Commands;
using Makalu.Capacity.Sizing;

namespace Makalu.Capacity.Cli;

/// <summary>The <c>makalu</c> command: its subcommands, and the exit code of each way it can end.</summary>
internal static class MakaluCommand
{
    /// <summary>Runs a command line; never throws.</summary>
    /// <returns>One of <see cref="ExitCode"/>.</returns>
    public static async Task<int> RunAsync(IReadOnlyList<string> arguments, CommandConsole console, CancellationToken cancellationToken = default)
    {
        ParseResult parsed = Create(console).Parse(arguments);
        if (parsed.Errors.Count > 0)
        {
            // What is said to be missing was most likely only mistyped: then that alone is told.
            bool isMistyped = parsed.UnmatchedTokens.Any(t => Nearest(t, parsed.CommandResult.Command) is not null);
            string[] messages = [.. parsed.Errors.Select(e => e.Message).Distinct(StringComparer.Ordinal)];
            string[] unknowns = [.. messages.Where(m => parsed.UnmatchedTokens.Any(t => m.Contains($"'{t}'", StringComparison.Ordinal)))];
            foreach (string message in isMistyped && unknowns.Length > 0 ? unknowns : messages)
            {
                console.TellError(message);
            }

            foreach (string unknown in parsed.UnmatchedTokens)
            {
                if (Nearest(unknown, parsed.CommandResult.Command) is string name)
                {
                    console.Tell($"Did you mean {name} in place of {unknown}?");
                }
            }

            string path = string.Join(' ', CommandPath(parsed));
            console.Tell($"See '{path} --help'.");
            return ExitCode.BadInput;
        }

        var invocation = new InvocationConfiguration
        {
            Output = console.OutputText,
            Error = console.Error,
            EnableDefaultExceptionHandler = false,
            ProcessTerminationTimeout = null,
        };
        try
        {
            return await parsed.InvokeAsync(invocation, cancellationToken);
        }
        catch (Exception exception)
        {
            return Explain(exception, console, cancellationToken);
        }
    }

    internal static RootCommand Create(CommandConsole console)
    {
        var root = new RootCommand("Forecasts the peak before it comes, from request logs and the marketing calendar, and turns it into max_connections, pool sizes, configuration, alert rules and a load test.")
        {
            IngestCommand.Create(console),
            ForecastCommand.Create(console),
            RecommendCommand.Create(console),
            InspectCommand.Create(console),
            BacktestCommand.Create(console),
            NightlyCommand.Create(console, TimeProvider.System),
            VerifyCommand.Create(console),
            WorkerCommand.Create(),
            SampleCommand.Create(console),
            CompletionCommand.Create(console),
        };
        CommandExamples.AddTo(root);
        return root;
    }

    /// <summary>The command or option that a mistyped one is most like; null where none is.</summary>
    private static string? Nearest(string unknown, Command command)
    {
        string? nearest = command.Subcommands.Where(c => !c.Hidden).Select(c => c.Name).Concat(command.Options.Where(o => !o.Hidden).Select(o => o.Name)).MinBy(name => NameDistance.Between(unknown, name));
        return nearest is not null && NameDistance.Between(unknown, nearest) <= Math.Max(2, nearest.Length / 3) ? nearest : null;
    }

    private static int Explain(Exception exception, CommandConsole console, CancellationToken cancellationToken)
    {
        Exception[] causes = exception is AggregateException aggregate ? [.. aggregate.Flatten().InnerExceptions] : [exception];
        if (Array.Exists(causes, c => c is OperationCanceledException) && cancellationToken.IsCancellationRequested)
        {
            console.TellError("interrupted; nothing was written.");
            return ExitCode.Interrupted;
        }

        Exception cause = causes[0];
        if (InputErrors.Describe(cause) is string message)
        {
            console.TellError(message);
            return ExitCode.BadInput;
        }

        string version = typeof(CapacityPlan).Assembly.GetName().Version?.ToString(3) ?? "";
        console.TellError($"unexpected failure: {cause.Message}");
        console.Tell($"This is a bug in makalu {version}. Please report it with the command line and the text below, as the README says under 'Reporting a bug'.");
        console.Tell(exception.ToString());
        return ExitCode.Failure;
    }

    private static IEnumerable<string> CommandPath(ParseResult parsed)
    {
        yield return "makalu";
        if (parsed.CommandResult.Command is not RootCommand)
        {
            yield return parsed.CommandResult.Command.Name;
        }
    }
}
