using Makalu.Capacity.Campaigns;
using Makalu.Capacity.Forecasting;
using Makalu.Capacity.Series;
using Makalu.Capacity.Tests.Campaigns;

namespace Makalu.Capacity.Tests.Forecasting;

[TestClass]
public sealed class LevelAndShapeTests
{
    private static readonly TimeSpan _quarter = TimeSpan.FromMinutes(15);
    private static readonly PredictionOptions _twoDays = new() { Horizon = 192, Paths = 200 };

    /// <summary>The shape of eight weeks knows of no such weekends; the last two do.</summary>
    [TestMethod]
    public void Fit_WhenWeekendsHaveBecomeQuieter_ForecastsTheMondayAndTheSaturdayAsTheyWillBe()
    {
        DateTimeOffset changed = SyntheticShop.Monday.AddDays(42);
        static bool IsWeekend(DateTimeOffset t) => t.DayOfWeek is DayOfWeek.Saturday or DayOfWeek.Sunday;
        double Quieter(DateTimeOffset t) => t >= changed && IsWeekend(t) ? -0.6 : 0;
        foreach ((int days, double limit) in ((int, double)[])[(56, 0.12), (60, 0.25)])
        {
            TimeSeries series = SyntheticShop.Rates(SyntheticShop.Monday, _quarter, days * 96, Quieter);
            Forecast forecast = new LevelAndShapeForecaster().Fit(series, CampaignCalendar.Empty).Predict(_twoDays);
            double[] median = forecast.Quantile(0.5);
            double error = 0;
            for (int h = 0; h < 96; h++)
                error += (Math.Log(median[h]) - SyntheticShop.LogBaseline(forecast.TimeAt(h)) - Quieter(forecast.TimeAt(h))) / 96;
            Assert.AreEqual(0, error, limit, $"{forecast.Start:O}");
        }
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
}
