using Makalu.Capacity.Sizing;

namespace Makalu.Capacity.Reporting;

/// <summary>Turns a plan into the files that put it into effect.</summary>
public static class ConfigurationWriter
{
    /// <summary>
    /// The database's settings (<c>postgresql.conf</c> fragment, or <c>my.cnf</c> for MySQL and MariaDB), <c>pgbouncer.ini</c> where
    /// PgBouncer is planned, <c>appsettings.json</c> with the pool settings of the connection strings, <c>alerts.yml</c> with
    /// Prometheus rules, <c>alerts.test.yml</c> with promtool's unit tests of them, <c>grafana-dashboard.json</c>, and <c>load-test.json</c>; each with its reason as a comment where the format has comments.
    /// </summary>
    /// <param name="plan">The plan.</param>
    /// <param name="scope">Which series of the Prometheus are the plan's own; default null: all (<see cref="MonitoringScope.All"/>).</param>
    /// <returns>The files; the same plan and scope give the same text.</returns>
    /// <exception cref="ArgumentException">The scope names a label that is none.</exception>
    public static IReadOnlyList<ConfigurationFile> Write(CapacityPlan plan, MonitoringScope? scope = null)
    {
        scope ??= MonitoringScope.All;
        scope.Validate();
        List<ConfigurationFile> files = [DatabaseSettings.Write(plan)];
        if (plan.Connections.Pooler is { Kind: PoolerKind.PgBouncer } pooler)
        {
            files.Add(PgBouncerSettings.Write(plan, pooler));
        }

        files.Add(ConnectionStringSettings.Write(plan));
        files.Add(AlertRules.Write(plan, scope));
        files.Add(AlertRuleTestCases.Write(plan, scope));
        files.Add(GrafanaDashboard.Write(plan, scope));
        files.Add(LoadTest.Write(plan));
        return files;
    }
}
