using Makalu.Capacity.Backtesting;
using Makalu.Capacity.Campaigns;
using Makalu.Capacity.Forecasting;
using Makalu.Capacity.Numerics;
using Makalu.Capacity.Series;
using Makalu.Capacity.Sizing;

namespace Makalu.Capacity.Tests;

[TestClass]
public sealed class CapacityPlannerTests
{
    private static readonly DateTimeOffset Start = new(2024, 8, 1, 0, 0, 0, TimeSpan.Zero);

    private static readonly SystemDescription System = new()
    {
        Database = new DatabaseDescription { MaxConnections = 100, CpuCores = 16, MemoryBytes = 64L << 30, SharedBuffersBytes = 16L << 30 },
        Services = [new ServiceDescription { Name = "web", Instances = 4, DatabaseTimeMean = TimeSpan.FromMilliseconds(20), DatabaseCpuTimeMean = TimeSpan.FromMilliseconds(2), MaxPoolSize = 20 }],
    };

    [TestMethod]
    public void Recommend_WhenTheLoadIsLight_KeepsTheSettings()
    {
        CapacityPlan plan = new CapacityPlanner(new CapacityPlannerOptions { Horizon = TimeSpan.FromDays(2) }).Recommend(History(level: 20), CampaignCalendar.Empty, System);

        Assert.AreEqual(Verdict.Keep, plan.Connections.Verdict);
        Assert.IsTrue(plan.Connections.CurrentSettingsSurvive);
        Assert.AreEqual("baseline", plan.Demand.Cause);
        Assert.IsNotNull(plan.Backtest);
        Assert.AreEqual(0.99, plan.Demand.Quantile);
        Assert.IsTrue(plan.Demand.StepRequestsPerSecond is > 25 and < 60, $"{plan.Demand.StepRequestsPerSecond}");
    }

    [TestMethod]
    public void Recommend_WhenBusiestSecondsAreKnown_RaisesEachWindowsPeakByTheBurst()
    {
        RequestHistory plain = History(level: 20);
        double[] busiest = [.. plain.Requests.Values.ToArray().Select(r => 2 * r / 900)];
        var history = new RequestHistory { Requests = plain.Requests, PeakRequestsPerSecond = new TimeSeries(Start, plain.Requests.Step, busiest), Quality = SeriesQuality.Clean };

        CapacityPlan plan = new CapacityPlanner(new CapacityPlannerOptions { Horizon = TimeSpan.FromDays(2), Model = "seasonal-naive" }).Recommend(history, CampaignCalendar.Empty, System);

        Assert.HasCount(plan.Peaks.Count, plan.BusiestSecondsRequestsPerSecond);
        for (int i = 0; i < plan.Peaks.Count; i++)
        {
            Assert.AreEqual(2 * plan.Peaks[i].Quantile(0.99), plan.BusiestSecondsRequestsPerSecond[i], 0.02 * plan.BusiestSecondsRequestsPerSecond[i]);
        }

        Assert.AreEqual(plan.Demand.RequestsPerSecond, plan.BusiestSecondsRequestsPerSecond[0], 1e-9);
    }

    [TestMethod]
    public void Recommend_WhenTheLoadGrowsTenfold_NeverNeedsFewerConnections()
    {
        var planner = new CapacityPlanner(new CapacityPlannerOptions { Horizon = TimeSpan.FromDays(1), Model = "seasonal-naive" });
        int light = planner.Recommend(History(level: 100), CampaignCalendar.Empty, System).Connections.Services[0].MaxPoolSize;
        int heavy = planner.Recommend(History(level: 1000), CampaignCalendar.Empty, System).Connections.Services[0].MaxPoolSize;
        Assert.IsGreaterThan(light, heavy);
    }

    [TestMethod]
    public void Forecast_WhenOnlyTheFutureDiffers_IsTheSameToTheBit()
    {
        DateTimeOffset origin = Start.AddDays(20);
        RequestHistory history = History(level: 50);
        double[] changed = history.Requests.Values.ToArray();
        changed.AsSpan(history.Requests.IndexOf(origin)).Fill(1e6);
        var other = new RequestHistory { Requests = new TimeSeries(Start, history.Requests.Step, changed), Quality = SeriesQuality.Clean };
        var planner = new CapacityPlanner(new CapacityPlannerOptions { Origin = origin, Horizon = TimeSpan.FromDays(1) });

        AssertSame(planner.Forecast(history), planner.Forecast(other));
    }

    [TestMethod]
    public void Forecast_WhenRunOnOneOrTwoThreads_IsTheSameToTheBit()
    {
        CapacityPlannerOptions options = new() { Horizon = TimeSpan.FromDays(1), MaxDegreeOfParallelism = 1 };
        var calendar = new CampaignCalendar(
        [
            new Campaign("one", "email", Start.AddDays(10).AddHours(9), Start.AddDays(10).AddHours(11)),
            new Campaign("two", "email", Start.AddDays(28).AddHours(9), Start.AddDays(28).AddHours(11)),
        ]);
        AssertSame(
            new CapacityPlanner(options).Forecast(History(level: 50), calendar),
            new CapacityPlanner(options with { MaxDegreeOfParallelism = 2 }).Forecast(History(level: 50), calendar));
    }

