using Makalu.Capacity.Peaks;
using Makalu.Capacity.Sizing;

namespace Makalu.Capacity.Tests.Sizing;

[TestClass]
public sealed class ConnectionPlannerTests
{
    [TestMethod]
    public void Plan_OnTheDayOfTheOutage_RaisesAndTellsBothCauses()
    {
        ConnectionPlan plan = SizingCases.Outage.Plan(SizingCases.Peak(2400));

        Assert.AreEqual(Verdict.Raise, plan.Verdict);
        Assert.IsTrue(plan.MaxConnections > 100);
        Assert.IsTrue(plan.RestartRequired);
        Assert.IsFalse(plan.CurrentSettingsSurvive);
        Assert.IsTrue(plan.Services[0].Connections + 12 + 3 <= plan.MaxConnections);
        Assert.AreEqual("pools-exceed-max-connections", plan.Findings[0].Code);
        Finding limit = plan.Findings.Single(finding => finding.Code == "current-limit-exceeded");
        Assert.AreEqual(FindingSeverity.Critical, limit.Severity);
        Assert.Contains("autumn-launch", limit.Message);
        Assert.Contains("2024-09-15 14:05 UTC", limit.Message);
        Assert.Contains("2,400 requests/s", limit.Message);
        Assert.Contains("max_connections is 100", limit.Message);
    }

    [TestMethod]
    public void Plan_WhenDatabaseSaturates_AdvisesAgainstRaisingMaxConnections()
    {
        ConnectionPlan plan = SizingCases.Outage.WithDatabase(database => database with { CpuCores = 2 }).Plan(SizingCases.Peak(2400));

        Assert.AreEqual(Verdict.Scale, plan.Verdict);
        Assert.AreEqual(100, plan.MaxConnections);
        Assert.AreEqual(2.4, plan.Database.CpuUtilisation!.Value, 1e-9);
        Assert.IsTrue(plan.Database.CpuCoresRequired >= 7);
        Assert.IsTrue(plan.Services.Sum(service => service.Connections) <= 85);
        Assert.IsTrue(plan.Findings.Any(finding => finding.Code == "cpu-saturated" && finding.Severity == FindingSeverity.Critical));
    }

    [TestMethod]
    public void Plan_WhenSettingsSuffice_Keeps()
    {
        ConnectionPlan plan = SizingCases.Outage.WithService(service => service with { MaxPoolSize = 8 }).Plan(SizingCases.Peak(200));

        Assert.AreEqual(Verdict.Keep, plan.Verdict);
        Assert.AreEqual(100, plan.MaxConnections);
        Assert.IsFalse(plan.RestartRequired);
        Assert.IsTrue(plan.CurrentSettingsSurvive);
    }

    [TestMethod]
    public void Plan_WhenMemoryCannotHoldTheConnections_AdvisesAPooler()
    {
        ConnectionPlan plan = SizingCases.Outage
            .WithDatabase(database => database with { CpuCores = 64, MemoryBytes = 4L << 30, SharedBuffersBytes = 1L << 30 })
            .WithService(service => service with { Instances = 60 })
            .Plan(SizingCases.Peak(2400));

        Assert.AreEqual(Verdict.Pool, plan.Verdict);
        Assert.IsNotNull(plan.Pooler);
        Assert.AreEqual(2, plan.Pooler.Replicas);
        Assert.AreEqual("transaction", plan.Pooler.Mode);
        Assert.IsTrue(plan.Pooler.Connections + 15 <= plan.MaxConnections);
    }

    [TestMethod]
    public void Plan_WhenMemoryIsExceededAndUnneeded_Lowers()
    {
        ConnectionPlan plan = SizingCases.Outage
            .WithDatabase(database => database with { MaxConnections = 5000 })
            .WithService(service => service with { MaxPoolSize = 20 })
            .Plan(SizingCases.Peak(500));

        Assert.AreEqual(Verdict.Lower, plan.Verdict);
        Assert.IsTrue(plan.MaxConnections < 5000);
        Assert.IsTrue(plan.Findings.Any(finding => finding.Code == "memory-exceeded"));
    }

    [TestMethod]
    public void Plan_WhenPoolIsBelowTheLoad_IsCritical()
    {
        ConnectionPlan plan = SizingCases.Outage.WithService(service => service with { MaxPoolSize = 3 }).Plan(SizingCases.Peak(2400));

        Finding small = plan.Findings.Single(finding => finding.Code == "pool-too-small");
        Assert.AreEqual(FindingSeverity.Critical, small.Severity);
        Assert.IsFalse(plan.CurrentSettingsSurvive);
    }

