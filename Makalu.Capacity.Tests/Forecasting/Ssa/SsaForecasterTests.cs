using Makalu.Capacity.Campaigns;
using Makalu.Capacity.Forecasting;
using Makalu.Capacity.Forecasting.Ssa;
using Makalu.Capacity.Numerics;
using Makalu.Capacity.Series;

namespace Makalu.Capacity.Tests.Forecasting.Ssa;

[TestClass]
public sealed class SsaForecasterTests
{
    private static readonly DateTimeOffset s_start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [TestMethod]
    public void Predict_CoversWhatFollowsAndIsReproducible()
    {
        int inside = 0, total = 0;
        for (int seed = 1; seed <= 6; seed++)
        {
            double[] all = Hourly(seed, 960 + 48);
            IForecastModel model = new SsaForecaster().Fit(new TimeSeries(s_start, TimeSpan.FromHours(1), all.AsSpan(0, 960)), CampaignCalendar.Empty);
            Forecast forecast = model.Predict(new PredictionOptions { Horizon = 48, Paths = 500, Seed = 3 });
            Assert.AreEqual(s_start.AddHours(960), forecast.Start);
            CollectionAssert.AreEqual(forecast.Mean(), model.Predict(new PredictionOptions { Horizon = 48, Paths = 500, Seed = 3 }).Mean());
            double[][] quantiles = forecast.Quantiles([0.05, 0.95]);
            for (int h = 0; h < 48; h++)
            {
                inside += all[960 + h] >= quantiles[0][h] && all[960 + h] <= quantiles[1][h] ? 1 : 0;
                total++;
            }
        }

        Assert.IsTrue(inside > 0.8 * total && inside < 0.98 * total, $"{inside} of {total} within the central 90 %");
    }

    [TestMethod]
    public void Fit_LeavesIncidentsOutAndFillsGaps()
    {
        double[] values = Hourly(9, 960);
        for (int t = 700; t < 712; t++)
        {
            values[t] = 0.001;
        }

        for (int t = 300; t < 306; t++)
        {
            values[t] = double.NaN;
        }

        var series = new TimeSeries(s_start, TimeSpan.FromHours(1), values);
        var outage = new CampaignCalendar([new Campaign("outage", "incident", s_start.AddHours(700), s_start.AddHours(712))]);
        double[] mean = new SsaForecaster().Fit(series, outage).Predict(new PredictionOptions { Horizon = 48 }).Mean();
        for (int h = 0; h < 48; h++)
        {
            Assert.AreEqual(1, mean[h] / Expected(960 + h), 0.2);
        }
    }

    [TestMethod]
    public void Predict_BeyondTheHistoryItself_StaysFinite()
    {
        IForecastModel model = new SsaForecaster().Fit(new TimeSeries(s_start, TimeSpan.FromHours(1), Hourly(2, 120)), CampaignCalendar.Empty);
        Forecast forecast = model.Predict(new PredictionOptions { Horizon = 500, Paths = 100 });
        Assert.IsTrue(forecast.Mean().All(v => v is >= 0 and < 1e5));
    }

    [TestMethod]
    public void Fit_WithZeros_ForecastsNoNegativeRate()
    {
        double[] values = SsaSeries.From(300, t => t % 24 < 12 ? 0 : 5);
        Forecast forecast = new SsaForecaster().Fit(new TimeSeries(s_start, TimeSpan.FromHours(1), values), CampaignCalendar.Empty).Predict(new PredictionOptions { Horizon = 24 });
        SsaAssert.Close(SsaSeries.From(24, h => (300 + h) % 24 < 12 ? 0 : 5), forecast.Mean(), 0.3);
    }

    [TestMethod]
    public void Fit_WhenTooShort_StatesHowMuchIsMissing()
    {
        var series = new TimeSeries(s_start, TimeSpan.FromHours(1), new double[10]);
        StringAssert.Contains(Assert.ThrowsExactly<ForecastException>(() => new SsaForecaster().Fit(series, CampaignCalendar.Empty)).Message, "Supply 14 more", StringComparison.Ordinal);
    }

    private static double Expected(int t) => 1000 * Math.Exp(0.5 * Math.Sin(2 * Math.PI * t / 24));

    private static double[] Hourly(int seed, int count)
    {
        var random = new RandomStream(seed);
        return SsaSeries.From(count, t => Expected(t) * Math.Exp(0.08 * random.NextNormal()));
    }
}
