using Makalu.Capacity.Logs;
using Makalu.Capacity.Numerics;
using Makalu.Capacity.Reporting;
using Makalu.Capacity.Series;
using Makalu.Capacity.Sizing;
using Makalu.Capacity.Tests.Reporting;

namespace Makalu.Capacity.Tests.Sizing;

/// <summary>Systems that are small, large, misconfigured or oddly described: what a plan must say of them.</summary>
[TestClass]
public sealed class OddSystemsTests
{
    /// <summary>Pools far beyond the limit are a danger, but four requests a second do not bring it about.</summary>
    [TestMethod]
    [DataRow(4.0, FindingSeverity.Warning)]
    [DataRow(22.0, FindingSeverity.Warning)]
    [DataRow(500.0, FindingSeverity.Critical)]
    [DataRow(2200.0, FindingSeverity.Critical)]
    public void Plan_WithPoolsBeyondTheLimit_IsCriticalOnlyWhereAnOrdinaryStallFillsThem(double rate, FindingSeverity expected)
    {
        ConnectionPlan plan = SizingCases.Sample.Plan(SizingCases.Peak(rate));
        Finding pools = plan.Findings.Single(finding => finding.Code == "pools-exceed-max-connections");
        Assert.AreEqual(expected, pools.Severity, pools.Message);
        Assert.AreEqual(expected != FindingSeverity.Critical, plan.CurrentSettingsSurvive);
    }

    /// <summary>5,900 requests/s of 20 ms keep 37 to 56 % of the cores busy; only 500 pools of their own are too much, and a pooler shares them.</summary>
    [TestMethod]
    [DataRow(1.0)]
    [DataRow(1.25)]
    [DataRow(1.5)]
    public void Plan_WhenOnlyTheManyPoolsOvertaxTheServer_AdvisesAPoolerAndNotMoreCores(double factor)
    {
        ConnectionPlan plan = System(instances: 500, maxConnections: 2000, cores: 32, memory: 128, surge: 50).Plan(SizingCases.Peak(5900 * factor));
        Assert.AreEqual(Verdict.Pool, plan.Verdict);
        Assert.IsTrue(plan.Pooler!.Connections < 347, plan.Pooler.ToString());
        Assert.IsTrue(plan.Pooler.Connections > 5900 * factor * 0.02);
    }

    [TestMethod]
    public void Plan_WhenTheVerdictIsKeep_ChangesNoLimit()
    {
        SystemDescription small = System(instances: 1, maxConnections: 25, cores: 0.5, memory: 0.5);
        ConnectionPlan plan = small.Plan(SizingCases.Peak(60));
        Assert.AreEqual(Verdict.Keep, plan.Verdict);
        Assert.AreEqual(25, plan.MaxConnections);
        Assert.IsFalse(plan.RestartRequired);
    }

    /// <summary>Where the server must grow, lowering the limit serves nobody: pools that fit protect its memory.</summary>
    [TestMethod]
    public void Plan_WhenMemoryIsFarTooSmall_ScalesAndLeavesTheLimit()
    {
        SystemDescription system = System(instances: 6, maxConnections: 300, cores: 8, memory: 1, hold: 40, pool: 50)
            .WithDatabase(database => database with { SharedBuffersBytes = 512L << 20, OtherConnections = 5 });
        ConnectionPlan plan = system.Plan(SizingCases.Peak(1190));
        Assert.AreEqual(Verdict.Scale, plan.Verdict);
        Assert.AreEqual(300, plan.MaxConnections);
        Assert.IsTrue(plan.Services[0].Connections + 8 <= 25, plan.Services[0].ToString());
        Assert.IsTrue(plan.Findings.Any(finding => finding.Code == "memory-short" && finding.Severity == FindingSeverity.Critical));
    }

