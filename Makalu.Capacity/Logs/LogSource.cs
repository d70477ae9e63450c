using System.Text;
using System.Text.Unicode;

namespace Makalu.Capacity.Logs;

/// <summary>
/// One file while it is read. Threads take its blocks in turn; the tallies of the blocks are appended in their order, so that the
/// result does not depend on how many threads read.
/// </summary>
internal sealed class LogSource(string name, Func<Stream> open, RequestLogOptions options, RecordFilter? filter) : IDisposable
{
    public const string NotUtf8 = "not UTF-8";

    private const int SampleSize = 1 << 18;
    private const int ExcerptSize = 400;

    // A file of which not one of so many lines can be read is of another format: the rest is not worth reading.
    private const int LinesBeforeGivingUp = 1000;

    private readonly Lock _lock = new();
    private readonly List<LogTally> _tallies = [];
    private Stream? _input;
    private Stream? _content;
    private LogBlockReader? _blocks;
    private LogFileFormat? _format;
    private LineParser? _directiveParser;
    private object? _directives;
    private InvalidDataException? _truncation;
    private long _inputRead;
    private bool _ended;
    private bool _gaveUp;

    /// <summary>Reads blocks until there are no more, together with whatever other threads do the same.</summary>
    /// <param name="buffer">The thread's own, as large as a block.</param>
    /// <param name="collector">The thread's own.</param>
    /// <param name="onRead">Called with the bytes of input read since the last call, for progress and cancellation.</param>
    public void Read(byte[] buffer, IRecordCollector collector, Action<long> onRead)
    {
        LineParser? own = null;
        while (true)
        {
            Block block;
            lock (_lock)
            {
                if (!TryTake(buffer, collector, onRead, out block))
                {
                    return;
                }

                onRead(InputRead());
                if (_directiveParser!.NeedsOrder)
                {
                    Parse(block, _directiveParser, collector);
                    continue;
                }
            }

            own ??= _format!.CreateParser!();
            Parse(block, own, collector);
        }
    }

    /// <summary>What was found in the file, once no thread reads it any more.</summary>
    /// <exception cref="LogFormatException">The file is truncated, or nothing in it could be read.</exception>
    public (LogFileSummary Summary, LogTally Tally) Finish()
    {
        var total = new LogTally();
        _tallies.ForEach(total.Append);
        if (_truncation is not null)
        {
            long lines = total.Lines + (_blocks?.LinesLost ?? 0);
            string bytes = _blocks is null || _format?.CsvLayout is not null ? "" : FormattableString.Invariant($" ({_blocks.BytesRead} bytes unpacked)");
            throw new LogFormatException(name, FormattableString.Invariant($"the gzip data end early or are damaged: {lines} lines{bytes} could be read. Copy the file again, or leave it out."), _truncation);
        }

        if (_gaveUp)
        {
            throw new LogFormatException(
                FormattableString.Invariant($"{name}: none of the first {total.Lines} lines could be read as {_format!.Format}. Name another format. First: ")
                    + string.Join("; ", total.FirstMalformed(name)),
                [.. total.FirstMalformed(name)]);
        }

        return (new LogFileSummary(name, _format?.Format ?? LogFormat.Auto, total.Lines, total.Records, total.Malformed) { Counts = total.Counts() }, total);
    }

    public IEnumerable<MalformedLine> FirstMalformed(LogTally tally) => tally.FirstMalformed(name);

    public void Dispose()
    {
        _content?.Dispose();
        _input?.Dispose();
    }

    // Under the lock. Reads a CSV file whole, as its rows cannot be told apart without reading those before.
    private bool TryTake(byte[] buffer, IRecordCollector collector, Action<long> onRead, out Block block)
    {
        block = default;
        if (_ended)
        {
            return false;
        }

        try
        {
            if (_content is null && !Open())
            {
                _ended = true;
                return false;
            }

            var tally = new LogTally();
            _tallies.Add(tally);
            if (_format!.CsvLayout is { } layout)
            {
                _ended = true;
                CsvLogReader.Read(_content!, layout, options, tally, filter, collector, () => onRead(InputRead()));
                return false;
            }

            _ended = !_blocks!.TryRead(buffer, out int length, out long longLine);
            block = new Block(new ArraySegment<byte>(buffer, 0, length), longLine, _directives, tally, First: _tallies.Count == 1);
            _directives = longLine > 0 ? _directives : _directiveParser!.After(_directives, block.Content);
        }
        catch (InvalidDataException e)
        {
            _truncation = e;
            _ended = true;
        }
        catch
        {
            _ended = true;
            throw;
        }

        return !_ended;
    }

