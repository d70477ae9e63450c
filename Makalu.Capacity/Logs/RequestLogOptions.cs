namespace Makalu.Capacity.Logs;

/// <summary>How to read request logs, and which requests to take.</summary>
/// <remarks>Immutable; safe to share between threads.</remarks>
public sealed record RequestLogOptions
{
    /// <summary>Everything, in whatever format, times without an offset taken as UTC.</summary>
    public static RequestLogOptions Default { get; } = new();

    /// <summary>The format; by default told from the content of each file.</summary>
    public LogFormat Format { get; init; }

    /// <summary>
    /// The zone of times that carry no offset of their own, in JSON and CSV logs. Where its clock goes back, the hour that occurs
    /// twice is taken as the first one until the log itself goes back by more than ten minutes, then as the second; a time that the
    /// clock skips is read with the offset before the change.
    /// </summary>
    public TimeZoneInfo TimeZone { get; init; } = TimeZoneInfo.Utc;

    /// <summary>The unit of durations.</summary>
    public DurationUnit DurationUnit { get; init; }

    /// <summary>The names of the fields of JSON and CSV logs.</summary>
    public LogFieldNames Fields { get; init; } = new();

    /// <summary>
    /// Take only requests whose path matches one of these patterns; empty takes all. In a pattern, <c>*</c> stands for any run of
    /// characters, slashes included: <c>/api/*</c>, <c>*.css</c>. Case counts.
    /// </summary>
    public IReadOnlyList<string> IncludeRoutes { get; init; } = [];

    /// <summary>Leave out requests whose path matches one of these patterns.</summary>
    public IReadOnlyList<string> ExcludeRoutes { get; init; } = [];

    /// <summary>Take only requests with one of these statuses, <c>404</c> or <c>2xx</c>; empty takes all.</summary>
    public IReadOnlyList<string> IncludeStatuses { get; init; } = [];

    /// <summary>Leave out requests with one of these statuses.</summary>
    public IReadOnlyList<string> ExcludeStatuses { get; init; } = [];

    /// <summary>Take only requests at or after this time; null takes all.</summary>
    public DateTimeOffset? From { get; init; }

    /// <summary>Take only requests before this time; null takes all.</summary>
    public DateTimeOffset? To { get; init; }

    /// <summary>The part of the lines that may be malformed, 0 to 1; more is an error. Default 0.01.</summary>
    public double MaxBadLineFraction { get; init; } = 0.01;

    /// <summary>The number of threads that read; at least 1. The result does not depend on it. Default: one for each processor.</summary>
    public int MaxDegreeOfParallelism { get; init; } = Environment.ProcessorCount;

    /// <summary>Throws one exception that tells every invalid option.</summary>
    internal void Validate()
    {
        var problems = new List<string>();
        if (!Enum.IsDefined(Format))
        {
            problems.Add($"Format {Format} is not defined. Choose one of {string.Join(", ", Enum.GetNames<LogFormat>())}.");
        }

        if (!Enum.IsDefined(DurationUnit))
        {
            problems.Add($"DurationUnit {DurationUnit} is not defined. Choose one of {string.Join(", ", Enum.GetNames<DurationUnit>())}.");
        }

        if (!(MaxBadLineFraction is >= 0 and <= 1))
        {
            problems.Add(FormattableString.Invariant($"MaxBadLineFraction {MaxBadLineFraction} must lie between 0 and 1. Pass a fraction, for example 0.01."));
        }

        if (MaxDegreeOfParallelism < 1)
        {
            problems.Add(FormattableString.Invariant($"MaxDegreeOfParallelism {MaxDegreeOfParallelism} must be at least 1."));
        }

        if (From >= To)
        {
            problems.Add($"From {From:u} must be before To {To:u}.");
        }

        problems.AddRange(IncludeRoutes.Concat(ExcludeRoutes).Where(string.IsNullOrEmpty).Select(_ => "A route pattern must not be empty. Pass one such as /api/* or *.css."));
        problems.AddRange(IncludeStatuses.Concat(ExcludeStatuses).Where(s => !StatusSet.IsValid(s)).Select(s => $"Status '{s}' must be three digits, or a digit and xx: 404 or 2xx."));
        if (problems.Count > 0)
        {
            throw new ArgumentException(string.Join(' ', problems));
        }
    }
}
