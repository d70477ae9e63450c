using Makalu.Capacity.Campaigns;
using Makalu.Capacity.Forecasting;
using Makalu.Capacity.Numerics;
using Makalu.Capacity.Series;
using Makalu.Capacity.Tests.Campaigns;

namespace Makalu.Capacity.Tests.Forecasting;

[TestClass]
public sealed class CampaignForecasterTests
{
    private static readonly TimeSpan _quarter = TimeSpan.FromMinutes(15);
    private static readonly TimeSeries _history = SyntheticShop.Rates(SyntheticShop.Monday, _quarter, 28 * 96);
    private static readonly PredictionOptions _twoDays = new() { Horizon = 192, Paths = 200 };

    [TestMethod]
    public void Predict_WithoutCampaigns_EqualsTheBaselineBitForBit()
    {
        Forecast plain = new LevelAndShapeForecaster().Fit(_history, CampaignCalendar.Empty).Predict(_twoDays);
        Forecast campaigns = new CampaignForecaster().Fit(_history, CampaignCalendar.Empty).Predict(_twoDays);
        AssertSamePaths(plain, campaigns, _ => true);
    }

    [TestMethod]
    public void Predict_WithGivenBaselineAndNoCampaigns_EqualsThatBaselineBitForBit()
    {
        var baseline = new SeasonalNaiveForecaster();
        Forecast plain = baseline.Fit(_history, CampaignCalendar.Empty).Predict(_twoDays);
        Forecast campaigns = new CampaignForecaster(baseline).Fit(_history, CampaignCalendar.Empty).Predict(_twoDays);
        AssertSamePaths(plain, campaigns, _ => true);
    }

    [TestMethod]
    public void Predict_WhenACampaignIsPlanned_ChangesNothingOutsideItsReach()
    {
        Campaign[] past = [At("a", "email", 8.4, 2), At("b", "email", 15.5, 2), At("c", "tv", 18.6, 1)];
        Campaign planned = At("launch", "tv", 28.9, 3);
        Forecast without = new CampaignForecaster().Fit(_history, new CampaignCalendar(past)).Predict(_twoDays);
        Forecast with = new CampaignForecaster().Fit(_history, new CampaignCalendar([.. past, planned])).Predict(_twoDays);
        AssertSamePaths(without, with, t => t + _quarter <= planned.StartsAt.AddHours(-1) || t >= planned.EndsAt.AddHours(3));
        Assert.IsGreaterThan(without.Quantile(0.5)[90], with.Quantile(0.5)[90]);
    }

    [TestMethod]
    public void Predict_WhenASecondCampaignIsPlanned_LeavesTheFirstOnesDrawsAlone()
    {
        Campaign[] first = [At("first", "tv", 28.2, 2)];
        Campaign[] both = [.. first, At("second", "email", 29.2, 2)];
        Forecast one = new CampaignForecaster().Fit(_history, new CampaignCalendar(first)).Predict(_twoDays);
        Forecast two = new CampaignForecaster().Fit(_history, new CampaignCalendar(both)).Predict(_twoDays);
        AssertSamePaths(one, two, t => t < SyntheticShop.Monday.AddDays(29));
    }

    [TestMethod]
    public void Predict_TwiceFromOneSeed_IsTheSameBitForBit()
    {
        var calendar = new CampaignCalendar([At("a", "email", 8.4, 2), At("launch", "tv", 28.4, 3)]);
        IForecastModel model = new CampaignForecaster().Fit(_history, calendar);
        Forecast whole = model.Predict(_twoDays);
        AssertSamePaths(whole, model.Predict(_twoDays), _ => true);
        Assert.AreNotEqual(whole.Path(0)[40], model.Predict(_twoDays with { Seed = 2 }).Path(0)[40]);
    }

    [TestMethod]
    public void Fit_WhenTheFutureOfTheCalendarIsFarAway_ForecastsTheBaseline()
    {
        var far = new CampaignCalendar([At("far", "tv", 4000, 3), At("long ago", "tv", -4000, 3)]);
        Forecast plain = new LevelAndShapeForecaster().Fit(_history, CampaignCalendar.Empty).Predict(_twoDays);
        AssertSamePaths(plain, new CampaignForecaster().Fit(_history, far).Predict(_twoDays), _ => true);
    }