    [TestMethod]
    public void Plan_WhenEverythingElseTakesAllConnections_AsksWhetherThatIsSo()
    {
        ConnectionPlan plan = System(instances: 6, maxConnections: 100, cores: 8, memory: 32).WithDatabase(database => database with { OtherConnections = 150 }).Plan(SizingCases.Peak(100));
        Assert.AreEqual(Verdict.Raise, plan.Verdict);
        Assert.IsTrue(plan.MaxConnections >= ((150 + plan.Services[0].Connections) * 1.2) + 3);
        foreach (string code in new[] { "pools-exceed-max-connections", "current-limit-exceeded" })
        {
            Assert.Contains("otherConnections is", plan.Findings.Single(finding => finding.Code == code).Message);
        }
    }

    /// <summary>The provider allows 120; 103 connections serve the peak, 123 would with the whole headroom.</summary>
    [TestMethod]
    public void Plan_WhenTheCapLeavesOnlyPartOfTheHeadroom_UsesItAndSaysSo()
    {
        SystemDescription system = System(instances: 30, maxConnections: 112, cores: 8, memory: 32, hold: 40)
            .WithDatabase(database => database with { ManagedMaxConnections = 120, OtherConnections = 8 });
        ConnectionPlan plan = system.Plan(SizingCases.Peak(1800));
        Assert.AreEqual(Verdict.Pool, plan.Verdict);
        Assert.IsTrue(plan.MaxConnections <= 120);
        Assert.IsTrue(plan.Pooler!.Connections + 11 <= plan.MaxConnections);
        Assert.IsTrue(plan.Findings.Any(finding => finding.Code == "headroom-reduced"));
    }

    [TestMethod]
    public void Plan_WithManyServices_TellsThemTogether()
    {
        SystemDescription system = System(instances: 3, maxConnections: 3000, cores: 64, memory: 256, hold: 15, surge: 1);
        ConnectionPlan plan = (system with { Services = [.. Enumerable.Range(0, 64).Select(i => system.Services[0] with { Name = FormattableString.Invariant($"svc{i:00}"), TrafficShare = 1.0 / 64, MaxPoolSize = i < 20 ? 1 : 60 })] }).Plan(SizingCases.Peak(6000));

        Assert.AreEqual(1, plan.Findings.Count(finding => finding.Code == "pool-oversized"));
        Assert.AreEqual(5, plan.Findings.Count(finding => finding.Code == "pool-too-small"));
        foreach (Finding finding in plan.Findings)
        {
            Assert.IsTrue(finding.Message.Length < 900, finding.Message);
        }

        Finding rest = plan.Findings.Last(finding => finding.Code == "pool-too-small");
        Assert.Contains("16 further services", rest.Message);
        Assert.AreEqual(16, rest.Evidence.Keys.Count(key => key.EndsWith(".pool", StringComparison.Ordinal)));
    }

    [TestMethod]
    [DataRow(30_000.0, true)]
    [DataRow(4_000.0, false)]
    [DataRow(0.2, false)]
    [DataRow(0.002, true)]
    public void Plan_WithAHoldThatIsNoHold_AsksForTheUnit(double milliseconds, bool asks)
    {
        ConnectionPlan plan = System(instances: 4, maxConnections: 400, cores: 8, memory: 32, hold: milliseconds).WithService(service => service with { DatabaseCpuTimeMean = null }).Plan(SizingCases.Peak(5));
        Assert.AreEqual(asks, plan.Findings.Any(finding => finding.Code == "hold-time-implausible"));
        Assert.IsTrue(plan.Database.Knee is null or < FlowEquivalentServer.LargestConcurrency);
    }

    /// <summary>No limit is a raw bound of memory: people set round numbers.</summary>
    [TestMethod]
    public void Plan_WhenMemoryBoundsTheLimit_IsRound()
    {
        ConnectionPlan plan = System(instances: 4, maxConnections: 100, cores: 8, memory: 32, hold: 30_000).Plan(SizingCases.Peak(100));
        Assert.AreEqual(Verdict.Scale, plan.Verdict);
        Assert.AreEqual(0, plan.MaxConnections % 10, plan.MaxConnections.ToString(global::System.Globalization.CultureInfo.InvariantCulture));
    }

