using System.Globalization;
using Makalu.Capacity.Sizing;

namespace Makalu.Capacity.Reporting;

/// <summary>The database server's own settings: a fragment for <c>postgresql.conf</c> or <c>my.cnf</c>.</summary>
internal static class DatabaseSettings
{
    public static ConfigurationFile Write(CapacityPlan plan) => IsMySql(plan.System.Database) ? MySql(plan) : PostgreSql(plan);

    public static bool IsMySql(DatabaseDescription database) => database.Engine is "mysql" or "mariadb";

    private static ConfigurationFile PostgreSql(CapacityPlan plan)
    {
        DatabaseDescription database = plan.System.Database;
        using var text = new StringWriter(CultureInfo.InvariantCulture) { NewLine = "\n" };
        text.WriteLine("# Fragment for postgresql.conf: append it, or save it beside and add: include = 'makalu.conf'");
        WriteReason(text, plan);
        text.WriteLine(plan.Connections.RestartRequired ? "# Needs a restart of the server." : "# As it is set now: no restart needed.");
        text.WriteLine($"max_connections = {plan.Connections.MaxConnections}");
        text.WriteLine();
        text.WriteLine("# Kept for superusers, so that someone can still log in when all other connections are taken.");
        text.WriteLine($"superuser_reserved_connections = {database.SuperuserReserved}");
        if (database.Reserved > 0 || MajorVersion(database) >= 16)
        {
            text.WriteLine();
            text.WriteLine("# Kept for roles with pg_use_reserved_connections (PostgreSQL 16 and later).");
            text.WriteLine($"reserved_connections = {database.Reserved}");
        }

        return new ConfigurationFile("postgresql.conf", text.ToString(), "the database's settings (a fragment)");
    }

    private static ConfigurationFile MySql(CapacityPlan plan)
    {
        using var text = new StringWriter(CultureInfo.InvariantCulture) { NewLine = "\n" };
        text.WriteLine("# Fragment for my.cnf: save it in a directory that !includedir names.");
        WriteReason(text, plan);
        text.WriteLine("[mysqld]");
        text.WriteLine($"# Takes effect at a restart; at once with: SET GLOBAL max_connections = {plan.Connections.MaxConnections};");
        text.WriteLine("# The server adds one connection of its own for an administrator.");
        text.WriteLine($"max_connections = {plan.Connections.MaxConnections}");
        if (plan.Connections.Findings.FirstOrDefault(finding => finding.Code == "thread-cache") is { } cache)
        {
            text.WriteLine();
            text.WriteLine("# Connections that come back at the peak find a thread instead of starting one.");
            text.WriteLine($"thread_cache_size = {cache.Evidence["threadCacheSize"]}");
        }

        return new ConfigurationFile("my.cnf", text.ToString(), "the database's settings (a fragment)");
    }

    private static void WriteReason(TextWriter text, CapacityPlan plan)
    {
        text.WriteLine($"# {PlanSummary.Of(plan).Headline}");
        text.WriteLine("#");
        foreach (string line in Budget(plan))
        {
            text.WriteLine($"# {line}");
        }

        if (plan.Connections.Verdict == Verdict.Scale)
        {
            text.WriteLine("#");
            text.WriteLine("# WARNING: these settings alone do not serve the peak; see the findings of the plan.");
        }

        text.WriteLine();
    }

    /// <summary>Who may hold how many connections.</summary>
    private static IEnumerable<string> Budget(CapacityPlan plan)
    {
        DatabaseDescription database = plan.System.Database;
        if (plan.Connections.Pooler is { } pooler)
        {
            yield return Invariant($"{pooler.Connections,5}  {pooler.Kind}: {pooler.Replicas * pooler.Pools} × ({pooler.PoolSize} + {pooler.ReservePoolSize} in reserve)");
        }
        else
        {
            foreach (ServicePool pool in plan.Connections.Services)
            {
                yield return Invariant($"{pool.Connections,5}  {PlanText.OneLine(pool.Name)}: {pool.Instances} instances × {(pool.PoolsPerInstance > 1 ? Invariant($"{pool.PoolsPerInstance} pools") : "a pool")} of {pool.MaxPoolSize}");
            }
        }

        yield return Invariant($"{database.OtherConnections,5}  everything else that connects");
        yield return Invariant($"{(IsMySql(database) ? 0 : database.SuperuserReserved + database.Reserved),5}  reserved");
        yield return Invariant($"{plan.Connections.MaxConnections,5}  max_connections, headroom included (set now: {database.MaxConnections})");
    }

    private static int MajorVersion(DatabaseDescription database)
        => int.TryParse(database.Version?.Split('.')[0], NumberStyles.None, CultureInfo.InvariantCulture, out int major) ? major : 0;

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