    private bool Open()
    {
        _input = open();
        _content = InputStream.Unpack(_input, leaveOpen: true);
        var sample = new byte[SampleSize];
        int length = 0;
        try
        {
            for (int read = 1; read > 0 && length < sample.Length; length += read)
            {
                read = _content.Read(sample, length, sample.Length - length);
            }
        }
        catch (InvalidDataException e) when (length > 0)
        {
            // Told when the rest is read, with how far that came.
            _truncation = e;
        }

        ReadOnlyMemory<byte> beginning = sample.AsMemory(0, length);
        if (beginning.Span.StartsWith(Encoding.UTF8.Preamble))
        {
            beginning = beginning[Encoding.UTF8.Preamble.Length..];
        }

        if (!beginning.Span.ContainsAnyExcept(" \t\r\n"u8))
        {
            return false;
        }

        try
        {
            _format = LogFileFormat.Of(name, beginning.Span, options);
        }
        catch (LogFormatException) when (_truncation is not null)
        {
            // Too little is left to tell a format by: that the file is truncated is the cause, and is told in the end.
            return false;
        }

        _content = new PrefixedStream(beginning, _content, leaveOpen: false);
        _blocks = new LogBlockReader(_content, LogBlockReader.DefaultBlockSize);
        _directiveParser = _format.CreateParser?.Invoke();
        return true;
    }

    private void Parse(in Block block, LineParser parser, IRecordCollector collector)
    {
        LogTally tally = block.Tally;
        ReadOnlySpan<byte> rest = block.Content;
        if (block.LongLine > 0)
        {
            tally.Lines++;
            tally.AddMalformed(FormattableString.Invariant($"{block.LongLine} bytes long, where a line may have {LogBlockReader.DefaultBlockSize}"), rest[..Math.Min(rest.Length, ExcerptSize)]);
            return;
        }

        bool utf8 = Utf8.IsValid(rest);
        parser.Begin(block.Directives);
        while (!rest.IsEmpty)
        {
            int end = rest.IndexOf((byte)'\n');
            ReadOnlySpan<byte> line = end < 0 ? rest : rest[..end];
            rest = end < 0 ? default : rest[(end + 1)..];
            tally.Lines++;
            if (line.Length > 0 && line[^1] == '\r')
            {
                line = line[..^1];
            }

            if (line.IsEmpty)
            {
                tally.Other++;
            }
            else if (!utf8 && !Utf8.IsValid(line))
            {
                tally.AddMalformed(NotUtf8, line);
            }
            else
            {
                Take(parser.Parse(line, out RequestRecord record, out string? fault), record, fault, line, tally, collector);
            }
        }

        if (block.First && tally.Lines >= LinesBeforeGivingUp && tally.Malformed == tally.Lines - tally.Other && options.MaxBadLineFraction < 1)
        {
            lock (_lock)
            {
                _gaveUp = true;
                _ended = true;
            }
        }
    }

    private void Take(LineOutcome outcome, in RequestRecord record, string? fault, ReadOnlySpan<byte> line, LogTally tally, IRecordCollector collector)
    {
        switch (outcome)
        {
            case LineOutcome.Record:
                tally.Take(record, filter, collector);
                break;
            case LineOutcome.Other:
                tally.Other++;
                break;
            default:
                tally.AddMalformed(fault!, line);
                break;
        }
    }

    private long InputRead()
    {
        if (_input is not { CanSeek: true })
        {
            return 0;
        }

        long read = _input.Position - _inputRead;
        _inputRead = _input.Position;
        return read;
    }

    private readonly record struct Block(ArraySegment<byte> Content, long LongLine, object? Directives, LogTally Tally, bool First);
}
