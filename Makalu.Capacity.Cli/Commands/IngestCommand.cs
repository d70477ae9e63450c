using System.CommandLine;
using Makalu.Capacity.Cli.Arguments;
using Makalu.Capacity.Cli.Output;
using Makalu.Capacity.Logs;
using Makalu.Capacity.Series;

namespace Makalu.Capacity.Cli.Commands;

/// <summary><c>makalu ingest</c>: from request logs to a series file.</summary>
internal static class IngestCommand
{
    private static readonly TimeSpan DefaultStep = TimeSpan.FromMinutes(1);

    public static Command Create(CommandConsole console)
    {
        var inputs = new IngestOptions();
        var command = new Command("ingest", "Counts the requests of logs (access logs of Apache and nginx, IIS, JSON lines, CSV) by minute, with the busiest second and the dispersion, into a series file.");
        inputs.AddTo(command);
        command.SetAction((parsed, cancellationToken) => Task.FromResult(Run(parsed, cancellationToken)));
        return command;

        int Run(ParseResult parsed, CancellationToken cancellationToken)
        {
            using var outputs = new OutputTransaction(console.Output);
            Array.ForEach(inputs.Logs(parsed), outputs.Protect);
            OutputFile output = outputs.Add(inputs.Output(parsed));

            LogReadReport? report = null;
            IReadOnlyList<RequestHistory> histories = inputs.SeriesFileAmong(parsed) is string series
                ? ReadSeries(series, inputs.SeriesColumns(parsed), inputs.Step(parsed), cancellationToken)
                : [ProgressDisplay.Run(console, inputs.IsQuiet(parsed), progress => ReadLogs(inputs, parsed, progress, out report, cancellationToken))];
            GapPolicy gaps = inputs.Gaps(parsed);
            output.Write(stream => SeriesFile.Write(stream, histories.Select(h => h.FillGaps(gaps))));
            cancellationToken.ThrowIfCancellationRequested();
            outputs.Commit();
            if (inputs.IsVerbose(parsed))
            {
                console.Error.Write(IngestExplanation.Of(histories, report));
            }

            if (inputs.AsJson(parsed))
            {
                if (!outputs.UsesStandardOutput)
                {
                    JsonOption.Write(console, IngestSummary.ToJson(histories, report));
                }
            }
            else if (!inputs.IsQuiet(parsed))
            {
                IngestSummary.Tell(console, histories, report, gaps);
            }

            return ExitCode.Done;
        }
    }

    private static RequestHistory ReadLogs(IngestOptions inputs, ParseResult parsed, IProgress<PlanProgress>? progress, out LogReadReport report, CancellationToken cancellationToken)
    {
        var builder = new TimeSeriesBuilder();
        try
        {
            report = builder.AddLogs(
                inputs.Logs(parsed),
                inputs.Reader(parsed),
                progress is null ? null : new ReadingProgress(progress),
                cancellationToken);
            return builder.Build(inputs.Step(parsed) ?? DefaultStep, inputs.Name(parsed));
        }
        catch (Exception exception) when (exception is ArgumentException or InvalidOperationException)
        {
            throw new UsageException(exception.Message, exception);
        }
    }

    private static IReadOnlyList<RequestHistory> ReadSeries(string path, SeriesFileOptions columns, TimeSpan? step, CancellationToken cancellationToken)
    {
        IReadOnlyList<RequestHistory> histories = SeriesFile.Read(path, columns, cancellationToken);
        if (step is not TimeSpan longer)
        {
            return histories;
        }

        if (histories.FirstOrDefault(h => longer.Ticks % h.Requests.Step.Ticks != 0) is { } odd)
        {
            TimeSpan own = odd.Requests.Step;
            throw new UsageException($"--step {DurationArgument.Format(longer)} is no whole multiple of the step of {path}, {DurationArgument.Format(own)}. Use {DurationArgument.Format(own)}, or a multiple of it.");
        }

        return [.. histories.Select(h => h.AggregateTo(longer, NextMultiple(h.Requests.End, longer)))];
    }

    // Bins end at whole multiples of the step, as those of logs do.
    private static DateTimeOffset NextMultiple(DateTimeOffset time, TimeSpan step)
        => new((time.UtcTicks + step.Ticks - 1) / step.Ticks * step.Ticks, TimeSpan.Zero);

    private sealed class ReadingProgress(IProgress<PlanProgress> progress) : IProgress<LogReadProgress>
    {
        public void Report(LogReadProgress value)
            => progress.Report(new PlanProgress("reading logs", value.TotalBytes > 0 ? Math.Min(1, (double)value.BytesRead / value.TotalBytes) : 0));
    }
}
