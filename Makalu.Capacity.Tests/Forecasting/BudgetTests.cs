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
