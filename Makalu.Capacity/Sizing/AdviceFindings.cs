using static System.FormattableString;

namespace Makalu.Capacity.Sizing;

/// <summary>How to carry the plan out.</summary>
internal static class AdviceFindings
{
    public static IEnumerable<Finding> Write(PlanSubject subject)
    {
        if (subject.Decision.Pooler is { } pooler)
        {
            bool isNew = subject.System.Pooler is null;
            yield return PoolerAdvice(subject, pooler.Plan, isNew);
            if (pooler.Plan.Mode == "transaction")
                yield return TransactionMode(subject, isNew);
            else
                yield return SessionMode(subject);
        }

        if (subject.Decision.MaxConnections != subject.Database.MaxConnections)
            yield return Restart(subject);

        if (subject.Decision.MaxConnections >= subject.Database.MaxConnections
            && subject.Database.MaxConnections > 2 * subject.Budget.WithHeadroom(subject.NeededConnections)
            && subject.Decision.Verdict == Verdict.Keep)
        {
            yield return Generous(subject);
        }

        if (!subject.Budget.IsPostgreSql && subject.Decision.Verdict is Verdict.Raise or Verdict.Keep)
            yield return ThreadCache(subject);
    }

    private static Finding PoolerAdvice(PlanSubject subject, PoolerPlan plan, bool isNew)
    {
        PoolerDescription? current = subject.System.Pooler;
        bool small = current?.PoolSize is { } size && size < plan.PoolSize;
        bool kept = plan.PoolSize > subject.Decision.Pooler!.Server.Connections;
        string change = isNew ? "Run" : small ? Invariant($"Raise {PoolerKind.PoolSetting(plan.Kind)} from {current!.PoolSize} to {plan.PoolSize}; run") : "Run";
        string carries = kept ? Invariant($" A {PoolerKind.PoolSetting(plan.Kind)} of {subject.Decision.Pooler.Server.Connections} carries the peak; the one that is set may stay.") : "";
        bool pgBouncer = plan.Kind == PoolerKind.PgBouncer;
        string how = pgBouncer ? $"PgBouncer in {plan.Mode} mode" : "ProxySQL (or another proxy that shares connections: MaxScale, RDS Proxy)";
        string reserve = pgBouncer ? Invariant($", reserve_pool_size {plan.ReservePoolSize}") : "";
        string each = plan.Pools > 1 ? Invariant($" for each of {plan.Pools} pairs of database and user") : "";
        return new Finding(
            isNew ? "pooler-advised" : small ? "pooler-pool-too-small" : "pooler-settings",
            small ? FindingSeverity.Critical : isNew ? FindingSeverity.Warning : FindingSeverity.Info,
            Invariant($"{change} {plan.Replicas} {how} with {PoolerKind.PoolSetting(plan.Kind)} {plan.PoolSize}{reserve}{each} and {PoolerKind.ClientSetting(plan.Kind)} {plan.MaxClientConnections} each: together at most {plan.Connections} connections to the database, where direct pools would take {subject.Decision.Pools.Connections}.{carries}"),
            subject.Evidence()
                .Add("replicas", plan.Replicas)
                .Add("poolSize", plan.PoolSize)
                .Add("reservePoolSize", plan.ReservePoolSize)
                .Add("connections", plan.Connections)
                .Add("directConnections", subject.Decision.Pools.Connections)
                .Add("waitProbability", subject.Decision.Pooler!.Server.WaitProbability)
                .Add("currentPoolSize", current?.PoolSize)
                .Add("assumption", !pgBouncer ? "one pool per replica for the server" : plan.Pools == 1 ? "one database and one user, hence one pool per replica" : Invariant($"{plan.Pools} pairs of database and user, as many as a service has connection strings, evenly used; a pool for each per replica")));
    }

