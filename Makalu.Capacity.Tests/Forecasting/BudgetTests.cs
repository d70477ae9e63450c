using Makalu.Capacity.Campaigns;
using Makalu.Capacity.Forecasting;
using Makalu.Capacity.Forecasting.Candidates;
using Makalu.Capacity.Forecasting.Pool;
using Makalu.Capacity.Numerics;
using Makalu.Capacity.Series;
using Makalu.Capacity.Tests.Forecasting.Pool;

namespace Makalu.Capacity.Tests.Forecasting;

[TestClass]
public class BudgetTests
{
    private static readonly TimeSeries History = new SimulatedTraffic { Name = "shop", Step = TimeSpan.FromMinutes(15), NoonRate = 5 }.History(35, new RandomStream(1)).History;

    private static readonly CampaignCalendar Calendar = new([.. Enumerable.Range(0, 6).Select(k => new Campaign($"mail {k}", "email", History.Start.AddDays((6 * k) + 5).AddHours(10), History.Start.AddDays((6 * k) + 5).AddHours(12)))]);

    [TestMethod]
    public void Pool_WithLessAndLess_DoesLess_InTheStatedSteps()
    {
        double whole = Estimate(PoolEffort.Whole);
        var seen = new List<string>();
        double previous = double.PositiveInfinity;
        foreach (double share in (double[])[1.01, 0.9, 0.5, 0.2, 0.001])
        {
            ForecastReport report = Predict(new PoolForecaster(TimeSpan.FromMilliseconds(whole * share)), CampaignCalendar.Empty).Report!;
            seen.Add(report.Budget![..6]);
            double work = report.Origins * (report.Members.Count + 0.1);
            Assert.IsLessThan(previous, work, report.Budget);
            previous = work;
        }

        CollectionAssert.AreEqual(new[] { "step 1", "step 2", "step 3", "step 4", "step 5" }, seen);
    }

    [TestMethod]
    public void Pool_GivenNoTime_StatesTheSeasonsMeanWidely_AndSaysSo()
    {
        Forecast forecast = Predict(new PoolForecaster(TimeSpan.FromTicks(1)), CampaignCalendar.Empty);

        StringAssert.Contains(forecast.Report!.FallBack, "given no time", StringComparison.Ordinal);
        StringAssert.Contains(forecast.Report.Budget, "no members", StringComparison.Ordinal);
        Forecast whole = Predict(new PoolForecaster(), CampaignCalendar.Empty);
        Assert.AreEqual(whole.Quantile(0.5).Average(), forecast.Quantile(0.5).Average(), 0.15 * whole.Quantile(0.5).Average());
    }

    [TestMethod]
    public void Pool_WithEnough_GivesTheBytesOfOneWithoutABudget()
    {
        Forecast without = Predict(new PoolForecaster(), CampaignCalendar.Empty);
        Forecast with = Predict(new PoolForecaster(TimeSpan.FromMinutes(5)), CampaignCalendar.Empty);

        for (int p = 0; p < without.PathCount; p++)
        {
            Assert.IsTrue(without.Path(p).SequenceEqual(with.Path(p)));
        }

        Assert.IsNull(without.Report!.Budget);
    }

    // The share of the training is what it costs all of the fleet, over the number of its series.
    [TestMethod]
    [RequiresLightGbm]
    public void Pool_OfAFleet_PaysForItsShareOfTheTraining_AndDoesWithoutItFirst()
    {
        TimeSeries[] series = [.. Enumerable.Range(0, 6).Select(i => new TimeSeries(History.Start, History.Step, [.. History.Values.ToArray().Select((v, t) => v * (1 + (0.1 * i)) + (t * i % 7))]))];
        var fleet = new BoostingFleet(series);
        double whole = Estimate(PoolEffort.Whole);
        double boosting = fleet.CostPerSeries(TimeSpan.FromDays(1)) + ForecastCost.OfBoosting(24, PoolEffort.Whole);

        ForecastReport with = Of(whole + boosting + 1);
        ForecastReport without = Of(whole + boosting - 1);
        ForecastReport less = Of(whole - 1);

        Assert.IsTrue(with.Members.Any(m => m.Name == "boosting"), with.Budget);
        StringAssert.Contains(with.Budget, "step 1 of 5", StringComparison.Ordinal);
        StringAssert.Contains(with.Budget, "boosting with its share of the training", StringComparison.Ordinal);
        Assert.IsFalse(without.Members.Any(m => m.Name == "boosting"), without.Budget);
        StringAssert.Contains(without.Budget, "step 1 of 5", StringComparison.Ordinal);
        StringAssert.Contains(without.Budget, "without boosting", StringComparison.Ordinal);
        StringAssert.Contains(less.Budget, "step 2 of 5", StringComparison.Ordinal);
        Assert.IsFalse(less.Members.Any(m => m.Name == "boosting"), less.Budget);

        ForecastReport Of(double milliseconds) => new PoolForecaster(TimeSpan.FromMilliseconds(milliseconds), fleet).Fit(series[2], CampaignCalendar.Empty).Predict(new PredictionOptions { Horizon = 96, Paths = 200 }).Report!;
    }

