using System.Globalization;
using Makalu.Capacity.Peaks;
using Makalu.Capacity.Sizing;

namespace Makalu.Capacity.Reporting;

/// <summary>
/// Prometheus rules: connection use, waits for a connection, the database's processors, demand above the forecast, a planned peak that
/// the limit in force does not survive, and a nightly job that has gone silent. Metrics as postgres_exporter, mysqld_exporter,
/// pgbouncer_exporter, node_exporter, and OpenTelemetry's .NET instrumentation name them.
/// </summary>
internal static class AlertRules
{
    public static ConfigurationFile Write(CapacityPlan plan)
    {
        using var text = new StringWriter(CultureInfo.InvariantCulture) { NewLine = "\n" };
        using (var rules = new RuleFile(text))
        {
            rules.Comment("Prometheus alerting rules. " + PlanSummary.Of(plan).Headline);
            rules.Comment("Check it with: promtool check rules alerts.yml");
            rules.BeginGroup("makalu-connections");
            AddConnectionUse(rules, ConnectionUse(plan));
            AddWaits(rules, plan);
            AddProcessors(rules, plan);
            rules.EndGroup();
            rules.BeginGroup("makalu-forecast");
            AddForecast(rules, plan);
            AddPlannedPeak(rules, plan);
            AddSilentJob(rules);
            rules.EndGroup();
        }

        return new ConfigurationFile("alerts.yml", text.ToString(), "Prometheus alerting rules");
    }

    /// <summary>How the database's host is told from others: only the scrape configuration can say it.</summary>
    public const string DatabaseHost = "role=\"database\"";

    /// <summary>When the nightly job last ended well, in seconds since 1970; the job writes it for the textfile collector.</summary>
    public const string LastSuccess = "makalu_nightly_last_success_timestamp_seconds";

    /// <summary>The recorded 95 % quantile of the highest step of the day, in requests per second.</summary>
    public const string ForecastPeak = "makalu:forecast_peak_requests_per_second:p95";

    /// <summary>The metric of the limit in force.</summary>
    public static string Limit(CapacityPlan plan) => DatabaseSettings.IsMySql(plan.System.Database) ? "mysql_global_variables_max_connections" : "pg_settings_max_connections";

    /// <summary>Connections in use on each server.</summary>
    public static string ConnectionsInUse(CapacityPlan plan)
        => DatabaseSettings.IsMySql(plan.System.Database) ? "max by (instance) (mysql_global_status_threads_connected)" : "sum by (instance) (pg_stat_database_numbackends)";

    /// <summary>Requests per second that the services answer, in all.</summary>
    public static string Demand(CapacityPlan plan) => $"sum(rate(http_server_request_duration_seconds_count[{RateWindow(plan.Forecast.Step)}]))";

    /// <summary>The part of the usable connections that is in use.</summary>
    public static string ConnectionUse(CapacityPlan plan) => DatabaseSettings.IsMySql(plan.System.Database) ? MySqlUse : PostgreSqlUse;

    public static bool HasPooler(CapacityPlan plan) => plan.Connections.Pooler is not null || plan.System.Pooler is not null;

    /// <summary>In seconds: the target's, but a second at least, because the exporters read whole ones.</summary>
    public static double LongestPoolerWait(CapacityPlan plan) => Math.Max(1, plan.System.Target.MaxWait.TotalSeconds);

    /// <summary>The busy part of the database host's processors.</summary>
    public const string ProcessorUse = "1 - avg by (instance) (rate(node_cpu_seconds_total{mode=\"idle\", " + DatabaseHost + "}[5m]))";

    /// <summary>Connections in use ÷ what is usable after both reserves; reserved_connections is there from PostgreSQL 16 on.</summary>
    private const string PostgreSqlUse =
        "sum by (instance) (pg_stat_database_numbackends) / (max by (instance) (pg_settings_max_connections)"
        + " - max by (instance) (pg_settings_superuser_reserved_connections)"
        + " - (max by (instance) (pg_settings_reserved_connections) or 0 * max by (instance) (pg_settings_max_connections)))";

    private const string MySqlUse = "max by (instance) (mysql_global_status_threads_connected) / max by (instance) (mysql_global_variables_max_connections)";

    private static void AddConnectionUse(RuleFile rules, string use)
    {
        rules.Comment("Of the connections that services can use, reserves left out, 80 % leave time to act, 90 % do not.");
        rules.Alert(
            "MakaluConnectionUseHigh",
            $"{use} > 0.8",
            "5m",
            "warning",
            "{{ $value | humanizePercentage }} of the usable connections of {{ $labels.instance }} are in use",
            "Look who holds them (pg_stat_activity by application_name and state; idle in transaction first). Compare with the plan's budget.");
        rules.Alert(
            "MakaluConnectionUseCritical",
            $"{use} > 0.9",
            "1m",
            "critical",
            "{{ $value | humanizePercentage }} of the usable connections of {{ $labels.instance }} are in use",
            "End sessions that are idle in transaction, lower the pool of the least important service, stop batch jobs. Do not raise max_connections in a hurry: it needs a restart.");
    }

