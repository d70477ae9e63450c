using System.CommandLine;
using Makalu.Capacity.Cli.Arguments;
using Makalu.Capacity.Cli.Output;

namespace Makalu.Capacity.Cli.Commands;

/// <summary><c>makalu recommend</c>: from a series file, a calendar and a system to a capacity plan.</summary>
internal static class RecommendCommand
{
    public static Command Create(CommandConsole console)
    {
        var inputs = new ForecastingOptions();
        Option<TimeSpan?> horizon = DurationArgument.Option("--horizon", "How far to plan. Default: 7d.");
        var system = new Option<string>("--system") { Description = "The system as it is set now (JSON).", HelpName = "file", Required = true };
        var output = new Option<string>("--output") { Description = "Where to write the plan (JSON); - is standard output.", HelpName = "file", Required = true };
        var report = new Option<string?>("--report") { Description = "Where to write the report (HTML, self-contained).", HelpName = "file" };
        var config = new Option<string?>("--config") { Description = "A directory for the ready configuration files.", HelpName = "directory" };
        var check = new Option<bool>("--check") { Description = "Exit with code 3 when the settings in --system would not survive the forecast peak." };

        var command = new Command("recommend", "Plans max_connections and pool sizes for the peak to come, with configuration, alert rules and a load test.");
        inputs.AddTo(command);
        command.Add(horizon);
        command.Add(system);
        command.Add(output);
        command.Add(report);
        command.Add(config);
        command.Add(check);
        command.SetAction((parsed, cancellationToken) =>
        {
            using var outputs = new OutputTransaction(console.Output);
            outputs.Protect(parsed.GetValue(inputs.History));
            outputs.Protect(parsed.GetValue(inputs.Calendar));
            outputs.Protect(parsed.GetValue(system));
            OutputFile planFile = outputs.Add(parsed.GetRequiredValue(output));
            OutputFile? reportFile = parsed.GetValue(report) is string path ? outputs.Add(path) : null;
            if (parsed.GetValue(config) is string directory)
            {
                outputs.AddDirectory(directory);
            }

            cancellationToken.ThrowIfCancellationRequested();
            throw new UsageException("recommend: the planner is not there yet.");
        });
        return command;
    }
}
