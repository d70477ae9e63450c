using MathNet.Numerics;
using MathNet.Numerics.LinearRegression;
using MathNet.Numerics.Statistics;
using static System.FormattableString;

namespace Makalu.Capacity.Sizing;

/// <summary>Leaks, slow queries and locks: what to ask about before capacity is blamed, where connections are in use without a load.</summary>
internal static class UseFindings
{
    /// <summary>From this part of the usable connections on, what holds them idle is critical.</summary>
    private const double CriticalShare = 0.05;
    private const int FewestPoints = 8;
    private const double SmallestLoadVariation = 0.1;
    private const double LowCorrelation = 0.5;
    private const double LargeUnloadedShare = 0.5;
    private const double SlowFactor = 2;

    public static IEnumerable<Finding> Write(PlanSubject subject)
    {
        if (subject.System.Observed is not { } observed)
            yield break;

        if (observed.IdleInTransaction > 0)
            yield return IdleInTransaction(subject, observed);

        if (PoolUse(subject, observed) is { } use)
            yield return use;

        if (observed.WaitingForLocks >= Math.Max(3, CriticalShare * Usable(subject)))
            yield return Locks(subject, observed);

        if (observed.LongestStatement is { } longest && longest.TotalSeconds >= LimitFindings.StallSeconds)
            yield return SlowStatement(subject, longest);
    }

    private static Finding IdleInTransaction(PlanSubject subject, ObservedUse observed)
    {
        int usable = Usable(subject);
        string longest = observed.LongestIdleInTransaction is { } time ? Invariant($", the longest for {time.TotalSeconds:0} s") : "";
        return new Finding(
            "connections-leaked",
            observed.IdleInTransaction >= Math.Max(3, CriticalShare * usable) ? FindingSeverity.Critical : FindingSeverity.Warning,
            Invariant($"{observed.IdleInTransaction} of {usable} usable connections were idle within a transaction for longer than a minute{longest}: they serve nobody. Before any limit is raised, find what leaves its transaction open (a leak, a call to another service within a transaction, a debugger); raising max_connections only gives a leak more to take. idle_in_transaction_session_timeout ends them."),
            subject.Evidence()
                .Add("idleInTransaction", observed.IdleInTransaction)
                .Add("longestIdleSeconds", observed.LongestIdleInTransaction?.TotalSeconds)
                .Add("usableConnections", usable)
                .Add("rule", "critical from 5 % of the usable connections on, at least 3"));
    }

    private static Finding? PoolUse(PlanSubject subject, ObservedUse observed)
    {
        if (observed.PoolUse.Count < FewestPoints)
            return null;

        double[] load = [.. observed.PoolUse.Select(point => point.RequestsPerSecond)];
        double[] used = [.. observed.PoolUse.Select(point => point.ConnectionsInUse)];
        double mean = load.Mean();
        double meanUsed = used.Mean();
        if (mean <= 0 || meanUsed <= 0 || load.StandardDeviation() < SmallestLoadVariation * mean)
            return null;

        (double unloaded, double perRequest) = SimpleRegression.Fit(load, used);
        double correlation = used.StandardDeviation() > 0 ? Correlation.Pearson(load, used) : 0;
        double planned = subject.Load.Requests.Rate > 0 ? subject.Load.OfferedLoad / subject.Load.Requests.Rate : 0;
        Evidence evidence = subject.Evidence()
            .Add("points", load.Length)
            .Add("correlation", Math.Round(correlation, 3).CoerceZero())
            .Add("unloadedConnections", Math.Round(Math.Max(0, unloaded), 2))
            .Add("secondsPerRequest", Math.Round(Math.Max(0, perRequest), 5))
            .Add("plannedSecondsPerRequest", Math.Round(planned, 5))
            .Add("formula", "connections in use = unloaded + seconds per request × requests per second, least squares; Little (1961) has nothing unloaded and the hold as the slope");
        if (correlation < LowCorrelation || unloaded > LargeUnloadedShare * meanUsed)
        {
            return new Finding(
                "pool-use-does-not-follow-load",
                FindingSeverity.Critical,
                Invariant($"On average {meanUsed:0.#} connections were in use, but they do not follow the load (correlation {correlation:0.00}; {Math.Max(0, unloaded):0.#} would be in use without any request). That is not a lack of capacity: look for connections that are not given back and for transactions left open before any limit is raised."),
                evidence);
        }

        return perRequest > SlowFactor * planned && planned > 0
            ? new Finding(
                "held-longer-than-described",
                FindingSeverity.Warning,
                Invariant($"In use, each request held a connection for {perRequest * 1000:0.#} ms, {perRequest / planned:0.#} times the {planned * 1000:0.#} ms of the system description. Look for slow queries first, or correct databaseTimeMean: the plan is too small by as much."),
                evidence)
            : new Finding("pool-use-follows-load", FindingSeverity.Info, Invariant($"The connections in use follow the load (correlation {correlation:0.00}, {perRequest * 1000:0.#} ms per request): no sign of a leak."), evidence);
    }

    private static Finding Locks(PlanSubject subject, ObservedUse observed) => new(
        "waits-for-locks",
        FindingSeverity.Warning,
        Invariant($"{observed.WaitingForLocks} connections waited for a lock at once. More connections would wait beside them, not work: find the transaction that holds the lock (pg_blocking_pids) before any limit is raised."),
        subject.Evidence().Add("waitingForLocks", observed.WaitingForLocks));

    private static Finding SlowStatement(PlanSubject subject, TimeSpan longest) => new(
        "slow-statement",
        FindingSeverity.Warning,
        Invariant($"A statement had been running for {longest.TotalSeconds:0} s. If it belongs to a request, it holds a connection for all that time: look at the slowest statements (pg_stat_statements) before capacity is blamed, and set statement_timeout for the services."),
        subject.Evidence().Add("longestStatementSeconds", Math.Round(longest.TotalSeconds, 1)));

    private static int Usable(PlanSubject subject) => subject.Budget.Usable(subject.Database.MaxConnections);
}
