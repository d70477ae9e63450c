using System.Diagnostics;
using System.Text;
using System.Text.Json.Nodes;
using Makalu.Capacity.Reporting;
using Makalu.Capacity.Sizing;
using Makalu.Capacity.Tests.Cli;

namespace Makalu.Capacity.Tests.Reporting;

[TestClass]
public sealed class ConfigurationWriterTests
{
    [TestMethod]
    public void Write_GivesTheFilesThatThePlanNeeds()
    {
        CollectionAssert.AreEqual(new[] { "postgresql.conf", "appsettings.json", "alerts.yml", "alerts.test.yml", "grafana-dashboard.json", "load-test.json" }, Names(ExamplePlan.Create()));
        CollectionAssert.AreEqual(new[] { "postgresql.conf", "pgbouncer.ini", "appsettings.json", "alerts.yml", "alerts.test.yml", "grafana-dashboard.json", "load-test.json" }, Names(ExamplePlan.Create(Verdict.Pool, pooler: ExamplePlan.Pooler())));
        CollectionAssert.AreEqual(new[] { "my.cnf", "appsettings.json", "alerts.yml", "alerts.test.yml", "grafana-dashboard.json", "load-test.json" }, Names(ExamplePlan.Create(engine: "mysql")));
    }

    [TestMethod]
    public void PostgreSql_NamesItsReasonAndTheBudget()
    {
        string content = Content(ExamplePlan.Create(), "postgresql.conf");
        StringAssert.Contains(content, "# The settings of today do not survive");
        StringAssert.Contains(content, "#   192  web: 8 instances × a pool of 24\n");
        StringAssert.Contains(content, "\nmax_connections = 214\n");
        StringAssert.Contains(content, "\nreserved_connections = 0\n");
    }

    [TestMethod]
    public void PostgreSql_Before16_HasNoReservedConnections()
        => Assert.IsFalse(Content(ExamplePlan.Create(version: "15.6"), "postgresql.conf").Contains("\nreserved_connections", StringComparison.Ordinal));

    [TestMethod]
    public void PostgreSql_AcceptsTheFragment_AndRunsWithIt()
    {
        string initialise = ExternalTool.Require("initdb", "postgresql");
        string server = ExternalTool.Require("postgres", "postgresql");
        using var folder = new TemporaryFolder();
        ExternalTool.GiveTo("postgres", folder.Path);
        (int exitCode, string output) = ExternalTool.RunUnprivileged("postgres", initialise, "--no-sync", "--no-locale", "--auth=trust", "--username=postgres", "--no-instructions", "-D", folder["data"]);
        Assert.AreEqual(0, exitCode, output);

        CapacityPlan plan = ExamplePlan.Create(planned: 37, version: "15");
        File.AppendAllText(Path.Combine(folder["data"], "postgresql.conf"), "\n" + Content(plan, "postgresql.conf"));

        // The single-user server starts for real with the settings, without a port to collide on.
        File.WriteAllText(folder["query.sql"], "SHOW max_connections;\n");
        (exitCode, output) = ExternalTool.RunUnprivileged("postgres", "/bin/sh", "-c", $"'{server}' --single -D '{folder["data"]}' postgres < '{folder["query.sql"]}'");
        Assert.AreEqual(0, exitCode, output);
        StringAssert.Contains(output, "max_connections = \"37\"");
    }