    [TestMethod]
    public void Fleet_OfMoreSeries_CostsEachLess_AndOneOfMoreEndsMore()
    {
        double ten = new BoostingFleet(Enumerable.Repeat(History, 50)).CostPerSeries(TimeSpan.FromDays(1));
        double twenty = new BoostingFleet(Enumerable.Repeat(History, 100)).CostPerSeries(TimeSpan.FromDays(1));
        double twoEnds = new BoostingFleet([.. Enumerable.Repeat(History, 25), .. Enumerable.Repeat(History.Slice(0, History.Count - 96), 25)]).CostPerSeries(TimeSpan.FromDays(1));

        Assert.AreEqual(ten / 2, twenty, 1e-9);
        Assert.AreEqual(ten * 1.5, twoEnds, ten * 0.51);
        Assert.IsGreaterThan(ten, twoEnds);
    }

    [TestMethod]
    public void Pool_UnderABudget_NeedsLessForLess()
    {
        var seasons = new SeasonLengths(24, 168);
        double[] costs = [.. new[] { 1, 20, 100, 1000 }.Select(h => ForecastCost.OfPool(2000, seasons, h, 12, PoolEffort.Whole))];
        CollectionAssert.AreEqual(costs.Order().ToArray(), costs);
        Assert.IsGreaterThan(ForecastCost.OfPool(672, seasons, 24, 12, PoolEffort.Whole), ForecastCost.OfPool(8760, seasons, 24, 12, PoolEffort.Whole));
    }

    [TestMethod]
    [DataRow(60_000, "step 1 of 3", 6)]
    [DataRow(900, "step 2 of 3", 3)]
    public void Auto_UnderCampaigns_JudgesAtFewerOrigins(int milliseconds, string step, int origins)
    {
        Forecast forecast = Predict(Auto(milliseconds), Calendar);

        StringAssert.Contains(forecast.Report!.Choice!.Reason, step, StringComparison.Ordinal);
        Assert.IsTrue(forecast.Report.Choice.Candidates.All(c => c.Origins <= origins && c.Origins >= 2), forecast.Report.Choice.Reason);
    }

    [TestMethod]
    public void Auto_GivenNoTime_TakesThePreferredOne_WithItsCampaigns()
    {
        Forecast forecast = Predict(Auto(1), Calendar);

        Assert.AreEqual("campaigns", forecast.Model);
        Assert.HasCount(1, forecast.CampaignEffects);
        StringAssert.Contains(forecast.Report!.Budget, "step 3 of 3", StringComparison.Ordinal);
        Assert.IsNull(forecast.Report.Choice);
    }

    [TestMethod]
    public void Auto_WithoutCampaigns_HandsTheBudgetToThePool()
        => StringAssert.Contains(Predict(Auto(1), CampaignCalendar.Empty).Report!.Budget, "step 5 of 5", StringComparison.Ordinal);

    [TestMethod]
    public void Budget_ThatIsNone_IsRefused()
    {
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => new PoolForecaster(TimeSpan.Zero));
        ArgumentException exception = Assert.ThrowsExactly<ArgumentException>(() => new CapacityPlannerOptions { Budget = TimeSpan.FromSeconds(-1) }.Validate());
        StringAssert.Contains(exception.Message, "Budget", StringComparison.Ordinal);
    }

    private static AutoForecaster Auto(int milliseconds) => new(new AutoForecasterOptions { Horizon = TimeSpan.FromDays(1), Budget = TimeSpan.FromMilliseconds(milliseconds) });

    private static double Estimate(PoolEffort effort) => ForecastCost.OfPool(35 * 24, new SeasonLengths(24, 168), 24, 4, effort);

    private static Forecast Predict(IForecaster forecaster, CampaignCalendar calendar)
        => forecaster.Fit(History, calendar).Predict(new PredictionOptions { Horizon = 96, Paths = 200 });
}
