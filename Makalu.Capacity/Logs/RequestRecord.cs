namespace Makalu.Capacity.Logs;

/// <summary>One request of a log. It refers to the reader's buffer and is valid only during the call that it is handed to.</summary>
public readonly ref struct RequestRecord
{
    internal const long UnknownDuration = -1;

    internal RequestRecord(long utcTicks, ReadOnlySpan<byte> route, int status, long durationTicks)
    {
        UtcTicks = utcTicks;
        Route = route;
        Status = status;
        DurationTicks = durationTicks;
    }

    /// <summary>Creates a record, as for a source that is no log file.</summary>
    /// <param name="time">When the request was logged.</param>
    /// <param name="route">The path, UTF-8, without query; may be empty.</param>
    /// <param name="status">The HTTP status; 0 where unknown.</param>
    /// <param name="duration">How long it took; null where unknown.</param>
    /// <exception cref="ArgumentOutOfRangeException">The status is not 0 to 999, or the duration is negative.</exception>
    public RequestRecord(DateTimeOffset time, ReadOnlySpan<byte> route = default, int status = 0, TimeSpan? duration = null)
        : this(time.UtcTicks, route, status, duration?.Ticks ?? UnknownDuration)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(status);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(status, 999);
        if (duration < TimeSpan.Zero)
        {
            throw new ArgumentOutOfRangeException(nameof(duration), duration, "A duration must not be negative. Pass null where it is unknown.");
        }
    }

    /// <summary>When the request was logged, as ticks of 100 ns UTC; see <see cref="DateTimeOffset.UtcTicks"/>.</summary>
    public long UtcTicks { get; }

    /// <summary>When the request was logged, UTC.</summary>
    public DateTimeOffset Time => new(UtcTicks, TimeSpan.Zero);

    /// <summary>The path, UTF-8 as it was logged, without scheme, host and query; empty where the log has none.</summary>
    public ReadOnlySpan<byte> Route { get; }

    /// <summary>The HTTP status; 0 where the log has none.</summary>
    public int Status { get; }

    /// <summary>How long the request took; null where the log does not say.</summary>
    public TimeSpan? Duration => DurationTicks < 0 ? null : new TimeSpan(DurationTicks);

    internal long DurationTicks { get; }
}
