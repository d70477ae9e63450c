using Makalu.Capacity.Backtesting;
using Makalu.Capacity.Campaigns;
using Makalu.Capacity.Forecasting;
using Makalu.Capacity.Monitoring;
using Makalu.Capacity.Numerics;
using Makalu.Capacity.Series;
using Makalu.Capacity.Sizing;
using Makalu.Capacity.Tests.Monitoring;

namespace Makalu.Capacity.Tests.Backtesting;

[TestClass]
public sealed class CapacityBacktestTests
{
    private static readonly DateTimeOffset Start = new(2024, 5, 6, 0, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan SixHours = TimeSpan.FromHours(6);

    /// <summary>
    /// Ten days of four steps. The plan for quantile q provides 100·q. The last two days, which are judged: 40, 60, 95, 20 and 92, 96, 10,
    /// unknown; the day before them has a peak of 30, the days a week before them of 100 and 50.
    /// </summary>
    private static RequestHistory TenDays()
    {
        double[] rates = [.. Enumerable.Repeat(10.0, 40)];
        rates[5] = 100;
        rates[9] = 50;
        rates[30] = 30;
        new[] { 40, 60, 95, 20, 92, 96, 10, double.NaN }.CopyTo(rates, 32);
        return KnownForecast.History(Start, SixHours, rates);
    }

    private static readonly CapacityBacktestOptions TwoNights = new() { Forecaster = new KnownForecast(), Origins = 2, DecisionQuantiles = [0.9, 0.95], TargetQuantile = 0.99 };

    [TestMethod]
    public void CostRisk_OfAHandComputedExample()
    {
        DecisionReplay decision = new CapacityBacktest(TwoNights).Run(TenDays()).Decision;
        Assert.AreEqual(CapacityUnit.RequestsPerSecond, decision.Unit);
        CollectionAssert.AreEqual(new double?[] { 0.9, 0.95, 0.99 }, decision.CostRisk.Select(c => c.Quantile).ToArray());

        // 90: exceeded by 95, 92 and 96; idle 50 + 30 + 70 and 80; of a demand of 413 in all.
        Expect(decision.CostRisk[0], hours: 18, plans: 2, exceeded: 2, capacity: 90, idle: 230, ratio: Math.Sqrt(90.0 / 95 * 90 / 96));

        // 95: met by 95, exceeded by 96; idle 55 + 35 + 75 and 3 + 85.
        Expect(decision.CostRisk[1], hours: 6, plans: 2, exceeded: 1, capacity: 95, idle: 253, ratio: Math.Sqrt(95.0 / 95 * 95 / 96));

        // 99: never; idle 59 + 39 + 4 + 79 and 7 + 3 + 89.
        Expect(decision.CostRisk[2], hours: 0, plans: 2, exceeded: 0, capacity: 99, idle: 280, ratio: Math.Sqrt(99.0 / 95 * 99 / 96));
    }

    [TestMethod]
    public void RulesOfThumb_OfAHandComputedExample()
    {
        DecisionReplay decision = new CapacityBacktest(TwoNights).Run(TenDays()).Decision;
        CollectionAssert.AreEqual(new[] { "yesterday's peak x 2", "same as last week" }, decision.Alternatives.Select(a => a.Rule).ToArray());

        // 2·30 over four steps, then 2·95 over three: exceeded by 95 only; idle 20 + 0 + 40 and 98 + 94 + 180.
        Expect(decision.Alternatives[0], hours: 6, plans: 2, exceeded: 1, capacity: ((4 * 60) + (3 * 190)) / 7.0, idle: 432, ratio: Math.Sqrt(60.0 / 95 * 190 / 96));

        // 100, then 50: exceeded by 92 and 96; idle 60 + 40 + 5 + 80 and 40.
        Expect(decision.Alternatives[1], hours: 12, plans: 2, exceeded: 1, capacity: ((4 * 100) + (3 * 50)) / 7.0, idle: 225, ratio: Math.Sqrt(100.0 / 95 * 50 / 96));
    }

    [TestMethod]
    public void Accuracy_BesideRepeatingTheLastSeason_OfAHandComputedExample()
    {
        ReplayAccuracy accuracy = new CapacityBacktest(TwoNights).Run(TenDays()).Accuracy;
        Assert.AreEqual(7, accuracy.Steps);
        double median = 10 + 10 + 45 + 30 + 42 + 46 + 40;
        Assert.AreEqual(median / 7, accuracy.MeanAbsoluteError, 1e-9);
        Assert.AreEqual(median / 413, accuracy.WeightedError, 1e-9);

        // A day back: 10, 10, 30, 10, then 40, 60, 95. A week back: 10, 100, 10, 10, then 10, 50, 10.
        double day = 30 + 50 + 65 + 10 + 52 + 36 + 85;
        double week = 30 + 40 + 85 + 10 + 82 + 46 + 0;
        CollectionAssert.AreEqual(new[] { 1.0, 7.0 }, accuracy.Naive.Select(n => n.Season.TotalDays).ToArray());
        Assert.AreEqual(median / day, accuracy.Naive[0].Ratio, 1e-9);
        Assert.AreEqual(median / week, accuracy.Naive[1].Ratio, 1e-9);
        PeakAccuracy days = accuracy.Peaks.Single(p => p.Windows == "day");
        Assert.AreEqual(1, days.Count, "of the last day a quarter is unknown");
        CollectionAssert.AreEqual(new[] { 0, 0, 1, 1 }, days.Coverage.Select(c => c.Covered).ToArray());
    }

    [TestMethod]
    public void Plan_IsInForceUntilTheNext_AlsoWhereItLooksFurther()
    {
        CapacityBacktestReport report = new CapacityBacktest(TwoNights with { Horizon = TimeSpan.FromDays(2) }).Run(TenDays());
        Assert.AreEqual(TimeSpan.FromDays(1), report.Decision.InForce);
        Assert.AreEqual(Start.AddDays(8), report.Scores[^1].Record.Origin);
        Assert.AreEqual(TimeSpan.FromDays(2), report.Decision.CostRisk[0].Judged);
    }

    /// <summary>All that is known at an origin is what lies before it: a future of another kind changes no byte of what was planned.</summary>
    [TestMethod]
    [DataRow("auto")]
    [DataRow("campaigns+pool")]
    [DataRow("seasonal-naive")]
    public void Run_SeesNothingAtOrAfterAnOrigin(string model)
    {
        DateTimeOffset origin = Start.AddDays(21);
        RequestHistory history = Shop(23);
        var other = new RequestHistory
        {
            Requests = Changed(history.Requests, origin, 123_456_789),
            PeakRequestsPerSecond = Changed(history.PeakRequestsPerSecond!, origin, 987_654),
            Quality = history.Quality,
        };
        var calendar = new CampaignCalendar([.. Enumerable.Range(1, 3).Select(w => new Campaign($"mail {w}", "email", Start.AddDays(7 * w).AddHours(12), Start.AddDays(7 * w).AddHours(14)))]);
        var backtest = new CapacityBacktest(new CapacityBacktestOptions { From = origin, To = origin, Model = model, Paths = 200 });
        SystemDescription system = SystemDescriptionReader.Read(Path.Combine(Packaging.RepositoryFolder.Path, "data", "system.json"));
        CapacityBacktestReport one = backtest.Run(history, calendar, system);
        CapacityBacktestReport two = backtest.Run(other, calendar, system);
        CollectionAssert.AreEqual(Bytes(one.Scores.Single().Record), Bytes(two.Scores.Single().Record));
        CollectionAssert.AreEqual(one.Decision.CostRisk.Select(c => c.MeanCapacity).ToArray(), two.Decision.CostRisk.Select(c => c.MeanCapacity).ToArray());
        CollectionAssert.AreEqual(one.Decision.Alternatives.Take(2).Select(c => c.MeanCapacity).ToArray(), two.Decision.Alternatives.Take(2).Select(c => c.MeanCapacity).ToArray());
        Assert.AreNotEqual(one.Accuracy.MeanAbsoluteError, two.Accuracy.MeanAbsoluteError);
    }

    [TestMethod]
    public void Run_WithASystem_CountsConnections()
    {
        SystemDescription system = SystemDescriptionReader.Read(Path.Combine(Packaging.RepositoryFolder.Path, "data", "system.json"));
        DecisionReplay decision = new CapacityBacktest(new CapacityBacktestOptions { Origins = 3, Model = "seasonal-naive", Paths = 200 }).Run(Shop(23), null, system).Decision;
        Assert.AreEqual(CapacityUnit.Connections, decision.Unit);
        Assert.AreEqual(system.Target.PeakQuantile, decision.TargetQuantile);
        Assert.AreEqual(system.Target.Headroom, decision.Headroom);
        double[] capacities = [.. decision.CostRisk.Select(c => c.MeanCapacity)];
        CollectionAssert.AreEqual(capacities.Order().ToArray(), capacities);
        Assert.IsTrue(decision.Plans.All(p => p.Capacity % 10 == 0), "recommendations are rounded");
        Assert.IsTrue(decision.CostRisk.All(c => c.ExceededWithoutHeadroom >= c.Exceeded));
        Assert.IsGreaterThan(decision.CostRisk[0].Exceeded, decision.CostRisk[0].ExceededWithoutHeadroom, "the median is exceeded, its headroom is not");
        DecisionOutcome now = decision.Alternatives.Single(a => a.Rule == "what is set now");
        Assert.IsLessThanOrEqualTo(system.Database.MaxConnections, now.MeanCapacity);
    }

    [TestMethod]
    public void Run_WhenNoOriginFits_SaysWhichWould()
    {
        var backtest = new CapacityBacktest(new CapacityBacktestOptions { From = Start.AddDays(30) });
        ForecastException error = Assert.ThrowsExactly<ForecastException>(() => backtest.Run(TenDays()));
        StringAssert.Contains(error.Message, "at or before 2024-05-15T00:00:00Z", StringComparison.Ordinal);
    }

    [TestMethod]
    public void Run_WhenTheHistoryIsTooShortAtSomeOrigins_LeavesThemOut_AndSaysSo()
    {
        RequestHistory history = KnownForecast.History(Start, SixHours, [.. Enumerable.Range(0, 40).Select(i => i < 8 ? double.NaN : 10.0)]);
        CapacityBacktestReport report = new CapacityBacktest(TwoNights with { Origins = 9 }).Run(history);
        CollectionAssert.AreEqual(new[] { Start.AddDays(1), Start.AddDays(2) }, report.Skipped.Select(s => s.Origin).ToArray());
        Assert.HasCount(7, report.Scores);
    }

    [TestMethod]
    public void Run_Cancelled_Throws()
    {
        using var cancelled = new CancellationTokenSource();
        cancelled.Cancel();
        Assert.Throws<OperationCanceledException>(() => new CapacityBacktest(TwoNights).Run(TenDays(), cancellationToken: cancelled.Token));
    }

    [TestMethod]
    public void Options_OutOfRange_AreToldTogether()
    {
        var options = new CapacityBacktestOptions { Horizon = TimeSpan.Zero, Every = TimeSpan.Zero, Origins = 0, From = Start, To = Start.AddDays(-1), Quantiles = [], DecisionQuantiles = [1.5], TargetQuantile = 0, Model = "oracle" };
        ArgumentException error = Assert.ThrowsExactly<ArgumentException>(options.Validate);
        foreach (string expected in new[] { "Horizon", "Every 00:00:00", "Origins 0", "cannot be joined", "To 2024-05-05", "Quantiles is empty", "DecisionQuantiles 1.5", "TargetQuantile 0", "oracle" })
        {
            StringAssert.Contains(error.Message, expected, StringComparison.Ordinal);
        }
    }

    private static TimeSeries Changed(TimeSeries series, DateTimeOffset from, double value)
    {
        double[] values = series.Values.ToArray();
        values.AsSpan(series.IndexOf(from)).Fill(value);
        return new TimeSeries(series.Start, series.Step, values);
    }

    private static byte[] Bytes(ForecastRecord record)
    {
        using var stream = new MemoryStream();
        ForecastRecordFile.Write(stream, record);
        return stream.ToArray();
    }

    private static RequestHistory Shop(int days)
    {
        var random = new RandomStream(5, stream: 3);
        double[] rates = [.. Enumerable.Range(0, 24 * days).Select(h => 300 * (1.5 + Math.Sin(h * Math.Tau / 24)) * Math.Exp(0.1 * random.NextNormal()))];
        RequestHistory history = KnownForecast.History(Start, TimeSpan.FromHours(1), rates);
        return new RequestHistory
        {
            Requests = history.Requests,
            PeakRequestsPerSecond = new TimeSeries(Start, TimeSpan.FromHours(1), [.. rates.Select(r => r * (1.2 + (0.1 * Math.Abs(random.NextNormal()))))]),
            Quality = SeriesQuality.Clean,
        };
    }

    private static void Expect(DecisionOutcome outcome, int hours, int plans, int exceeded, double capacity, double idle, double ratio)
    {
        Assert.AreEqual(TimeSpan.FromHours(hours), outcome.Exceeded, outcome.Rule);
        Assert.AreEqual(outcome.Exceeded, outcome.ExceededWithoutHeadroom, outcome.Rule);
        Assert.AreEqual(TimeSpan.FromHours(42), outcome.Judged, outcome.Rule);
        Assert.AreEqual(plans, outcome.Plans, outcome.Rule);
        Assert.AreEqual(exceeded, outcome.PlansExceeded, outcome.Rule);
        Assert.AreEqual(capacity, outcome.MeanCapacity, 1e-9, outcome.Rule);
        Assert.AreEqual(idle / 413, outcome.OverProvision, 1e-9, outcome.Rule);
        Assert.AreEqual(ratio, outcome.CapacityToPeak, 1e-9, outcome.Rule);
    }
}
