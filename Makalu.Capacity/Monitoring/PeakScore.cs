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

    /// <summary>The sum of |median − actual| over the window's known steps, in requests per second.</summary>
    internal double AbsoluteErrors { get; init; }

    /// <summary>The sum of what came over the window's known steps, in requests per second.</summary>
    internal double Actuals { get; init; }

    /// <summary>The sum of |ln(median ÷ actual)| over the window's steps at which neither is zero.</summary>
    internal double LogErrors { get; init; }

    /// <summary>The number of steps in <see cref="LogErrors"/>.</summary>
    internal int LogSteps { get; init; }

    /// <summary>Whether the peak stayed at or below what was said at a quantile.</summary>
    /// <param name="index">The index of the quantile within those of the record.</param>
    public bool IsCovered(int index) => ActualRequestsPerSecond <= Record.RequestsPerSecond[index];
}
