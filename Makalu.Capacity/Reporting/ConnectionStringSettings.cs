using System.Globalization;
using System.Text.Json.Nodes;
using Makalu.Capacity.Sizing;

namespace Makalu.Capacity.Reporting;

/// <summary>
/// The pool settings of each service's connection string: Npgsql's names for PostgreSQL, MySqlConnector's for MySQL and MariaDB.
/// </summary>
internal static class ConnectionStringSettings
{
    public static ConfigurationFile Write(CapacityPlan plan)
    {
        var strings = new JsonObject();
        foreach (ServicePool pool in plan.Connections.Services)
        {
            strings[pool.Name] = Settings(plan, pool);
        }

        var file = new JsonObject { ["ConnectionStrings"] = strings };
        return new ConfigurationFile("appsettings.json", file.ToJsonString(PlanJsonContext.Plan.Options) + "\n", "the pools' settings, to join to each service's own connection string");
    }

    private static string Settings(CapacityPlan plan, ServicePool pool)
    {
        List<string> settings = [Invariant($"Maximum Pool Size={pool.MaxPoolSize}"), Invariant($"Minimum Pool Size={pool.MinPoolSize}")];
        int timeout = TimeoutSeconds(plan.System.Target);
        settings.Add(DatabaseSettings.IsMySql(plan.System.Database) ? Invariant($"Connection Timeout={timeout}") : Invariant($"Timeout={timeout}"));
        if (plan.Connections.Pooler is { Mode: "transaction", Kind: PoolerKind.PgBouncer })
        {
            // PgBouncer gives the connection to another client after each transaction, so that there is no session to reset.
            settings.Add("No Reset On Close=true");
        }

        return string.Join(';', settings);
    }

    /// <summary>
    /// Twenty times the wait that the plan holds, within 2 to 15 seconds (15 is the drivers' default): a request that waits longer
    /// than that is better refused than queued.
    /// </summary>
    private static int TimeoutSeconds(ServiceTarget target) => (int)Math.Clamp(Math.Ceiling(20 * target.MaxWait.TotalSeconds), 2, 15);

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
