using System.CommandLine;
using Makalu.Capacity.Backtesting;
using Makalu.Capacity.Campaigns;
using Makalu.Capacity.Cli.Arguments;
using Makalu.Capacity.Cli.Output;
using Makalu.Capacity.Reporting;
using Makalu.Capacity.Series;
using Makalu.Capacity.Sizing;

namespace Makalu.Capacity.Cli.Commands;

/// <summary><c>makalu backtest</c>: what plans made in the past would have meant.</summary>
internal static class BacktestCommand
{
    public static Command Create(CommandConsole console)
    {
        var inputs = new ForecastingOptions("The first origin. Default: as many origins as --origins, counted back from the history's end.");
        DefaultedOption<TimeSpan> horizon = DurationArgument.Option("--horizon", "How far each plan looks.", TimeSpan.FromDays(1));
        DefaultedOption<TimeSpan> every = DurationArgument.Option("--every", "The time from one plan to the next; a plan is in force until then.", TimeSpan.FromDays(1));
        Option<DateTimeOffset?> to = TimeArgument.Option("--to", "The last origin at the latest; with --from.");
        var origins = new Option<int?>("--origins") { Description = $"How many plans to replay, counted back from the history's end. Default: {CapacityBacktestOptions.DefaultOrigins}.", HelpName = "number" };
        DefaultedOption<IReadOnlyList<double>> quantiles = QuantilesArgument.Option();
        var system = new Option<string?>("--system") { Description = "The system as it is set now (JSON): capacity is then counted in connections. Default: in requests per second.", HelpName = "file" };
        var output = new Option<string?>("--output") { Description = "Where to write the report (JSON); - is standard output.", HelpName = "file" };
        var table = new Option<string?>("--table") { Description = "Where to write tables: Markdown (.md), or the windows as CSV (.csv, .csv.gz).", HelpName = "file" };
        Option<bool> verbose = VerboseOption.Create("which model was chosen at each origin, the error and the weight of its members, the peak that came beside the one that was forecast, and which origins were left out");
        var json = new Option<bool>("--json") { Description = "Print the report as JSON on standard output in place of the summary." };

        var command = new Command("backtest", "Replays the history as if a plan had been made every night: how the forecasts did, minutes short and capacity idle by the quantile planned for, beside rules of thumb.");
        inputs.AddTo(command);
        foreach (Option option in new Option[] { horizon, every, to, origins, quantiles, system, output, table, verbose, json })
        {
            command.Add(option);
        }

        command.Validators.Add(result =>
        {
            if (result.GetValue(output) is null && !result.GetValue(json))
            {
                result.AddError("The report goes nowhere. Name --output, or print it with --json.");
            }
        });
        command.SetAction((parsed, cancellationToken) => Task.FromResult(Run(parsed, cancellationToken)));
        return command;

        int Run(ParseResult parsed, CancellationToken cancellationToken)
        {
            CapacityPlannerOptions planner = inputs.Planner(parsed, horizon.Of(parsed));
            CapacityBacktest backtest = Backtest(new CapacityBacktestOptions
            {
                Horizon = planner.Horizon,
                Step = planner.Step,
                Every = every.Of(parsed),
                Origins = parsed.GetValue(origins),
                From = planner.Origin,
                To = parsed.GetValue(to),
                Model = planner.Model,
                TimeZone = planner.TimeZone,
                Quantiles = quantiles.Of(parsed),
                Paths = planner.Paths,
                Seed = planner.Seed,
                MaxDegreeOfParallelism = planner.MaxDegreeOfParallelism,
            });
            using var outputs = new OutputTransaction(console.Output);
            inputs.Protect(parsed, outputs);
            outputs.Protect(parsed.GetValue(system));
            OutputFile? reportFile = parsed.GetValue(output) is string path ? outputs.Add(path) : null;
            OutputFile? tableFile = parsed.GetValue(table) is string tablePath ? outputs.Add(Known(tablePath)) : null;
            OutputFile? printed = parsed.GetValue(json) && reportFile?.Path != OutputTransaction.StandardOutput ? outputs.Add(OutputTransaction.StandardOutput) : null;

            SystemDescription? description = parsed.GetValue(system) is string systemPath ? SystemDescriptionReader.Read(systemPath) : null;
            RequestHistory history = inputs.ReadHistory(parsed, cancellationToken);
            CampaignCalendar calendar = inputs.ReadCalendar(console, parsed, [history], planner.Horizon);
            CapacityBacktestReport report = ProgressDisplay.Run(console, inputs.IsQuiet(parsed), progress => backtest.Run(history, calendar, description, progress, cancellationToken));

            reportFile?.Write(stream => BacktestJson.Write(stream, report));
            printed?.Write(stream => BacktestJson.Write(stream, report));
            tableFile?.Write(stream => WriteTable(stream, tableFile.Path, report));
            cancellationToken.ThrowIfCancellationRequested();
            outputs.Commit();
            if (parsed.GetValue(verbose))
            {
                console.Error.Write(BacktestExplanation.Of(report));
            }

            if (!inputs.IsQuiet(parsed))
            {
                // Standard output that carries a result carries nothing else.
                BacktestView.Show(outputs.UsesStandardOutput ? console.Messages : console.Results, report);
            }

            return ExitCode.Done;
        }
    }

    private static CapacityBacktest Backtest(CapacityBacktestOptions options)
    {
        try
        {
            return new CapacityBacktest(options);
        }
        catch (ArgumentException exception)
        {
            throw new UsageException(exception.Message, exception);
        }
    }

    private static string Known(string path) => IsMarkdown(path) || IsCsv(path)
        ? path
        : throw new UsageException($"--table {path}: the kind of table is told from the name. End it in .md (Markdown) or .csv, or .csv.gz.");

    private static bool IsMarkdown(string path) => Plain(path).EndsWith(".md", StringComparison.OrdinalIgnoreCase);

    private static bool IsCsv(string path) => Plain(path).EndsWith(".csv", StringComparison.OrdinalIgnoreCase);

    private static string Plain(string path) => path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase) ? path[..^3] : path;

    private static void WriteTable(Stream stream, string path, CapacityBacktestReport report)
    {
        if (IsCsv(path))
        {
            BacktestCsvWriter.Write(stream, report);
            return;
        }

        using var writer = new StreamWriter(stream, new System.Text.UTF8Encoding(encoderShouldEmitUTF8Identifier: false), leaveOpen: true) { NewLine = "\n" };
        BacktestMarkdown.Write(writer, report);
    }
}
