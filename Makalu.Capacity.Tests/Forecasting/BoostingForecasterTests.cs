using Makalu.Capacity.Campaigns;
using Makalu.Capacity.Forecasting;
using Makalu.Capacity.Forecasting.Boosting;
using Makalu.Capacity.Numerics;
using Makalu.Capacity.Series;

namespace Makalu.Capacity.Tests.Forecasting;

[TestClass]
public class BoostingForecasterTests
{
    private const int Days = 35;
    private static readonly DateTimeOffset Start = new(2024, 6, 3, 0, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    [TestMethod]
    [RequiresLightGbm]
    public void Predict_OfAFleet_IsNearerThanTheLastDay()
    {
        TimeSeries[] series = [.. Enumerable.Range(0, 8).Select(i => Shop(i, Days))];
        var forecaster = new BoostingForecaster(new BoostingFleet(series));
        double ours = 0, naive = 0;
        for (int i = 0; i < series.Length; i++)
        {
            Forecast forecast = Predict(forecaster, series[i]);
            double[] median = forecast.Quantile(0.5);
            Assert.AreEqual("boosting", forecast.Model);
            Assert.AreEqual("boosting", forecast.Report!.Members.Single().Name);
            for (int h = 0; h < 48; h++)
            {
                double truth = Rate(i, (24 * Days) + h);
                ours += Math.Abs(median[h] - truth) / truth;
                naive += Math.Abs(series[i][^(24 - (h % 24))] - truth) / truth;
            }
        }

        Assert.IsLessThan(0.5 * naive, ours);
    }

    // A series that ends earlier must not feel what others did afterwards: neither in its forecast nor in its errors, which make the paths.
    [TestMethod]
    [RequiresLightGbm]
    public void Predict_SeesNothingOfAnySeriesAfterItsOrigin()
    {
        TimeSeries early = Shop(0, Days - 5);
        TimeSeries[] others = [.. Enumerable.Range(1, 6).Select(i => Shop(i, Days))];
        TimeSeries[] changed = [.. others.Select(s => new TimeSeries(s.Start, s.Step, [.. s.Values.ToArray().Select((v, i) => i >= early.Count ? v * 50 : v)]))];

        double[] before = Predict(new BoostingForecaster(new BoostingFleet([early, .. others])), early).Quantile(0.9);
        double[] after = Predict(new BoostingForecaster(new BoostingFleet([early, .. changed])), early).Quantile(0.9);
        double[] own = Predict(new BoostingForecaster(new BoostingFleet([early, .. others.Select(s => s.Slice(0, early.Count - 200))])), early).Quantile(0.9);

        CollectionAssert.AreEqual(before, after);
        CollectionAssert.AreNotEqual(before, own, "What the others did before the origin must tell.");
    }

    [TestMethod]
    [RequiresLightGbm]
    public void Predict_IsTheSameInAnyOrderOfTheAsking()
    {
        TimeSeries[] series = [Shop(0, 24), Shop(1, 24), Shop(5, 21)];
        var forward = new BoostingForecaster(new BoostingFleet(series));
        var backward = new BoostingForecaster(new BoostingFleet(series));

        double[][] first = [.. series.Select(s => Predict(forward, s).Path(7).ToArray())];
        double[][] second = [.. series.Reverse().Select(s => Predict(backward, s).Path(7).ToArray()).Reverse()];

        for (int i = 0; i < series.Length; i++)
        {
            CollectionAssert.AreEqual(first[i], second[i]);
        }
    }

    [TestMethod]
    [RequiresLightGbm]
    public void Predict_IsTheSameBitForBit_WhateverElseIsTrainedAtTheSameTime()
    {
        TimeSeries[][] fleets = [.. Enumerable.Range(0, 4).Select(f => new[] { Shop(f, 24), Shop(f + 1, 24) })];
        double[][] alone = [.. fleets.Select(series => Predict(new BoostingForecaster(new BoostingFleet(series)), series[0]).Path(3).ToArray())];
        var together = new double[fleets.Length][];

        Parallel.For(0, fleets.Length, new ParallelOptions { MaxDegreeOfParallelism = fleets.Length }, f =>
        {
            together[f] = Predict(new BoostingForecaster(new BoostingFleet(fleets[f])), fleets[f][0]).Path(3).ToArray();
        });

        for (int f = 0; f < fleets.Length; f++)
        {
            CollectionAssert.AreEqual(alone[f], together[f]);
        }
    }

    [TestMethod]
    [RequiresLightGbm]
    public void TrainAhead_GrowsExactlyTheTreesThatPoolsAskFor()
    {
        // Two ends, and one series too short to be learned from.
        TimeSeries[] series = [.. Enumerable.Range(0, 3).Select(i => Shop(i, Days)), Shop(4, Days - 3), Shop(5, 5)];
        var grower = new CountingGrower();
        var fleet = new BoostingFleet(series, null, grower);

        fleet.TrainAhead(TimeSpan.FromHours(48), threads: 2, CancellationToken.None);
        int ahead = grower.Grown;
        foreach (TimeSeries one in series)
        {
            _ = Predict(new PoolForecaster(fleet: fleet), one);
        }

        Assert.AreEqual(4, ahead);
        Assert.AreEqual(4, grower.Grown);
    }

    // A real library that cannot be loaded is tried on the command line, in a process of its own.
    [TestMethod]
    public void Fit_OfAPool_WhereTheLibraryCannotBeLoaded_DoesWithout_AndSaysWhy()
    {
        TimeSeries[] series = [.. Enumerable.Range(0, 5).Select(i => Shop(i, Days))];
        var grower = new CountingGrower { WhyNot = "The library libgomp is not there." };
        var fleet = new BoostingFleet(series, null, grower);

        fleet.TrainAhead(TimeSpan.FromHours(48), threads: 2, CancellationToken.None);
        Forecast forecast = Predict(new PoolForecaster(fleet: fleet), series[0]);
        Forecast alone = Predict(new PoolForecaster(), series[0]);

        CollectionAssert.AreEqual(alone.Path(3).ToArray(), forecast.Path(3).ToArray());
        Assert.AreEqual("'boosting' was left out: The library libgomp is not there.", forecast.Report!.LeftOut);
        Assert.IsNull(alone.Report!.LeftOut);
        Assert.AreEqual(0, grower.Grown);
        ForecastException exception = Assert.ThrowsExactly<ForecastException>(() => Predict(new BoostingForecaster(fleet), series[0]));
        StringAssert.Contains(exception.Message, "The library libgomp is not there.");
    }

    [TestMethod]
    public void Parse_OfLightGbmsText_WalksItsTrees_AndLeavesOutThoseWithoutASplit()
    {
        var trees = BoostedTrees.Parse("""
            tree
            feature_infos=[0:1] [0:1]

            Tree=0
            num_leaves=3
            split_feature=1 0
            threshold=0.5 -2.5
            left_child=1 -1
            right_child=-3 -2
            leaf_value=1 2 4
            shrinkage=0.1

            Tree=1
            num_leaves=1
            leaf_value=100
            shrinkage=1

            end of trees
            """);

        Assert.AreEqual(1, trees.Predict([-2.5f, 0.5f]));
        Assert.AreEqual(2, trees.Predict([-2.4f, 0.5f]));
        Assert.AreEqual(4, trees.Predict([-2.5f, 0.6f]));
        Assert.AreEqual(0, BoostedTrees.Parse("Tree=0\nnum_leaves=1\nleaf_value=100\nshrinkage=1\n").Predict([0f]));
    }

    [TestMethod]
    [RequiresLightGbm]
    public void Predict_LearnsWhatCampaignsDo()
    {
        // At hours that differ, so that no lag tells of them; the last two are still to come, one of them beyond the two days that are forecast at once.
        int[] hours = [17, 50, 91, 133, 170, 204, 255, 290, 345, 380, 421, 470, 505, 550, 601, 650, 695, 740, 790, (24 * Days) + 20, (24 * Days) + 60];
        Campaign[] sales = [.. hours.Select((h, i) => new Campaign($"sale {i}", "sale", Start.AddHours(h), Start.AddHours(h + 3)))];
        var calendar = new CampaignCalendar(sales);
        TimeSeries[] series = [.. Enumerable.Range(0, 8).Select(i => Shop(i, Days, sales))];
        var forecaster = new BoostingForecaster(new BoostingFleet(series, calendar));

        double[] median = forecaster.Fit(series[2], calendar).Predict(new PredictionOptions { Horizon = 72, Paths = 200 }).Quantile(0.5);

        foreach (int h in (int[])[18, 19, 20, 21, 22, 57, 58, 59, 60, 61, 62])
        {
            double ratio = median[h] / Rate(2, (24 * Days) + h);
            if (h is (>= 20 and < 23) or >= 60)
                Assert.IsGreaterThan(1.5, ratio, $"hour {h}");
            else
                Assert.IsLessThan(1.3, ratio, $"hour {h}");
        }
    }

    [TestMethod]
    [RequiresLightGbm]
    public void Fit_OfAutoOfAFleet_WithTheFirstCampaignEver_IsTheEmptyCalendarsForecastOutsideItsReach()
    {
        TimeSeries[] series = [.. Enumerable.Range(0, BoostingFleet.FewestForPool).Select(i => Shop(i, Days, noise: 0.3))];
        var planned = new CampaignCalendar([new Campaign("first", "tv", series[0].End.AddHours(36), series[0].End.AddHours(38))]);
        Forecast Auto(CampaignCalendar calendar) => ForecasterCatalog.Create("auto", new AutoForecasterOptions { Fleet = new BoostingFleet(series, calendar) })
            .Fit(series[0], calendar).Predict(new PredictionOptions { Horizon = 48, Paths = 100 });

        Forecast without = Auto(CampaignCalendar.Empty), with = Auto(planned);

        Assert.IsTrue(with.Report!.Members.Any(m => m.Name == "boosting"));
        for (int p = 0; p < with.PathCount; p++)
            Assert.AreSequenceEqual(without.Path(p)[..30].ToArray(), with.Path(p)[..30].ToArray());
    }

    [TestMethod]
    [RequiresLightGbm]
    public void Fit_OfAPool_TriesTheFleetsModelAmongItsMembers_FromFiveSeriesOn()
    {
        TimeSeries[] series = [.. Enumerable.Range(0, BoostingFleet.FewestForPool).Select(i => Shop(i, Days, noise: 0.3))];

        ForecastReport report = Predict(new PoolForecaster(fleet: new BoostingFleet(series)), series[0]).Report!;
        ForecastReport few = Predict(new PoolForecaster(fleet: new BoostingFleet(series[1..])), series[1]).Report!;
        ForecastReport auto = Predict(ForecasterCatalog.Create("auto", new AutoForecasterOptions { Fleet = new BoostingFleet(series) }), series[0]).Report!;

        Assert.IsTrue(report.Members.Any(m => m.Name == "boosting" && m.Weight > 0), string.Join(", ", report.Members));
        Assert.IsTrue(auto.Members.Any(m => m.Name == "boosting"));
        Assert.IsGreaterThan(5, few.Members.Count);
        Assert.IsFalse(few.Members.Any(m => m.Name == "boosting"));
    }

    // One whose days do the opposite of what the others' do: what holds for the fleet does not hold for it, and the weights know.
    [TestMethod]
    [RequiresLightGbm]
    public void Fit_OfAPool_GivesTheFleetsModelNoWeightWhereItErrs()
    {
        var random = new RandomStream(3, 0);
        var odd = new TimeSeries(Start, Hour, [.. Enumerable.Range(0, 24 * Days).Select(t => 100 * (1 + (0.5 * Math.Sin(2 * Math.PI * t / 24))) * (t / 24 % 2 == 0 ? 1.5 : 1) * (1 + (0.002 * random.NextNormal())))]);
        TimeSeries[] series = [odd, .. Enumerable.Range(0, 12).Select(i => Shop(i, Days))];

        ForecastReport report = Predict(new PoolForecaster(fleet: new BoostingFleet(series)), odd).Report!;

        ForecastMember boosting = report.Members.Single(m => m.Name == "boosting");
        Assert.IsGreaterThan(1.5 * report.Members[0].MeanAbsoluteError, boosting.MeanAbsoluteError);
        Assert.AreEqual(0, boosting.Weight);
    }

    [TestMethod]
    [RequiresLightGbm]
    public void Fit_WhenCancelled_Throws_AndTheFleetCanBeUsedAgain()
    {
        TimeSeries[] series = [.. Enumerable.Range(0, 5).Select(i => Shop(i, Days))];
        var forecaster = new BoostingForecaster(new BoostingFleet(series));
        IForecastModel model = forecaster.Fit(series[0], CampaignCalendar.Empty);
        using var cancelled = new CancellationTokenSource();
        cancelled.Cancel();

        Assert.Throws<OperationCanceledException>(() => model.Predict(new PredictionOptions { Horizon = 48 }, cancelled.Token));

        Assert.AreEqual(48, model.Predict(new PredictionOptions { Horizon = 48, Paths = 100 }).Horizon);
    }

    [TestMethod]
    [RequiresLightGbm]
    public void Grow_WhenCancelled_Stops()
    {
        var examples = new BoostingExamples();
        for (int i = 0; i < 500; i++)
        {
            examples.Add(i).Fill(i);
        }

        Assert.Throws<OperationCanceledException>(() => LightGbmGrower.Instance.Grow(examples, new CancellationToken(canceled: true)));
    }

    [TestMethod]
    [RequiresLightGbm]
    public void Predict_FromTooLittle_SaysHowMuchIsNeeded()
    {
        TimeSeries series = Shop(0, 10);

        ForecastException exception = Assert.ThrowsExactly<ForecastException>(() => Predict(new BoostingForecaster(), series));

        StringAssert.Contains(exception.Message, "14.00:00:00");
        StringAssert.Contains(exception.Message, "10.00:00:00");
    }

    [TestMethod]
    [RequiresLightGbm]
    [DataRow(15, 20)]
    [DataRow(60, 24)]
    [DataRow(180, 40)]
    public void Predict_OfOneSeriesAtAnyStep_FollowsTheDay(int minutes, int days)
    {
        var random = new RandomStream(11, 0);
        TimeSpan step = TimeSpan.FromMinutes(minutes);
        var values = new double[(int)(TimeSpan.FromDays(days) / step)];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = Daily(i * step / Hour) * (1 + (0.03 * random.NextNormal()));
        }

        // Gaps, and a stretch of the horizon beyond the two days that are forecast at once.
        values.AsSpan(values.Length / 2, 5).Fill(double.NaN);
        var series = new TimeSeries(Start, step, values);
        int horizon = (int)(TimeSpan.FromDays(4) / step);

        double[] median = new BoostingForecaster().Fit(series, CampaignCalendar.Empty).Predict(new PredictionOptions { Horizon = horizon, Paths = 200 }).Quantile(0.5);

        for (int h = 0; h < horizon; h++)
        {
            double truth = Daily((values.Length + h) * step / Hour);
            Assert.IsInRange(0.8 * truth, 1.25 * truth, median[h], $"step {h}");
        }
    }