    [TestMethod]
    public void Plan_WhenSystemBreaksRules_TellsAllAtOnce()
    {
        SystemDescription system = SizingCases.Outage
            .WithDatabase(database => database with { MaxConnections = 0 })
            .WithService(service => service with { TrafficShare = 2 });

        SystemDescriptionException exception = Assert.ThrowsExactly<SystemDescriptionException>(() => system.Plan(SizingCases.Peak(10)));
        Assert.IsTrue(exception.Errors.Any(error => error.Path == "$.database.maxConnections"));
        Assert.IsTrue(exception.Errors.Any(error => error.Path == "$.services[0].trafficShare"));
    }

    [TestMethod]
    public void Plan_WithoutDemand_NeedsOneConnectionAnInstance()
    {
        ConnectionPlan plan = SizingCases.Outage.Plan(SizingCases.Peak(0));
        Assert.AreEqual(1, plan.Services[0].MaxPoolSize);
        Assert.AreEqual(Verdict.Keep, plan.Verdict);
    }

    [TestMethod]
    public void Plan_ForTheSamplesLaunch_RaisesToAbout200()
    {
        PeakDemand launch = SizingCases.Peak(2200, null) with { BurstFactor = 1.07 * 1.1, BurstFactorMeasured = true };
        ConnectionPlan plan = SizingCases.Sample.Plan(launch);

        Assert.AreEqual(Verdict.Raise, plan.Verdict);
        Assert.IsTrue(plan.MaxConnections is >= 170 and <= 250, plan.MaxConnections.ToString(System.Globalization.CultureInfo.InvariantCulture));
        Assert.IsTrue(plan.Database.CpuUtilisation is > 0.30 and < 0.40);
        Assert.IsFalse(plan.CurrentSettingsSurvive);
        Assert.IsTrue(plan.Services[0].Utilisation < 0.95);
    }

    [TestMethod]
    public void Plan_WhenProcessorsExceedTheTargetOnly_ScalesWithNumbersOfAStableSystem()
    {
        // 5,800 requests/s × 1.2 ms = 6.96 of 8 cores: 87 %.
        ConnectionPlan plan = SizingCases.Sample.Plan(SizingCases.Peak(5800));

        Assert.AreEqual(Verdict.Scale, plan.Verdict);
        Assert.AreEqual(0.87, plan.Database.CpuUtilisation!.Value, 1e-9);
        Assert.IsTrue(plan.Database.CpuCoresRequired is >= 10 and <= 12);
        ServicePool web = plan.Services[0];
        Assert.IsTrue(web.OfferedLoad is >= 5800 * 0.040 / 6 and < 2 * 5800 * 0.040 / 6, web.ToString());
        Assert.IsTrue(web.MaxPoolSize * 6 <= plan.Database.Knee);
        Assert.IsTrue(web.Utilisation < 1.05, web.ToString());
        Assert.IsTrue(web.Connections + 15 <= plan.MaxConnections);
        AssertSane(plan);
    }

    [TestMethod]
    public void Plan_WhenTheLoadCannotBeServed_KeepsToTheErlangsHeld()
    {
        // 10,000 requests/s × 1.2 ms = 12 of 8 cores: 150 %.
        ConnectionPlan plan = SizingCases.Sample.Plan(SizingCases.Peak(10_000));

        Assert.AreEqual(Verdict.Scale, plan.Verdict);
        Assert.AreEqual(1.5, plan.Database.CpuUtilisation!.Value, 1e-9);
        Assert.AreEqual(10_000 * 0.040 / 6, plan.Services[0].OfferedLoad, 1e-9);
        Assert.IsTrue(plan.Database.CpuCoresRequired >= 18);
        Finding cpu = plan.Findings.Single(finding => finding.Code == "cpu-saturated");
        Assert.AreEqual(FindingSeverity.Critical, cpu.Severity);
        Assert.IsTrue((int)cpu.Evidence["maxConnectionsAfterScaling"] > 400);
        AssertSane(plan);
    }

    [TestMethod]
    public void Plan_WhenScaledAsItAsks_NoLongerAsks()
    {
        foreach (double rate in (double[])[5000, 10_000])
        {
            ConnectionPlan plan = SizingCases.Sample.Plan(SizingCases.Peak(rate));
            ConnectionPlan scaled = SizingCases.Sample.WithDatabase(database => database with { CpuCores = plan.Database.CpuCoresRequired }).Plan(SizingCases.Peak(rate));
            Assert.AreEqual(Verdict.Scale, plan.Verdict);
            Assert.AreNotEqual(Verdict.Scale, scaled.Verdict);
        }
    }

    [TestMethod]
    public void Plan_WhenPoolerIsInPlaceAndTooSmall_ResizesItInsteadOfRaising()
    {
        SystemDescription system = SizingCases.Outage.WithDatabase(database => database with { MaxConnections = 200 }) with { Pooler = new PoolerDescription { Replicas = 2, PoolSize = 20 } };
        ConnectionPlan plan = system.Plan(SizingCases.Peak(2400));

        Assert.AreEqual(Verdict.Pool, plan.Verdict);
        Assert.AreEqual(200, plan.MaxConnections);
        Assert.IsTrue(plan.Pooler!.PoolSize > 20);
        Assert.AreEqual("pooler-pool-too-small", plan.Findings[0].Code);
    }

