namespace Makalu.Capacity.Postgres;

/// <summary>How to inspect a server, and what the server cannot tell by itself.</summary>
public sealed record InspectionOptions
{
    /// <summary>For how long the activity is watched, zero or more and at most an hour; default 10 s. Best during the busiest hour.</summary>
    public TimeSpan Watch { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How often the activity is looked at within that time, 10 ms or more; default 100 ms.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>The application names (users, where clients give no name) that are services; empty, the default: all that are not known as tools.</summary>
    public IReadOnlyList<string> Services { get; init; } = [];

    /// <summary>The server's processor cores, 1 or more; null, the default: read from the server where the user may.</summary>
    public double? CpuCores { get; init; }

    /// <summary>The server's memory in bytes; null, the default: read from the server where the user may.</summary>
    public long? MemoryBytes { get; init; }

    internal void Validate()
    {
        var errors = new List<string>();
        if (Watch < TimeSpan.Zero || Watch > TimeSpan.FromHours(1))
        {
            errors.Add(FormattableString.Invariant($"Watch {Watch} must lie between zero and an hour."));
        }

        if (Interval < TimeSpan.FromMilliseconds(10))
        {
            errors.Add(FormattableString.Invariant($"Interval {Interval} must be 10 ms or more: looking more often would be load of its own."));
        }

        if (CpuCores is { } cores && !(cores is > 0 and <= 4096))
        {
            errors.Add(FormattableString.Invariant($"CpuCores {cores} must be a number above 0, at most 4096."));
        }

        if (MemoryBytes is < 64L << 20)
        {
            errors.Add(FormattableString.Invariant($"MemoryBytes {MemoryBytes} must be at least 64 MiB."));
        }

        if (errors.Count > 0)
            throw new ArgumentException(string.Join(" ", errors));
    }
}
