using System.Globalization;
using CsvHelper;

namespace Makalu.Capacity.Campaigns;

/// <summary>The calendar file as CSV; every error is collected, so that a file is mended in one go.</summary>
internal sealed class CsvCalendarParser
{
    private const int LongestShownValue = 80;
    private const string TimeRule = "is not an ISO 8601 time. Write it as 2024-09-15T14:00:00Z.";

    private static readonly string[] RequiredColumns = ["name", "kind", "starts_at", "ends_at"];

    private static readonly string[] TimeFormats =
    [
        "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK", "yyyy-MM-dd HH:mm:ss.FFFFFFFK", "yyyy-MM-dd'T'HH:mmK", "yyyy-MM-dd HH:mmK",
        "yyyy-MM-dd", "yyyyMMdd'T'HHmmssK",
    ];

    private static readonly CsvReaderOptions Options = new()
    {
        Separator = ',',
        HasHeader = false,
        TrackLineNumbers = true,
        SkipEmptyLines = true,
        MalformedData = CsvMalformedDataHandling.Throw,
    };

    private readonly List<CalendarFormatError> _errors;
    private readonly List<Campaign> _entries = [];
    private string[] _header = [];
    private int[] _required = [];

    private CsvCalendarParser(List<CalendarFormatError> errors) => _errors = errors;

    public static IReadOnlyList<Campaign> Parse(string text, List<CalendarFormatError> errors)
    {
        var parser = new CsvCalendarParser(errors);
        using CsvReader csv = CsvReader.FromText(text, Options);
        try
        {
            parser.ReadRows(csv);
        }
        catch (CsvFormatException e)
        {
            errors.Add(new((int)e.LineNumber, null, $"the row is not CSV as RFC 4180 has it: {e.Message} Quote a field that holds quotes, and double them."));
        }

        return parser._entries;
    }

    private void ReadRows(CsvReader csv)
    {
        csv.Read();
        if (!ReadHeader(csv))
        {
            return;
        }

        while (csv.Read())
        {
            string[] row = csv.Current.ToArray();
            int line = (int)csv.LineNumber;
            if (Array.TrueForAll(row, string.IsNullOrWhiteSpace))
            {
                continue;
            }

            if (row.Length != _header.Length)
            {
                _errors.Add(new(line, null, FormattableString.Invariant($"the row has {row.Length} fields where the header has {_header.Length}. Leave an unknown field empty, and quote a field that holds a comma.")));
                continue;
            }

            ReadRow(row, line);
        }
    }

    private bool ReadHeader(CsvReader csv)
    {
        _header = [.. csv.Current.ToArray().Select(name => Known(name.Trim()))];
        int line = (int)csv.LineNumber;
        int before = _errors.Count;
        foreach (IGrouping<string, string> column in _header.Where(n => n.Length > 0).GroupBy(n => n, StringComparer.OrdinalIgnoreCase).Where(g => g.Count() > 1))
        {
            _errors.Add(new(line, column.Key, "the column is there more than once. Give each column a name of its own."));
        }

        string[] missing = Array.FindAll(RequiredColumns, name => !_header.Contains(name, StringComparer.OrdinalIgnoreCase));
        if (missing.Length > 0)
        {
            _errors.Add(new(line, null, $"the header '{Shorten(string.Join(',', _header))}' lacks {string.Join(", ", missing)}. A calendar has the columns {string.Join(',', RequiredColumns)}, separated by commas, and any further ones as features."));
        }

        _required = [.. RequiredColumns.Select(name => Array.FindIndex(_header, h => string.Equals(h, name, StringComparison.OrdinalIgnoreCase)))];
        return _errors.Count == before;
    }

    /// <summary>A column as it is known, whatever its case.</summary>
    private static string Known(string column)
        => Array.Find([PlannerAssumption.ExpectedColumn, PlannerAssumption.MaximumColumn], known => string.Equals(known, column, StringComparison.OrdinalIgnoreCase)) ?? column;

    private void ReadRow(string[] row, int line)
    {
        int before = _errors.Count;
        string name = Text(row, line, 0);
        string kind = Text(row, line, 1);
        DateTimeOffset startsAt = Time(row, line, 2);
        DateTimeOffset endsAt = Time(row, line, 3);
        var features = new List<KeyValuePair<string, string>>();
        for (int i = 0; i < row.Length; i++)
        {
            if (_required.Contains(i) || string.IsNullOrWhiteSpace(row[i]))
            {
                continue;
            }

            if (_header[i].Length == 0)
            {
                _errors.Add(new(line, null, FormattableString.Invariant($"field {i + 1}, '{Shorten(row[i])}', belongs to a column without a name. Name the column in the header, or empty the field.")));
                continue;
            }

            features.Add(new(_header[i], row[i].Trim()));
        }

        if (_errors.Count == before && endsAt <= startsAt)
        {
            _errors.Add(new(line, "ends_at", $"'{Shorten(row[_required[3]])}' is not after starts_at '{Shorten(row[_required[2]])}'. Give an end later than the start; the end is exclusive, so that a whole day ends at the next day's date."));
        }

        _errors.AddRange(PlannerAssumption.ProblemsOf(features).Select(p => new CalendarFormatError(line, p.Column, $"'{Shorten(p.Value)}' {p.Rule} {p.Remedy}")));
        if (_errors.Count == before)
        {
            _entries.Add(new Campaign(name, kind, startsAt, endsAt, features));
        }
    }

    private string Text(string[] row, int line, int required)
    {
        string text = row[_required[required]].Trim();
        if (text.Length == 0)
        {
            _errors.Add(new(line, RequiredColumns[required], "the field is empty. Every entry has a name and a kind."));
        }

        return text;
    }

    private DateTimeOffset Time(string[] row, int line, int required)
    {
        string text = row[_required[required]].Trim();
        if (!DateTimeOffset.TryParseExact(text, TimeFormats, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset time))
        {
            _errors.Add(new(line, RequiredColumns[required], $"'{Shorten(text)}' {TimeRule}"));
        }

        return time;
    }

    private static string Shorten(string value) => value.Length <= LongestShownValue ? value : string.Concat(value.AsSpan(0, LongestShownValue), "…");
}
