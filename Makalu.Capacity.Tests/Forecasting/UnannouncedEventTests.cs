using Makalu.Capacity.Campaigns;
using Makalu.Capacity.Forecasting;
using Makalu.Capacity.Series;
using Makalu.Capacity.Tests.Campaigns;

namespace Makalu.Capacity.Tests.Forecasting;

[TestClass]
public sealed class UnannouncedEventTests
{
    private static readonly TimeSpan _quarter = TimeSpan.FromMinutes(15);
    private static readonly DateTimeOffset _spikeAt = SyntheticShop.Monday.AddDays(26).AddHours(4);

    [TestMethod]
    [DataRow(3.0, 2)]
    [DataRow(4.0, 10)]
    [DataRow(0.2, 3)]
    public void Fit_WhenTrafficSpikesOrDropsUnannounced_TellsItAndForecastsAsIfItHadNotBeen(double factor, int hours)
    {
        DateTimeOffset end = _spikeAt.AddHours(hours);
        TimeSeries plain = Shop(_ => 0), disturbed = Shop(t => t >= _spikeAt && t < end ? Math.Log(factor) : 0);
        UnannouncedEvent found = Events(disturbed, CampaignCalendar.Empty).Single();
        Assert.AreEqual(_spikeAt, found.StartsAt);
        Assert.AreEqual(end, found.EndsAt);
        Assert.AreEqual(Math.Log(factor), Math.Log(found.Factor), 0.2);
        double extra = 0;
        for (int i = 0; i < plain.Count; i++)
            extra += (disturbed[i] - plain[i]) * _quarter.TotalSeconds;
        Assert.AreEqual(extra, found.ExtraRequests, 0.1 * Math.Abs(extra));

        double[] expected = Median(plain), actual = Median(disturbed);
        for (int h = 0; h < expected.Length; h++)
            Assert.AreEqual(1, actual[h] / expected[h], 0.008, $"step {h}");
    }

    [TestMethod]
    public void Fit_WhenItIsOnTheCalendar_TellsNothing()
    {
        TimeSeries series = Shop(t => t >= _spikeAt && t < _spikeAt.AddHours(2) ? 1.2 : 0);
        foreach (string kind in (string[])["email", Campaign.IncidentKind])
            Assert.IsEmpty(Events(series, new CampaignCalendar([new Campaign("known", kind, _spikeAt, _spikeAt.AddHours(2))])));
    }

    [TestMethod]
    public void Fit_WhenTheLevelJumpsForGood_TellsNoSpike()
    {
        DateTimeOffset jump = SyntheticShop.Monday.AddDays(20).AddHours(9);
        Assert.IsEmpty(Events(Shop(t => t >= jump ? 0.5 : 0), CampaignCalendar.Empty));
    }

    [TestMethod]
    public void Fit_WhenTrafficIsStillUpAtTheEnd_TellsNoSpike()
        => Assert.IsEmpty(Events(Shop(t => t >= SyntheticShop.Monday.AddDays(28).AddHours(-3) ? 0.8 : 0), CampaignCalendar.Empty));

    [TestMethod]
    public void Fit_OnNoiseAlone_TellsNothing()
    {
        for (int seed = 1; seed <= 20; seed++)
            Assert.IsEmpty(Events(Shop(_ => 0, seed), CampaignCalendar.Empty), $"seed {seed}");
    }

    private static TimeSeries Shop(Func<DateTimeOffset, double> response, int seed = 1) => SyntheticShop.Rates(SyntheticShop.Monday, _quarter, 28 * 96, response, seed);

    private static double[] Median(TimeSeries series) => new CampaignForecaster().Fit(series, CampaignCalendar.Empty).Predict(new PredictionOptions { Horizon = 96, Paths = 200 }).Quantile(0.5);

    private static IReadOnlyList<UnannouncedEvent> Events(TimeSeries series, CampaignCalendar calendar)
        => new CampaignForecaster().Fit(series, calendar).Predict(new PredictionOptions { Horizon = 4, Paths = 100 }).Report!.Campaigns!.Unannounced;
}
