using Makalu.Capacity.Logs;
using Makalu.Capacity.Numerics;

namespace Makalu.Capacity.Series;

/// <summary>
/// Bins requests to a regular step. The result depends neither on the order of the requests nor on the number of threads that read
/// the logs.
/// </summary>
/// <remarks>
/// Memory follows the span of the requests (60 bytes a minute, 600 where times have fractions of a second), not their number. Not
/// safe to share between threads.
/// </remarks>
public sealed class TimeSeriesBuilder : IRecordCollector
{
    private readonly ArrivalCounts _arrivals = new();
    private readonly QuantileSketch _durations = new(DurationDistribution.RelativeAccuracy);
    private Int128 _durationTicks;
    private long _firstTicks = long.MaxValue;
    private long _lastTicks = long.MinValue;
    private long _outOfOrder;
    private long _clockJumps;

    /// <summary>The number of requests added.</summary>
    public long Count => _arrivals.Total;

    /// <summary>Adds one request.</summary>
    /// <param name="record">The request; its time must not be before the year 1.</param>
    public void Add(in RequestRecord record)
    {
        long ticks = record.UtcTicks;
        _firstTicks = Math.Min(_firstTicks, ticks);
        _lastTicks = Math.Max(_lastTicks, ticks);
        _arrivals.Add(ticks);
        if (record.DurationTicks >= 0)
        {
            _durations.Add(record.DurationTicks * (1.0 / TimeSpan.TicksPerSecond));
            _durationTicks += record.DurationTicks;
        }
    }

    /// <summary>Adds the requests of logs, read in parallel.</summary>
    /// <param name="inputs">Names of files, plain or gzip; patterns with <c>*</c> and <c>**</c>; <c>-</c> for standard input.</param>
    /// <param name="options">How to read, and which requests to take; null for the defaults.</param>
    /// <param name="progress">Told how far the reading has come, on any thread.</param>
    /// <param name="cancellationToken">Stops the reading; the builder is then as before.</param>
    /// <returns>What was found.</returns>
    /// <exception cref="ArgumentException">Options are invalid; the message tells all of them.</exception>
    /// <exception cref="LogFormatException">The format is not known, a gzip is truncated, or too many lines are malformed.</exception>
    /// <exception cref="IOException">A file cannot be read.</exception>
    public LogReadReport AddLogs(IEnumerable<string> inputs, RequestLogOptions? options = null, IProgress<LogReadProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        options ??= RequestLogOptions.Default;
        var reader = new RequestLogReader(options);
        return AddLogs(options, collectors => reader.Collect(inputs, collectors, progress, cancellationToken));
    }

    /// <summary>Adds the requests of a log in a stream, plain or gzip.</summary>
    /// <param name="stream">The content; read to its end and left open.</param>
    /// <param name="name">What messages call it.</param>
    /// <param name="options">How to read, and which requests to take; null for the defaults.</param>
    /// <param name="cancellationToken">Stops the reading; the builder is then as before.</param>
    /// <returns>What was found.</returns>
    /// <exception cref="ArgumentException">Options are invalid; the message tells all of them.</exception>
    /// <exception cref="LogFormatException">The format is not known, a gzip is truncated, or too many lines are malformed.</exception>
    public LogReadReport AddLogs(Stream stream, string name, RequestLogOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(name);
        options ??= RequestLogOptions.Default;
        var reader = new RequestLogReader(options);
        return AddLogs(options, collectors => reader.Collect(stream, name, collectors, cancellationToken));
    }

    /// <summary>Adds all that <paramref name="other"/> holds.</summary>
    /// <param name="other">Another builder; not changed.</param>
    public void Merge(TimeSeriesBuilder other)
    {
        ArgumentNullException.ThrowIfNull(other);
        _arrivals.Merge(other._arrivals);
        _durations.Merge(other._durations);
        _durationTicks += other._durationTicks;
        _firstTicks = Math.Min(_firstTicks, other._firstTicks);
        _lastTicks = Math.Max(_lastTicks, other._lastTicks);
        _outOfOrder += other._outOfOrder;
        _clockJumps += other._clockJumps;
    }