    /// <summary>A fit that judges, the sample paths, a plan with its bad days and sensitivities, and the rows of an outlook.</summary>
    [TestMethod]
    [DataRow(1)]
    [DataRow(3)]
    public void MaxDegreeOfParallelism_GovernsFitsPathsPlansAndOutlooks(int threads)
    {
        var options = new CapacityPlannerOptions { Horizon = TimeSpan.FromDays(1), Paths = 200, MaxDegreeOfParallelism = threads };
        CapacityModel? model = null;
        Forecast? forecast = null;
        CapacityPlan? plan = null;
        Assert.AreEqual(threads, MostThreadsOf(() => new CapacityPlanner(options).Fit(History(level: 50))), "fit that judges");
        Assert.AreEqual(threads, MostThreadsOf(() => model = new CapacityPlanner(options with { Model = "pool" }).Fit(History(level: 50))), "fit");
        Assert.AreEqual(threads, MostThreadsOf(() => forecast = model!.Forecast()), "sample paths");
        Assert.AreEqual(threads, MostThreadsOf(() => plan = model!.Recommend(System)), "plan");
        Assert.AreEqual(threads, MostThreadsOf(() => model!.Outlook(plan!)), "outlook");
        Assert.AreEqual(threads, MostThreadsOf(() => new CapacityBacktest(new CapacityBacktestOptions { Horizon = TimeSpan.FromDays(1), Origins = 2, Paths = 100, Model = "seasonal-naive", MaxDegreeOfParallelism = threads }).Run(History(level: 50))), "replay");
        Assert.IsNotNull(forecast);
    }

    private static int MostThreadsOf(Action work)
    {
        using ParallelLoop.Allowance roomy = ParallelLoop.LimitTo(64);
        work();
        return roomy.MostTaken;
    }

    [TestMethod]
    public void Forecast_WhenTheOriginIsOffTheGrid_StartsAtTheOrigin()
    {
        DateTimeOffset origin = Start.AddDays(20).AddMinutes(7);
        Forecast forecast = new CapacityPlanner(new CapacityPlannerOptions { Origin = origin, Horizon = TimeSpan.FromHours(2) }).Forecast(History(level: 50));
        Assert.AreEqual(origin, forecast.Start);
        Assert.AreEqual(8, forecast.Horizon);
    }

    [TestMethod]
    public void Forecast_WhenTheOriginIsBeforeTheHistory_SaysWhichOriginsAreKnown()
    {
        var planner = new CapacityPlanner(new CapacityPlannerOptions { Origin = Start });
        ForecastException error = Assert.ThrowsExactly<ForecastException>(() => planner.Forecast(History(level: 50)));
        StringAssert.Contains(error.Message, "2024-08-01T00:00:00Z", StringComparison.Ordinal);
        StringAssert.Contains(error.Message, "Choose an origin", StringComparison.Ordinal);
    }

    [TestMethod]
    public void Forecast_WhenAllIsMissing_SaysSo()
    {
        var history = new RequestHistory { Requests = new TimeSeries(Start, TimeSpan.FromMinutes(15), Enumerable.Repeat(double.NaN, 500).ToArray()), Quality = SeriesQuality.Clean };
        ForecastException error = Assert.ThrowsExactly<ForecastException>(() => new CapacityPlanner().Forecast(history));
        StringAssert.Contains(error.Message, "all 500 steps are missing", StringComparison.Ordinal);
    }

    [TestMethod]
    public void Constructor_WhenSeveralOptionsAreWrong_NamesThemAll()
    {
        ArgumentException error = Assert.ThrowsExactly<ArgumentException>(() => new CapacityPlanner(new CapacityPlannerOptions { Horizon = TimeSpan.Zero, Model = "oracle", Paths = 5 }));
        StringAssert.Contains(error.Message, "Horizon 00:00:00", StringComparison.Ordinal);
        StringAssert.Contains(error.Message, "'oracle'", StringComparison.Ordinal);
        StringAssert.Contains(error.Message, "auto", StringComparison.Ordinal);
        StringAssert.Contains(error.Message, "Paths 5", StringComparison.Ordinal);
    }

    [TestMethod]
    public void Recommend_WhenCancelled_Stops()
    {
        using var source = new CancellationTokenSource();
        source.Cancel();
        Assert.ThrowsExactly<OperationCanceledException>(() => new CapacityPlanner().Recommend(History(50), CampaignCalendar.Empty, System, null, source.Token));
    }

    [TestMethod]
    public void Recommend_ReportsProgressThatNeverFalls()
    {
        List<double> fractions = [];
        var progress = new Recorder(fractions);
        _ = new CapacityPlanner(new CapacityPlannerOptions { Horizon = TimeSpan.FromDays(1), MaxDegreeOfParallelism = 1 }).Recommend(History(50), CampaignCalendar.Empty, System, progress);
        CollectionAssert.AreEqual(fractions.Order().ToArray(), fractions);
        Assert.AreEqual(1.0, fractions[^1]);
    }

    private static void AssertSame(Forecast one, Forecast two)
    {
        Assert.AreEqual(one.PathCount, two.PathCount);
        for (int p = 0; p < one.PathCount; p++)
        {
            Assert.IsTrue(one.Path(p).SequenceEqual(two.Path(p)), $"path {p} differs");
        }
    }

    private static RequestHistory History(double level)
    {
        TimeSpan step = TimeSpan.FromMinutes(15);
        var random = new RandomStream(11);
        double[] requests = [.. Enumerable.Range(0, 96 * 28).Select(i => (double)random.NextPoisson(900 * level * (1 + (0.6 * Math.Sin(2 * Math.PI * i / 96)))))];
        return new RequestHistory { Requests = new TimeSeries(Start, step, requests), Quality = SeriesQuality.Clean };
    }

    private sealed class Recorder(List<double> fractions) : IProgress<PlanProgress>
    {
        public void Report(PlanProgress value) => fractions.Add(value.Fraction);
    }
}
