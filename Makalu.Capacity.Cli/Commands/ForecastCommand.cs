using System.CommandLine;
using Makalu.Capacity.Cli.Arguments;
using Makalu.Capacity.Cli.Output;

namespace Makalu.Capacity.Cli.Commands;

/// <summary><c>makalu forecast</c>: from a series file and a calendar to quantiles of the future, and of its peaks.</summary>
internal static class ForecastCommand
{
    public static Command Create(CommandConsole console)
    {
        var inputs = new ForecastingOptions();
        Option<TimeSpan?> horizon = DurationArgument.Option("--horizon", "How far to forecast.");
        horizon.Required = true;
        Option<IReadOnlyList<double>> quantiles = QuantilesArgument.Option();
        var output = new Option<string>("--output") { Description = "Where to write the forecast (CSV); - is standard output.", HelpName = "file", Required = true };
        var peaks = new Option<string?>("--peaks") { Description = "Where to write the quantiles of the maximum of each window (CSV).", HelpName = "file" };

        var command = new Command("forecast", "Forecasts requests per second, with quantiles, and the peaks of the horizon, each day and each campaign.");
        inputs.AddTo(command);
        command.Add(horizon);
        command.Add(quantiles);
        command.Add(output);
        command.Add(peaks);
        command.SetAction((parsed, cancellationToken) =>
        {
            using var outputs = new OutputTransaction(console.Output);
            outputs.Protect(parsed.GetValue(inputs.History));
            outputs.Protect(parsed.GetValue(inputs.Calendar));
            OutputFile forecastFile = outputs.Add(parsed.GetRequiredValue(output));
            OutputFile? peaksFile = parsed.GetValue(peaks) is string path ? outputs.Add(path) : null;
            cancellationToken.ThrowIfCancellationRequested();
            throw new UsageException("forecast: the series reader is not there yet.");
        });
        return command;
    }
}