    [TestMethod]
    public void Fit_WhenAnIncidentIsMarked_IsTheSameAsIfItWereUnknown()
    {
        double[] broken = _history.Values.ToArray();
        double[] unknown = _history.Values.ToArray();
        for (int i = 1000; i < 1010; i++)
        {
            broken[i] = 0;
            unknown[i] = double.NaN;
        }

        var calendar = new CampaignCalendar([new Campaign("outage", Campaign.IncidentKind, _history.TimeAt(1000), _history.TimeAt(1010))]);
        Forecast marked = new CampaignForecaster().Fit(new TimeSeries(_history.Start, _quarter, broken), calendar).Predict(_twoDays);
        Forecast missing = new CampaignForecaster().Fit(new TimeSeries(_history.Start, _quarter, unknown), CampaignCalendar.Empty).Predict(_twoDays);
        AssertSamePaths(missing, marked, _ => true);
    }

    [TestMethod]
    public void Fit_WhenNothingIsKnown_SaysHowMuchIsNeeded()
    {
        var empty = new TimeSeries(SyntheticShop.Monday, _quarter, [double.NaN, 3, double.NaN]);
        ForecastException exception = Assert.ThrowsExactly<ForecastException>(() => new CampaignForecaster().Fit(empty, CampaignCalendar.Empty));
        Assert.Contains("1 known steps", exception.Message);
    }

    [TestMethod]
    [DataRow(1)]
    [DataRow(2)]
    [DataRow(3)]
    [DataRow(4)]
    public void Predict_OnAnyHistoryAndCalendar_IsFiniteAndNotNegative(int seed)
    {
        var random = new RandomStream(seed);
        int[] minutes = [1, 2, 5, 7, 15, 60, 240, 1440, 10080];
        for (int round = 0; round < 12; round++)
        {
            TimeSpan step = TimeSpan.FromMinutes(minutes[random.NextInt(minutes.Length)]);
            int count = 8 + random.NextInt(1500);
            double scale = Math.Exp(12 * (random.NextDouble() - 0.5));
            double missing = random.NextDouble() < 0.5 ? 0.3 : 0;
            var values = new double[count];
            for (int i = 0; i < count; i++)
                values[i] = i >= 4 && random.NextDouble() < missing ? double.NaN : random.NextPoisson(20 * (1 + Math.Sin(i * step.TotalHours / 3.8))) * scale;
            var series = new TimeSeries(SyntheticShop.Monday, step, values);
            double days = step.TotalDays * count;
            string[] kinds = ["tv", "email", "sale", Campaign.IncidentKind];
            var calendar = new CampaignCalendar(Enumerable.Range(0, random.NextInt(9)).Select(c => new Campaign(
                $"c{c}", kinds[random.NextInt(4)], SyntheticShop.Monday.AddDays(1.4 * days * random.NextDouble()), SyntheticShop.Monday.AddDays(1.5 * days).AddHours(100 * random.NextDouble()),
                [KeyValuePair.Create("audience", random.NextInt(3) == 0 ? "" : "1e" + random.NextInt(7)), KeyValuePair.Create("channel", random.NextInt(2) == 0 ? "a" : "b")])).ToArray());
            try
            {
                new CampaignForecaster().Fit(series, calendar).Predict(new PredictionOptions { Horizon = 1 + random.NextInt(200), Paths = 100 });
            }
            catch (ForecastException)
            {
                // Incidents may have left too little; the forecast itself validates every path.
            }
        }
    }

    private static Campaign At(string name, string kind, double day, double hours)
        => new(name, kind, SyntheticShop.Monday.AddDays(day), SyntheticShop.Monday.AddDays(day).AddHours(hours));

    private static void AssertSamePaths(Forecast expected, Forecast actual, Func<DateTimeOffset, bool> at)
    {
        for (int p = 0; p < expected.PathCount; p++)
        {
            for (int h = 0; h < expected.Horizon; h++)
            {
                if (at(expected.TimeAt(h)) && expected.Path(p)[h] != actual.Path(p)[h])
                    Assert.Fail($"Path {p} differs at {expected.TimeAt(h):O}: {expected.Path(p)[h]} and {actual.Path(p)[h]}.");
            }
        }
    }
}