    /// <summary>LightGBM, counted; or not there.</summary>
    private sealed class CountingGrower : ITreeGrower
    {
        private int _grown;

        public int Grown => _grown;

        public string? WhyNot { get; init; }

        public BoostedTrees Grow(BoostingExamples examples, CancellationToken cancellationToken)
        {
            Interlocked.Increment(ref _grown);
            return LightGbmGrower.Instance.Grow(examples, cancellationToken);
        }
    }

    private static double Daily(double hours) => 100 * Math.Exp(Math.Sin(2 * Math.PI * (hours - 9) / 24));

    private static Forecast Predict(IForecaster forecaster, TimeSeries series)
        => forecaster.Fit(series, CampaignCalendar.Empty).Predict(new PredictionOptions { Horizon = 48, Paths = 100 });

    private static TimeSeries Shop(int shop, int days, Campaign[]? sales = null, double noise = 0.02)
    {
        var random = new RandomStream(17, shop);
        var values = new double[24 * days];
        for (int t = 0; t < values.Length; t++)
        {
            DateTimeOffset time = Start.AddHours(t);
            values[t] = Rate(shop, t) * ((sales ?? []).Any(s => time >= s.StartsAt && time < s.EndsAt) ? 2.2 : 1) * Math.Exp(noise * random.NextNormal());
        }

        return new TimeSeries(Start, Hour, values);
    }

    /// <summary>Of another size in each shop; quiet weekends, late Fridays.</summary>
    private static double Rate(int shop, int t)
    {
        int day = t / 24 % 7;
        double peak = day == 4 ? 18 : 14;
        double level = day >= 5 ? 0.5 : 1;
        return 20 * Math.Pow(1.8, shop) * level * (0.2 + Math.Exp(-0.5 * Math.Pow(((t % 24) - peak) / 3.5, 2)));
    }
}
