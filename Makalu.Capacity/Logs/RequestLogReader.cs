using System.Runtime.ExceptionServices;

namespace Makalu.Capacity.Logs;

/// <summary>
/// Reads request logs: access logs, W3C extended, JSON lines and CSV; plain or gzip; files, patterns of files, standard input. It
/// streams: memory does not grow with the size of the logs.
/// </summary>
/// <remarks>Immutable; safe to share between threads.</remarks>
public sealed class RequestLogReader
{
    private readonly RequestLogOptions _options;
    private readonly RecordFilter? _filter;

    /// <summary>Creates a reader.</summary>
    /// <param name="options">How to read, and which requests to take; null for the defaults.</param>
    /// <exception cref="ArgumentException">Options are invalid; the message tells all of them.</exception>
    public RequestLogReader(RequestLogOptions? options = null)
    {
        _options = options ?? RequestLogOptions.Default;
        _options.Validate();
        _filter = RecordFilter.Of(_options);
    }

    /// <summary>Reads logs and hands each request over, in the order of the files and of their lines, on the calling thread.</summary>
    /// <param name="inputs">Names of files, plain or gzip; patterns with <c>*</c> and <c>**</c>; <c>-</c> for standard input. A file named twice is read once.</param>
    /// <param name="handle">Takes a request.</param>
    /// <param name="progress">Told how far the reading has come.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <returns>What was found.</returns>
    /// <exception cref="LogFormatException">The format is not known, a gzip is truncated, or too many lines are malformed.</exception>
    /// <exception cref="IOException">A file cannot be read.</exception>
    public LogReadReport Read(IEnumerable<string> inputs, RequestRecordHandler handle, IProgress<LogReadProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        ArgumentNullException.ThrowIfNull(handle);
        return Collect(inputs, [new HandlerCollector(handle)], progress, cancellationToken);
    }

    /// <summary>Reads a log from a stream, plain or gzip, and hands each request over.</summary>
    /// <param name="stream">The content; read to its end and left open.</param>
    /// <param name="name">What messages call it.</param>
    /// <param name="handle">Takes a request.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <returns>What was found.</returns>
    /// <exception cref="LogFormatException">The format is not known, a gzip is truncated, or too many lines are malformed.</exception>
    public LogReadReport Read(Stream stream, string name, RequestRecordHandler handle, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(handle);
        return Collect(stream, name, [new HandlerCollector(handle)], cancellationToken);
    }

    /// <summary>Reads logs on as many threads as there are collectors, but not more than the options allow.</summary>
    internal LogReadReport Collect(IEnumerable<string> inputs, IReadOnlyList<IRecordCollector> collectors, IProgress<LogReadProgress>? progress, CancellationToken cancellationToken)
    {
        IReadOnlyList<string> files = LogInputs.Expand(inputs);
        if (files.Count == 0)
        {
            throw new ArgumentException("No input is named. Name at least one log, or - for standard input.", nameof(inputs));
        }

        long total = files.All(File.Exists) ? files.Sum(f => new FileInfo(f).Length) : 0;
        LogSource[] sources = [.. files.Select(f => new LogSource(InputStream.DisplayName(f), () => InputStream.OpenRaw(f), _options, _filter))];
        return Collect(sources, collectors, new ProgressCount(progress, total), cancellationToken);
    }

    internal LogReadReport Collect(Stream stream, string name, IReadOnlyList<IRecordCollector> collectors, CancellationToken cancellationToken)
    {
        var kept = new PrefixedStream(ReadOnlyMemory<byte>.Empty, stream, leaveOpen: true);
        return Collect([new LogSource(name, () => kept, _options, _filter)], collectors, new ProgressCount(null, 0), cancellationToken);
    }

