using CsvHelper;
using Makalu.Capacity.Logs;

namespace Makalu.Capacity.Series;

/// <summary>
/// The series file: CSV (RFC 4180, UTF-8) with the columns <c>timestamp,requests[,peak_rps][,dispersion_1s][,dispersion_100ms][,series]</c>
/// in any order, further ones ignored. A bucket without a row is unknown, never zero.
/// </summary>
public static class SeriesFile
{
    internal const string DispersionAtOneSecondColumn = "dispersion_1s";
    internal const string DispersionAtTenthOfSecondColumn = "dispersion_100ms";

    private const int LongestHeader = 1 << 16;
    private const string TimestampFormat = "yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'";

    // The header is read as a row like any other, so that its faults are told in our own words; an unclosed quote must not
    // swallow the rows after it.
    private static readonly CsvReaderOptions ReaderOptions = new()
    {
        Separator = ',',
        HasHeader = false,
        TrackLineNumbers = true,
        MalformedData = CsvMalformedDataHandling.Throw,
    };

    private static readonly CsvWriterOptions WriterOptions = new() { NewLine = "\n" };

    /// <summary>Reads every series of a file.</summary>
    /// <param name="path">A file, plain or gzip; <c>-</c> for standard input.</param>
    /// <param name="options">The names of the columns; null for the documented ones.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <returns>
    /// One history per series, in the order of first appearance; at least one. Its grid is that of most of its rows, its step their
    /// most common spacing; rows off the grid are counted into the nearest step, rows of the same time are added up, and both are
    /// counted in <see cref="RequestHistory.Quality"/>.
    /// </returns>
    /// <exception cref="SeriesFormatException">The file does not hold such series; the message names line, field and remedy.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static IReadOnlyList<RequestHistory> Read(string path, SeriesFileOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        using Stream stream = InputStream.Open(path);
        return ReadUnpacked(stream, InputStream.DisplayName(path), options, cancellationToken);
    }

    /// <summary>Reads every series of a stream; gzip is told by its first bytes.</summary>
    /// <param name="stream">The content; read to its end and left open.</param>
    /// <param name="name">What messages call it.</param>
    /// <param name="options">The names of the columns; null for the documented ones.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <returns>One history per series, in the order of first appearance; at least one.</returns>
    /// <exception cref="SeriesFormatException">The stream does not hold such series; the message names line, field and remedy.</exception>
    public static IReadOnlyList<RequestHistory> Read(Stream stream, string name, SeriesFileOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(name);
        using Stream unpacked = InputStream.Unpack(stream, leaveOpen: true);
        return ReadUnpacked(unpacked, name, options, cancellationToken);
    }

    /// <summary>Whether a file's first line is the header of a series file, as against that of a log.</summary>
    /// <param name="path">A file, plain or gzip.</param>
    /// <param name="options">The names of the columns; null for the documented ones.</param>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static bool IsSeriesFile(string path, SeriesFileOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        options ??= SeriesFileOptions.Default;
        using Stream stream = InputStream.Open(path);
        using var csv = CsvReader.Create(stream, ReaderOptions with { MaxRecordSize = LongestHeader, MalformedData = CsvMalformedDataHandling.Recover }, leaveOpen: true);
        try
        {
            return csv.Read()
                && csv.Current.ToArray().Select(name => name.Trim()).Intersect([options.TimestampColumn, options.RequestsColumn], StringComparer.OrdinalIgnoreCase).Count() == 2;
        }
        catch (Exception e) when (e is CsvFormatException or InvalidDataException)
        {
            return false;
        }
    }

    /// <summary>
    /// Writes histories so that <see cref="Read(string, SeriesFileOptions?, CancellationToken)"/> gives them back: a row for each
    /// known step, and the optional columns that at least one of them has.
    /// </summary>
    /// <param name="writer">Where to write; left open.</param>
    /// <param name="histories">The histories; names must differ where there are several.</param>
    /// <exception cref="ArgumentException">Two histories have the same name.</exception>
    public static void Write(TextWriter writer, IEnumerable<RequestHistory> histories)
    {
        ArgumentNullException.ThrowIfNull(writer);
        using var csv = CsvWriter.Create(writer, WriterOptions, leaveOpen: true);
        Write(csv, histories);
    }

    /// <summary>Writes histories as UTF-8 without a byte order mark.</summary>
    /// <param name="stream">Where to write; left open.</param>
    /// <param name="histories">The histories; names must differ where there are several.</param>
    /// <exception cref="ArgumentException">Two histories have the same name.</exception>
    public static void Write(Stream stream, IEnumerable<RequestHistory> histories)
    {
        ArgumentNullException.ThrowIfNull(stream);
        using var csv = CsvWriter.Create(stream, WriterOptions, leaveOpen: true);
        Write(csv, histories);
    }

    private static IReadOnlyList<RequestHistory> ReadUnpacked(Stream stream, string name, SeriesFileOptions? options, CancellationToken cancellationToken)
    {
        using var csv = CsvReader.Create(stream, ReaderOptions, leaveOpen: true);
        return new SeriesFileReader(csv, name, options ?? SeriesFileOptions.Default).Read(cancellationToken);
    }

    private static void Write(CsvWriter csv, IEnumerable<RequestHistory> histories)
    {
        ArgumentNullException.ThrowIfNull(histories);
        RequestHistory[] all = [.. histories];
        if (all.GroupBy(h => h.Name, StringComparer.Ordinal).FirstOrDefault(g => g.Skip(1).Any()) is { } same)
        {
            throw new ArgumentException($"Two histories are named '{same.Key}'; in one file each needs a name of its own. Set RequestHistory.Name.", nameof(histories));
        }

        (string Name, Func<RequestHistory, TimeSeries?> Series)[] optional =
        [
            ("peak_rps", h => h.PeakRequestsPerSecond),
            (DispersionAtOneSecondColumn, h => h.DispersionAtOneSecond),
            (DispersionAtTenthOfSecondColumn, h => h.DispersionAtTenthOfSecond),
        ];
        optional = [.. optional.Where(column => all.Any(h => column.Series(h) is not null))];
        bool named = all.Any(h => h.Name.Length > 0);

        csv.WriteHeader(["timestamp", "requests", .. optional.Select(c => c.Name), .. named ? ["series"] : Array.Empty<string>()]);
        foreach (RequestHistory history in all)
        {
            WriteRows(csv, history, [history.Requests, .. optional.Select(c => c.Series(history))], named);
        }
    }

    private static void WriteRows(CsvWriter csv, RequestHistory history, TimeSeries?[] columns, bool named)
    {
        for (int i = 0; i < history.Requests.Count; i++)
        {
            if (double.IsNaN(history.Requests[i]))
            {
                continue;
            }

            csv.WriteField(history.Requests.TimeAt(i), TimestampFormat);
            foreach (TimeSeries? column in columns)
            {
                if (column is null || double.IsNaN(column[i]))
                {
                    csv.WriteField("");
                }
                else
                {
                    csv.WriteField(column[i]);
                }
            }

            if (named)
            {
                csv.WriteField(history.Name);
            }

            csv.EndRecord();
        }
    }
}