    [TestMethod]
    public void Plan_WithStandbys_TellsInWhichOrderToRestart()
    {
        SystemDescription system = SizingCases.Outage.WithDatabase(database => database with { Standbys = 2 });
        Assert.Contains("standbys first", system.Plan(SizingCases.Peak(2400)).Findings.Single(finding => finding.Code == "restart-required").Message);
        Assert.Contains("primary first", system.WithDatabase(database => database with { MaxConnections = 5000 }).Plan(SizingCases.Peak(500)).Findings.Single(finding => finding.Code == "restart-required").Message);
    }

    [TestMethod]
    public void Plan_ForMySql_ChangesWithoutRestartAndCountsNoReserve()
    {
        SystemDescription system = SizingCases.Outage.WithDatabase(database => database with { Engine = "mysql", Version = "8.4", SuperuserReserved = 0 });
        ConnectionPlan plan = system.Plan(SizingCases.Peak(2400));

        Assert.AreEqual(Verdict.Raise, plan.Verdict);
        Assert.IsFalse(plan.RestartRequired);
        Assert.IsTrue(plan.Findings.Any(finding => finding.Code == "no-restart-needed"));
        Assert.IsTrue(plan.Findings.Any(finding => finding.Code == "thread-cache"));
    }

    [TestMethod]
    public void Plan_WhenRequestsTakeTwoConnections_KeepsTheDeadlockFloor()
    {
        ConnectionPlan plan = SizingCases.Outage
            .WithService(service => service with { ConnectionsPerRequest = 2, MaxConcurrentRequests = 40, MaxPoolSize = 30 })
            .Plan(SizingCases.Peak(200));

        Assert.IsTrue(plan.Services[0].MaxPoolSize >= 41);
        Assert.IsTrue(plan.Findings.Any(finding => finding.Code == "pool-can-deadlock" && finding.Severity == FindingSeverity.Critical));
    }

    [TestMethod]
    public void Plan_WhenBothReservesAreSet_LeavesRoomForBoth()
    {
        ConnectionPlan plan = SizingCases.Outage.WithDatabase(database => database with { SuperuserReserved = 5, Reserved = 20 }).Plan(SizingCases.Peak(2400));
        Assert.IsTrue(plan.MaxConnections >= ((plan.Services[0].Connections + 12) * 1.2) + 25);
    }

    [TestMethod]
    public void Plan_OnTheDayOfTheOutage_ExaminesEveryBadDay()
    {
        ConnectionPlan plan = SizingCases.Outage.Plan(SizingCases.Peak(2400));
        CollectionAssert.AreEqual(
            new[] { "rolling-deployment", "instance-lost", "zone-lost", "failover", "retry-storm", "slow-database" },
            plan.BadDays.Select(day => day.Code).ToArray());
        Assert.IsTrue(plan.BadDays.Single(day => day.Code == "rolling-deployment").Survives);
        foreach (BadDay day in plan.BadDays)
        {
            Assert.AreEqual(day.Survives, day.Remedy is null, day.Code);
        }

        Assert.HasCount(3, plan.Sensitivities);
        Assert.IsTrue(plan.Sensitivities[0].MaxPoolSizes[0] > plan.Services[0].MaxPoolSize);
    }

    [TestMethod]
    public void Plan_Findings_AreSortedAndExplainThemselves()
    {
        foreach (double rate in (double[])[50, 2400, 10_000])
        {
            ConnectionPlan plan = SizingCases.Sample.Plan(SizingCases.Peak(rate));
            FindingSeverity[] severities = [.. plan.Findings.Select(finding => finding.Severity)];
            CollectionAssert.AreEqual(severities.OrderDescending().ToArray(), severities);
            AssertSane(plan);
        }
    }

    /// <summary>No number of a plan may be a search's bound or beyond reason.</summary>
    private static void AssertSane(ConnectionPlan plan)
    {
        foreach (Finding finding in plan.Findings)
        {
            Assert.DoesNotContain("NaN", finding.Message);
            Assert.DoesNotContain("∞", finding.Message);
            Assert.IsTrue(finding.Message.EndsWith('.'), finding.Message);
            Assert.IsTrue(finding.Evidence.Count > 0, finding.Code);
            foreach ((string name, object value) in finding.Evidence)
            {
                Assert.IsTrue(value is string or bool or long || Convert.ToDouble(value, System.Globalization.CultureInfo.InvariantCulture) is >= 0 and < 50_000, $"{finding.Code} {name}: {value}");
            }
        }
    }
}
