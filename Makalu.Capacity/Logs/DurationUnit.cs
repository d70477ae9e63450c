namespace Makalu.Capacity.Logs;

/// <summary>The unit of the durations in a log.</summary>
public enum DurationUnit
{
    /// <summary>
    /// Told by the field's name where that settles it (<c>request_time</c> is seconds, <c>Elapsed</c> milliseconds), else by form:
    /// a number with a decimal point is seconds; a whole number is milliseconds in W3C, JSON and CSV logs, and in access logs
    /// microseconds (Apache's <c>%D</c>) where the median of the file's first ones is at least 100, else seconds (<c>%T</c>).
    /// </summary>
    Auto,

    /// <summary>Seconds, with or without a fraction.</summary>
    Seconds,

    /// <summary>Milliseconds.</summary>
    Milliseconds,

    /// <summary>Microseconds.</summary>
    Microseconds,

    /// <summary>Nanoseconds.</summary>
    Nanoseconds,
}
