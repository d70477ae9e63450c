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
}
