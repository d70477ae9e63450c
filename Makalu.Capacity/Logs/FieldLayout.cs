namespace Makalu.Capacity.Logs;

/// <summary>The names of the fields that one JSON or CSV log has for time, route, status and duration; null where it has none.</summary>
internal sealed record FieldLayout(string Time, string? Route, string? Status, string? Duration, DurationUnit DurationUnit)
{
    // In the order of preference: times with a fraction before those without, names of one product before general ones.
    private static readonly string[] KnownTimes = ["@t", "msec", "start_time", "StartUTC", "time_iso8601", "@timestamp", "timestamp", "Timestamp", "time", "ts", "datetime", "date_time", "time_local"];

    private static readonly string[] KnownRoutes =
    [
        "request_uri", "uri", "path", "RequestPath", "request_path", "request.uri", "Properties.RequestPath", "url.path", "http.target",
        "url", "target", "route", "endpoint", "request",
    ];

    private static readonly string[] KnownStatuses =
    [
        "status", "response_code", "StatusCode", "status_code", "DownstreamStatus", "Properties.StatusCode", "http.response.status_code",
        "http_status", "response.status", "code",
    ];

    private static readonly (string Name, DurationUnit Unit)[] KnownDurations =
    [
        ("request_time", DurationUnit.Seconds), ("Elapsed", DurationUnit.Milliseconds), ("Properties.Elapsed", DurationUnit.Milliseconds),
        ("Duration", DurationUnit.Nanoseconds), ("duration", DurationUnit.Auto), ("duration_ms", DurationUnit.Milliseconds),
        ("elapsed_ms", DurationUnit.Milliseconds), ("latency_ms", DurationUnit.Milliseconds), ("response_time_ms", DurationUnit.Milliseconds),
        ("duration_us", DurationUnit.Microseconds), ("duration_seconds", DurationUnit.Seconds), ("event.duration", DurationUnit.Nanoseconds),
        ("response_time", DurationUnit.Auto), ("elapsed", DurationUnit.Auto), ("latency", DurationUnit.Auto),
    ];

    /// <summary>The layout of a log with the given names; null where none of them is a time.</summary>
    /// <param name="names">The names that the log has.</param>
    /// <param name="options">The names and the unit that were asked for go before the known ones.</param>
    /// <param name="comparison">How names are compared; the layout has them as the log writes them.</param>
    public static FieldLayout? Choose(IReadOnlyCollection<string> names, RequestLogOptions options, StringComparison comparison)
    {
        if ((options.Fields.Time ?? First(KnownTimes)) is not string time)
        {
            return null;
        }

        string? duration = options.Fields.Duration ?? First(KnownDurations.Select(d => d.Name));
        DurationUnit known = KnownDurations.FirstOrDefault(d => d.Name.Equals(duration, comparison)).Unit;
        return new FieldLayout(
            AsWritten(time),
            AsWritten(options.Fields.Route ?? First(KnownRoutes)),
            AsWritten(options.Fields.Status ?? First(KnownStatuses)),
            AsWritten(duration),
            options.DurationUnit != DurationUnit.Auto || options.Fields.Duration is not null ? options.DurationUnit : known);

        string? First(IEnumerable<string> known) => known.FirstOrDefault(k => names.Any(n => n.Equals(k, comparison)));

        [return: System.Diagnostics.CodeAnalysis.NotNullIfNotNull(nameof(name))]
        string? AsWritten(string? name) => names.FirstOrDefault(n => n.Equals(name, comparison)) ?? name;
    }
}
