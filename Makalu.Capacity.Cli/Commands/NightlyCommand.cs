using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using Makalu.Capacity.Cli.Arguments;
using Makalu.Capacity.Cli.Nightly;
using Makalu.Capacity.Cli.Output;

namespace Makalu.Capacity.Cli.Commands;

/// <summary><c>makalu nightly</c>: forecasts and plans many services unattended.</summary>
internal static class NightlyCommand
{
    public static Command Create(CommandConsole console, TimeProvider time)
    {
        var config = new Option<string>("--config") { Description = "What to do (JSON): services, sources, output; see docs/nightly.md.", HelpName = "file", Required = true };
        var dryRun = new Option<bool>("--dry-run") { Description = "Do everything but write." };
        var shadowReport = new Option<bool>("--shadow-report") { Description = "Write what following the recorded plans would have changed, and plan nothing." };
        var schedule = new Option<string?>("--emit-schedule") { Description = "Write ready files for a scheduler, and plan nothing: systemd or kubernetes.", HelpName = "scheduler" };
        schedule.AcceptOnlyFromAmong(ScheduleFiles.Systemd, ScheduleFiles.Kubernetes);
        var output = new Option<string>("--output", "-o") { Description = "A directory for the files of --emit-schedule, or a file for --shadow-report; - is standard output.", HelpName = "place", DefaultValueFactory = _ => OutputTransaction.StandardOutput };
        Option<bool> json = JsonOption.Create();
        Option<bool> verbose = VerboseOption.Create("the stages of each service and how long each took, when the service is done");
        var quiet = new Option<bool>("--quiet", "-q") { Description = "Print nothing but errors." };
        var command = new Command("nightly", "Forecasts and plans many services, compares with what is set and with the last night, and tells who must act. Exit code 0: nothing to do, 3: someone must act, 1: partly failed.")
        {
            config, dryRun, shadowReport, schedule, output, json, verbose, quiet,
        };
        command.SetAction(RunAsync);
        return command;

        async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
        {
            string path = parsed.GetRequiredValue(config);
            NightlyConfiguration configuration = NightlyConfigurationReader.Read(path);
            if (parsed.GetValue(schedule) is string scheduler)
            {
                Emit(ScheduleFiles.Of(scheduler, Path.GetFullPath(path), configuration.Output), parsed.GetRequiredValue(output));
                return ExitCode.Done;
            }

            if (parsed.GetValue(shadowReport))
            {
                using var outputs = new OutputTransaction(console.Output);
                outputs.Protect(path);
                OutputFile file = outputs.Add(parsed.GetRequiredValue(output));
                string report = await new ShadowReport(configuration, time).WriteAsync(cancellationToken);
                file.WriteText(writer => writer.Write(report));
                outputs.Commit();
                return ExitCode.Done;
            }

            return await PlanAsync(configuration, parsed.GetValue(dryRun), parsed.GetValue(json), parsed.GetValue(quiet), parsed.GetValue(verbose), cancellationToken);
        }

        async Task<int> PlanAsync(NightlyConfiguration configuration, bool isDryRun, bool asJson, bool isQuiet, bool isVerbose, CancellationToken cancellationToken)
        {
            using NightlyLock? exclusive = isDryRun ? null : NightlyLock.Take(configuration.Output);
            var run = new NightlyRun(configuration, isDryRun, time, isVerbose ? console.Error.Write : null);

            // Lines that come while the work goes on take the place of the bar.
            IReadOnlyList<NightlyOutcome> outcomes = await ProgressDisplay.RunAsync(console, isQuiet || isVerbose, progress => run.RunAsync(progress, cancellationToken));
            DateTimeOffset now = time.GetUtcNow();
            string summary = NightlySummary.Of(configuration, outcomes, now);
            IReadOnlyList<NightlyMetrics.Gauge> metrics = NightlyMetrics.Of(outcomes, now);
            if (!isDryRun)
            {
                using var outputs = new OutputTransaction(console.Output);
                outputs.Add(Path.Combine(configuration.Output, "summary.txt")).WriteText(writer => writer.Write(summary));
                if (configuration.MetricsFile is string file)
                {
                    outputs.Add(file).WriteText(writer => writer.Write(NightlyMetrics.ToText(metrics)));
                }

                outputs.Commit();
                if (configuration.MetricsEndpoint is Uri endpoint && !OtlpMetrics.TrySend(endpoint, metrics))
                {
                    console.Tell($"warning: {endpoint} did not take the metrics; the plans are written all the same.");
                }
            }

            if (asJson)
            {
                JsonOption.Write(console, new JsonObject { ["services"] = JsonSerializer.SerializeToNode(outcomes, NightlyJson.Default.IReadOnlyListNightlyOutcome) });
            }
            else if (!isQuiet)
            {
                await console.OutputText.WriteAsync(summary.AsMemory(), cancellationToken);
            }

            foreach (NightlyOutcome failed in outcomes.Where(o => o.Failure is not null))
            {
                console.TellError($"{failed.Service}: {failed.Failure}");
            }

            return outcomes.Any(o => o.Failure is not null) ? ExitCode.Failure
                : outcomes.Any(o => o.NeedsAction) ? ExitCode.CheckFailed
                : ExitCode.Done;
        }

        void Emit(IReadOnlyList<(string Name, string Content)> files, string place)
        {
            using var outputs = new OutputTransaction(console.Output);
            if (place == OutputTransaction.StandardOutput)
            {
                outputs.Add(place).WriteText(writer =>
                {
                    foreach ((string name, string content) in files)
                    {
                        writer.Write(files.Count > 1 ? $"# --- {name}\n{content}" : content);
                    }
                });
            }
            else
            {
                outputs.AddDirectory(place);
                foreach ((string name, string content) in files)
                {
                    outputs.Add(Path.Combine(place, name)).WriteText(writer => writer.Write(content));
                }
            }

            outputs.Commit();
        }
    }
}
