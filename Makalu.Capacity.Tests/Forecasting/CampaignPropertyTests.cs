using CsCheck;
using Makalu.Capacity.Campaigns;
using Makalu.Capacity.Forecasting;
using Makalu.Capacity.Numerics;
using Makalu.Capacity.Series;
using Makalu.Capacity.Tests.Campaigns;

namespace Makalu.Capacity.Tests.Forecasting;

/// <summary>What must hold on any history and any calendar.</summary>
[TestClass]
public sealed class CampaignPropertyTests
{
    private static readonly PredictionOptions _twoDays = new() { Horizon = 96, Paths = 100 };
    private static readonly TimeSpan _step = TimeSpan.FromMinutes(30);
    private static readonly string[] _kinds = ["tv", "email", "sale"];

    private static readonly AutoForecasterOptions _judging = new() { Origins = 2, Horizon = TimeSpan.FromDays(1) };

    /// <summary>Forecasters under the campaign layer, the library's own choice among them, and what each is without campaigns.</summary>
    private static readonly (IForecaster Forecaster, IForecaster Plain, long Histories)[] _forecasters =
    [
        (new CampaignForecaster(), new LevelAndShapeForecaster(), 40),
        (new CampaignForecaster(new SeasonalNaiveForecaster()), new SeasonalNaiveForecaster(), 25),
        (new CampaignForecaster(new PoolForecaster()), new PoolForecaster(), 4),
        (new AutoForecaster(_judging), new PoolForecaster(), 4),
    ];

    /// <summary>A history of one to four weeks with a daily course, noise, growth, gaps and spikes of its own, and past campaigns with columns of any content.</summary>
    private static readonly Gen<(TimeSeries History, Campaign[] Past, Campaign Planned)> _worlds = Gen.Select(Gen.Int[1, 1_000_000], Gen.Int[7, 28], Gen.Int[0, 9]).Select((seed, days, campaigns) =>
    {
        var random = new RandomStream(seed);
        DateTimeOffset start = SyntheticShop.Monday, end = start.AddDays(days);
        Campaign Draw(string name, DateTimeOffset at) => new(name, _kinds[random.NextInt(3)], at, at.AddMinutes(20 + random.NextInt(600)),
        [
            KeyValuePair.Create("audience", random.NextInt(4) == 0 ? "" : FormattableString.Invariant($"{Math.Exp(9 * random.NextDouble()):F1}")),
            KeyValuePair.Create("channel", random.NextInt(3) == 0 ? "7" : random.NextInt(2) == 0 ? "a" : "b"),
        ]);
        Campaign[] past = [.. Enumerable.Range(0, campaigns).Select(k => Draw($"past {k}", start.AddMinutes(random.NextInt(days * 1440))))];
        Campaign planned = Draw("planned", end.AddMinutes(random.NextInt(1440)));
        double growth = 0.04 * random.NextNormal();
        DateTimeOffset spike = start.AddHours(random.NextInt(days * 24));
        TimeSeries shop = SyntheticShop.Rates(start, _step, days * 48, t => (growth * (t - start).TotalDays)
            + past.Sum(c => t >= c.StartsAt ? 0.9 * SyntheticShop.Course(c, t) : 0) + (t >= spike && t < spike.AddHours(3) ? 1 : 0), seed, 0.02 + (0.2 * random.NextDouble()));
        double[] values = Array.ConvertAll(shop.Values.ToArray(), v => random.NextInt(60) == 0 ? double.NaN : v);
        return (new TimeSeries(start, _step, values), past, planned);
    });

