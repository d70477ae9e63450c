using System.Text;

namespace Makalu.Capacity.Logs;

/// <summary>The format of one file, told from its beginning or named by the options, and how to read it.</summary>
internal sealed class LogFileFormat
{
    private const int LinesLookedAt = 50;
    private const int LongestShownLine = 200;

    private LogFileFormat(LogFormat format, Func<LineParser>? createParser, FieldLayout? csvLayout = null)
    {
        Format = format;
        CreateParser = createParser;
        CsvLayout = csvLayout;
    }

    public LogFormat Format { get; }

    /// <summary>Creates a parser for one thread; null for CSV, whose rows are found by CsvHelper.</summary>
    public Func<LineParser>? CreateParser { get; }

    /// <summary>The columns of a CSV log; null for other formats.</summary>
    public FieldLayout? CsvLayout { get; }

    /// <param name="fileName">What messages call the file.</param>
    /// <param name="sample">The beginning of the content.</param>
    /// <param name="options">The format, where it is named, and the names of fields.</param>
    /// <exception cref="LogFormatException">The format is not known, or lacks a time.</exception>
    public static LogFileFormat Of(string fileName, ReadOnlySpan<byte> sample, RequestLogOptions options)
    {
        if (sample.StartsWith(Encoding.Unicode.Preamble) || sample.StartsWith(Encoding.BigEndianUnicode.Preamble))
        {
            throw new LogFormatException(fileName, "the file is UTF-16. Convert it to UTF-8 first, for example with: iconv -f UTF-16 -t UTF-8.");
        }

        // A line cut off by the sample's end would look malformed.
        int lastBreak = sample.LastIndexOf((byte)'\n');
        ReadOnlySpan<byte> lines = lastBreak >= 0 ? sample[..lastBreak] : sample;
        LogFormat format = options.Format == LogFormat.Auto ? Detect(fileName, lines, options) : options.Format;
        DurationUnit unit = options.DurationUnit;
        switch (format)
        {
            case LogFormat.AccessLog:
                DurationUnit whole = AccessLogParser.UnitOfWholeNumbers(lines);
                return new(format, () => new AccessLogParser(unit, whole));
            case LogFormat.W3CExtended:
                return new(format, () => new W3CExtendedParser(unit));
            case LogFormat.JsonLines:
                FieldLayout layout = JsonLayout(fileName, lines, options);
                return new(format, () => new JsonLinesParser(layout, options.TimeZone));
            default:
                return new(LogFormat.Csv, null, CsvLogReader.Layout(fileName, lines, options));
        }
    }

    /// <summary>A line as a message can show it.</summary>
    public static string Excerpt(ReadOnlySpan<byte> line)
    {
        bool cut = line.Length > LongestShownLine;
        string text = Encoding.UTF8.GetString(cut ? line[..LongestShownLine] : line).Trim();
        return string.Concat(text.Select(c => char.IsControl(c) ? '·' : c)) + (cut ? "…" : "");
    }

    private static LogFormat Detect(string fileName, ReadOnlySpan<byte> lines, RequestLogOptions options)
    {
        var accessLog = new AccessLogParser(DurationUnit.Auto, DurationUnit.Microseconds);
        int looked = 0;
        int access = 0;
        int json = 0;
        foreach (Range range in lines.Split((byte)'\n'))
        {
            ReadOnlySpan<byte> line = lines[range].TrimEnd((byte)'\r');
            if (line.StartsWith("#Fields:"u8) || line.StartsWith("#Software:"u8) || line.StartsWith("#Version:"u8))
            {
                return LogFormat.W3CExtended;
            }

            if (line.IsEmpty)
            {
                continue;
            }

            json += line[0] == '{' ? 1 : 0;
            access += accessLog.Parse(line, out _, out _) == LineOutcome.Record ? 1 : 0;
            if (++looked == LinesLookedAt)
            {
                break;
            }
        }

        if (json > looked / 2)
        {
            return LogFormat.JsonLines;
        }

        if (access > looked / 2)
        {
            return LogFormat.AccessLog;
        }

        if (CsvLogReader.LooksLikeHeader(lines, options))
        {
            return LogFormat.Csv;
        }

        int firstBreak = lines.IndexOf((byte)'\n');
        throw new LogFormatException(
            fileName,
            "the format is not known. Known are access logs (Common and Combined Log Format of Apache and nginx), W3C extended (IIS, CloudFront), JSON lines, and CSV with a header that names a time and a path or status. "
            + $"The first line is '{Excerpt(firstBreak < 0 ? lines : lines[..firstBreak])}'. If it is one of these all the same, name the format, and for JSON and CSV the fields. A series file (timestamp,requests) is no log: it is forecast as it is.");
    }

    // Lines that have a time alone may be anything: they are taken for requests only where the format or the time's name is given.
    private static FieldLayout JsonLayout(string fileName, ReadOnlySpan<byte> lines, RequestLogOptions options)
    {
        HashSet<string> names = JsonLinesParser.Names(lines);
        string shown = string.Join(", ", names.Take(30));
        FieldLayout layout = FieldLayout.Choose(names, options, StringComparison.Ordinal)
            ?? throw new LogFormatException(fileName, $"no field with a time that is known among {shown}. Name it with Fields.Time.");
        return (layout.Route ?? layout.Status) is null && options.Format == LogFormat.Auto && options.Fields.Time is null
            ? throw new LogFormatException(fileName, $"no field with a path or status that is known among {shown}, so that its lines may not be requests. Name one with Fields.Route or Fields.Status, or the format.")
            : layout;
    }
}
