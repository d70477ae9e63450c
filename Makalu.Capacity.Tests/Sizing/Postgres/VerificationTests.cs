using System.Text.Json.Nodes;
using Makalu.Capacity.Reporting;
using Makalu.Capacity.Sizing;
using Makalu.Capacity.Tests.Cli;

namespace Makalu.Capacity.Tests.Sizing.Postgres;

/// <summary><c>makalu verify</c> on a real server, with real processes.</summary>
[TestClass]
public sealed class VerificationTests
{
    public TestContext TestContext { get; set; } = null!;

    [TestMethod]
    [DoNotParallelize]
    [Timeout(300_000, CooperativeCancellation = true)]
    public async Task Verify_WithThePlannedSettings_Passes()
    {
        CapacityPlan plan = RehearsedPlans.Plan(RehearsedPlans.Shop(instances: 2, maxConnections: 100), requestsPerSecond: 80);
        using TemporaryPostgres server = await Start(plan.Connections.MaxConnections);
        JsonNode report = await Verify(plan, server, server.Port, expectedExitCode: 0, "--load", "1,1.5", "--duration", "4s");

        Assert.IsTrue(report["passed"]!.GetValue<bool>());
        Assert.HasCount(2, report["loads"]!.AsArray());
        JsonNode peak = report["loads"]![0]!;
        Assert.AreEqual(peak["requests"]!.GetValue<int>(), peak["answered"]!.GetValue<int>());
        Assert.AreEqual(80, peak["peakRequestsPerSecond"]!.GetValue<double>(), 1e-6);

        // 160 requests are due at the held peak of two seconds; six standard deviations of chance.
        Assert.AreEqual(160, peak["services"]![0]!["requests"]!.GetValue<int>(), 80);
        Assert.IsTrue(TimeSpan.Parse(peak["services"]![0]!["holdMean"]!.GetValue<string>(), System.Globalization.CultureInfo.InvariantCulture) > TimeSpan.FromMilliseconds(20));
        int most = peak["serverView"]!["mostConnections"]!.GetValue<int>();
        Assert.IsTrue(most >= 2 && most <= plan.Connections.MaxConnections, peak.ToJsonString());
    }

    [TestMethod]
    [Timeout(300_000, CooperativeCancellation = true)]
    public async Task Verify_WithPoolsBeyondTheLimit_TellsTheRefusals()
    {
        // 120 requests/s of 200 ms want 24 connections, of which two instances may take 100 each and the server has 7.
        SystemDescription shop = RehearsedPlans.Shop(instances: 2, maxConnections: 100).WithService(service => service with { DatabaseTimeMean = TimeSpan.FromMilliseconds(200), DatabaseTimeP95 = null });
        CapacityPlan plan = RehearsedPlans.Plan(shop, requestsPerSecond: 120);
        using TemporaryPostgres server = await Start(10);
        JsonNode report = await Verify(plan, server, server.Port, expectedExitCode: 3, "--load", "1", "--duration", "3s", "--pool-size", "100");

        Assert.IsFalse(report["passed"]!.GetValue<bool>());
        Assert.IsTrue(report["loads"]![0]!["refused"]!["53300"]!.GetValue<int>() > 20, report.ToJsonString());
        StringAssert.Contains(report["failures"]!.ToJsonString(), "53300");
    }

    /// <summary>
    /// About 50 requests of 200 ms on one connection are 10 s of work: the last of them waits for many seconds. A load generator that waited for
    /// answers before it sent the next request would never see a wait.
    /// </summary>
    [TestMethod]
    [Timeout(300_000, CooperativeCancellation = true)]
    public async Task Verify_WhenThePoolIsTooSmall_CountsTheWholeWait()
    {
        SystemDescription shop = RehearsedPlans.Shop(instances: 1, maxConnections: 100).WithService(service => service with { DatabaseTimeMean = TimeSpan.FromMilliseconds(200), DatabaseTimeP95 = TimeSpan.FromMilliseconds(200) });
        CapacityPlan plan = RehearsedPlans.Plan(shop, requestsPerSecond: 30);
        using TemporaryPostgres server = await Start(20);
        JsonNode report = await Verify(plan, server, server.Port, expectedExitCode: 3, "--load", "1", "--duration", "2s", "--pool-size", "1");

        JsonNode service = report["loads"]![0]!["services"]![0]!;
        Assert.IsTrue(service["lateShare"]!.GetValue<double>() > 0.9, report.ToJsonString());
        Assert.IsTrue(TimeSpan.Parse(service["poolWait"]!["max"]!.GetValue<string>(), System.Globalization.CultureInfo.InvariantCulture) > TimeSpan.FromSeconds(3), report.ToJsonString());
        StringAssert.Contains(report["failures"]!.ToJsonString(), "waited longer than 250 ms");
    }

    [TestMethod]
    [DataRow("Host=203.0.113.7;Username=web;Password=hunter22")]
    [DataRow("Host=127.0.0.1,203.0.113.7;Username=web;Password=hunter22")]
    [DataRow("postgresql://web:hunter22@[2001:db8::1]/shop")]
    public async Task Verify_OfAnotherMachine_IsRefusedUnlessItIsOwned(string connection)
    {
        using var folder = new TemporaryFolder();
        folder.Write("plan.json", RehearsedPlans.Json(RehearsedPlans.Plan(RehearsedPlans.Shop(1, 100), 10)));
        CommandRun run = await CommandRun.Of(TestContext.CancellationToken, "verify", "--connection", connection, "--plan", folder["plan.json"], "--output", folder["report.json"]);

        Assert.AreEqual(2, run.ExitCode, run.Error);
        StringAssert.Contains(run.Error, "--i-own-this-database");
        Assert.IsFalse(run.Error.Contains("hunter22", StringComparison.Ordinal), run.Error);
        CollectionAssert.AreEqual(new[] { "plan.json" }, folder.Entries);
    }