    private LogReadReport Collect(LogSource[] sources, IReadOnlyList<IRecordCollector> collectors, ProgressCount progress, CancellationToken cancellationToken)
    {
        try
        {
            int threads = Math.Min(collectors.Count, _options.MaxDegreeOfParallelism);
            int nextSource = -1;
            ExceptionDispatchInfo? failure = null;
            var others = new Task[threads - 1];
            for (int i = 0; i < others.Length; i++)
            {
                IRecordCollector collector = collectors[i + 1];
                others[i] = Task.Factory.StartNew(() => Work(collector), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
            }

            Work(collectors[0]);
            Task.WaitAll(others, CancellationToken.None);
            cancellationToken.ThrowIfCancellationRequested();
            failure?.Throw();
            return Report(sources);

            // A thread takes a file of its own while there are any, and then helps with those that others have not finished.
            void Work(IRecordCollector collector)
            {
                var buffer = new byte[LogBlockReader.DefaultBlockSize];
                try
                {
                    for (int i = Interlocked.Increment(ref nextSource); i < sources.Length; i = Interlocked.Increment(ref nextSource))
                    {
                        sources[i].Read(buffer, collector, OnRead);
                    }

                    foreach (LogSource source in sources)
                    {
                        source.Read(buffer, collector, OnRead);
                    }
                }
                catch (Exception e) when (e is not OperationCanceledException)
                {
                    Interlocked.CompareExchange(ref failure, ExceptionDispatchInfo.Capture(e), null);
                }
                catch (OperationCanceledException)
                {
                    // Told by the calling thread, once all have stopped.
                }
            }

            void OnRead(long bytes)
            {
                if (Volatile.Read(ref failure) is not null)
                {
                    throw new OperationCanceledException();
                }

                cancellationToken.ThrowIfCancellationRequested();
                progress.Add(bytes);
            }
        }
        finally
        {
            Array.ForEach(sources, s => s.Dispose());
        }
    }

    private LogReadReport Report(LogSource[] sources)
    {
        var files = new List<LogFileSummary>();
        var malformed = new List<MalformedLine>();
        var statusClasses = new long[6];
        long filtered = 0;
        long other = 0;
        long outOfOrder = 0;
        long clockJumps = 0;
        foreach (LogSource source in sources)
        {
            (LogFileSummary summary, LogTally tally) = source.Finish();
            files.Add(summary);
            malformed.AddRange(source.FirstMalformed(tally).Take(LogTally.MostMalformedShown - malformed.Count));
            filtered += tally.Filtered;
            other += tally.Other;
            outOfOrder += tally.OutOfOrder;
            clockJumps += tally.ClockJumps;
            for (int i = 0; i < statusClasses.Length; i++)
            {
                statusClasses[i] += tally.StatusClasses[i];
            }
        }

        var report = new LogReadReport
        {
            Lines = files.Sum(f => f.Lines),
            Records = files.Sum(f => f.Records),
            FilteredRecords = filtered,
            OtherLines = other,
            MalformedLines = files.Sum(f => f.MalformedLines),
            FirstMalformedLines = malformed,
            OutOfOrder = outOfOrder,
            ClockJumps = clockJumps,
            RecordsByStatusClass = statusClasses,
            Files = files,
        };
        long judged = report.Lines - report.OtherLines;
        return report.MalformedLines > _options.MaxBadLineFraction * judged
            ? throw new LogFormatException(
                FormattableString.Invariant($"{report.MalformedLines} of {judged} lines are malformed, more than the {_options.MaxBadLineFraction:0.##%} allowed. Correct them, name the format, or raise MaxBadLineFraction. First: ")
                    + string.Join("; ", malformed),
                malformed)
            : report;
    }

    private sealed class HandlerCollector(RequestRecordHandler handle) : IRecordCollector
    {
        public void Add(in RequestRecord record) => handle(record);
    }

    private sealed class ProgressCount(IProgress<LogReadProgress>? progress, long total)
    {
        private long _read;

        public void Add(long bytes)
        {
            if (progress is not null && bytes > 0)
            {
                progress.Report(new LogReadProgress(Interlocked.Add(ref _read, bytes), total));
            }
        }
    }
}
