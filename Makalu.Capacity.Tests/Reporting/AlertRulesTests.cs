using Makalu.Capacity.Peaks;
using Makalu.Capacity.Reporting;
using Makalu.Capacity.Sizing;
using Makalu.Capacity.Tests.Cli;

namespace Makalu.Capacity.Tests.Reporting;

[TestClass]
public sealed class AlertRulesTests
{
    private const string Connections = """
        - series: 'pg_stat_database_numbackends{instance="db", datname="shop"}'
              values: '60+0x10 75+0x20'
            - series: 'pg_stat_database_numbackends{instance="db", datname="jobs"}'
              values: '10+0x40'
            - series: 'pg_settings_max_connections{instance="db"}'
              values: '100+0x40'
            - series: 'pg_settings_superuser_reserved_connections{instance="db"}'
              values: '3+0x40'
        """;

    [TestMethod]
    public void Promtool_AcceptsTheRules()
    {
        string promtool = ExternalTool.Require("promtool", "prometheus");
        using var folder = new TemporaryFolder();
        foreach ((string name, CapacityPlan plan) in new[] { ("direct", ExamplePlan.Create()), ("pooled", ExamplePlan.Create(Verdict.Pool, pooler: ExamplePlan.Pooler())), ("mysql", ExamplePlan.Create(engine: "mysql")) })
        {
            string file = folder.Write(name + ".yml", ConfigurationWriterTests.Content(plan, "alerts.yml"));
            (int exitCode, string output) = ExternalTool.Run(promtool, "check", "rules", file);
            Assert.AreEqual(0, exitCode, output);
        }
    }

    /// <summary>85 of 97 usable connections are 87.6 %: the warning fires, the alarm at 90 % does not; counted on 100 it would be 85 %.</summary>
    [TestMethod]
    public void ConnectionUse_IsCountedOnWhatIsUsableAfterTheReserves()
        => RunRules(ExamplePlan.Create(), $$$"""
            - interval: 1m
              input_series:
                {{{Connections}}}
              alert_rule_test:
                - eval_time: 10m
                  alertname: MakaluConnectionUseHigh
                  exp_alerts: []
                - eval_time: 20m
                  alertname: MakaluConnectionUseHigh
                  exp_alerts:
                    - exp_labels: { severity: warning, instance: db }
                      exp_annotations:
                        summary: '87.63% of the usable connections of db are in use'
                        runbook: "Look who holds them (pg_stat_activity by application_name and state; idle in transaction first). Compare with the plan's budget."
                - eval_time: 20m
                  alertname: MakaluConnectionUseCritical
                  exp_alerts: []
            """);

    /// <summary>
    /// PostgreSQL 16 keeps reserved_connections back as well: 86 of the 90 that 3 and 7 reserved ones leave of 100 are 95.6 %, an alarm; 86 of
    /// the 97 of an older server are 88.7 %, a warning.
    /// </summary>
    [TestMethod]
    public void ConnectionUse_LeavesOutBothReserves()
        => RunRules(ExamplePlan.Create(), """
            - interval: 1m
              input_series:
                - series: 'pg_stat_database_numbackends{instance="16", datname="shop"}'
                  values: '86x30'
                - series: 'pg_settings_max_connections{instance="16"}'
                  values: '100x30'
                - series: 'pg_settings_superuser_reserved_connections{instance="16"}'
                  values: '3x30'
                - series: 'pg_settings_reserved_connections{instance="16"}'
                  values: '7x30'
                - series: 'pg_stat_database_numbackends{instance="15", datname="shop"}'
                  values: '86x30'
                - series: 'pg_settings_max_connections{instance="15"}'
                  values: '100x30'
                - series: 'pg_settings_superuser_reserved_connections{instance="15"}'
                  values: '3x30'
              promql_expr_test:
                - expr: count by (instance, severity) (ALERTS{alertname="MakaluConnectionUseCritical", alertstate="firing"})
                  eval_time: 20m
                  exp_samples: [ { labels: '{instance="16", severity="critical"}', value: 1 } ]
                - expr: count by (instance, severity) (ALERTS{alertname="MakaluConnectionUseHigh", alertstate="firing"})
                  eval_time: 20m
                  exp_samples: [ { labels: '{instance="16", severity="warning"}', value: 1 }, { labels: '{instance="15", severity="warning"}', value: 1 } ]
            """);