    [TestMethod]
    [DataRow("{}", "is not a plan")]
    [DataRow("null", "is not a plan")]
    [DataRow("timestamp,requests", "is not a plan")]
    public async Task Verify_OfWhatIsNoPlan_IsRefused(string content, string expected)
    {
        using var folder = new TemporaryFolder();
        CommandRun run = await CommandRun.Of(TestContext.CancellationToken, "verify", "--connection", "Host=127.0.0.1;Port=1", "--plan", folder.Write("plan.json", content));
        Assert.AreEqual(2, run.ExitCode, run.Error);
        StringAssert.Contains(run.Error, expected);
    }

    /// <summary>The verdict <c>pool</c>: eight instances may not connect directly, and with the emitted settings of PgBouncer the same peak is served.</summary>
    [TestMethod]
    [DoNotParallelize]
    [Timeout(300_000, CooperativeCancellation = true)]
    public async Task Verify_ThroughThePlannedPooler_IsServedWhereDirectPoolsAreRefused()
    {
        SystemDescription shop = RehearsedPlans.Shop(instances: 8, maxConnections: 18).WithDatabase(database => database with { ManagedMaxConnections = 18 }) with { Target = new ServiceTarget { MaxWait = TimeSpan.FromMilliseconds(100) } };
        SystemDescription pooled = shop with { Pooler = new PoolerDescription { Replicas = 1, PoolSize = 2 } };
        CapacityPlan direct = RehearsedPlans.Plan(shop, requestsPerSecond: 60);
        CapacityPlan plan = RehearsedPlans.Plan(pooled, requestsPerSecond: 60);
        Assert.AreEqual(Verdict.Pool, direct.Connections.Verdict);
        Assert.AreEqual(Verdict.Pool, plan.Connections.Verdict);
        TestContext.WriteLine(plan.Connections.Pooler!.ToString());

        using TemporaryPostgres server = await Start(plan.Connections.MaxConnections);
        string[] settings = [.. ConfigurationWriter.Write(plan).Single(file => file.Name == "pgbouncer.ini").Content.Split('\n').SkipWhile(line => line != "; Planned")];
        using TemporaryPgBouncer pooler = TemporaryPgBouncer.Start(server, string.Join('\n', settings));
        JsonNode report = await Verify(plan, server, pooler.Port, expectedExitCode: 0, "--load", "1,1.5", "--duration", "4s");

        Assert.IsTrue(report["passed"]!.GetValue<bool>());
        foreach (JsonNode? load in report["loads"]!.AsArray())
        {
            Assert.AreEqual(load!["requests"]!.GetValue<int>(), load["answered"]!.GetValue<int>(), load.ToJsonString());
            Assert.IsTrue(load["serverView"]!["mostConnections"]!.GetValue<int>() <= plan.Connections.Pooler!.Connections, load.ToJsonString());
        }

        // The same server, without the pooler, with pools as they were, in a stall: connections are held for a second.
        SystemDescription stalled = pooled.WithService(service => service with { DatabaseTimeMean = TimeSpan.FromSeconds(1), DatabaseTimeP95 = null });
        JsonNode refused = await Verify(RehearsedPlans.Plan(stalled with { Pooler = null, Database = stalled.Database with { ManagedMaxConnections = null } }, requestsPerSecond: 60), server, server.Port, expectedExitCode: 3, "--load", "1", "--duration", "2s", "--pool-size", "100");
        Assert.IsTrue(refused["loads"]![0]!["refused"]!["53300"]!.GetValue<int>() > 20, refused.ToJsonString());
    }

    private async Task<TemporaryPostgres> Start(int maxConnections)
    {
        TemporaryPostgres server = TemporaryPostgres.Start(maxConnections);
        await server.ExecuteAsync("CREATE ROLE web LOGIN", TestContext.CancellationToken);
        return server;
    }

    private async Task<JsonNode> Verify(CapacityPlan plan, TemporaryPostgres server, int port, int expectedExitCode, params string[] further)
    {
        using var folder = new TemporaryFolder();
        folder.Write("plan.json", RehearsedPlans.Json(plan));
        await using var noise = new NoiseProbe(server.Superuser);
        CommandRun run = await CommandRun.Of(
            TestContext.CancellationToken,
            ["verify", "--connection", $"Host=127.0.0.1;Port={port};Username=web;Database=postgres;Timeout=60;Command Timeout=60", "--plan", folder["plan.json"], "--output", folder["report.json"], .. further]);
        TestContext.WriteLine(run.Output);
        if (expectedExitCode == 0 && run.ExitCode == 3 && !run.Error.Contains("refused", StringComparison.Ordinal))
        {
            if (run.Error.Contains("could not send the requests in time", StringComparison.Ordinal))
                Assert.Inconclusive("This machine is too busy: " + run.Error);

            noise.SkipWhereNoisy(run.Error);
        }

        Assert.AreEqual(expectedExitCode, run.ExitCode, run.Error);
        return JsonNode.Parse(File.ReadAllText(folder["report.json"]))!;
    }
}
