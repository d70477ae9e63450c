using System.Globalization;
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

    /// <summary>Six instances as on the day of the outage: none refused, and the wait target kept.</summary>
    [TestMethod]
    [Timeout(600_000, CooperativeCancellation = true)]
    public async Task Verify_WithThePlannedSettings_Passes()
    {
        double used = 0;
        int maxConnections = 0;
        JsonNode report = await VerifyStretched([1, 4, 16], async stretch =>
        {
            CapacityPlan plan = RehearsedPlans.Plan(RehearsedPlans.Shop(instances: 6, maxConnections: 100, stretch), requestsPerSecond: 80 / stretch);
            (used, maxConnections) = (stretch, plan.Connections.MaxConnections);
            using TemporaryPostgres server = await Start(plan.Connections.MaxConnections);
            return await Verify(plan, server.Port, expectedExitCode: null, "--load", "1,1.5", "--duration", FormattableString.Invariant($"{4 * stretch}s"));
        });

        Assert.HasCount(2, report["loads"]!.AsArray());
        JsonNode peak = report["loads"]![0]!;
        Assert.AreEqual(peak["requests"]!.GetValue<int>(), peak["answered"]!.GetValue<int>());
        Assert.AreEqual(80 / used, peak["peakRequestsPerSecond"]!.GetValue<double>(), 1e-3);
        Assert.IsEmpty(peak["refused"]!.AsObject(), peak.ToJsonString());

        // 160 requests are due at the held peak, half of the duration; six standard deviations of chance.
        JsonNode service = peak["services"]![0]!;
        Assert.AreEqual(160, service["requests"]!.GetValue<int>(), 80);
        Assert.IsTrue(TimeSpan.Parse(service["holdMean"]!.GetValue<string>(), CultureInfo.InvariantCulture) > TimeSpan.FromMilliseconds(20 * used));
        int most = peak["serverView"]!["mostConnections"]!.GetValue<int>();
        Assert.IsTrue(most >= 6 && most <= maxConnections, peak.ToJsonString());
    }

    [TestMethod]
    [Timeout(300_000, CooperativeCancellation = true)]
    public async Task Verify_WithPoolsBeyondTheLimit_TellsTheRefusals()
    {
        // 120 requests/s of 200 ms want 24 connections, of which two instances may take 100 each and the server has 7.
        SystemDescription shop = RehearsedPlans.Shop(instances: 2, maxConnections: 100).WithService(service => service with { DatabaseTimeMean = TimeSpan.FromMilliseconds(200), DatabaseTimeP95 = null });
        CapacityPlan plan = RehearsedPlans.Plan(shop, requestsPerSecond: 120);
        using TemporaryPostgres server = await Start(10);
        JsonNode report = await Verify(plan, server.Port, expectedExitCode: 3, "--load", "1", "--duration", "3s", "--pool-size", "100");

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
        SystemDescription shop = RehearsedPlans.Shop(instances: 1, maxConnections: 100, stretch: 4).WithService(service => service with { DatabaseTimeMean = TimeSpan.FromMilliseconds(200), DatabaseTimeP95 = TimeSpan.FromMilliseconds(200) });
        CapacityPlan plan = RehearsedPlans.Plan(shop, requestsPerSecond: 30);
        using TemporaryPostgres server = await Start(20);
        JsonNode report = await Verify(plan, server.Port, expectedExitCode: 3, "--load", "1", "--duration", "2s", "--pool-size", "1");

        JsonNode service = report["loads"]![0]!["services"]![0]!;
        Assert.IsTrue(service["lateShare"]!.GetValue<double>() > 0.8, report.ToJsonString());
        Assert.IsTrue(TimeSpan.Parse(service["poolWait"]!["max"]!.GetValue<string>(), CultureInfo.InvariantCulture) > TimeSpan.FromSeconds(3), report.ToJsonString());
        StringAssert.Contains(report["failures"]!.ToJsonString(), "waited longer than 1000 ms");
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

    /// <summary>
    /// The verdict <c>pool</c>: eight instances may not connect directly. With the emitted settings of PgBouncer the planned peak is served and the wait
    /// target kept; and a stall, in which direct pools are refused, only makes requests wait.
    /// </summary>
    [TestMethod]
    [Timeout(600_000, CooperativeCancellation = true)]
    public async Task Verify_ThroughThePlannedPooler_IsServedWhereDirectPoolsAreRefused()
    {
        JsonNode report = await VerifyStretched([2, 6, 16], async stretch =>
        {
            (CapacityPlan plan, SystemDescription _) = PooledShop(stretch);
            using TemporaryPostgres server = await Start(plan.Connections.MaxConnections);
            using TemporaryPgBouncer pooler = TemporaryPgBouncer.Start(server, PlannedSettings(plan));
            return await Verify(plan, pooler.Port, expectedExitCode: null, "--load", "1,1.5", "--duration", FormattableString.Invariant($"{4 * stretch}s"));
        });

        (CapacityPlan plan, SystemDescription system) = PooledShop(1);
        foreach (JsonNode? load in report["loads"]!.AsArray())
        {
            Assert.AreEqual(load!["requests"]!.GetValue<int>(), load["answered"]!.GetValue<int>(), load.ToJsonString());
            Assert.IsTrue(load["serverView"]!["mostConnections"]!.GetValue<int>() <= plan.Connections.Pooler!.Connections, load.ToJsonString());
        }

        // Connections are held for a second, 40 requests a second come, and the limit leaves 13.
        CapacityPlan stalled = RehearsedPlans.Plan(system.WithService(service => service with { DatabaseTimeMean = TimeSpan.FromSeconds(1), DatabaseTimeP95 = null }) with { Pooler = null }, requestsPerSecond: 40);
        using TemporaryPostgres stalledServer = await Start(plan.Connections.MaxConnections);
        using TemporaryPgBouncer stalledPooler = TemporaryPgBouncer.Start(stalledServer, PlannedSettings(plan));
        string poolSize = plan.Connections.Services[0].MaxPoolSize.ToString(CultureInfo.InvariantCulture);
        JsonNode direct = (await Verify(stalled, stalledServer.Port, expectedExitCode: 3, "--load", "1", "--duration", "2s", "--pool-size", "100"))["loads"]![0]!;
        JsonNode pooled = (await Verify(stalled, stalledPooler.Port, expectedExitCode: 3, "--load", "1", "--duration", "2s", "--pool-size", poolSize))["loads"]![0]!;
        TestContext.WriteLine($"in the stall: direct {direct["refused"]!.ToJsonString()} of {direct["requests"]} refused, pooled {pooled["refused"]!.ToJsonString()}");
        Assert.IsTrue(direct["refused"]!["53300"]!.GetValue<int>() > 5, direct.ToJsonString());
        Assert.IsEmpty(pooled["refused"]!.AsObject(), pooled.ToJsonString());
        Assert.AreEqual(pooled["requests"]!.GetValue<int>(), pooled["answered"]!.GetValue<int>(), pooled.ToJsonString());
    }

    private static (CapacityPlan Plan, SystemDescription System) PooledShop(double stretch)
    {
        SystemDescription shop = RehearsedPlans.Shop(instances: 8, maxConnections: 18, stretch).WithDatabase(database => database with { ManagedMaxConnections = 18 });
        shop = shop with { Target = new ServiceTarget { MaxWait = TimeSpan.FromMilliseconds(100 * stretch) } };
        Assert.AreEqual(Verdict.Pool, RehearsedPlans.Plan(shop, requestsPerSecond: 60 / stretch).Connections.Verdict);
        SystemDescription pooled = shop with { Pooler = new PoolerDescription { Replicas = 1, PoolSize = 2 } };
        CapacityPlan plan = RehearsedPlans.Plan(pooled, requestsPerSecond: 60 / stretch);
        Assert.AreEqual(Verdict.Pool, plan.Connections.Verdict);
        return (plan, pooled);
    }

    private static string PlannedSettings(CapacityPlan plan)
        => string.Join('\n', ConfigurationWriter.Write(plan).Single(file => file.Name == "pgbouncer.ini").Content.Split('\n').SkipWhile(line => line != "; Planned"));

    /// <summary>
    /// Rehearses a plan with its times stretched, further where this machine is too busy for the waits to say anything; a plan that does not hold
    /// fails at every stretch.
    /// </summary>
    private async Task<JsonNode> VerifyStretched(double[] stretches, Func<double, Task<JsonNode>> verify)
    {
        JsonNode report = await verify(stretches[0]);
        foreach (double stretch in stretches[1..])
        {
            if (report["passed"]!.GetValue<bool>())
                break;

            TestContext.WriteLine($"Stretched further: {report["failures"]!.ToJsonString()}");
            report = await verify(stretch);
        }

        Assert.IsTrue(report["passed"]!.GetValue<bool>(), report["failures"]!.ToJsonString());
        return report;
    }

    private async Task<TemporaryPostgres> Start(int maxConnections)
    {
        TemporaryPostgres server = TemporaryPostgres.Start(maxConnections);
        await server.ExecuteAsync("CREATE ROLE web LOGIN", TestContext.CancellationToken);
        return server;
    }

    private async Task<JsonNode> Verify(CapacityPlan plan, int port, int? expectedExitCode, params string[] further)
    {
        using var folder = new TemporaryFolder();
        folder.Write("plan.json", RehearsedPlans.Json(plan));
        CommandRun run = await CommandRun.Of(
            TestContext.CancellationToken,
            ["verify", "--connection", $"Host=127.0.0.1;Port={port};Username=web;Database=postgres;Timeout=60;Command Timeout=60", "--plan", folder["plan.json"], "--output", folder["report.json"], "--verbose", .. further]);
        TestContext.WriteLine(run.Output);
        foreach (string told in new[] { FormattableString.Invariant($"connected to 127.0.0.1:{port}"), "calibrated: this server counts ", "started instance 1 of ", " processes are connected and ready", "  a process of ", " answered; 99 % were sent within " })
        {
            StringAssert.Contains(run.Error, told);
        }

        if (expectedExitCode is { } expected)
            Assert.AreEqual(expected, run.ExitCode, run.Error);
        else
            Assert.IsTrue(run.ExitCode is 0 or 3, run.Error);

        return JsonNode.Parse(File.ReadAllText(folder["report.json"]))!;
    }
}