    private static void AddWaits(RuleFile rules, CapacityPlan plan)
    {
        ServiceTarget target = plan.System.Target;
        rules.Comment($"The plan holds waits for a connection below {PlanText.Duration(target.MaxWait)} for all but {PlanText.Percent(target.WaitProbability)} of the requests.");
        rules.Alert(
            "MakaluPoolWaits",
            "sum by (job, pool_name) (db_client_connections_pending_requests) > 0",
            "1m",
            "warning",
            "requests of {{ $labels.job }} have waited for a connection for a minute",
            "Is the database slow (longer holds fill the pool) or is there more traffic than planned? Only in the second case a larger pool helps.");
        if (HasPooler(plan))
        {
            rules.Alert(
                "MakaluPoolerClientsWait",
                "max by (instance, database) (pgbouncer_pools_client_maxwait_seconds) > " + Number(LongestPoolerWait(plan)),
                "1m",
                "critical",
                "clients of PgBouncer {{ $labels.instance }} wait {{ $value | humanizeDuration }} for a connection to {{ $labels.database }}",
                "SHOW POOLS on PgBouncer: if sv_active equals the pool size, look for long transactions in the database first.");
        }
    }

    private static void AddProcessors(RuleFile rules, CapacityPlan plan)
    {
        double limit = plan.System.Target.MaxCpuUtilisation;
        rules.Comment($"The plan counts on the database's processors being at most {PlanText.Percent(limit)} busy. Give the database's host the label {DatabaseHost} where node_exporter is scraped.");
        rules.Alert(
            "MakaluDatabaseProcessorsBusy",
            FormattableString.Invariant($"{ProcessorUse} > {limit}"),
            "10m",
            "warning",
            "the processors of {{ $labels.instance }} are {{ $value | humanizePercentage }} busy",
            "More connections would make it slower. Look for what uses the processors (pg_stat_statements by total_exec_time); pool, or add cores.");
    }

    private static void AddForecast(RuleFile rules, CapacityPlan plan)
    {
        PeakForecast[] days = [.. plan.Peaks.Where(p => p.Window.Kind == "day")];
        if (days.Length == 0)
        {
            days = [.. plan.Peaks.Take(1)];
        }

        rules.Comment($"The 95 % quantile of each day's highest {PlanText.Duration(plan.Forecast.Step)}, as forecast from {PlanText.Time(plan.Forecast.Start)} to {PlanText.Time(plan.Forecast.End)}.");
        rules.Record(
            ForecastPeak,
            string.Join("\nor ", days.Select(d => $"(vector({Number(d.Quantile(0.95))}) and on () ({During(d.Window.StartsAt, d.Window.EndsAt)}))")));
        rules.Alert(
            "MakaluDemandAboveForecast",
            Demand(plan) + " > on () " + ForecastPeak,
            "5m",
            "warning",
            "{{ $value | humanize }} requests per second, above the highest that the forecast gave a 95 % chance to hold today",
            "Is there a campaign that the calendar does not know? Add it and plan again: makalu recommend.");
    }

    private static void AddPlannedPeak(RuleFile rules, CapacityPlan plan)
    {
        DateTimeOffset from = plan.Demand.At - TimeSpan.FromHours(48);
        rules.Comment($"From 48 hours before the planned peak on: is the plan's max_connections in force?");
        rules.Alert(
            "MakaluPlannedPeakAboveLimit",
            FormattableString.Invariant($"max by (instance) ({Limit(plan)}) < {plan.Connections.MaxConnections} and on () ({During(from, plan.Demand.At + plan.Forecast.Step)})"),
            "10m",
            "critical",
            FormattableString.Invariant($"max_connections of {{{{ $labels.instance }}}} is {{{{ $value }}}}, the plan for the peak of {PlanText.Time(plan.Demand.At)} ({Plain(plan.Demand.Cause)}) needs {plan.Connections.MaxConnections}"),
            "Put the plan's files into effect before the peak, with the restart that max_connections needs; or take the peak away: move the campaign, or send it in waves.");
    }

    private static void AddSilentJob(RuleFile rules)
    {
        rules.Comment("Where the nightly job has ever run: has it ended well within 26 hours? A metric that has vanished counts as silence for a week.");
        rules.Alert(
            "MakaluNightlyJobSilent",
            $"time() - max(max_over_time({LastSuccess}[7d])) > 26 * 3600",
            "10m",
            "warning",
            "the nightly capacity job last ended well {{ $value | humanizeDuration }} ago",
            "Run it by hand: makalu nightly --config nightly.json. Until it has run, limits and alerts stand as they were planned last.");
    }

    /// <summary>A name that is no template: annotations are templates to Prometheus.</summary>
    private static string Plain(string name) => PlanText.OneLine(name).Replace("{{", "{ {", StringComparison.Ordinal);

    public static string During(DateTimeOffset from, DateTimeOffset to)
        => FormattableString.Invariant($"vector(time()) >= {from.ToUnixTimeSeconds()} and on () vector(time()) < {to.ToUnixTimeSeconds()}");

    /// <summary>A rate over the forecast's own step, but over four scrapes of 15 seconds at least.</summary>
    private static string RateWindow(TimeSpan step)
        => FormattableString.Invariant($"{Math.Max(60, (long)step.TotalSeconds)}s");

    private static string Number(double value) => PlanText.Significant(value).ToString("R", CultureInfo.InvariantCulture);
}