    [TestMethod]
    [DataRow(0)]
    [DataRow(1)]
    [DataRow(2)]
    [DataRow(3)]
    public void Predict_WithOneMorePlannedCampaign_IsTheSameBitForBitOutsideItsReach_AndNoLowerOutsideItsWindow(int which)
    {
        (IForecaster forecaster, _, long histories) = _forecasters[which];
        int worlds = 0, adding = 0;
        _worlds.Sample(
            world =>
            {
                Forecast without = forecaster.Fit(world.History, new CampaignCalendar(world.Past)).Predict(_twoDays);
                Forecast with = forecaster.Fit(world.History, new CampaignCalendar([.. world.Past, world.Planned])).Predict(_twoDays);
                CampaignEffect effect = with.CampaignEffects.Single(e => e.Campaign.Name == "planned");
                int from = effect.FirstStep, to = from + effect.Factors.Length;
                for (int p = 0; p < with.PathCount; p++)
                {
                    Assert.AreSequenceEqual(without.Path(p)[..from].ToArray(), with.Path(p)[..from].ToArray());
                    Assert.AreSequenceEqual(without.Path(p)[to..].ToArray(), with.Path(p)[to..].ToArray());
                    for (int h = from; h < to; h++)
                    {
                        DateTimeOffset at = with.TimeAt(h);
                        bool isOwn = at >= world.Planned.StartsAt.AddMinutes(-30) && at < world.Planned.EndsAt.AddMinutes(90);
                        Assert.IsTrue(isOwn || with.Path(p)[h] >= without.Path(p)[h] * (1 - 1e-9), "The campaign lowers a step outside its window.");
                    }
                }

                worlds++;
                bool adds = Enumerable.Range(from, to - from).Any(h => with.Quantile(0.9)[h] > without.Quantile(0.9)[h]);
                adding += adds ? 1 : 0;

                // A factor whose 95 % quantile is barely above 1 raises one path in twenty, and the 90 % quantile of the traffic not at all.
                bool addsToAny = Enumerable.Range(0, with.PathCount).Any(p => Enumerable.Range(from, to - from).Any(h => with.Path(p)[h] > without.Path(p)[h]));
                Assert.IsTrue(addsToAny || effect.PeakFactorHigh <= 1, "The campaign adds nothing, and its factor says that it does.");
            },
            iter: histories,
            threads: 1);

        // An audience of a thousandth of those before it may rightly bring nothing.
        Assert.IsGreaterThanOrEqualTo(0.8 * worlds, adding);
    }

    /// <summary>Where no campaign is past there is nothing to choose another baseline by.</summary>
    [TestMethod]
    public void Predict_ByAuto_WithTheFirstCampaignEver_IsTheEmptyCalendarsForecastOutsideItsReach()
    {
        _worlds.Sample(
            world =>
            {
                Forecast without = new AutoForecaster(_judging).Fit(world.History, CampaignCalendar.Empty).Predict(_twoDays);
                Forecast with = new AutoForecaster(_judging).Fit(world.History, new CampaignCalendar([world.Planned])).Predict(_twoDays);
                CampaignEffect effect = with.CampaignEffects.Single();
                int from = effect.FirstStep, to = from + effect.Factors.Length;
                for (int p = 0; p < with.PathCount; p++)
                {
                    Assert.AreSequenceEqual(without.Path(p)[..from].ToArray(), with.Path(p)[..from].ToArray());
                    Assert.AreSequenceEqual(without.Path(p)[to..].ToArray(), with.Path(p)[to..].ToArray());
                }
            },
            iter: 3,
            threads: 1);
    }

    /// <summary>Daily traffic too has no other baseline because a first campaign is planned.</summary>
    [TestMethod]
    [DataRow(60)]
    [DataRow(800)]
    public void Predict_ByAutoOfDays_WithTheFirstCampaignEver_IsTheEmptyCalendarsForecastOutsideItsReach(int days)
    {
        TimeSeries history = SyntheticShop.Rates(SyntheticShop.Monday, TimeSpan.FromDays(1), days, noise: 0.1);
        var planned = new Campaign("first", "tv", history.End.AddDays(10), history.End.AddDays(12));
        var options = new PredictionOptions { Horizon = 28, Paths = 1000 };
        Forecast without = new AutoForecaster(_judging).Fit(history, CampaignCalendar.Empty).Predict(options);
        Forecast with = new AutoForecaster(_judging).Fit(history, new CampaignCalendar([planned])).Predict(options);
        for (int p = 0; p < with.PathCount; p++)
        {
            Assert.AreSequenceEqual(without.Path(p)[..7].ToArray(), with.Path(p)[..7].ToArray());
            Assert.AreSequenceEqual(without.Path(p)[16..].ToArray(), with.Path(p)[16..].ToArray());
        }

        // The prior over all kinds of daily campaigns is e times the traffic.
        Assert.AreEqual(Math.E, with.Quantile(0.5)[10] / without.Quantile(0.5)[10], 1);
    }

    [TestMethod]
    [DataRow(0)]
    [DataRow(1)]
    [DataRow(2)]
    [DataRow(3)]
    public void Predict_WithAnEmptyCalendar_IsThePlainModelBitForBit(int which)
    {
        (IForecaster forecaster, IForecaster plain, long histories) = _forecasters[which];
        _worlds.Sample(
            world =>
            {
                Forecast expected = plain.Fit(world.History, CampaignCalendar.Empty).Predict(_twoDays);
                Forecast actual = forecaster.Fit(world.History, CampaignCalendar.Empty).Predict(_twoDays);
                for (int p = 0; p < actual.PathCount; p++)
                    Assert.AreSequenceEqual(expected.Path(p).ToArray(), actual.Path(p).ToArray());
            },
            iter: histories,
            threads: 1);
    }
}
