using System.Globalization;
using System.Text;
using CsvHelper;

namespace Makalu.Capacity.Series;

/// <summary>One reading of a series file: rows are collected by series and then laid on their grids.</summary>
internal sealed class SeriesFileReader(CsvReader csv, string fileName, SeriesFileOptions options)
{
    private readonly List<SeriesRows> _series = [];
    private readonly Dictionary<string, SeriesRows> _byName = new(StringComparer.Ordinal);
    private SeriesRows? _current;
    private byte[] _currentName = [];

    public IReadOnlyList<RequestHistory> Read(CancellationToken cancellationToken)
    {
        try
        {
            ReadRows(cancellationToken);
        }
        catch (CsvFormatException e)
        {
            throw new SeriesFormatException(fileName, (int)e.LineNumber, null, $"the row is not CSV as RFC 4180 has it: {e.Message} Quote a field that holds quotes, and double them.", e);
        }
        catch (Exception e) when (e is InvalidDataException or EndOfStreamException)
        {
            throw new SeriesFormatException(fileName, (int)csv.LineNumber, null, $"the gzip data end early or are damaged after this line ({e.Message.TrimEnd('.')}). Copy or export the file again.", e);
        }

        List<SeriesRows> series = options.Origin is DateTimeOffset origin ? _series.ConvertAll(s => s.Before(origin)) : _series;

        // A series that has only just begun has the step of those beside it.
        TimeSpan? common = options.Step ?? SeriesRows.MostCommonStep(series);
        return [.. series.Select(s => s.ToHistory(fileName, s.HasStep ? options.Step : common))];
    }

    private void ReadRows(CancellationToken cancellationToken)
    {
        if (!csv.Read())
        {
            throw new SeriesFormatException(fileName, 0, null, $"the file is empty. It must have a header, '{options.TimestampColumn},{options.RequestsColumn}', and a row for each bucket.");
        }

        string[] header = [.. csv.Current.ToArray().Select(name => name.Trim())];
        bool hasRows = csv.Read();
        SeriesFileColumns columns = SeriesFileColumns.Find(fileName, header, hasRows ? csv.Current.ToArray() : [], options);
        if (!hasRows)
        {
            throw new SeriesFormatException(fileName, 0, null, "the file has a header but no rows. At least two buckets are needed.");
        }

        int rows = 0;
        do
        {
            ReadRow(columns);
            if ((++rows & 0xFFF) == 0)
            {
                cancellationToken.ThrowIfCancellationRequested();
            }
        }
        while (csv.Read());
    }

    private void ReadRow(SeriesFileColumns columns)
    {
        ReadOnlySpan<byte> timestamp = Field(columns.Timestamp, options.TimestampColumn);
        if (!SeriesTimestamp.TryParse(timestamp, out long ticks))
        {
            throw Bad(options.TimestampColumn, timestamp, "is not an ISO 8601 time. Write it as 2024-09-15T14:00:00Z.");
        }

        double requests = Number(
            options.RequestsColumn,
            Field(columns.Requests, options.RequestsColumn),
            "Correct it, or leave the row out: a bucket without a row counts as unknown.");
        RowsOf(columns).Add(
            ticks,
            requests,
            Optional(columns.Peak, options.PeakColumn),
            Optional(columns.DispersionAtOneSecond, SeriesFile.DispersionAtOneSecondColumn),
            Optional(columns.DispersionAtTenthOfSecond, SeriesFile.DispersionAtTenthOfSecondColumn),
            (int)csv.LineNumber);
    }

    private SeriesRows RowsOf(SeriesFileColumns columns)
    {
        ReadOnlySpan<byte> utf8 = columns.Series < 0 ? [] : Field(columns.Series, options.SeriesColumn);
        if (_current is not null && utf8.SequenceEqual(_currentName))
        {
            return _current;
        }

        if (!System.Text.Unicode.Utf8.IsValid(utf8))
        {
            throw Bad(options.SeriesColumn, utf8, "is not UTF-8. Save the file as UTF-8.");
        }

        string name = Encoding.UTF8.GetString(utf8);
        if (!_byName.TryGetValue(name, out _current))
        {
            _current = new SeriesRows(name, columns);
            _byName.Add(name, _current);
            _series.Add(_current);
        }

        _currentName = utf8.ToArray();
        return _current;
    }

    private double Optional(int column, string name)
    {
        ReadOnlySpan<byte> text = column < 0 ? [] : Field(column, name);
        return text.IsEmpty ? double.NaN : Number(name, text, "Correct it, or leave the field empty where it is unknown.");
    }

    private double Number(string field, ReadOnlySpan<byte> text, string remedy)
    {
        if (!double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) || !double.IsFinite(value) || value < 0)
        {
            throw Bad(field, text, "is not a finite number of at least 0. " + remedy);
        }

        return value;
    }

    private ReadOnlySpan<byte> Field(int column, string name)
        => column < csv.FieldCount
            ? csv.GetSpan(column)
            : throw new SeriesFormatException(fileName, (int)csv.LineNumber, name, FormattableString.Invariant($"the row has only {csv.FieldCount} of at least {column + 1} fields. Complete it, or leave the row out."));

    private SeriesFormatException Bad(string field, ReadOnlySpan<byte> value, string rule)
        => new(
            fileName,
            (int)csv.LineNumber,
            field,
            $"'{SeriesFileColumns.Shorten(Encoding.UTF8.GetString(value))}' {rule}"
                + (System.Text.Unicode.Utf8.IsValid(csv.RawRecord) || rule.Contains("UTF-8", StringComparison.Ordinal) ? "" : " The line is not UTF-8 either: save the file as UTF-8."));
}
