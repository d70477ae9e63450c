using System.CommandLine;
using System.Text.Json.Nodes;
using Makalu.Capacity.Cli.Arguments;
using Makalu.Capacity.Cli.Output;
using Makalu.Capacity.Cli.Sample;

namespace Makalu.Capacity.Cli.Commands;

/// <summary><c>makalu sample</c>: writes the embedded sample, Makalu Market.</summary>
internal static class SampleCommand
{
    public static Command Create(CommandConsole console)
    {
        var output = new Option<string>("--output") { Description = "The directory to write to; made where it is missing.", HelpName = "directory", Required = true };
        var seed = new Option<int>("--seed") { Description = "The seed; the same seed gives the same bytes; the repository holds that of 1 in data.", HelpName = "number", DefaultValueFactory = _ => MakaluMarket.DefaultSeed };
        Option<bool> json = JsonOption.Create();
        Option<bool> verbose = VerboseOption.Create("the story of the sample, its seed, and the true size of each campaign, which a forecast can be held against");
        var command = new Command("sample", "Writes the sample Makalu Market: ten weeks of traffic, the calendar, two hours of logs, the system, and what really happened.");
        command.Add(output);
        command.Add(seed);
        command.Add(json);
        command.Add(verbose);
        command.SetAction((parsed, cancellationToken) =>
        {
            string directory = parsed.GetRequiredValue(output);
            using var outputs = new OutputTransaction(console.Output);
            outputs.AddDirectory(directory);
            IReadOnlyList<SampleFile> files = MakaluMarket.Files(parsed.GetValue(seed));
            foreach (string subdirectory in files.Select(f => Path.GetDirectoryName(Path.Combine(directory, f.Path))!).Distinct(StringComparer.Ordinal))
            {
                outputs.AddDirectory(subdirectory);
            }

            foreach (SampleFile file in files)
            {
                cancellationToken.ThrowIfCancellationRequested();
                outputs.Add(Path.Combine(directory, file.Path)).Write(file.Write);
            }

            cancellationToken.ThrowIfCancellationRequested();
            outputs.Commit();
            if (parsed.GetValue(verbose))
            {
                console.Error.Write(SampleStory.Of(parsed.GetValue(seed)));
            }

            console.Tell($"Wrote {string.Join(", ", files.Select(f => f.Path))} to {directory}.");
            if (parsed.GetValue(json))
            {
                JsonOption.Write(console, new JsonObject { ["written"] = new JsonArray([.. files.Select(f => JsonValue.Create(Path.Combine(directory, f.Path)))]) });
            }

            return Task.FromResult(ExitCode.Done);
        });
        return command;
    }
}