    /// <summary>What wakes someone, after how long, and that each says what to do.</summary>
    [TestMethod]
    public void EachAlert_HasItsSeverityItsPatienceAndARunbook()
    {
        CapacityPlan plan = ExamplePlan.Create(Verdict.Pool, pooler: ExamplePlan.Pooler());
        var yaml = new YamlDotNet.RepresentationModel.YamlStream();
        yaml.Load(new StringReader(ConfigurationWriterTests.Content(plan, "alerts.yml")));
        var told = new List<string>();
        foreach (YamlDotNet.RepresentationModel.YamlNode rule in ((YamlDotNet.RepresentationModel.YamlSequenceNode)yaml.Documents[0].RootNode["groups"]).SelectMany(g => (YamlDotNet.RepresentationModel.YamlSequenceNode)g["rules"]))
        {
            if (!((YamlDotNet.RepresentationModel.YamlMappingNode)rule).Children.ContainsKey("alert"))
            {
                continue;
            }

            told.Add($"{rule["alert"]} {rule["labels"]["severity"]} {rule["for"]}");
            Assert.IsGreaterThan(40, rule["annotations"]["runbook"].ToString().Length, rule["alert"].ToString());
            Assert.IsGreaterThan(20, rule["annotations"]["summary"].ToString().Length, rule["alert"].ToString());
        }

        CollectionAssert.AreEquivalent(
            new[]
            {
                "MakaluConnectionUseHigh warning 5m", "MakaluConnectionUseCritical critical 1m", "MakaluPoolWaits warning 1m", "MakaluPoolerClientsQueue warning 1m",
                "MakaluPoolerClientsWait critical 1m", "MakaluDatabaseProcessorsBusy warning 10m", "MakaluDemandAboveForecast warning 5m", "MakaluPlannedPeakAboveLimit critical 10m",
                "MakaluNightlyJobSilent warning 10m",
            },
            told);
    }

    /// <summary>Prometheus' test clock starts on 1 January 1970, so the peak is put on its fourth day.</summary>
    [TestMethod]
    public void PlannedPeak_AlarmsWithin48Hours_UnlessTheLimitIsInForce()
    {
        CapacityPlan plan = ExamplePlan.Create();
        RunRules(ExamplePlan.With(plan, plan.Demand with { At = DateTimeOffset.UnixEpoch.AddHours(72) }), """
            - interval: 1h
              input_series:
                - series: 'pg_settings_max_connections{instance="old"}'
                  values: '100+0x100'
                - series: 'pg_settings_max_connections{instance="new"}'
                  values: '214+0x100'
              promql_expr_test:
                - expr: count(ALERTS{alertname="MakaluPlannedPeakAboveLimit"})
                  eval_time: 23h
                  exp_samples: []
                - expr: count(ALERTS{alertname="MakaluPlannedPeakAboveLimit", instance="old", alertstate="firing"})
                  eval_time: 26h
                  exp_samples: [ { value: 1 } ]
                - expr: count(ALERTS{alertname="MakaluPlannedPeakAboveLimit", instance="new"})
                  eval_time: 26h
                  exp_samples: []
                - expr: count(ALERTS{alertname="MakaluPlannedPeakAboveLimit", alertstate="firing"})
                  eval_time: 72h
                  exp_samples: [ { value: 1 } ]
                - expr: count(ALERTS{alertname="MakaluPlannedPeakAboveLimit"})
                  eval_time: 74h
                  exp_samples: []
            """, "1h");
    }

    /// <summary>The highest peak is on day 10; the mailing on day 4 needs more than the limit of today as well, that on day 2 does not.</summary>
    [TestMethod]
    public void PlannedPeak_AlarmsBeforeTheFirstThatTheLimitDoesNotHold_NotOnlyBeforeTheHighest()
    {
        CapacityPlan plan = ExamplePlan.Create();
        PeakDemand highest = plan.Demand with { StepRequestsPerSecond = 5000, At = DateTimeOffset.UnixEpoch.AddHours(240) };
        Assert.IsLessThanOrEqualTo(100, new ConnectionPlanner().Plan(plan.System, highest with { StepRequestsPerSecond = 100 }).MaxConnections);
        Assert.IsGreaterThan(100, new ConnectionPlanner().Plan(plan.System, highest with { StepRequestsPerSecond = 4000 }).MaxConnections);
        RunRules(ExamplePlan.With(plan, highest, [Peak(240, 5000), Peak(48, 100), Peak(96, 4000), Peak(240, 5000)]), """
            - interval: 1h
              input_series:
                - series: 'pg_settings_max_connections{instance="db"}'
                  values: '100+0x300'
              promql_expr_test:
                - expr: count(ALERTS{alertname="MakaluPlannedPeakAboveLimit"})
                  eval_time: 47h
                  exp_samples: []
                - expr: count(ALERTS{alertname="MakaluPlannedPeakAboveLimit", alertstate="firing"})
                  eval_time: 50h
                  exp_samples: [ { value: 1 } ]
                - expr: count(ALERTS{alertname="MakaluPlannedPeakAboveLimit", alertstate="firing"})
                  eval_time: 150h
                  exp_samples: [ { value: 1 } ]
            """, "1h");

        static PeakForecast Peak(double hours, double rate)
        {
            DateTimeOffset at = DateTimeOffset.UnixEpoch.AddHours(hours);
            return new PeakForecast(new PeakWindow { Name = "mailing", Kind = "email", StartsAt = at, EndsAt = at.AddHours(1) }, [rate, rate], at, "mailing");
        }
    }

