namespace Makalu.Capacity.Series;

/// <summary>How to read a series file whose columns are not called as in the documented format.</summary>
/// <remarks>Immutable; safe to share between threads. Column names are compared without regard to case.</remarks>
public sealed record SeriesFileOptions
{
    /// <summary>The documented format: <c>timestamp,requests[,peak_rps][,series]</c>.</summary>
    public static SeriesFileOptions Default { get; } = new();

    /// <summary>The column with the start of each bucket: ISO 8601, taken as UTC where it has no offset.</summary>
    public string TimestampColumn { get; init; } = "timestamp";

    /// <summary>The column with the requests of each bucket: a number of at least 0.</summary>
    public string RequestsColumn { get; init; } = "requests";

    /// <summary>The column with the requests in the busiest second of each bucket; it may be absent from the file.</summary>
    public string PeakColumn { get; init; } = "peak_rps";

    /// <summary>The column with the name of the series; it may be absent from the file.</summary>
    public string SeriesColumn { get; init; } = "series";

    /// <summary>The length of a bucket; null (the default) takes the most common spacing of each series.</summary>
    public TimeSpan? Step { get; init; }

    /// <summary>
    /// The origin of a forecast to come: rows at or after it are read and checked, and then left out, so that they have no part in the step, the grid or the quality.
    /// A series that has rows only from then on keeps them. Null (the default) keeps all rows.
    /// </summary>
    public DateTimeOffset? Origin { get; init; }
}
