using System.Globalization;
using Makalu.Capacity.Campaigns;
using Makalu.Capacity.Forecasting;
using Makalu.Capacity.Numerics;
using Makalu.Capacity.Series;
using Makalu.Capacity.Tests.Campaigns;
using Makalu.Capacity.Tests.Series;

namespace Makalu.Capacity.Tests.Forecasting;

[TestClass]
public sealed class DailyCampaignForecasterTests
{
    private static readonly TimeSpan _day = TimeSpan.FromDays(1);

    [TestMethod]
    public void Predict_OnPageViews_AgreesWithTheDesignStudy()
    {
        TimeSeries rates = SeriesFile.Read(SharedData.Path("data/pageviews/requests-1d.csv.gz"))[0].RequestsPerSecond;
        var calendar = new CampaignCalendar(File.ReadLines(SharedData.Path("data/pageviews/calendar.csv")).Skip(1).Select(l => l.Split(',')).Select(f => new Campaign(
            f[0], f[1], DateTimeOffset.Parse(f[2], CultureInfo.InvariantCulture), DateTimeOffset.Parse(f[3], CultureInfo.InvariantCulture))));
        var origin = new DateTimeOffset(2012, 12, 15, 0, 0, 0, TimeSpan.Zero);
        Forecast forecast = new CampaignForecaster().Fit(rates.Before(origin), calendar).Predict(new PredictionOptions { Horizon = 60, Paths = 4000 });
        double[] median = forecast.Quantile(0.5);

        // Medians in views a day of a design study of the same model in another language, with its own random numbers.
        foreach ((int day, double views) in (ReadOnlySpan<(int, double)>)[(5, 5883), (28, 17025), (29, 63868), (45, 12901)])
            Assert.AreEqual(views, median[day] * 86400, 0.12 * views, $"day {day}");
    }

    [TestMethod]
    public void Predict_WhenACampaignIsPlanned_RaisesItsDaysAndNoOthers()
    {
        TimeSeries history = History(800);
        var planned = new Campaign("launch", "sale", history.End.AddDays(5), history.End.AddDays(8));
        Campaign[] past = [.. Enumerable.Range(0, 5).Select(k => new Campaign($"sale {k}", "sale", history.Start.AddDays(100 + (130 * k)), history.Start.AddDays(103 + (130 * k))))];
        var options = new PredictionOptions { Horizon = 20, Paths = 300 };
        Forecast without = new CampaignForecaster().Fit(history, new CampaignCalendar(past)).Predict(options);
        Forecast with = new CampaignForecaster().Fit(history, new CampaignCalendar([.. past, planned])).Predict(options);
        for (int h = 0; h < 20; h++)
        {
            if (h is >= 5 and < 9)
                Assert.IsGreaterThan(without.Quantile(0.5)[h], with.Quantile(0.5)[h]);
            else
                Assert.AreSequenceEqual(Column(without, h), Column(with, h));
        }
    }

    [TestMethod]
    public void Predict_WhenPastSalesTripledTheTraffic_ExpectsAThreefoldSale()
    {
        Campaign[] past = [.. Enumerable.Range(0, 6).Select(k => new Campaign($"sale {k}", "sale", SyntheticShop.Monday.AddDays(60 + (120 * k)), SyntheticShop.Monday.AddDays(62 + (120 * k))))];
        TimeSeries history = History(800, day => past.Any(c => c.StartsAt <= day && day < c.EndsAt) ? 3 : 1);
        var planned = new Campaign("launch", "sale", history.End.AddDays(5), history.End.AddDays(7));
        Forecast forecast = new CampaignForecaster().Fit(history, new CampaignCalendar([.. past, planned])).Predict(new PredictionOptions { Horizon = 10 });
        CampaignEffect effect = forecast.CampaignEffects.Single();
        Assert.AreEqual(3, effect.PeakFactorMedian, 0.3);
        Assert.AreEqual(6, effect.PastCampaignsOfKind);
        Assert.AreEqual(3, forecast.Quantile(0.5)[6] / forecast.Quantile(0.5)[4], 0.6);
    }

    private static double[] Column(Forecast forecast, int step) => [.. Enumerable.Range(0, forecast.PathCount).Select(p => forecast.Path(p)[step])];

    private static TimeSeries History(int days, Func<DateTimeOffset, double>? factor = null)
    {
        var random = new RandomStream(5);
        return new TimeSeries(SyntheticShop.Monday, _day, [.. Enumerable.Range(0, days).Select(i => SyntheticShop.Monday.AddDays(i)).Select(t =>
            100 * Math.Exp((0.3 * Math.Sin(2 * Math.PI * t.DayOfYear / 365)) + (0.08 * random.NextNormal())) * (factor?.Invoke(t) ?? 1))]);
    }
}
