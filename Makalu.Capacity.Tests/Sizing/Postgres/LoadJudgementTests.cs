using Makalu.Capacity.Postgres.LoadTest;

namespace Makalu.Capacity.Tests.Sizing.Postgres;

/// <summary>When a load test has passed, without a server: each rule of the judgement, and where it begins.</summary>
[TestClass]
public sealed class LoadJudgementTests
{
    private const int Requests = 10_000;

    [TestMethod]
    public void Judge_WhereAllIsAsPlanned_Passes()
    {
        VerificationReport report = Judge(Load());
        Assert.IsTrue(report.Passed, string.Join('\n', report.Failures));
        Assert.IsEmpty(report.Failures);
        Assert.IsEmpty(report.Notes, string.Join('\n', report.Notes));
        Assert.AreEqual(TimeSpan.FromMilliseconds(50), report.MaxWait);
        Assert.AreEqual(0.01, report.AllowedLateShare);
        Assert.AreEqual(120, report.PlannedMaxConnections);
        Assert.AreEqual("db", report.Server);
        Assert.AreEqual("SELECT 1", report.Statement);
    }

    /// <summary>Of 10,000 requests 1 % may be late; by chance alone 0.0123 of them are in one run of a hundred: 0.01 + 2.326 √(0.01 × 0.99 ÷ 10,000) = 0.01231.</summary>
    [TestMethod]
    [DataRow(0.0100, true)]
    [DataRow(0.0123, true)]
    [DataRow(0.0124, false)]
    public void Judge_LateRequests_FailBeyondChance(double lateShare, bool passes)
    {
        VerificationReport report = Judge(Load(late: lateShare));
        Assert.AreEqual(passes, report.Passed);
        if (!passes)
        {
            StringAssert.Contains(report.Failures.Single(), "At 100% of the peak 1.24% of the requests of web waited longer than 50 ms for a connection; 1% may (the plan predicted 0.87%).");
            StringAssert.Contains(report.Failures[0], "Connections were held for as long as planned, so the pool is too small");
        }
    }

    [TestMethod]
    [DataRow(45, "as long as planned")]
    [DataRow(47, "held for 47 ms on average, the plan took 40 ms: this server is slower")]
    public void Judge_LateRequests_SayWhetherTheServerIsSlower(double holdMilliseconds, string cause)
        => StringAssert.Contains(Judge(Load(late: 0.05, holdMilliseconds: holdMilliseconds)).Failures.Single(), cause);

    /// <summary>Beyond the peak queues are to be expected: only a refusal fails.</summary>
    [TestMethod]
    public void Judge_BeyondThePeak_TellsLateRequests_AndFailsForRefusalsOnly()
    {
        VerificationReport late = Judge(Load(), Load(load: 1.5, late: 0.4, failed: 3));
        Assert.IsTrue(late.Passed);
        Assert.AreEqual("At 150% of the peak 40% of the requests of web waited longer than allowed, and none was refused.", late.Notes.Single());

        VerificationReport refused = Judge(Load(), Load(load: 1.5, late: 0.4, refused: 7));
        Assert.IsFalse(refused.Passed);
        Assert.AreEqual("At 150% of the peak 7 of 10000 requests were refused a connection with SQLSTATE 53300 (too many connections).", refused.Failures.Single());
        Assert.IsEmpty(refused.Notes);
    }

    [TestMethod]
    public void Judge_RefusalsAndFailures_AtThePeak_AreAllTold()
    {
        VerificationReport report = Judge(Load(refused: 2, failed: 5));
        Assert.HasCount(2, report.Failures);
        StringAssert.Contains(report.Failures[0], "2 of 10000 requests were refused");
        Assert.AreEqual("At 100% of the peak 5 of 10000 requests failed: timeout.", report.Failures[1]);
        StringAssert.Contains(Judge(Load(refused: 2, state: "28P01")).Failures.Single(), "SQLSTATE 28P01.");
    }