    [TestMethod]
    public void PgBouncer_AcceptsTheSettings()
    {
        string bouncer = ExternalTool.Require("pgbouncer", "pgbouncer");
        using var folder = new TemporaryFolder();
        string places = $"""
            listen_addr =
            unix_socket_dir = {folder.Path}
            auth_type = any
            admin_users = admin

            """;
        folder.Write("pgbouncer.ini", Content(ExamplePlan.Create(Verdict.Pool, pooler: ExamplePlan.Pooler()), "pgbouncer.ini") + places);
        ExternalTool.GiveTo("postgres", folder.Path);

        string client = ExternalTool.Require("psql", "postgresql-client");
        using Process pooler = ExternalTool.StartUnprivileged("postgres", bouncer, folder["pgbouncer.ini"]);
        try
        {
            // It tells when it listens. The console tells the settings in force.
            string? line = "";
            var told = new StringBuilder();
            while (line is not null && !line.Contains("process up", StringComparison.Ordinal))
            {
                line = pooler.StandardError.ReadLine();
                told.AppendLine(line);
            }

            Assert.IsNotNull(line, told.ToString());
            (int exitCode, string output) = ExternalTool.Run(client, "-h", folder.Path, "-p", "6432", "-U", "admin", "-At", "-c", "SHOW CONFIG", "pgbouncer");
            Assert.AreEqual(0, exitCode, output);
            string[] settings = output.Split('\n');
            foreach (string expected in new[] { "default_pool_size|30|", "reserve_pool_size|5|", "max_db_connections|35|", "max_client_conn|500|", "pool_mode|transaction|" })
            {
                Assert.IsTrue(Array.Exists(settings, s => s.StartsWith(expected, StringComparison.Ordinal)), expected + "\n" + output);
            }
        }
        finally
        {
            pooler.Kill(entireProcessTree: true);
            pooler.WaitForExit();
        }
    }

    [TestMethod]
    public void AppSettings_HaveThePoolOfEachService()
        => Assert.AreEqual(
            "Maximum Pool Size=24;Minimum Pool Size=9;Timeout=2",
            JsonNode.Parse(Content(ExamplePlan.Create(), "appsettings.json"))!["ConnectionStrings"]!["web"]!.GetValue<string>());

    [TestMethod]
    public void LoadTest_RehearsesThePeak_AndSaysWhatMustHold()
    {
        JsonNode test = JsonNode.Parse(Content(ExamplePlan.Create(), "load-test.json"))!;
        JsonNode peak = test["stages"]!.AsArray().Single(s => s!["name"]!.GetValue<string>() == "peak")!;
        Assert.AreEqual(1777.3, peak["toRequestsPerSecond"]!.GetValue<double>());
        Assert.AreEqual(2310.49, peak["bursts"]!["requestsPerSecond"]!.GetValue<double>());
        JsonNode beyond = test["stages"]!.AsArray().Single(s => s!["name"]!.GetValue<string>() == "beyond")!;
        Assert.AreEqual(2132.76, beyond["toRequestsPerSecond"]!.GetValue<double>());
        StringAssert.Contains(test["passes"]!.ToJsonString(PlanJsonContext.Plan.Options), "at or below 211");
    }

    [TestMethod]
    public void Files_AreNotBrokenByNamesFromOutside()
    {
        CapacityPlan plan = ExamplePlan.Create();
        plan = ExamplePlan.With(plan, plan.Demand with { Cause = "launch\nmax_connections = 1 {{ $labels.x }}\u0001<script>" });
        string[] settings = [.. Content(plan, "postgresql.conf").Split('\n').Where(l => l.StartsWith("max_connections", StringComparison.Ordinal))];
        CollectionAssert.AreEqual(new[] { "max_connections = 214" }, settings);
        using var page = new StringWriter();
        HtmlReport.Write(page, plan);
        Assert.IsFalse(page.ToString().Contains("<script", StringComparison.OrdinalIgnoreCase));
        string[] templates = [.. Content(plan, "alerts.yml").Split('\n').Where(l => l.Contains("summary:", StringComparison.Ordinal))];
        Assert.IsFalse(Array.Exists(templates, l => l.Contains("{{ $labels.x", StringComparison.Ordinal)));
    }

    internal static string Content(CapacityPlan plan, string name, MonitoringScope? scope = null) => ConfigurationWriter.Write(plan, scope).Single(f => f.Name == name).Content;

    private static string[] Names(CapacityPlan plan) => [.. ConfigurationWriter.Write(plan).Select(f => f.Name)];
}
