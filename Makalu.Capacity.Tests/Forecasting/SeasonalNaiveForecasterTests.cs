using Makalu.Capacity.Campaigns;
using Makalu.Capacity.Forecasting;
using Makalu.Capacity.Series;

namespace Makalu.Capacity.Tests.Forecasting;

[TestClass]
public sealed class SeasonalNaiveForecasterTests
{
    private static readonly DateTimeOffset Start = new(2024, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly PredictionOptions TwoDays = new() { Horizon = 48, Paths = 100 };

    [TestMethod]
    public void Predict_WhenTheSeriesRepeatsWeekly_RepeatsTheLastWeekExactly()
    {
        double[] values = [.. Enumerable.Range(0, 24 * 21).Select(i => (double)(i % 168))];
        Forecast forecast = Fit(values).Predict(TwoDays with { Horizon = 200 });
        for (int h = 0; h < 200; h++)
        {
            Assert.AreEqual((double)(h % 168), forecast.Path(99)[h]);
        }
    }

    [TestMethod]
    public void Predict_WhenTheLastSeasonHasGaps_TakesTheSeasonBefore()
    {
        double[] values = [.. Enumerable.Range(0, 24 * 5).Select(i => (double)(i % 24))];
        values.AsSpan(24 * 4, 12).Fill(double.NaN);
        Forecast forecast = Fit(values).Predict(TwoDays);
        Assert.AreEqual(5.0, forecast.Quantile(0.5)[5]);
    }

    [TestMethod]
    public void Fit_WhenNothingIsKnown_SaysWhatIsNeeded()
    {
        ForecastException error = Assert.ThrowsExactly<ForecastException>(() => Fit([double.NaN, double.NaN]));
        StringAssert.Contains(error.Message, "got 2 steps, all of them missing", StringComparison.Ordinal);
    }

    [TestMethod]
    public void Predict_WhenTheFutureOfTheIncidentIsMasked_IsNotRaisedByIt()
    {
        double[] values = [.. Enumerable.Range(0, 24 * 5).Select(_ => 10.0)];
        values.AsSpan(values.Length - 6).Fill(1000);
        var series = new TimeSeries(Start, TimeSpan.FromHours(1), values);
        var calendar = new CampaignCalendar([new Campaign("attack", "incident", series.End.AddHours(-6), series.End)]);
        Forecast forecast = new SeasonalNaiveForecaster().Fit(series, calendar).Predict(TwoDays);
        Assert.AreEqual(10.0, forecast.Quantile(0.99).Max());
    }

    [TestMethod]
    [DataRow(1)]
    [DataRow(30)]
    [DataRow(100)]
    [DataRow(500)]
    public void Predict_WhenTheHistoryIsOfAnyLength_GivesTheSameBitsForTheSameSeed(int steps)
    {
        double[] values = [.. Enumerable.Range(0, steps).Select(i => 5 + Math.Sin(i) + (i % 7))];
        Forecast one = Fit(values).Predict(TwoDays);
        Forecast two = Fit(values).Predict(TwoDays);
        for (int p = 0; p < one.PathCount; p++)
        {
            Assert.IsTrue(one.Path(p).SequenceEqual(two.Path(p)));
        }

        Assert.IsTrue(steps < 30 || !one.Path(0).SequenceEqual(Fit(values).Predict(TwoDays with { Seed = 2 }).Path(0)));
    }

    private static IForecastModel Fit(double[] values)
        => new SeasonalNaiveForecaster().Fit(new TimeSeries(Start, TimeSpan.FromHours(1), values), CampaignCalendar.Empty);
}
