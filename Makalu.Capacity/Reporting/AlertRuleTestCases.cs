using System.Globalization;
using Makalu.Capacity.Sizing;
using YamlDotNet.Serialization;
using YamlDotNet.Serialization.NamingConventions;

namespace Makalu.Capacity.Reporting;

/// <summary>
/// Unit tests of the plan's alerting rules for <c>promtool test rules</c>, so that whoever changes a rule sees what it did. They use
/// the plan's own limits.
/// </summary>
/// <remarks>
/// promtool's clock starts in 1970, so rules for the days of the forecast can only be shown to keep quiet there.
/// </remarks>
internal static class AlertRuleTestCases
{
    private static readonly (string, string) Instance = ("instance", "db");

    public static ConfigurationFile Write(CapacityPlan plan, MonitoringScope scope)
    {
        var file = new PromtoolFile
        {
            RuleFiles = ["alerts.yml"],

            // A minute would be Prometheus' own, but 27 hours of minutes take seconds, and tell no more.
            EvaluationInterval = "5m",
            Tests =
            [
                ConnectionUse(plan, scope, "connection use at 85 % of the usable connections is a warning, not yet an alarm", 0.85, high: true, critical: false),
                ConnectionUse(plan, scope, "connection use at 95 % is an alarm", 0.95, high: true, critical: true),
                ConnectionUse(plan, scope, "connection use at 70 % is neither", 0.70, high: false, critical: false),
                .. Waits(plan, scope),
                Processors(plan, scope, "processors above the plan's limit", 0.04, fires: true),
                Processors(plan, scope, "processors below the plan's limit", -0.04, fires: false),
                OutsideTheForecast(plan, scope),
                SilentJob(),
            ],
        };
        string yaml = new SerializerBuilder().WithNamingConvention(UnderscoredNamingConvention.Instance).WithIndentedSequences().WithNewLine("\n").DisableAliases().Build().Serialize(file);
        return new ConfigurationFile(
            "alerts.test.yml",
            "# Unit tests of alerts.yml. Run them beside it with: promtool test rules alerts.test.yml\n# The clock of these tests starts in 1970: rules for the days of the forecast are shown to keep quiet outside them.\n" + yaml,
            "promtool's unit tests of the alerting rules");
    }

    private static PromtoolTest ConnectionUse(CapacityPlan plan, MonitoringScope scope, string name, double use, bool high, bool critical)
    {
        DatabaseDescription database = plan.System.Database;
        int limit = plan.Connections.MaxConnections;
        bool isMySql = DatabaseSettings.IsMySql(database);
        int usable = isMySql ? limit : limit - database.SuperuserReserved - database.Reserved;
        string used = Constant(use * usable, 30);
        return new PromtoolTest
        {
            Name = name,
            Interval = "1m",
            InputSeries = isMySql
                ? [new(scope.OfDatabase("mysql_global_status_threads_connected", Instance), used), new(scope.OfDatabase("mysql_global_variables_max_connections", Instance), Constant(limit, 30))]
                :
                [
                    new(scope.OfDatabase("pg_stat_database_numbackends", Instance, ("datname", "all")), used),
                    new(scope.OfDatabase("pg_settings_max_connections", Instance), Constant(limit, 30)),
                    new(scope.OfDatabase("pg_settings_superuser_reserved_connections", Instance), Constant(database.SuperuserReserved, 30)),
                    new(scope.OfDatabase("pg_settings_reserved_connections", Instance), Constant(database.Reserved, 30)),
                ],
            PromqlExprTest = [Firing("MakaluConnectionUseHigh", "20m", high), Firing("MakaluConnectionUseCritical", "20m", critical)],
        };
    }