    private static Finding TransactionMode(PlanSubject subject, bool isNew) => new(
        "pooler-transaction-mode",
        isNew ? FindingSeverity.Warning : FindingSeverity.Info,
        subject.Decision.Pooler!.Plan.Kind == PoolerKind.ProxySql
            ? "ProxySQL shares a connection between clients by transaction (multiplexing), and stops sharing one whose session has state: user variables, temporary tables, LOCK TABLES, GET_LOCK, server-side prepared statements of the text protocol. Such sessions each keep a connection: look in stats_mysql_processlist and for 'multiplex' in the query rules before the launch."
            : "In transaction mode a session does not keep its connection: SET, LISTEN, advisory locks held across transactions, temporary tables and WITH HOLD cursors do not work, and prepared statements need PgBouncer 1.21 or later with max_prepared_statements above 0 (Npgsql: also 'No Reset On Close=true'). Check the services before the launch.",
        subject.Evidence().Add("source", subject.Decision.Pooler.Plan.Kind == PoolerKind.ProxySql ? "https://proxysql.com/documentation/multiplexing/" : "https://www.pgbouncer.org/features.html"));

    private static Finding SessionMode(PlanSubject subject) => new(
        "pooler-session-mode",
        FindingSeverity.Warning,
        Invariant($"The pooler runs in session mode, in which each client keeps a connection of its own: it shares nothing, and needs {subject.Decision.Pooler!.Plan.Connections} connections. Transaction mode would need fewer."),
        subject.Evidence().Add("connections", subject.Decision.Pooler.Plan.Connections));

    private static Finding Restart(PlanSubject subject)
    {
        int now = subject.Database.MaxConnections;
        int planned = subject.Decision.MaxConnections;
        bool raised = planned > now;
        if (!subject.Budget.IsPostgreSql)
        {
            return new Finding(
                "no-restart-needed",
                FindingSeverity.Info,
                Invariant($"max_connections changes from {now} to {planned} without a restart (SET PERSIST max_connections = {planned} in MySQL 8; SET GLOBAL and my.cnf in MariaDB). The server keeps one connection more for an administrator."),
                subject.Evidence().Add("from", now).Add("to", planned));
        }

        string order = subject.Database.Standbys == 0 ? ""
            : raised ? Invariant($" Change and restart the {subject.Database.Standbys} standbys first and the primary last: a standby with a lower max_connections than its primary stops replaying.")
            : Invariant($" Change and restart the primary first and the {subject.Database.Standbys} standbys after it has been replayed there: a standby must never have less than its primary.");
        return new Finding(
            "restart-required",
            raised ? FindingSeverity.Warning : FindingSeverity.Info,
            Invariant($"max_connections changes from {now} to {planned}, which takes a restart of PostgreSQL, not a reload; do it before {subject.Demand.At:yyyy-MM-dd HH:mm} UTC. Pool sizes take a restart of the services only.{order}"),
            subject.Evidence().Add("from", now).Add("to", planned).Add("standbys", subject.Database.Standbys).Add("source", "https://www.postgresql.org/docs/current/hot-standby.html#HOT-STANDBY-ADMIN"));
    }

    private static Finding Generous(PlanSubject subject) => new(
        "max-connections-generous",
        FindingSeverity.Info,
        Invariant($"max_connections {subject.Database.MaxConnections} is more than twice the {subject.Budget.WithHeadroom(subject.NeededConnections)} that the peak needs with headroom. It fits into memory, so it stays; what protects the database are the pool sizes of this plan."),
        subject.Evidence().Add("maxConnections", subject.Database.MaxConnections).Add("needed", subject.Budget.WithHeadroom(subject.NeededConnections)));

    private static Finding ThreadCache(PlanSubject subject)
    {
        int cache = Math.Max(8, Math.Min(100, subject.PlannedConnections));
        return new Finding(
            "thread-cache",
            FindingSeverity.Info,
            Invariant($"Set thread_cache_size to {cache}, so that connections that come back at the peak find a thread instead of starting one."),
            subject.Evidence().Add("threadCacheSize", cache).Add("formula", "the planned connections, between 8 and 100, the upper bound of MySQL's own automatic value (8 + max_connections ÷ 100, at most 100)"));
    }
}
