using Makalu.Capacity.Sizing;

namespace Makalu.Capacity.Tests.Sizing;

/// <summary>Leaks and slow queries are asked about before capacity is blamed.</summary>
[TestClass]
public sealed class UseFindingsTests
{
    [TestMethod]
    public void Plan_WhenConnectionsAreIdleInTransactions_AsksAboutLeaksFirst()
    {
        ConnectionPlan plan = Plan(new ObservedUse { IdleInTransaction = 12, LongestIdleInTransaction = TimeSpan.FromMinutes(7) });
        Assert.AreEqual("connections-leaked", plan.Findings[0].Code);
        Assert.AreEqual(FindingSeverity.Critical, plan.Findings[0].Severity);
        StringAssert.Contains(plan.Findings[0].Message, "12 of 85 usable connections");
        Assert.IsTrue(plan.Findings.Any(finding => finding.Code == "current-limit-exceeded"), "capacity is told too, after it");
    }

    [TestMethod]
    public void Plan_WhenOneConnectionIsIdleInATransaction_OnlyWarns()
        => Assert.AreEqual(FindingSeverity.Warning, Plan(new ObservedUse { IdleInTransaction = 1 }).Findings.Single(finding => finding.Code == "connections-leaked").Severity);

    [TestMethod]
    public void Plan_WhenPoolUseDoesNotFollowTheLoad_SaysSoFirst()
    {
        // It only ever grows, whatever the load: a leak.
        ConnectionPlan leak = Plan(new ObservedUse { PoolUse = [.. Enumerable.Range(0, 24).Select(hour => new ObservedPoolUse(100 + (80 * Math.Sin(hour)), 10 + (2 * hour)))] });
        Assert.AreEqual("pool-use-does-not-follow-load", leak.Findings[0].Code);

        ConnectionPlan sound = Plan(new ObservedUse { PoolUse = [.. Enumerable.Range(0, 24).Select(hour => new ObservedPoolUse(100 + (80 * Math.Sin(hour)), 0.045 * (100 + (80 * Math.Sin(hour)))))] });
        Assert.IsTrue(sound.Findings.Any(finding => finding.Code == "pool-use-follows-load" && finding.Severity == FindingSeverity.Info));

        ConnectionPlan slow = Plan(new ObservedUse { PoolUse = [.. Enumerable.Range(0, 24).Select(hour => new ObservedPoolUse(100 + (80 * Math.Sin(hour)), 0.2 * (100 + (80 * Math.Sin(hour)))))] });
        StringAssert.Contains(slow.Findings.Single(finding => finding.Code == "held-longer-than-described").Message, "200 ms");
    }

    [TestMethod]
    public void Plan_WhenLocksAndLongStatementsWereSeen_NamesThem()
    {
        ConnectionPlan plan = Plan(new ObservedUse { WaitingForLocks = 9, LongestStatement = TimeSpan.FromSeconds(90), Notes = ["Seen on a Tuesday."] });
        Assert.IsTrue(plan.Findings.Any(finding => finding.Code == "waits-for-locks"));
        Assert.IsTrue(plan.Findings.Any(finding => finding.Code == "slow-statement"));
        Assert.Contains("Seen on a Tuesday.", plan.Assumptions);
    }

    [TestMethod]
    public void Plan_WhenTheLoadIsTinyAndThePoolsAreHuge_BlamesThePoolsAndNotTheDemand()
    {
        ConnectionPlan plan = SizingCases.Sample.Plan(SizingCases.Peak(22));
        Assert.AreEqual(Verdict.Keep, plan.Verdict);
        Assert.AreEqual(100, plan.MaxConnections);
        Assert.IsTrue(plan.Services[0].MaxPoolSize <= 4);
        Finding pools = plan.Findings.Single(finding => finding.Code == "pools-exceed-max-connections");
        StringAssert.StartsWith(pools.Message, "The demand is not the problem");
        Assert.IsFalse((bool)pools.Evidence["demandIsTheCause"]);
        Assert.IsTrue((bool)SizingCases.Sample.Plan(SizingCases.Peak(2400)).Findings.Single(finding => finding.Code == "pools-exceed-max-connections").Evidence["demandIsTheCause"]);
    }

    private static ConnectionPlan Plan(ObservedUse observed) => (SizingCases.Outage with { Observed = observed }).Plan(SizingCases.Peak(2400));
}