    [TestMethod]
    public void Plan_WhenThePoolerInPlaceIsLargerThanNeeded_LeavesIt()
    {
        SystemDescription system = System(instances: 20, maxConnections: 200, cores: 8, memory: 32) with { Pooler = new PoolerDescription { Replicas = 2, PoolSize = 20 } };
        ConnectionPlan plan = system.Plan(SizingCases.Peak(1190));
        Assert.AreEqual(Verdict.Keep, plan.Verdict);
        Assert.AreEqual(20, plan.Pooler!.PoolSize);
        Assert.Contains("may stay", plan.Findings.Single(finding => finding.Code == "pooler-settings").Message);

        // One that the limit does not hold is another matter.
        ConnectionPlan large = (system with { Pooler = new PoolerDescription { Replicas = 2, PoolSize = 150 } }).Plan(SizingCases.Peak(1190));
        Assert.IsTrue(large.Pooler!.PoolSize < 40, large.Pooler.ToString());
        Assert.AreEqual(200, large.MaxConnections);
    }

    /// <summary>A pool for each distinct connection string: twenty strings need twenty pools, and more connections than one pool for all.</summary>
    [TestMethod]
    public void Plan_WithSeveralConnectionStrings_CountsAPoolForEach()
    {
        SystemDescription one = System(instances: 4, maxConnections: 100, cores: 16, memory: 64);
        SystemDescription many = one.WithService(service => service with { ConnectionStrings = 20, MaxPoolSize = 10 });
        ConnectionPlan single = one.Plan(SizingCases.Peak(1000));
        ConnectionPlan plan = many.Plan(SizingCases.Peak(1000));
        ServicePool pool = plan.Services[0];

        Assert.AreEqual(20, pool.PoolsPerInstance);
        Assert.AreEqual(4 * 20 * pool.MaxPoolSize, pool.Connections);
        Assert.IsTrue(pool.Connections > single.Services[0].Connections);
        Assert.AreEqual(single.Services[0].OfferedLoad, 20 * pool.OfferedLoad, 0.05 * single.Services[0].OfferedLoad);
        Assert.AreEqual(250, pool.RequestsPerSecondPerInstance, 1e-9);
        Assert.AreEqual(Verdict.Raise, plan.Verdict);
        Assert.IsTrue(plan.MaxConnections >= pool.Connections + 3);
        Assert.Contains("web: 80 × 10", plan.Findings.Single(finding => finding.Code == "pools-exceed-max-connections").Message);

        // The same as so many services that each take their part.
        SystemDescription apart = many with { Services = [.. Enumerable.Range(0, 20).Select(i => one.Services[0] with { Name = FormattableString.Invariant($"web{i}"), TrafficShare = 0.05, MaxPoolSize = 10 })] };
        Assert.AreEqual(pool.MaxPoolSize, apart.Plan(SizingCases.Peak(1000)).Services[0].MaxPoolSize);
    }

    [TestMethod]
    public void Plan_WithSeveralConnectionStringsAndAPooler_HasAPoolForEachPair()
    {
        SystemDescription system = System(instances: 20, maxConnections: 200, cores: 16, memory: 64).WithService(service => service with { ConnectionStrings = 3 }) with { Pooler = new PoolerDescription { Replicas = 2 } };
        ConnectionPlan plan = system.Plan(SizingCases.Peak(1000));
        Assert.AreEqual(3, plan.Pooler!.Pools);
        Assert.AreEqual(2 * 3 * (plan.Pooler.PoolSize + plan.Pooler.ReservePoolSize), plan.Pooler.Connections);
        Assert.IsTrue(plan.MaxConnections >= plan.Pooler.Connections + 3);
        Assert.IsTrue(plan.Pooler.Connections > 20);
    }

