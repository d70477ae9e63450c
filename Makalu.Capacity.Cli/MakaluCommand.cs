using System.CommandLine;
using Makalu.Capacity.Cli.Commands;

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
            foreach (string message in parsed.Errors.Select(e => e.Message).Distinct(StringComparer.Ordinal))
            {
                console.TellError(message);
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

    internal static RootCommand Create(CommandConsole console) => new("Forecasts the peak before it comes, from request logs and the marketing calendar, and turns it into max_connections, pool sizes, configuration, alert rules and a load test.")
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
    };

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