    /// <summary>The history of all requests added so far, from the first to the last.</summary>
    /// <param name="step">The length of a step: whole seconds, 1 second to 1 day. Steps begin at whole multiples of it since midnight UTC, 1 January of the year 1: those that divide a day, at midnight.</param>
    /// <param name="name">The name of the series.</param>
    /// <returns>
    /// Requests, busiest second, dispersion and durations. A step without requests is zero where that is plausible beside its
    /// neighbours, else unknown (NaN): unknown is a run of empty steps that the lower of the rates before and after it would leave
    /// empty with a probability below 10⁻⁶, unless the same stretch is empty a day or a week before or after as well. A first or last
    /// step that the log covers only in part, by the same measure, is left out. Dispersion is measured within minutes, and averaged
    /// by requests over a longer step, so that growth within the step does not count as burstiness; at a tenth of a second it is known
    /// where more than half of the times have a fraction.
    /// </returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="step"/> is not whole seconds, 1 second to 1 day.</exception>
    /// <exception cref="InvalidOperationException">There are no requests, or they do not cover one step.</exception>
    public RequestHistory Build(TimeSpan step, string name = "")
    {
        ArgumentNullException.ThrowIfNull(name);
        if (step < TimeSpan.FromSeconds(1) || step > TimeSpan.FromDays(1) || step.Ticks % TimeSpan.TicksPerSecond != 0)
        {
            throw new ArgumentOutOfRangeException(nameof(step), step, $"Step {step:c} must be whole seconds, from 1 second to 1 day. Pass for example 00:01:00.");
        }

        if (Count == 0)
        {
            throw new InvalidOperationException("There are no requests to count. Check that the logs are not empty, and that the filters leave some.");
        }

        StepCounts counts = StepCounts.Of(_arrivals, _firstTicks, _lastTicks, step);
        var start = new DateTimeOffset(counts.StartTicks, TimeSpan.Zero);
        var requests = TimeSeries.FromOwned(start, step, counts.Requests);
        var quality = new SeriesQuality
        {
            OutOfOrder = (int)Math.Min(_outOfOrder, int.MaxValue),
            ClockJumps = (int)Math.Min(_clockJumps, int.MaxValue),
            PartialSteps = counts.PartialSteps,
        };
        return new RequestHistory
        {
            Name = name,
            Requests = requests,
            PeakRequestsPerSecond = TimeSeries.FromOwned(start, step, counts.BusiestSeconds),
            DispersionAtOneSecond = counts.DispersionAtOneSecond is null ? null : TimeSeries.FromOwned(start, step, counts.DispersionAtOneSecond),
            DispersionAtTenthOfSecond = counts.DispersionAtTenthOfSecond is null ? null : TimeSeries.FromOwned(start, step, counts.DispersionAtTenthOfSecond),
            Durations = _durations.Count == 0 ? null : new DurationDistribution(Copy(_durations), _durationTicks),
            Quality = quality.WithGapsOf(requests),
        };
    }

    private LogReadReport AddLogs(RequestLogOptions options, Func<IReadOnlyList<IRecordCollector>, LogReadReport> read)
    {
        // Each thread counts on its own, and nothing is added if reading fails.
        TimeSeriesBuilder[] parts = [.. Enumerable.Range(0, options.MaxDegreeOfParallelism).Select(_ => new TimeSeriesBuilder())];
        LogReadReport report = read(parts);
        Array.ForEach(parts, Merge);
        _outOfOrder += report.OutOfOrder;
        _clockJumps += report.ClockJumps;
        return report;
    }

    private static QuantileSketch Copy(QuantileSketch sketch)
    {
        var copy = new QuantileSketch(sketch.RelativeAccuracy);
        copy.Merge(sketch);
        return copy;
    }
}