    /// <summary>A generator that is late by more than half the allowed wait measures itself: nothing else is told then.</summary>
    [TestMethod]
    [DataRow(25, 1)]
    [DataRow(25.2, 1)]
    public void Judge_ALateGenerator_SaysThatItSaysLittle(double lagMilliseconds, int failures)
    {
        VerificationReport report = Judge(Load(late: 0.5, lagMilliseconds: lagMilliseconds));
        Assert.HasCount(failures, report.Failures);
        Assert.AreEqual(lagMilliseconds > 25, report.Failures[0].Contains("could not send the requests in time (99 % within 25.2 ms", StringComparison.Ordinal));
        Assert.AreEqual(lagMilliseconds <= 25, report.Failures[0].Contains("waited longer", StringComparison.Ordinal));
    }

    [TestMethod]
    public void Notes_TellWhatWasNotTested()
    {
        var options = new VerificationOptions { ConnectionString = "Host=db", MaxInstances = 2, MaxPoolSize = 9 };
        string[] notes = [.. Judge(Plan() with { Verdict = "scale", HasPooler = true }, options, Load(maxConnections: 100), Load(load: 1.5, maxConnections: 100)).Notes];
        CollectionAssert.AreEqual(
            new[]
            {
                "The plan's verdict is scale: it says itself that this server cannot serve the peak.",
                "A wait for the pooler's own connections is part of the time held here, which is seen from the clients.",
                "Only 2 of 4 instances of web ran, so the pools were tested and max_connections was not.",
                "The pools were 9 as asked for, not the plan's.",
                "The server's max_connections is 100; the plan says 120.",
                "At 150% of the peak 0.5% of the requests of web waited longer than allowed, and none was refused.",
            },
            notes);
        Assert.IsEmpty(Judge(Plan(), options with { MaxInstances = 4, MaxPoolSize = null }, Load()).Notes);
    }

    private static VerificationReport Judge(params LoadReport[] loads) => Judge(Plan(), new VerificationOptions { ConnectionString = "Host=db" }, loads);

    private static VerificationReport Judge(RehearsalPlan plan, VerificationOptions options, params LoadReport[] loads) => new LoadJudgement(plan, options).Judge(loads, "db", "SELECT 1");

    private static RehearsalPlan Plan() => new()
    {
        Verdict = "raise",
        MaxConnections = 120,
        MaxWaitSeconds = 0.05,
        WaitProbability = 0.01,
        BurstDispersion = 1,
        RateVariation = 0,
        Profile = [1],
        HasPooler = false,
        Services =
        [
            new RehearsedService
            {
                Name = "web", Instances = 4, MaxPoolSize = 20, MinPoolSize = 4, RequestsPerSecondPerInstance = 100, ConnectionsPerRequest = 1, HoldMeanSeconds = 0.04, HoldP95Seconds = null,
                ProcessorSeconds = 0, PlannedHoldSeconds = 0.04, PlannedWaitProbability = 0.0087,
            },
        ],
    };

    private static LoadReport Load(double load = 1, double late = 0.005, int refused = 0, int failed = 0, string state = "53300", double lagMilliseconds = 1, double holdMilliseconds = 41, int maxConnections = 120) => new()
    {
        Load = load,
        PeakRequestsPerSecond = 400 * load,
        Requests = Requests,
        Answered = Requests - refused - failed,
        PeakThroughput = 399 * load,
        Refused = refused == 0 ? new Dictionary<string, int>() : new Dictionary<string, int> { [state] = refused },
        Failed = failed == 0 ? new Dictionary<string, int>() : new Dictionary<string, int> { ["timeout"] = failed },
        GeneratorLagP99 = TimeSpan.FromMilliseconds(lagMilliseconds),
        ServerView = new ServerView { MaxConnections = maxConnections, MostConnections = 80, MostActive = 40, TransactionsPerSecond = 400 },
        Services =
        [
            new ServiceReport
            {
                Name = "web", Instances = 4, MaxPoolSize = 20, Requests = Requests, LateShare = late, PlannedLateShare = 0.0087,
                PoolWait = Milliseconds(1), Latency = Milliseconds(40), HoldMean = TimeSpan.FromMilliseconds(holdMilliseconds), PlannedHoldMean = TimeSpan.FromMilliseconds(40),
            },
        ],
    };

    private static Quantiles Milliseconds(double value) => new(TimeSpan.FromMilliseconds(value), TimeSpan.FromMilliseconds(value), TimeSpan.FromMilliseconds(value), TimeSpan.FromMilliseconds(value));
}