    /// <summary>80 instances of 0.3 erlangs at 30 % of the processors: what MariaDB needs is a proxy that shares connections, not more cores.</summary>
    [TestMethod]
    [DataRow("mysql")]
    [DataRow("mariadb")]
    public void Plan_ForMySqlWithManyInstances_AdvisesProxySql(string engine)
    {
        SystemDescription system = System(instances: 80, maxConnections: 151, cores: 8, memory: 16).WithDatabase(database => database with { Engine = engine, Version = null, SuperuserReserved = 0 });
        ConnectionPlan plan = system.Plan(SizingCases.Peak(1190));
        Assert.AreEqual(Verdict.Pool, plan.Verdict);
        Assert.AreEqual(("proxysql", 0), (plan.Pooler!.Kind, plan.Pooler.ReservePoolSize));
        Assert.IsTrue(plan.Pooler.Connections is > 24 and < 60, plan.Pooler.ToString());
        Assert.AreEqual(151, plan.MaxConnections);
        Assert.Contains("ProxySQL", plan.Findings.Single(finding => finding.Code == "pooler-advised").Message);
        Assert.IsFalse(plan.Findings.Any(finding => finding.Message.Contains("PgBouncer", StringComparison.Ordinal)));
        Assert.IsFalse(plan.BadDays.Any(day => day.Remedy?.Contains("default_pool_size", StringComparison.Ordinal) == true));

        CapacityPlan whole = Whole(system, plan);
        string files = string.Concat(ConfigurationWriter.Write(whole).Select(file => file.Name + file.Content));
        Assert.IsFalse(files.Contains("pgbouncer", StringComparison.OrdinalIgnoreCase), files);
        Assert.IsFalse(files.Contains("No Reset On Close", StringComparison.Ordinal), files);
    }

    [TestMethod]
    [DataRow("postgresql", "proxysql", false)]
    [DataRow("postgresql", "pgbouncer", true)]
    [DataRow("mysql", "pgbouncer", false)]
    [DataRow("mariadb", "proxysql", true)]
    public void Plan_WithAPoolerThatDoesNotSpeakTheProtocol_IsRefused(string engine, string kind, bool accepted)
    {
        SystemDescription system = System(instances: 4, maxConnections: 151, cores: 8, memory: 16).WithDatabase(database => database with { Engine = engine, SuperuserReserved = 0 }) with { Pooler = new PoolerDescription { Kind = kind, PoolSize = 10 } };
        Assert.AreEqual(accepted, SystemDescriptionValidator.Validate(system).Count == 0);
    }

    private static CapacityPlan Whole(SystemDescription system, ConnectionPlan plan)
    {
        CapacityPlan example = ExamplePlan.Create(engine: system.Database.Engine, version: "8.4");
        return new CapacityPlan
        {
            History = example.History,
            Calendar = example.Calendar,
            System = system,
            Forecast = example.Forecast,
            Peaks = example.Peaks,
            Demand = example.Demand,
            Connections = plan,
            Findings = plan.Findings,
            Assumptions = [],
        };
    }

    /// <summary>Times from a log feed the sizing: 20,000 lognormal ones give their own mean and p95, and the pool that goes with them.</summary>
    [TestMethod]
    public void Plan_WithTimesMeasuredInLogs_IsThePlanOfTheirDistribution()
    {
        var random = new RandomStream(3);
        var builder = new TimeSeriesBuilder();
        for (int i = 0; i < 20_000; i++)
        {
            builder.Add(new RequestRecord(DateTimeOffset.UnixEpoch.AddSeconds(i * 0.01), duration: TimeSpan.FromSeconds(0.04 * Math.Exp((0.8 * random.NextNormal()) - 0.32))));
        }

        SystemDescription described = System(instances: 6, maxConnections: 200, cores: 8, memory: 32).WithService(service => service with { DatabaseTimeMean = TimeSpan.FromMilliseconds(40), DatabaseTimeP95 = TimeSpan.FromMilliseconds(40 * Math.Exp((1.645 * 0.8) - 0.32)) });
        SystemDescription measured = described.WithService(service => service.WithDatabaseTimes(builder.Build(TimeSpan.FromMinutes(1)).Durations!));
        Assert.AreEqual(40, measured.Services[0].DatabaseTimeMean.TotalMilliseconds, 1);
        Assert.AreEqual(described.Services[0].DatabaseTimeP95!.Value.TotalMilliseconds, measured.Services[0].DatabaseTimeP95!.Value.TotalMilliseconds, 4);
        Assert.AreEqual(described.Plan(SizingCases.Peak(1000)).Services[0].MaxPoolSize, measured.Plan(SizingCases.Peak(1000)).Services[0].MaxPoolSize, 1);
    }

