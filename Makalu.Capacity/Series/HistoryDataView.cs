using Microsoft.ML;
using Microsoft.ML.Data;

namespace Makalu.Capacity.Series;

/// <summary>
/// Histories as ML.NET's tables and back. A data frame of Microsoft.Data.Analysis is such a table, and its <c>ToDataFrame()</c> makes
/// one of any.
/// </summary>
public static class HistoryDataView
{
    private const string Timestamp = "timestamp";
    private const string Requests = "requests";
    private const string Peak = "peak_rps";

    /// <summary>A history as a table of a row a step, with columns of the series file: <c>timestamp</c> (UTC), <c>requests</c> and <c>peak_rps</c>, NaN where unknown.</summary>
    /// <param name="history">The history.</param>
    public static IDataView ToDataView(this RequestHistory history)
        => new MLContext().Data.LoadFromEnumerable(Enumerable.Range(0, history.Requests.Count).Select(i => new Row
        {
            Timestamp = history.Requests.TimeAt(i).UtcDateTime,
            Requests = history.Requests[i],
            Peak = history.PeakRequestsPerSecond?[i] ?? double.NaN,
        }).ToArray());

    /// <summary>Makes a history of a table by the rules of the series file: the step is the most common spacing, a missing row or NaN is unknown.</summary>
    /// <param name="view">
    /// The table: <c>timestamp</c> as DateTime (of no kind or UTC: UTC) or DateTimeOffset, <c>requests</c> and, if there is one,
    /// <c>peak_rps</c> as double, float, int or long.
    /// </param>
    /// <param name="step">The step; default null: the most common spacing.</param>
    /// <exception cref="ArgumentException">A column is missing or of another type.</exception>
    /// <exception cref="SeriesFormatException">A value is negative or infinite, or the rows make no series.</exception>
    public static RequestHistory ToRequestHistory(this IDataView view, TimeSpan? step = null)
    {
        DataViewSchema.Column time = Column(view, Timestamp);
        DataViewSchema.Column requests = Column(view, Requests);
        DataViewSchema.Column? peak = view.Schema.GetColumnOrNull(Peak);
        var rows = new SeriesRows("", new SeriesFileColumns(Timestamp: 0, Requests: 1, Peak: peak is null ? -1 : 2, DispersionAtOneSecond: -1, DispersionAtTenthOfSecond: -1, Series: -1));
        using DataViewRowCursor cursor = view.GetRowCursor(peak is { } known ? [time, requests, known] : [time, requests]);
        Func<long> readTime = TimeReader(cursor, time);
        Func<double> readRequests = NumberReader(cursor, requests);
        Func<double>? readPeak = peak is { } column ? NumberReader(cursor, column) : null;
        int row = 0;
        while (cursor.MoveNext())
        {
            row++;
            rows.Add(readTime(), Checked(readRequests(), Requests, row), readPeak is null ? 0 : Checked(readPeak(), Peak, row), 0, 0, row);
        }

        return row == 0 ? throw new SeriesFormatException("the table has no rows. Supply at least two.") : rows.ToHistory("the table", step);
    }

    private static DataViewSchema.Column Column(IDataView view, string name) => view.Schema.GetColumnOrNull(name)
        ?? throw new ArgumentException($"The table has no column '{name}'; it has {string.Join(", ", view.Schema.Select(c => c.Name))}. Rename the column that holds it.", nameof(view));

    private static Func<long> TimeReader(DataViewRowCursor cursor, DataViewSchema.Column column)
    {
        if (column.Type is DateTimeDataViewType)
        {
            ValueGetter<DateTime> getter = cursor.GetGetter<DateTime>(column);
            return () =>
            {
                DateTime value = default;
                getter(ref value);
                return (value.Kind == DateTimeKind.Local ? value.ToUniversalTime() : value).Ticks;
            };
        }

        if (column.Type is DateTimeOffsetDataViewType)
        {
            ValueGetter<DateTimeOffset> getter = cursor.GetGetter<DateTimeOffset>(column);
            return () =>
            {
                DateTimeOffset value = default;
                getter(ref value);
                return value.UtcTicks;
            };
        }

        throw WrongType(column, "DateTime or DateTimeOffset");
    }

    private static Func<double> NumberReader(DataViewRowCursor cursor, DataViewSchema.Column column)
    {
        Type type = column.Type.RawType;
        return type == typeof(double) ? Reader<double>(value => value)
            : type == typeof(float) ? Reader<float>(value => value)
            : type == typeof(int) ? Reader<int>(value => value)
            : type == typeof(long) ? Reader<long>(value => value)
            : throw WrongType(column, "double, float, int or long");

        Func<double> Reader<T>(Func<T, double> convert)
        {
            ValueGetter<T> getter = cursor.GetGetter<T>(column);
            return () =>
            {
                T value = default!;
                getter(ref value);
                return convert(value);
            };
        }
    }

    private static double Checked(double value, string column, int row) => value < 0 || double.IsInfinity(value)
        ? throw new SeriesFormatException(FormattableString.Invariant($"row {row} of the table has {column} {value}; counts are finite and 0 or more. Use NaN for unknown."))
        : value;

    private static ArgumentException WrongType(DataViewSchema.Column column, string wanted)
        => new($"The column '{column.Name}' is of type {column.Type}; it must be {wanted}. Convert it first.", nameof(column));

    private sealed class Row
    {
        [ColumnName(HistoryDataView.Timestamp)]
        public DateTime Timestamp { get; set; }

        [ColumnName(HistoryDataView.Requests)]
        public double Requests { get; set; }

        [ColumnName(HistoryDataView.Peak)]
        public double Peak { get; set; }
    }
}
