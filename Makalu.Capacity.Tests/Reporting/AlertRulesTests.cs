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
                - expr: count(ALERTS{alertname="MakaluPlannedPeakAboveLimit"})
                  eval_time: 74h
                  exp_samples: []
            """, "1h");
    }

    [TestMethod]
    public void EmittedUnitTests_Pass_AndFailWhenARuleIsChanged()
    {
        string promtool = ExternalTool.Require("promtool", "prometheus");
        using var folder = new TemporaryFolder();
        foreach (CapacityPlan plan in new[] { ExamplePlan.Create(), ExamplePlan.Create(Verdict.Pool, pooler: ExamplePlan.Pooler()), ExamplePlan.Create(engine: "mysql"), ExamplePlan.Create(version: "15") })
        {
            string rules = ConfigurationWriterTests.Content(plan, "alerts.yml");
            folder.Write("alerts.yml", rules);
            string tests = folder.Write("alerts.test.yml", ConfigurationWriterTests.Content(plan, "alerts.test.yml"));
            (int exitCode, string output) = ExternalTool.Run(promtool, "test", "rules", tests);
            Assert.AreEqual(0, exitCode, output);

            string[] changes = ["> 0.8\n", "> 0.9\n", "> 0.7\n", "26 * 3600", "pending_requests) > 0", .. plan.Connections.Pooler is null ? Array.Empty<string>() : ["client_maxwait_seconds) > 1"]];
            foreach (string change in changes)
            {
                string broken = rules.Replace(change, change.Replace("\n", "5\n", StringComparison.Ordinal).Replace("26", "28", StringComparison.Ordinal).Replace("> 0", "> 9", StringComparison.Ordinal).Replace("> 1", "> 9", StringComparison.Ordinal), StringComparison.Ordinal);
                Assert.AreNotEqual(rules, broken, change);
                folder.Write("alerts.yml", broken);
                Assert.AreNotEqual(0, ExternalTool.Run(promtool, "test", "rules", tests).ExitCode, "Not noticed: " + change);
            }
        }
    }

    private static void RunRules(CapacityPlan plan, string tests, string interval = "1m")
    {
        string promtool = ExternalTool.Require("promtool", "prometheus");
        using var folder = new TemporaryFolder();
        folder.Write("alerts.yml", ConfigurationWriterTests.Content(plan, "alerts.yml"));
        string file = folder.Write("test.yml", $"rule_files: [alerts.yml]\nevaluation_interval: {interval}\ntests:\n{tests}\n");
        (int exitCode, string output) = ExternalTool.Run(promtool, "test", "rules", file);
        Assert.AreEqual(0, exitCode, output + "\n" + File.ReadAllText(file));
    }
}
