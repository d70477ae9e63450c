using CsCheck;
using Makalu.Capacity.Campaigns;
using Makalu.Capacity.Forecasting;
using Makalu.Capacity.Numerics;
using Makalu.Capacity.Peaks;

namespace Makalu.Capacity.Tests.Peaks;

[TestClass]
public sealed class PeakFinderTests
{
    private static readonly DateTimeOffset Origin = new(2024, 9, 15, 0, 0, 0, TimeSpan.Zero);

    [TestMethod]
    public void Find_WhenPathsPeakAtDifferentSteps_GivesTheQuantileOfTheMaximumNotTheMaximumOfQuantiles()
    {
        // Each path is 1 but for one step of 10, at a different step in each: pointwise medians are 1, every maximum is 10.
        var paths = new double[100 * 100];
        Array.Fill(paths, 1.0);
        for (int p = 0; p < 100; p++)
        {
            paths[(p * 100) + p] = 10;
        }

        var forecast = new Forecast(Origin, TimeSpan.FromMinutes(1), 100, paths);
        PeakForecast peak = PeakFinder.Find(forecast, CampaignCalendar.Empty)[0];

        Assert.AreEqual(1, forecast.Quantile(0.5).Max());
        Assert.AreEqual(10, peak.Quantile(0.5));
        Assert.AreEqual(1, peak.ExceedanceProbability(9.99));
        Assert.AreEqual(0, peak.ExceedanceProbability(10));
    }

    [TestMethod]
    public void Find_WhenAnyPathsAndWindows_TheWholeHorizonIsNeverLowerThanAWindowNorThePointwiseMaximum()
        => Gen.Int[0, 1000].Sample(
            seed =>
            {
                var random = new RandomStream(seed);
                int horizon = 1 + random.NextInt(200);
                double[] paths = [.. Enumerable.Range(0, horizon * 100).Select(_ => random.NextExponential())];
                var forecast = new Forecast(Origin.AddMinutes(17 * seed), TimeSpan.FromMinutes(20), horizon, paths);
                IReadOnlyList<PeakForecast> peaks = PeakFinder.Find(forecast, CampaignCalendar.Empty);
                foreach (double q in new[] { 0.5, 0.9, 0.99 })
                {
                    double whole = peaks[0].Quantile(q);
                    Assert.IsTrue(peaks.All(p => p.Quantile(q) <= whole));
                    Assert.IsGreaterThanOrEqualTo(forecast.Quantile(q).Max(), whole);
                }
            },
            iter: 50);

    [TestMethod]
    public void Windows_WhenTheHorizonTouchesThreeDaysAndACampaign_ListsThemAll()
    {
        Forecast forecast = Flat(Origin.AddHours(20), TimeSpan.FromMinutes(5), 12 * 30);
        var calendar = new CampaignCalendar(
        [
            new Campaign("autumn-launch", "tv", Origin.AddHours(38), Origin.AddHours(40)),
            new Campaign("over", "tv", Origin.AddHours(-9), Origin.AddHours(-8)),
            new Campaign("attack", "incident", Origin.AddHours(30), Origin.AddHours(31)),
            new Campaign("still-in-its-aftermath", "email", Origin.AddHours(18), Origin.AddHours(19)),
        ]);

        IReadOnlyList<PeakWindow> windows = PeakFinder.Windows(forecast, calendar);

        CollectionAssert.AreEqual(
            (string[])["horizon", "day 2024-09-15", "day 2024-09-16", "day 2024-09-17", "still-in-its-aftermath", "autumn-launch"],
            windows.Select(w => w.Name).ToArray());
        Assert.AreEqual(Origin.AddHours(37.5), windows[^1].StartsAt);
        Assert.AreEqual(Origin.AddHours(41.5), windows[^1].EndsAt);
    }

    [TestMethod]
    public void Windows_WhenTheStepIsADay_RunOverTheEventsOwnDays()
    {
        Forecast forecast = Flat(Origin, TimeSpan.FromDays(1), 30);
        var calendar = new CampaignCalendar([new Campaign("final", "match", Origin.AddDays(3).AddHours(20), Origin.AddDays(4).AddHours(2))]);

        PeakWindow window = PeakFinder.Windows(forecast, calendar)[^1];

        Assert.AreEqual(Origin.AddDays(3), window.StartsAt);
        Assert.AreEqual(Origin.AddDays(5), window.EndsAt);
    }

    [TestMethod]
    public void Steps_WhenAWindowIsShorterThanAStep_TakesTheStepThatHoldsIt()
    {
        Forecast forecast = Flat(Origin, TimeSpan.FromHours(6), 8);
        (int first, int count) = PeakFinder.Steps(forecast, new PeakWindow { Name = "w", Kind = "w", StartsAt = Origin.AddHours(7), EndsAt = Origin.AddHours(8) });
        Assert.AreEqual((1, 1), (first, count));
    }

    [TestMethod]
    public void Find_WhenACampaignRaisesThePeak_NamesItAndItsTime()
    {
        var campaign = new Campaign("autumn-launch", "tv", Origin.AddHours(14), Origin.AddHours(16));
        var random = new RandomStream(3);
        var paths = new double[200 * 288];
        for (int i = 0; i < paths.Length; i++)
        {
            int step = i % 288;
            paths[i] = (100 + (5 * random.NextNormal())) * (step is >= 168 and < 192 ? 4 - (0.05 * (step - 168)) : 1);
        }

        double[] factors = [.. Enumerable.Range(0, 24).Select(i => 4 - (0.05 * i))];
        var forecast = new Forecast(Origin, TimeSpan.FromMinutes(5), 288, paths) { CampaignEffects = [new CampaignEffect(campaign, 168, factors)] };

        PeakForecast peak = PeakFinder.Find(forecast, PeakFinder.Windows(forecast, CampaignCalendar.Empty)[0]);

        Assert.AreEqual("autumn-launch", peak.Cause);
        Assert.IsLessThanOrEqualTo(TimeSpan.FromMinutes(30), (peak.At - campaign.StartsAt).Duration());
    }

    [TestMethod]
    public void Find_WhenNoCampaignMatters_NamesTheBaseline()
    {
        var campaign = new Campaign("whisper", "email", Origin, Origin.AddHours(2));
        Forecast forecast = Flat(Origin, TimeSpan.FromMinutes(5), 288);
        forecast = new Forecast(Origin, TimeSpan.FromMinutes(5), 288, forecast.Path(0)) { CampaignEffects = [new CampaignEffect(campaign, 0, [1.01, 1.02])] };
        Assert.AreEqual("baseline", PeakFinder.Find(forecast, CampaignCalendar.Empty)[0].Cause);
    }

    [TestMethod]
    public void Find_WhenTheWindowIsOutside_SaysWhatTheForecastCovers()
    {
        Forecast forecast = Flat(Origin, TimeSpan.FromMinutes(5), 12);
        var window = new PeakWindow { Name = "later", Kind = "x", StartsAt = Origin.AddDays(2), EndsAt = Origin.AddDays(3) };
        ArgumentException error = Assert.ThrowsExactly<ArgumentException>(() => PeakFinder.Find(forecast, window));
        StringAssert.Contains(error.Message, "2024-09-15T01:00:00Z", StringComparison.Ordinal);
    }

    private static Forecast Flat(DateTimeOffset start, TimeSpan step, int horizon)
        => new(start, step, horizon, Enumerable.Repeat(1.0, horizon).ToArray());
}
