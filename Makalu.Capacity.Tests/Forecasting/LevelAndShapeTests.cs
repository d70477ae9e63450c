using Makalu.Capacity.Campaigns;
using Makalu.Capacity.Forecasting;
using Makalu.Capacity.Numerics;
using Makalu.Capacity.Series;
using Makalu.Capacity.Tests.Campaigns;

namespace Makalu.Capacity.Tests.Forecasting;

[TestClass]
public sealed class LevelAndShapeTests
{
    private static readonly TimeSpan _quarter = TimeSpan.FromMinutes(15);
    private static readonly PredictionOptions _twoDays = new() { Horizon = 192, Paths = 200 };

    /// <summary>The shape of six weeks knows of no such weekends; the last two do. Without them being followed the Monday is 0.24 too low.</summary>
    [TestMethod]
    public void Fit_WhenWeekendsHaveBecomeQuieter_DoesNotCarryThatIntoTheMonday()
    {
        DateTimeOffset changed = SyntheticShop.Monday.AddDays(42);
        double Quieter(DateTimeOffset t) => t >= changed && (t.DayOfWeek is DayOfWeek.Saturday or DayOfWeek.Sunday) ? -0.6 : 0;
        TimeSeries series = SyntheticShop.Rates(SyntheticShop.Monday, _quarter, 56 * 96, Quieter);
        Forecast forecast = new LevelAndShapeForecaster().Fit(series, CampaignCalendar.Empty).Predict(_twoDays);
        double[] median = forecast.Quantile(0.5);
        Assert.IsGreaterThan(-0.21, Enumerable.Range(0, 96).Average(h => Math.Log(median[h]) - SyntheticShop.LogBaseline(forecast.TimeAt(h))));
    }

    [TestMethod]
    public void Fit_WhenWeekendsAreAsEver_IsNotMoved()
    {
        for (int days = 26; days < 33; days++)
        {
            Forecast forecast = new LevelAndShapeForecaster().Fit(SyntheticShop.Rates(SyntheticShop.Monday, _quarter, days * 96, seed: days), CampaignCalendar.Empty).Predict(_twoDays);
            double[] median = forecast.Quantile(0.5);
            Assert.AreEqual(0, Enumerable.Range(0, 192).Average(h => Math.Log(median[h]) - SyntheticShop.LogBaseline(forecast.TimeAt(h))), 0.05, $"day {days}");
        }
    }

    [TestMethod]
    public void Fit_WhereSundaysAreBusierThanSaturdays_KeepsThemApart()
    {
        static double Busier(DateTimeOffset t) => t.DayOfWeek is DayOfWeek.Sunday ? 0.12 : 0;
        TimeSeries series = SyntheticShop.Rates(SyntheticShop.Monday, _quarter, 40 * 96, Busier);
        Forecast forecast = new LevelAndShapeForecaster().Fit(series, CampaignCalendar.Empty).Predict(_twoDays);
        double[] median = forecast.Quantile(0.5);

        Assert.AreEqual(DayOfWeek.Saturday, forecast.TimeAt(0).DayOfWeek);
        double[] error = [.. Enumerable.Range(0, 192).Select(h => Math.Log(median[h]) - SyntheticShop.LogBaseline(forecast.TimeAt(h)) - Busier(forecast.TimeAt(h)))];

        // With one shape for both, Saturdays are stated 0.04 too high and Sundays 0.06 too low.
        Assert.AreEqual(error[..96].Average(), error[96..].Average(), 0.03);
    }

    [TestMethod]
    public void Fit_WhereTheLevelWanders_WidensByTheDay()
    {
        var random = new RandomStream(12);
        double level = 0;
        double[] values = [.. Enumerable.Range(0, 56 * 24).Select(t => 10 * Math.Exp((level += 0.1 / Math.Sqrt(24) * random.NextNormal()) + (0.02 * random.NextNormal())))];
        Forecast forecast = new LevelAndShapeForecaster().Fit(new TimeSeries(SyntheticShop.Monday, TimeSpan.FromHours(1), values), CampaignCalendar.Empty).Predict(new PredictionOptions { Horizon = 7 * 24, Paths = 1000 });

        // The variance of a random walk grows by its own each day: after six and a half days its deviation is 0.1·√6.5.
        double[][] quantiles = forecast.Quantiles([0.5, 0.841]);
        double stated = Enumerable.Range(144, 24).Average(h => Math.Log(quantiles[1][h] / quantiles[0][h]));
        Assert.IsInRange(0.75, 1.4, stated / (0.1 * Math.Sqrt(6.5)));
    }

    [TestMethod]
    public void Fit_WhereDaysDifferByLittle_DoubtsTheLevelByWhatTheyDifferBy()
    {
        // Half-days of their own, 4 % apart: a level smoothed over days hardly moves.
        var random = new RandomStream(3);
        double[] halves = [.. Enumerable.Range(0, 70).Select(_ => 0.06 * random.NextNormal())];
        double[] values = [.. Enumerable.Range(0, 35 * 24).Select(t => 10 * Math.Exp(halves[t / 12] + (0.005 * random.NextNormal())))];

        var fit = LevelAndShape.Fit(new TimeSeries(SyntheticShop.Monday, TimeSpan.FromHours(1), values), new bool[values.Length]);

        Assert.IsInRange(0.03, 0.06, fit.LevelDeviationAtOrigin);
    }
}
