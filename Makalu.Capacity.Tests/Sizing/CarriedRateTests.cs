using Makalu.Capacity.Peaks;
using Makalu.Capacity.Sizing;

namespace Makalu.Capacity.Tests.Sizing;

[TestClass]
public sealed class CarriedRateTests
{
    private static readonly ConnectionPlanner Planner = new();

    private static readonly SystemDescription Direct = new()
    {
        Database = new DatabaseDescription { MaxConnections = 60, OtherConnections = 7, CpuCores = 64 },
        Services = [new ServiceDescription { Name = "web", Instances = 2, DatabaseTimeMean = TimeSpan.FromMilliseconds(20) }],
    };

    /// <summary>
    /// The carried rate lies where the finding of the limit does: at 1 % less the settings survive, at 1 % more they do not.
    /// </summary>
    [TestMethod]
    [DataRow("max_connections", null)]
    [DataRow("pool", 12)]
    public void CarriedRate_IsWhereTheCriticalFindingBegins(string limit, int? pool)
    {
        SystemDescription system = Direct with { Services = [Direct.Services[0] with { MaxPoolSize = pool }] };
        double carried = ConnectionPlanner.CarriedRate(system, Demand(1000))!.Value;

        Assert.IsTrue(Planner.Plan(system, Demand(carried * 0.99)).CurrentSettingsSurvive, $"{limit}: {carried}");
        Assert.IsFalse(Planner.Plan(system, Demand(carried * 1.01)).CurrentSettingsSurvive, $"{limit}: {carried}");
    }

    /// <summary>The utilisation law: one core that each request takes for 10 ms does 100 requests a second, whatever the connections.</summary>
    [TestMethod]
    public void CarriedRate_IsBoundByTheProcessors()
    {
        SystemDescription system = Direct with
        {
            Database = Direct.Database with { CpuCores = 1, MaxConnections = 1000 },
            Services = [Direct.Services[0] with { DatabaseTimeMean = TimeSpan.FromMilliseconds(10), DatabaseCpuTimeMean = TimeSpan.FromMilliseconds(10) }],
        };
        double carried = ConnectionPlanner.CarriedRate(system, Demand(50))!.Value;
        Assert.IsLessThanOrEqualTo(100, carried);
        Assert.IsGreaterThan(60, carried);
    }

    [TestMethod]
    public void CarriedRate_DoesNotDependOnTheRateThatIsAsked()
        => Assert.AreEqual(ConnectionPlanner.CarriedRate(Direct, Demand(200))!.Value, ConnectionPlanner.CarriedRate(Direct, Demand(5000))!.Value, 0.01 * ConnectionPlanner.CarriedRate(Direct, Demand(200))!.Value);

    [TestMethod]
    public void CarriedRate_OfAPlansOwnSettings_IsAtLeastThePeak()
    {
        foreach (double rate in new[] { 300.0, 900, 2500 })
        {
            ConnectionPlan plan = Planner.Plan(Direct, Demand(rate));
            Assert.AreNotEqual(Verdict.Scale, plan.Verdict);
            Assert.IsGreaterThanOrEqualTo(rate, ConnectionPlanner.CarriedRate(plan.ApplyTo(Direct), Demand(rate))!.Value);
        }
    }

    /// <summary>A pooler's plan is carried too, with the pool of each replica as it was planned.</summary>
    [TestMethod]
    public void CarriedRate_OfAPlannedPooler_IsAtLeastThePeak()
    {
        SystemDescription system = Direct with { Pooler = new PoolerDescription { Replicas = 2, PoolSize = 5 }, Database = Direct.Database with { MaxConnections = 300 } };
        ConnectionPlan plan = Planner.Plan(system, Demand(2000));
        double now = ConnectionPlanner.CarriedRate(system, Demand(2000))!.Value;
        Assert.IsLessThan(2000, now);
        Assert.IsGreaterThanOrEqualTo(2000, ConnectionPlanner.CarriedRate(plan.ApplyTo(system), Demand(2000))!.Value);
    }

    [TestMethod]
    public void ApplyTo_ASystemWithOtherServices_IsRefused()
    {
        ConnectionPlan plan = Planner.Plan(Direct, Demand(100));
        SystemDescription other = Direct with { Services = [Direct.Services[0] with { Name = "api" }] };
        StringAssert.Contains(Assert.ThrowsExactly<ArgumentException>(() => plan.ApplyTo(other)).Message, "api");
    }

    private static PeakDemand Demand(double rate) => new() { Quantile = 0.99, StepRequestsPerSecond = rate, Step = TimeSpan.FromMinutes(1), At = DateTimeOffset.UnixEpoch, Cause = PeakForecast.BaselineCause };
}