    [TestMethod]
    public void EmittedUnitTests_Pass_AndFailWhenARuleIsChanged()
    {
        string promtool = ExternalTool.Require("promtool", "prometheus");
        using var folder = new TemporaryFolder();
        foreach ((CapacityPlan plan, MonitoringScope scope) in new[]
        {
            (ExamplePlan.Create(), MonitoringScope.All), (ExamplePlan.Create(Verdict.Pool, pooler: ExamplePlan.Pooler()), MonitoringScope.All), (ExamplePlan.Create(engine: "mysql"), Shop), (ExamplePlan.Create(version: "15"), MonitoringScope.All),
            (ExamplePlan.Create(Verdict.Pool, pooler: ExamplePlan.Pooler()), Shop), (ExamplePlan.Create(), Shop with { DatabaseHost = new Dictionary<string, string>() }),
        })
        {
            string rules = ConfigurationWriterTests.Content(plan, "alerts.yml", scope);
            folder.Write("alerts.yml", rules);
            string tests = folder.Write("alerts.test.yml", ConfigurationWriterTests.Content(plan, "alerts.test.yml", scope));
            (int exitCode, string output) = ExternalTool.Run(promtool, "test", "rules", tests);
            Assert.AreEqual(0, exitCode, output);

            // Each rule is changed a little, and each change is told by the test of its own alert.
            (string Rule, string Changed, string Alert)[] changes =
            [
                ("> 0.8\n", "> 0.86\n", "MakaluConnectionUseHigh"), ("> 0.9\n", "> 0.96\n", "MakaluConnectionUseCritical"), ("> 0.7\n", "> 0.75\n", "MakaluDatabaseProcessorsBusy"),
                ("26 * 3600", "28 * 3600", "MakaluNightlyJobSilent"), ("db_client_connections_pending_requests", "others", "MakaluPoolWaits"),
                .. plan.Connections.Pooler is null ? Array.Empty<(string, string, string)>() : [("client_maxwait_seconds", "others", "MakaluPoolerClientsWait"), ("client_waiting_connections", "others", "MakaluPoolerClientsQueue")],
            ];
            foreach ((string rule, string changed, _) in changes)
            {
                StringAssert.Contains(rules, rule);
                rules = rules.Replace(rule, changed, StringComparison.Ordinal);
            }

            folder.Write("alerts.yml", rules);
            (exitCode, output) = ExternalTool.Run(promtool, "test", "rules", tests);
            Assert.AreNotEqual(0, exitCode);
            foreach ((_, _, string alert) in changes)
            {
                StringAssert.Contains(output, $"expr: \"count(ALERTS{{alertname=\\\"{alert}\\\"", "Not noticed");
            }
        }
    }

    /// <summary>The peak's day is put into 1970, where promtool's clock starts: 1,000 requests a second are above its 95 % quantile, another job's are nobody's.</summary>
    [TestMethod]
    public void DemandAboveForecast_IsCountedOnThePlansOwnRequests_AndOnlyOnTheDaysOfTheForecast()
    {
        CapacityPlan plan = ExamplePlan.Create();
        double[] samples = [.. Enumerable.Range(0, 100).Select(i => 800.0 + i)];
        var first = new PeakForecast(new PeakWindow { Name = "day", Kind = "day", StartsAt = DateTimeOffset.UnixEpoch, EndsAt = DateTimeOffset.UnixEpoch.AddDays(1) }, samples, DateTimeOffset.UnixEpoch.AddHours(12), "");
        RunRules(ExamplePlan.With(plan, first), """
            - interval: 1m
              input_series:
                - series: 'http_server_request_duration_seconds_count{job="shop"}'
                  values: '0+60000x600 36000000+6000x1400'
                - series: 'http_server_request_duration_seconds_count{job="search"}'
                  values: '0+6000000x2000'
              promql_expr_test:
                - expr: makalu:forecast_peak_requests_per_second:p95
                  eval_time: 6h
                  exp_samples: [ { labels: 'makalu:forecast_peak_requests_per_second:p95{service="shop"}', value: 894.05 } ]
                - expr: count(ALERTS{alertname="MakaluDemandAboveForecast", service="shop", alertstate="firing"})
                  eval_time: 6h
                  exp_samples: [ { value: 1 } ]
                - expr: count(ALERTS{alertname="MakaluDemandAboveForecast"})
                  eval_time: 12h
                  exp_samples: []
                - expr: makalu:forecast_peak_requests_per_second:p95
                  eval_time: 25h
                  exp_samples: []
            """, "5m", Shop);
    }

