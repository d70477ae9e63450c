using System.CommandLine;
using Makalu.Capacity.Cli.Arguments;

namespace Makalu.Capacity.Cli.Commands;

/// <summary>The options that every command which forecasts takes.</summary>
internal sealed class ForecastingOptions
{
    public Option<string> History { get; } = new("--history") { Description = "Series file (CSV, .gz accepted): timestamp,requests[,peak_rps][,series].", HelpName = "file", Required = true };

    public Option<string?> Calendar { get; } = new("--calendar") { Description = "Calendar file (CSV or .ics): campaigns past and planned, and incidents to leave out of fitting.", HelpName = "file" };

    public Option<DateTimeOffset?> From { get; } = TimeArgument.Option("--from", "The forecast's origin; nothing at or after it is used. Default: the end of the history.");

    public Option<TimeSpan?> Step { get; } = DurationArgument.Option("--step", "The step to forecast at, a multiple of the history's. Default: the history's own.");

    public Option<string> Model { get; } = new("--model") { Description = "The forecaster.", HelpName = "name", DefaultValueFactory = _ => "auto" };

    public Option<int> Seed { get; } = new("--seed") { Description = "The seed of the simulation; the same seed gives the same bytes.", HelpName = "number", DefaultValueFactory = _ => 1 };

    public Option<int> Threads { get; } = CreateThreads();

    public Option<bool> Quiet { get; } = new("--quiet", "-q") { Description = "Print nothing but errors." };

    public void AddTo(Command command)
    {
        command.Add(History);
        command.Add(Calendar);
        command.Add(From);
        command.Add(Step);
        command.Add(Model);
        command.Add(Seed);
        command.Add(Threads);
        command.Add(Quiet);
    }

    private static Option<int> CreateThreads()
    {
        var threads = new Option<int>("--threads")
        {
            Description = "Threads to use; the output does not depend on it. Default: all processors.",
            HelpName = "number",
            DefaultValueFactory = _ => Environment.ProcessorCount,
        };
        threads.Validators.Add(result =>
        {
            if (result.Tokens.Count == 1 && int.TryParse(result.Tokens[0].Value, out int value) && value < 1)
            {
                result.AddError($"--threads: {value} must be 1 or more.");
            }
        });
        return threads;
    }
}
