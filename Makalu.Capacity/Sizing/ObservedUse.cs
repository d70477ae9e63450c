namespace Makalu.Capacity.Sizing;

/// <summary>How the database's connections were seen in use: what tells leaks and slow queries from a lack of capacity.</summary>
public sealed record ObservedUse
{
    /// <summary>When it was seen; null where unknown.</summary>
    public DateTimeOffset? At { get; init; }

    /// <summary>Transactions per second while it was watched; null where unknown.</summary>
    public double? TransactionsPerSecond { get; init; }

    /// <summary>Connections that were executing or within a transaction, on average; null where unknown.</summary>
    public double? ConnectionsInUse { get; init; }

    /// <summary>Connections that had been idle within a transaction for longer than a minute, the most at once.</summary>
    public int IdleInTransaction { get; init; }

    /// <summary>The longest time that one was idle within a transaction; null where none was.</summary>
    public TimeSpan? LongestIdleInTransaction { get; init; }

    /// <summary>The longest time that one statement had been running; null where none was.</summary>
    public TimeSpan? LongestStatement { get; init; }

    /// <summary>Connections that waited for a lock, the most at once.</summary>
    public int WaitingForLocks { get; init; }

    /// <summary>Connections in use at different loads, for example of a week's hours; empty where not measured.</summary>
    public IReadOnlyList<ObservedPoolUse> PoolUse { get; init; } = [];

    /// <summary>What could not be seen and how it was estimated; the plan repeats it among its assumptions.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];
}