    /// <summary>Of two systems under one Prometheus, the rules of each look at its own series, and both record their own forecast.</summary>
    [TestMethod]
    public void Rules_OfTwoSystems_StandSideBySide()
    {
        CapacityPlan plan = ExamplePlan.Create();
        using var folder = new TemporaryFolder();
        folder.Write("shop.yml", ConfigurationWriterTests.Content(plan, "alerts.yml", Shop));
        folder.Write("search.yml", ConfigurationWriterTests.Content(plan, "alerts.yml", new MonitoringScope { Service = "search", Database = Labels("instance", "db-search") }));
        string file = folder.Write("test.yml", """
            rule_files: [shop.yml, search.yml]
            evaluation_interval: 1m
            tests:
              - interval: 1m
                input_series:
                  - { series: 'pg_stat_database_numbackends{instance="db-shop", datname="shop"}', values: '95+0x40' }
                  - { series: 'pg_settings_max_connections{instance="db-shop"}', values: '100+0x40' }
                  - { series: 'pg_settings_superuser_reserved_connections{instance="db-shop"}', values: '3+0x40' }
                  - { series: 'pg_stat_database_numbackends{instance="db-search", datname="search"}', values: '10+0x40' }
                  - { series: 'pg_settings_max_connections{instance="db-search"}', values: '100+0x40' }
                  - { series: 'pg_settings_superuser_reserved_connections{instance="db-search"}', values: '3+0x40' }
                promql_expr_test:
                  - expr: count by (service, instance) (ALERTS{alertname="MakaluConnectionUseCritical", alertstate="firing"})
                    eval_time: 20m
                    exp_samples: [ { labels: '{service="shop", instance="db-shop"}', value: 1 } ]
            """);
        (int exitCode, string output) = ExternalTool.Run(ExternalTool.Require("promtool", "prometheus"), "test", "rules", file);
        Assert.AreEqual(0, exitCode, output);
        Assert.AreEqual(2, File.ReadAllText(folder["shop.yml"]).Split("-shop\n").Length - 1, "its two groups");
    }

    [TestMethod]
    public void Scope_WithWhatIsNoLabel_IsRefused_AndValuesAreEscaped()
    {
        CapacityPlan plan = ExamplePlan.Create();
        var wrong = new MonitoringScope { Requests = Labels("job\"} or vector(1)", "x"), Pooler = Labels("__name__", "x") };
        string message = Assert.ThrowsExactly<ArgumentException>(() => ConfigurationWriter.Write(plan, wrong)).Message;
        StringAssert.Contains(message, "Label 'job\"} or vector(1)'");
        StringAssert.Contains(message, "Label '__name__'");

        string rules = ConfigurationWriterTests.Content(plan, "alerts.yml", new MonitoringScope { Service = "a\"b\\{{c", Database = Labels("instance", "x\"} or vector(1) #") });
        using var folder = new TemporaryFolder();
        (int exitCode, string output) = ExternalTool.Run(ExternalTool.Require("promtool", "prometheus"), "check", "rules", folder.Write("alerts.yml", rules));
        Assert.AreEqual(0, exitCode, output);
    }

    private static readonly MonitoringScope Shop = new() { Service = "shop", Requests = Labels("job", "shop"), Database = Labels("instance", "db-shop"), DatabaseHost = Labels("instance", "host-shop"), Pooler = Labels("instance", "pooler-shop") };

    private static Dictionary<string, string> Labels(string name, string value) => new(StringComparer.Ordinal) { [name] = value };

    private static void RunRules(CapacityPlan plan, string tests, string interval = "1m", MonitoringScope? scope = null)
    {
        string promtool = ExternalTool.Require("promtool", "prometheus");
        using var folder = new TemporaryFolder();
        folder.Write("alerts.yml", ConfigurationWriterTests.Content(plan, "alerts.yml", scope));
        string file = folder.Write("test.yml", $"rule_files: [alerts.yml]\nevaluation_interval: {interval}\ntests:\n{tests}\n");
        (int exitCode, string output) = ExternalTool.Run(promtool, "test", "rules", file);
        Assert.AreEqual(0, exitCode, output + "\n" + File.ReadAllText(file));
    }
}
