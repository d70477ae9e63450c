namespace Makalu.Capacity.Logs;

/// <summary>What was found in the logs, in counts that a report can state.</summary>
public sealed record LogReadReport
{
    /// <summary>The number of lines (of CSV, rows).</summary>
    public required long Lines { get; init; }

    /// <summary>The number of requests that were taken.</summary>
    public required long Records { get; init; }

    /// <summary>Requests left out by the options: by route, status or time.</summary>
    public required long FilteredRecords { get; init; }

    /// <summary>Lines that are no requests and need not be: blank ones, directives, events of an application's log.</summary>
    public required long OtherLines { get; init; }

    /// <summary>Lines that could not be read.</summary>
    public required long MalformedLines { get; init; }

    /// <summary>The first of them, at most ten.</summary>
    public required IReadOnlyList<MalformedLine> FirstMalformedLines { get; init; }

    /// <summary>Requests earlier than the one before them in their file; usual where a line is written when the request ends.</summary>
    public required long OutOfOrder { get; init; }

    /// <summary>How often two requests in a row were more than a minute earlier than the one before them in their file: the source's clock was set back.</summary>
    public required long ClockJumps { get; init; }

    /// <summary>The number of requests taken by the first digit of their status: index 1 to 5 for 1xx to 5xx, 0 for others and unknown.</summary>
    public required IReadOnlyList<long> RecordsByStatusClass { get; init; }

    /// <summary>The files, in the order in which they were given; those of a pattern in ordinal order.</summary>
    public required IReadOnlyList<LogFileSummary> Files { get; init; }
}
