using System.CommandLine;
using Makalu.Capacity.Campaigns;
using Makalu.Capacity.Cli.Arguments;
using Makalu.Capacity.Cli.Output;
using Makalu.Capacity.Plotting;
using Makalu.Capacity.Reporting;
using Makalu.Capacity.Series;
using Makalu.Capacity.Sizing;

namespace Makalu.Capacity.Cli.Commands;

/// <summary><c>makalu recommend</c>: from a series file, a calendar and a system to a capacity plan.</summary>
internal static class RecommendCommand
{
    public static Command Create(CommandConsole console)
    {
        var inputs = new ForecastingOptions();
        DefaultedOption<TimeSpan> horizon = DurationArgument.Option("--horizon", "How far to plan.", TimeSpan.FromDays(7));
        var system = new Option<string>("--system") { Description = "The system as it is set now (JSON).", HelpName = "file", Required = true };
        var output = new Option<string>("--output") { Description = "Where to write the plan (JSON); - is standard output.", HelpName = "file", Required = true };
        var report = new Option<string?>("--report") { Description = "Where to write the report (HTML, self-contained).", HelpName = "file" };
        var config = new Option<string?>("--config") { Description = "A directory for the ready configuration files.", HelpName = "directory" };
        var check = new Option<bool>("--check") { Description = "Exit with code 3 when the settings in --system would not survive the forecast peak." };

        Option<bool> verbose = VerboseOption.OfForecasts();
        Option<bool> json = JsonOption.Create();
        var command = new Command("recommend", "Plans max_connections and pool sizes for the peak to come, with configuration, alert rules and a load test.");
        inputs.AddTo(command);
        command.Add(horizon);
        command.Add(system);
        command.Add(output);
        command.Add(report);
        command.Add(config);
        command.Add(check);
        command.Add(verbose);
        command.Add(json);
        command.SetAction((parsed, cancellationToken) => Task.FromResult(Run(parsed, cancellationToken)));
        return command;

        int Run(ParseResult parsed, CancellationToken cancellationToken)
        {
            TimeSpan span = horizon.Of(parsed);
            var planner = new CapacityPlanner(inputs.Planner(parsed, span));
            using var outputs = new OutputTransaction(console.Output);
            inputs.Protect(parsed, outputs);
            outputs.Protect(parsed.GetValue(system));
            OutputFile planFile = outputs.Add(parsed.GetRequiredValue(output));
            OutputFile? reportFile = parsed.GetValue(report) is string path ? outputs.Add(path) : null;
            string? directory = parsed.GetValue(config);
            if (directory is not null)
            {
                outputs.AddDirectory(directory);
            }

            SystemDescription description = SystemDescriptionReader.Read(parsed.GetRequiredValue(system));
            RequestHistory history = inputs.ReadHistoryAtOrigin(parsed, cancellationToken);
            CampaignCalendar calendar = inputs.ReadCalendar(console, parsed, [history], span);
            CapacityPlan plan = ProgressDisplay.Run(console, inputs.IsQuiet(parsed), progress => planner.Recommend(history, calendar, description, progress, cancellationToken));

            planFile.Write(stream => PlanJson.Write(stream, plan));
            reportFile?.WriteText(writer => HtmlReport.Write(writer, plan, new PlanCharts()));
            var written = new List<(string Path, string Purpose)> { (planFile.Path, "the plan, for programs") };
            if (reportFile is not null)
            {
                written.Add((reportFile.Path, "the report, to send round"));
            }

            if (directory is not null)
            {
                foreach (ConfigurationFile file in ConfigurationWriter.Write(plan))
                {
                    OutputFile configuration = outputs.Add(Path.Combine(directory, file.Name));
                    configuration.WriteText(writer => writer.Write(file.Content));
                    written.Add((configuration.Path, file.Purpose));
                }
            }

            cancellationToken.ThrowIfCancellationRequested();
            outputs.Commit();
            if (parsed.GetValue(verbose))
            {
                console.Error.Write(ForecastExplanation.Of(plan.Forecast, history.Name));
            }

            if (parsed.GetValue(json) && !outputs.UsesStandardOutput)
            {
                console.OutputText.Write(PlanJson.ToJson(plan));
            }
            else if (!inputs.IsQuiet(parsed))
            {
                // Standard output that carries a result carries nothing else.
                PlanView.Show(outputs.UsesStandardOutput ? console.Messages : console.Results, plan, written);
            }

            if (parsed.GetValue(check) && !plan.Connections.CurrentSettingsSurvive)
            {
                console.TellError("the settings in --system would not survive the forecast peak.");
                return ExitCode.CheckFailed;
            }

            return ExitCode.Done;
        }
    }
}
