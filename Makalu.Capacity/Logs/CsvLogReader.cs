using System.Text;
using CsvHelper;

namespace Makalu.Capacity.Logs;

/// <summary>Reads a CSV log, one row a request. The separator (<c>,</c> <c>;</c> tab <c>|</c>) is told from the content.</summary>
internal static class CsvLogReader
{
    private const int LongestRecord = 1 << 26;
    private const int RowsBetweenChecks = 1 << 12;

    /// <summary>Whether the first line is a header that names a time, and a route or a status: the rows of others may not be requests.</summary>
    public static bool LooksLikeHeader(ReadOnlySpan<byte> lines, RequestLogOptions options)
    {
        string[] header = Header(lines);
        return header.Length > 1
            && FieldLayout.Choose(header, options, StringComparison.OrdinalIgnoreCase) is { } layout
            && header.Contains(layout.Time, StringComparer.Ordinal)
            && (layout.Route ?? layout.Status) is not null;
    }

    /// <summary>The columns of a CSV log.</summary>
    /// <exception cref="LogFormatException">No column is a time, or a named one is not there.</exception>
    public static FieldLayout Layout(string fileName, ReadOnlySpan<byte> lines, RequestLogOptions options)
    {
        string[] header = Header(lines);
        FieldLayout layout = FieldLayout.Choose(header, options, StringComparison.OrdinalIgnoreCase)
            ?? throw new LogFormatException(fileName, $"no column with a time that is known among {string.Join(", ", header.Take(30))}. Name it with Fields.Time.");
        return new[] { layout.Time, layout.Route, layout.Status, layout.Duration }.FirstOrDefault(c => c is not null && !header.Contains(c, StringComparer.Ordinal)) is string missing
            ? throw new LogFormatException(fileName, $"no column '{missing}' among {string.Join(", ", header.Take(30))}. Correct its name in Fields.")
            : layout;
    }

    /// <summary>Reads the rows.</summary>
    /// <param name="stream">The content, from its beginning.</param>
    /// <param name="layout">The columns.</param>
    /// <param name="options">The zone of times without an offset.</param>
    /// <param name="tally">Counts what is found.</param>
    /// <param name="filter">Which requests to take.</param>
    /// <param name="collector">Takes them.</param>
    /// <param name="onRows">Called now and then, for progress and cancellation.</param>
    public static void Read(Stream stream, FieldLayout layout, RequestLogOptions options, LogTally tally, RecordFilter? filter, IRecordCollector collector, Action onRows)
    {
        using var csv = CsvReader.Create(
            stream,
            new CsvReaderOptions
            {
                TrackLineNumbers = true,
                TrimWhitespace = true,
                AllowLineBreaksInQuotes = false,
                MaxRecordSize = LongestRecord,
                MalformedData = CsvMalformedDataHandling.Skip,
                OnMalformedRecord = record =>
                {
                    tally.Lines++;
                    tally.AddMalformed(record.LineNumber, $"quotes that do not match ({record.Reason})", Encoding.UTF8.GetBytes(record.RawRecord));
                },
            },
            leaveOpen: true);
        var columns = Columns.Of([.. csv.Headers], layout);
        var time = new FieldTime(options.TimeZone);
        tally.Lines++;
        tally.Other++;
        for (int rows = 0; csv.Read(); rows++)
        {
            tally.Lines++;
            if (rows % RowsBetweenChecks == 0)
            {
                onRows();
            }

            string? fault = Parse(csv, columns, layout, time, out RequestRecord record);
            if (fault is null)
            {
                tally.Take(record, filter, collector);
            }
            else
            {
                tally.AddMalformed(csv.LineNumber, fault, csv.RawRecord);
            }
        }
    }

    private static string? Parse(CsvReader csv, Columns columns, FieldLayout layout, FieldTime time, out RequestRecord record)
    {
        record = default;
        if (csv.FieldCount <= columns.Last)
        {
            return "fewer fields than the header names";
        }

        if (!System.Text.Unicode.Utf8.IsValid(csv.RawRecord))
        {
            return LogSource.NotUtf8;
        }

        if (!time.TryParse(csv.GetSpan(columns.Time), out long utcTicks))
        {
            return $"'{layout.Time}' is no time that is known";
        }

        int status = 0;
        if (columns.Status >= 0 && !JsonLinesParser.TryStatus(csv.GetSpan(columns.Status), out status))
        {
            return $"'{layout.Status}' is no status of three digits";
        }

        long duration = columns.Duration < 0
            ? RequestRecord.UnknownDuration
            : DurationTicks.Of(csv.GetSpan(columns.Duration), layout.DurationUnit, DurationUnit.Milliseconds);
        record = new RequestRecord(utcTicks, columns.Route < 0 ? default : RequestTarget.Of(csv.GetSpan(columns.Route)), status, duration);
        return null;
    }

    private static string[] Header(ReadOnlySpan<byte> lines)
    {
        int end = lines.IndexOf((byte)'\n');
        byte[] first = (end < 0 ? lines : lines[..end]).ToArray();
        using var csv = CsvReader.Create(first, new CsvReaderOptions { TrimWhitespace = true });
        return [.. csv.Headers];
    }

    private readonly record struct Columns(int Time, int Route, int Status, int Duration)
    {
        public int Last => Math.Max(Math.Max(Time, Route), Math.Max(Status, Duration));

        public static Columns Of(string[] header, FieldLayout layout)
            => new(Array.IndexOf(header, layout.Time), Array.IndexOf(header, layout.Route), Array.IndexOf(header, layout.Status), Array.IndexOf(header, layout.Duration));
    }
}