    [TestMethod]
    [DataRow(1.0, true)]
    [DataRow(0.1, false)]
    public void Plan_WhenTheSharesAddUpToFarMoreThanAll_Asks(double share, bool asks)
    {
        SystemDescription system = System(instances: 4, maxConnections: 400, cores: 32, memory: 32);
        ConnectionPlan plan = (system with { Services = [.. Enumerable.Range(0, 10).Select(i => system.Services[0] with { Name = FormattableString.Invariant($"s{i}"), TrafficShare = share })] }).Plan(SizingCases.Peak(100));
        Assert.AreEqual(asks, plan.Findings.Any(finding => finding.Code == "traffic-shares-exceed-all"));
    }

    /// <summary>Figures near zero are told as such.</summary>
    [TestMethod]
    public void Plan_WithTinyFigures_DoesNotTellThemAsZero()
    {
        SystemDescription system = System(instances: 4, maxConnections: 10, cores: 4, memory: 16, hold: 100).WithDatabase(database => database with { Reserved = 6 }) with { Target = new ServiceTarget { WaitProbability = 1e-6 } };
        ConnectionPlan plan = system.Plan(SizingCases.Peak(119));
        foreach (Finding finding in plan.Findings)
        {
            Assert.IsFalse(finding.Message.Contains("allowed 0 %", StringComparison.Ordinal) || finding.Message.Contains("at 0 requests/s", StringComparison.Ordinal), finding.Message);
        }

        Assert.Contains("(allowed 0.0001 %)", plan.Findings.Single(finding => finding.Code == "pool-too-small").Message);
    }

    [TestMethod]
    public void Plan_WhenContentionAloneDefeatsTheServer_DoesNotSayThatItIsNearlyBusy()
    {
        ConnectionPlan plan = System(instances: 4, maxConnections: 50, cores: 4, memory: 16, hold: 100).WithDatabase(database => database with { ContentionPenalty = 1 }).WithService(service => service with { DatabaseCpuTimeMean = TimeSpan.FromMilliseconds(10) }).Plan(SizingCases.Peak(119));
        Assert.IsFalse(plan.Findings.Any(finding => finding.Message.Contains("so close to all", StringComparison.Ordinal)));
    }

    [TestMethod]
    public void MyCnf_HasTheThreadCacheThatThePlanAdvises()
    {
        var advice = new Finding("thread-cache", FindingSeverity.Info, "Set thread_cache_size to 77.", [new("threadCacheSize", 77)]);
        Assert.Contains("\nthread_cache_size = 77\n", MyCnf([advice]));
        Assert.IsFalse(MyCnf([]).Contains("thread_cache_size", StringComparison.Ordinal));

        static string MyCnf(Finding[] findings) => ConfigurationWriter.Write(ExamplePlan.Create(engine: "mysql", version: "8.4", findings: findings)).Single(file => file.Name == "my.cnf").Content;
    }

    /// <summary>One service of some instances that holds for 20 ms, 2 ms of it computing.</summary>
    private static SystemDescription System(int instances, int maxConnections, double cores, double memory, double hold = 20, int pool = 10, int surge = 0) => new()
    {
        Database = new DatabaseDescription { Version = "16", CpuCores = cores, MemoryBytes = (long)(memory * (1L << 30)), MaxConnections = maxConnections },
        Services =
        [
            new ServiceDescription
            {
                Name = "web", Instances = instances, SurgeInstances = surge, MaxPoolSize = pool,
                DatabaseTimeMean = TimeSpan.FromMilliseconds(hold), DatabaseTimeP95 = TimeSpan.FromMilliseconds(3 * hold), DatabaseCpuTimeMean = TimeSpan.FromMilliseconds(Math.Min(2, hold / 2)),
            },
        ],
    };
}
