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
    public static ConfigurationFile Write(CapacityPlan plan, MonitoringScope scope)
    {
        using var text = new StringWriter(CultureInfo.InvariantCulture) { NewLine = "\n" };
        using (var rules = new RuleFile(text, scope.ServiceLabel))
        {
            rules.Comment("Prometheus alerting rules. " + PlanSummary.Of(plan).Headline);
            rules.Comment("Check it with: promtool check rules alerts.yml");
            rules.BeginGroup(Group("makalu-connections", scope));
            AddConnectionUse(rules, ConnectionUse(plan, scope));
            AddWaits(rules, plan, scope);
            AddProcessors(rules, plan, scope);
            rules.EndGroup();
            rules.BeginGroup(Group("makalu-forecast", scope));
            AddForecast(rules, plan, scope);
            AddPlannedPeak(rules, plan, scope);
            AddSilentJob(rules);
            rules.EndGroup();
        }

        return new ConfigurationFile("alerts.yml", text.ToString(), "Prometheus alerting rules");
    }

    /// <summary>When the nightly job last ended well, in seconds since 1970; the job writes it for the textfile collector.</summary>
    public const string LastSuccess = "makalu_nightly_last_success_timestamp_seconds";

    /// <summary>The recorded 95 % quantile of the highest step of the day, in requests per second.</summary>
    public const string ForecastPeak = "makalu:forecast_peak_requests_per_second:p95";

    /// <summary>The metric of the limit in force.</summary>
    public static string Limit(CapacityPlan plan) => DatabaseSettings.IsMySql(plan.System.Database) ? "mysql_global_variables_max_connections" : "pg_settings_max_connections";

    /// <summary>Connections in use on each server.</summary>
    public static string ConnectionsInUse(CapacityPlan plan, MonitoringScope scope) => DatabaseSettings.IsMySql(plan.System.Database)
        ? $"max by (instance) ({scope.OfDatabase("mysql_global_status_threads_connected")})"
        : $"sum by (instance) ({scope.OfDatabase("pg_stat_database_numbackends")})";

    /// <summary>The limit in force on each server.</summary>
    public static string LimitInForce(CapacityPlan plan, MonitoringScope scope) => $"max by (instance) ({scope.OfDatabase(Limit(plan))})";

    /// <summary>Requests per second that the services answer, in all.</summary>
    public static string Demand(CapacityPlan plan, MonitoringScope scope) => $"sum(rate({scope.OfRequests("http_server_request_duration_seconds_count")}[{RateWindow(plan.Forecast.Step)}]))";

    /// <summary>The recorded forecast of the plan.</summary>
    public static string RecordedPeak(MonitoringScope scope) => scope.OfRules(ForecastPeak);

    /// <summary>Requests that wait for a connection in the services' own pools.</summary>
    public static string Waiting(MonitoringScope scope) => $"sum by (job, pool_name) ({scope.OfRequests("db_client_connections_pending_requests")})";

    /// <summary>Clients that wait at the pooler, and how long the first of them has waited.</summary>
    public static string PoolerClients(MonitoringScope scope) => $"sum by (instance, database) ({scope.OfPooler("pgbouncer_pools_client_waiting_connections")})";

    public static string PoolerWait(MonitoringScope scope) => $"max by (instance, database) ({scope.OfPooler("pgbouncer_pools_client_maxwait_seconds")})";

    /// <summary>
    /// The part of the usable connections that is in use: of those that both reserves leave, where reserved_connections is there from
    /// PostgreSQL 16 on. MySQL keeps its reserve beside the limit.
    /// </summary>
    public static string ConnectionUse(CapacityPlan plan, MonitoringScope scope)
    {
        string limit = LimitInForce(plan, scope);
        return DatabaseSettings.IsMySql(plan.System.Database)
            ? $"{ConnectionsInUse(plan, scope)} / {limit}"
            : $"{ConnectionsInUse(plan, scope)} / ({limit}"
                + $" - max by (instance) ({scope.OfDatabase("pg_settings_superuser_reserved_connections")})"
                + $" - (max by (instance) ({scope.OfDatabase("pg_settings_reserved_connections")}) or 0 * {limit}))";
    }

    public static bool HasPooler(CapacityPlan plan) => !DatabaseSettings.IsMySql(plan.System.Database) && (plan.Connections.Pooler is not null || plan.System.Pooler is not null);

    /// <summary>In seconds: the target's, but a second at least, because the exporters read whole ones.</summary>
    public static double LongestPoolerWait(CapacityPlan plan) => Math.Max(1, plan.System.Target.MaxWait.TotalSeconds);

    /// <summary>The busy part of the database host's processors.</summary>
    public static string ProcessorUse(MonitoringScope scope) => $"1 - avg by (instance) (rate({scope.OfDatabaseHost("node_cpu_seconds_total", ("mode", "idle"))}[5m]))";

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

    private static void AddWaits(RuleFile rules, CapacityPlan plan, MonitoringScope scope)
    {
        ServiceTarget target = plan.System.Target;
        rules.Comment($"The plan holds waits for a connection below {PlanText.Duration(target.MaxWait)} for all but {PlanText.Percent(target.WaitProbability)} of the requests.");
        rules.Alert(
            "MakaluPoolWaits",
            Waiting(scope) + " > 0",
            "1m",
            "warning",
            "requests of {{ $labels.job }} have waited for a connection for a minute",
            "Is the database slow (longer holds fill the pool) or is there more traffic than planned? Only in the second case a larger pool helps.");
        if (HasPooler(plan))
        {
            rules.Alert(
                "MakaluPoolerClientsQueue",
                PoolerClients(scope) + " > 0",
                "1m",
                "warning",
                "{{ $value }} clients of PgBouncer {{ $labels.instance }} have waited for a connection to {{ $labels.database }} for a minute",
                "SHOW POOLS on PgBouncer: cl_waiting beside sv_idle. With idle servers it is PgBouncer's processor; without, see who holds the server connections.");
            rules.Alert(
                "MakaluPoolerClientsWait",
                PoolerWait(scope) + " > " + Number(LongestPoolerWait(plan)),
                "1m",
                "critical",
                "clients of PgBouncer {{ $labels.instance }} wait {{ $value | humanizeDuration }} for a connection to {{ $labels.database }}",
                "SHOW POOLS on PgBouncer: if sv_active equals the pool size, look for long transactions in the database first.");
        }
    }

    private static void AddProcessors(RuleFile rules, CapacityPlan plan, MonitoringScope scope)
    {
        double limit = plan.System.Target.MaxCpuUtilisation;
        rules.Comment($"The plan counts on the database's processors being at most {PlanText.Percent(limit)} busy. Give the database's host the label {scope.DatabaseHostLabels} where node_exporter is scraped.");
        rules.Alert(
            "MakaluDatabaseProcessorsBusy",
            FormattableString.Invariant($"{ProcessorUse(scope)} > {limit}"),
            "10m",
            "warning",
            "the processors of {{ $labels.instance }} are {{ $value | humanizePercentage }} busy",
            "More connections would make it slower. Look for what uses the processors (pg_stat_statements by total_exec_time); pool, or add cores.");
    }

    private static void AddForecast(RuleFile rules, CapacityPlan plan, MonitoringScope scope)
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
            Demand(plan, scope) + " > on () " + RecordedPeak(scope),
            "5m",
            "warning",
            "{{ $value | humanize }} requests per second, above the highest that the forecast gave a 95 % chance to hold today",
            "Is there a campaign that the calendar does not know? Add it and plan again: makalu recommend.");
    }

    private static void AddPlannedPeak(RuleFile rules, CapacityPlan plan, MonitoringScope scope)
    {
        DateTimeOffset first = FirstPeakAboveLimit(plan);
        DateTimeOffset from = first - TimeSpan.FromHours(48);
        rules.Comment(first < plan.Demand.At
            ? $"From 48 hours before {PlanText.Time(first)} on, the first peak that the limit of today does not hold: is the plan's max_connections in force?"
            : "From 48 hours before the planned peak on: is the plan's max_connections in force?");
        rules.Alert(
            "MakaluPlannedPeakAboveLimit",
            FormattableString.Invariant($"{LimitInForce(plan, scope)} < {plan.Connections.MaxConnections} and on () ({During(from, plan.Demand.At + plan.Forecast.Step)})"),
            "10m",
            "critical",
            FormattableString.Invariant($"max_connections of {{{{ $labels.instance }}}} is {{{{ $value }}}}, the plan for the peak of {PlanText.Time(plan.Demand.At)} ({Plain(plan.Demand.Cause)}) needs {plan.Connections.MaxConnections}"),
            "Put the plan's files into effect before the peak, with the restart that max_connections needs; or take the peak away: move the campaign, or send it in waves.");
    }

    /// <summary>The first peak of a day or a campaign that needs a higher limit than today's, at the plan's quantile; the planned peak where none comes before it.</summary>
    private static DateTimeOffset FirstPeakAboveLimit(CapacityPlan plan)
    {
        int limit = plan.System.Database.MaxConnections;
        if (plan.Connections.MaxConnections <= limit)
        {
            return plan.Demand.At;
        }

        double held = 0;
        foreach (PeakForecast peak in plan.Peaks.Where(p => p.Window.Kind != "horizon" && p.At < plan.Demand.At).OrderBy(p => p.At))
        {
            // More requests never need fewer connections: only what is higher than all before it has to be sized.
            double rate = Math.Min(peak.Quantile(plan.Demand.Quantile), plan.Demand.StepRequestsPerSecond);
            if (rate <= held)
            {
                continue;
            }

            if (new ConnectionPlanner().Plan(plan.System, plan.Demand with { StepRequestsPerSecond = rate, At = peak.At, Cause = peak.Cause }).MaxConnections > limit)
            {
                return peak.At;
            }

            held = rate;
        }

        return plan.Demand.At;
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
            "Run it by hand: makalu nightly --config nightly.json. Until it has run, limits and alerts stand as they were planned last.",
            isOfService: false);
    }

    /// <summary>Groups of several plans may lie in one file.</summary>
    private static string Group(string name, MonitoringScope scope) => scope.ServiceLabel is { } service ? $"{name}-{service}" : name;

    /// <summary>A name that is no template: annotations are templates to Prometheus.</summary>
    private static string Plain(string name) => PlanText.OneLine(name).Replace("{{", "{ {", StringComparison.Ordinal);

    public static string During(DateTimeOffset from, DateTimeOffset to)
        => FormattableString.Invariant($"vector(time()) >= {from.ToUnixTimeSeconds()} and on () vector(time()) < {to.ToUnixTimeSeconds()}");

    /// <summary>A rate over the forecast's own step, but over four scrapes of 15 seconds at least.</summary>
    private static string RateWindow(TimeSpan step)
        => FormattableString.Invariant($"{Math.Max(60, (long)step.TotalSeconds)}s");

    private static string Number(double value) => PlanText.Significant(value).ToString("R", CultureInfo.InvariantCulture);
}
