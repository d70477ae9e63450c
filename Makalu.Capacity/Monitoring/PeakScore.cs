using Makalu.Capacity.Peaks;

namespace Makalu.Capacity.Monitoring;

/// <summary>What was said of the maximum within a window, beside what came.</summary>
public sealed class PeakScore
{
    internal PeakScore(PeakRecord record, bool whole, double actual, DateTimeOffset actualAt)
    {
        Record = record;
        IsWhole = whole;
        ActualRequestsPerSecond = actual;
        ActualAt = actualAt;
    }

    /// <summary>What was said.</summary>
    public PeakRecord Record { get; }

    /// <summary>The window.</summary>
    public PeakWindow Window => Record.Window;

    /// <summary>Whether the forecast held the whole window.</summary>
    public bool IsWhole { get; }

    /// <summary>The largest step average that came within the forecast part of the window, in requests per second.</summary>
    public double ActualRequestsPerSecond { get; }

    /// <summary>The start of the step in which it came, UTC.</summary>
    public DateTimeOffset ActualAt { get; }

    /// <summary>Whether the peak stayed at or below what was said at a quantile.</summary>
    /// <param name="index">The index of the quantile within those of the record.</param>
    public bool IsCovered(int index) => ActualRequestsPerSecond <= Record.RequestsPerSecond[index];
}