    private static IEnumerable<PromtoolTest> Waits(CapacityPlan plan, MonitoringScope scope)
    {
        yield return new PromtoolTest
        {
            Name = "requests that wait for a connection",
            Interval = "1m",
            InputSeries = [new(scope.OfRequests("db_client_connections_pending_requests", ("job", "web"), ("pool_name", "shop")), "0x10 1x20")],
            PromqlExprTest = [Firing("MakaluPoolWaits", "9m", false), Firing("MakaluPoolWaits", "20m", true)],
        };
        if (AlertRules.HasPooler(plan))
        {
            double wait = 2 * AlertRules.LongestPoolerWait(plan);
            yield return new PromtoolTest
            {
                Name = "clients that wait at the pooler",
                Interval = "1m",
                InputSeries =
                [
                    new(scope.OfPooler("pgbouncer_pools_client_maxwait_seconds", ("instance", "pooler"), ("database", "shop")), $"0x10 {Constant(wait, 20)}"),
                    new(scope.OfPooler("pgbouncer_pools_client_waiting_connections", ("instance", "pooler"), ("database", "shop")), "0x10 1x20"),
                ],
                PromqlExprTest = [Firing("MakaluPoolerClientsWait", "9m", false), Firing("MakaluPoolerClientsWait", "20m", true), Firing("MakaluPoolerClientsQueue", "9m", false), Firing("MakaluPoolerClientsQueue", "20m", true)],
            };
        }
    }

    private static PromtoolTest Processors(CapacityPlan plan, MonitoringScope scope, string name, double beyond, bool fires)
    {
        double idleSecondsPerMinute = 60 * (1 - Math.Clamp(plan.System.Target.MaxCpuUtilisation + beyond, 0, 1));
        return new PromtoolTest
        {
            Name = name,
            Interval = "1m",
            InputSeries =
            [
                new(scope.OfDatabaseHost("node_cpu_seconds_total", ("mode", "idle"), ("cpu", "0"), Instance), Rising(idleSecondsPerMinute, 40)),
                .. scope.DatabaseHost.Count == 0 ? [] : new PromtoolSeries[] { new("node_cpu_seconds_total{mode=\"idle\", cpu=\"0\", instance=\"another-host\"}", Rising(0, 40)) },
            ],
            PromqlExprTest = [Firing("MakaluDatabaseProcessorsBusy", "30m", fires)],
        };
    }

    private static PromtoolTest OutsideTheForecast(CapacityPlan plan, MonitoringScope scope) => new()
    {
        Name = "outside the days of the forecast neither its demand nor its limit is asked for",
        Interval = "1m",
        InputSeries =
        [
            new(scope.OfRequests("http_server_request_duration_seconds_count", ("job", "web")), Rising(6e7 * Math.Max(1, plan.Demand.StepRequestsPerSecond), 60)),
            new(scope.OfDatabase(AlertRules.Limit(plan), Instance), Constant(1, 60)),
        ],
        PromqlExprTest = [Firing("MakaluDemandAboveForecast", "50m", false), Firing("MakaluPlannedPeakAboveLimit", "50m", false)],
    };

    private static PromtoolTest SilentJob() => new()
    {
        Name = "a nightly job that has not ended well for 26 hours, and one whose metric has vanished",
        Interval = "10m",
        InputSeries = [new(AlertRules.LastSuccess + "{job=\"node\"}", "0x100 _x200")],
        PromqlExprTest = [Firing("MakaluNightlyJobSilent", "25h", false), Firing("MakaluNightlyJobSilent", "27h", true)],
    };

    private static PromtoolExpectation Firing(string alert, string at, bool fires) => new()
    {
        Expr = $"count(ALERTS{{alertname=\"{alert}\", alertstate=\"firing\"}})",
        EvalTime = at,
        ExpSamples = fires ? [new PromtoolSample()] : [],
    };

    private static string Constant(double value, int times) => string.Create(CultureInfo.InvariantCulture, $"{value}x{times}");

    private static string Rising(double perInterval, int times) => string.Create(CultureInfo.InvariantCulture, $"0+{perInterval}x{times}");

    private sealed class PromtoolFile
    {
        public required string[] RuleFiles { get; init; }

        public required string EvaluationInterval { get; init; }

        public required PromtoolTest[] Tests { get; init; }
    }

    private sealed class PromtoolTest
    {
        public required string Name { get; init; }

        public required string Interval { get; init; }

        public required PromtoolSeries[] InputSeries { get; init; }

        public required PromtoolExpectation[] PromqlExprTest { get; init; }
    }

    private sealed record PromtoolSeries(string Series, string Values);

    private sealed class PromtoolExpectation
    {
        public required string Expr { get; init; }

        public required string EvalTime { get; init; }

        public required PromtoolSample[] ExpSamples { get; init; }
    }

    private sealed class PromtoolSample
    {
        public double Value { get; init; } = 1;
    }
}
