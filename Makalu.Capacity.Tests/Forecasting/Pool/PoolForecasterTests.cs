using Makalu.Capacity.Campaigns;
using Makalu.Capacity.Forecasting;
using Makalu.Capacity.Numerics;
using Makalu.Capacity.Series;

namespace Makalu.Capacity.Tests.Forecasting.Pool;

[TestClass]
public class PoolForecasterTests
{
    private static readonly DateTimeOffset Start = new(2024, 6, 3, 0, 0, 0, TimeSpan.Zero);

    [TestMethod]
    [DataRow(72, DisplayName = "three days of which nothing is known at the end")]
    [DataRow(24, DisplayName = "a day")]
    public void Predict_AfterALongGapAtTheEnd_KnowsThePastUpToIt(int gap)
    {
        var random = new RandomStream(31);
        var truth = new double[(28 * 24) + 48];
        for (int h = 0; h < truth.Length; h++)
        {
            double week = (h / 24 % 7) >= 5 ? 0.7 : 1;
            truth[h] = 100 * week * (1 + (0.7 * Math.Sin(2 * Math.PI * ((h % 24) - 8) / 24)));
        }

        double[] values = [.. truth.AsSpan(0, 28 * 24).ToArray().Select((v, h) => h >= (28 * 24) - gap ? double.NaN : v * (1 + (0.006 * random.NextNormal())))];
        var start = new DateTimeOffset(2024, 5, 6, 0, 0, 0, TimeSpan.Zero);
        Forecast forecast = new PoolForecaster().Fit(new TimeSeries(start, TimeSpan.FromHours(1), values), CampaignCalendar.Empty).Predict(new PredictionOptions { Horizon = 48, Paths = 200 });

        Assert.AreEqual(start.AddDays(28), forecast.Start);
        Assert.AreEqual(48, forecast.Horizon);
        double[] median = forecast.Quantile(0.5);
        double error = Enumerable.Range(0, 48).Average(h => Math.Abs(median[h] - truth[(28 * 24) + h]) / truth[(28 * 24) + h]);
        Assert.IsLessThan(0.02, error);
    }

    [TestMethod]
    [DataRow(1, 10, 1440)]
    [DataRow(5, 28, 2016)]
    [DataRow(7, 20, 300)]
    [DataRow(15, 15, 96)]
    [DataRow(60, 35, 336)]
    [DataRow(120, 60, 84)]
    [DataRow(360, 60, 28)]
    [DataRow(1440, 90, 30)]
    public void Predict_AtAnyStep_FollowsTheDay(int minutes, int days, int horizon)
    {
        TimeSeries series = DailyCounts(TimeSpan.FromMinutes(minutes), days, seed: 3);

        Forecast forecast = Predict(series, horizon);

        double[] median = forecast.Quantile(0.5);
        double error = 0;
        double level = 0;
        for (int h = 0; h < horizon; h++)
        {
            double truth = DailyRate(series.TimeAt(series.Count + h), series.Step);
            error += Math.Abs(median[h] - truth);
            level += truth;
        }

        Assert.AreEqual(series.End, forecast.Start);
        Assert.IsLessThan(0.12 * level, error);
    }

    [TestMethod]
    [DataRow(1)]
    [DataRow(3)]
    [DataRow(20)]
    [DataRow(100)]
    [DataRow(700)]
    public void Predict_FromAnyLength_StatesFiniteRates(int count)
    {
        TimeSeries series = DailyCounts(TimeSpan.FromMinutes(30), 20, seed: 5).Slice(0, count);

        Forecast forecast = Predict(series, 96);

        AssertWithin(forecast, 0, 1000);
    }

    [TestMethod]
    public void Predict_OfAConstant_IsTheConstant()
    {
        var values = new double[24 * 28];
        Array.Fill(values, 42.5);

        Forecast forecast = Predict(new TimeSeries(Start, TimeSpan.FromHours(1), values), 48);

        AssertWithin(forecast, 42.49, 42.51);
    }

    [TestMethod]
    [DataRow(5)]
    [DataRow(60)]
    public void Predict_OfNothingButZeros_IsZero(int minutes)
    {
        Forecast forecast = Predict(new TimeSeries(Start, TimeSpan.FromMinutes(minutes), new double[24 * 28 * 60 / minutes]), 48);

        AssertWithin(forecast, 0, 1e-6);
    }

    [TestMethod]
    public void Fit_WithoutAKnownValue_SaysSo()
    {
        var values = new double[100];
        Array.Fill(values, double.NaN);

        var exception = Assert.ThrowsExactly<ForecastException>(() => new PoolForecaster().Fit(new TimeSeries(Start, TimeSpan.FromHours(1), values), CampaignCalendar.Empty));

        StringAssert.Contains(exception.Message, "100 steps", StringComparison.Ordinal);
    }

    [TestMethod]
    public void Fit_WhenAnIncidentIsListed_LooksNotAtItsValues()
    {
        TimeSeries clean = DailyCounts(TimeSpan.FromMinutes(15), 21, seed: 9);
        double[] hit = clean.Values.ToArray();
        var incident = new Campaign("bots", Campaign.IncidentKind, clean.TimeAt(1501).AddMinutes(3), clean.TimeAt(1600).AddMinutes(1));
        for (int i = 1501; i <= 1600; i++)
        {
            hit[i] *= 30;
        }

        var calendar = new CampaignCalendar([incident]);
        Forecast withHit = new PoolForecaster().Fit(new TimeSeries(clean.Start, clean.Step, hit), calendar).Predict(new PredictionOptions { Horizon = 96 });
        Forecast without = new PoolForecaster().Fit(clean, calendar).Predict(new PredictionOptions { Horizon = 96 });

        AssertSameBytes(without, withHit);
    }

    [TestMethod]
    public void Fit_WhenOnlyTheFutureChanges_GivesTheSameBytes()
    {
        TimeSeries series = DailyCounts(TimeSpan.FromMinutes(15), 21, seed: 9);
        double[] changed = series.Values.ToArray();
        int origin = 18 * 96;
        Array.Fill(changed, 1e6, origin, changed.Length - origin);

        Forecast before = Predict(series.Before(series.TimeAt(origin)), 96);
        Forecast after = Predict(new TimeSeries(series.Start, series.Step, changed).Before(series.TimeAt(origin)), 96);

        AssertSameBytes(before, after);
    }

    [TestMethod]
    public void Predict_WithTheSameSeed_GivesTheSameBytesOnOneThreadAndMany()
    {
        TimeSeries series = DailyCounts(TimeSpan.FromMinutes(30), 21, seed: 2);
        Forecast free = Predict(series, 96);
        Forecast? confined = null;
        var scheduler = new ConcurrentExclusiveSchedulerPair(TaskScheduler.Default, 1).ExclusiveScheduler;

        // A parallel loop inherits this scheduler, which runs one task at a time.
        Task.Factory.StartNew(() => confined = Predict(series, 96), CancellationToken.None, TaskCreationOptions.None, scheduler).GetAwaiter().GetResult();

        AssertSameBytes(free, confined!);
    }

    [TestMethod]
    public void Predict_AfterTwentyfoldGrowth_GrowsLittleFurther()
    {
        TimeSeries steady = DailyCounts(TimeSpan.FromHours(1), 42, seed: 4);
        double[] growing = steady.Values.ToArray();
        for (int i = 0; i < growing.Length; i++)
        {
            growing[i] *= Math.Pow(20, (double)i / growing.Length);
        }

        Forecast forecast = Predict(new TimeSeries(steady.Start, steady.Step, growing), 14 * 24);

        double recentPeak = growing[^168..].Max();
        double[] median = forecast.Quantile(0.5);
        Assert.IsLessThan(4 * recentPeak, median.Max());
        Assert.IsGreaterThan(0.5 * recentPeak, median[^24..].Max());
    }

    [TestMethod]
    public void Predict_AfterALevelShift_StartsFromTheNewLevel()
    {
        TimeSeries steady = DailyCounts(TimeSpan.FromHours(1), 42, seed: 4);
        double[] shifted = steady.Values.ToArray();
        for (int i = 37 * 24; i < shifted.Length; i++)
        {
            shifted[i] *= 3;
        }

        Forecast forecast = Predict(new TimeSeries(steady.Start, steady.Step, shifted), 24);

        double truth = 0;
        for (int h = 0; h < 24; h++)
        {
            truth += 3 * DailyRate(steady.TimeAt(steady.Count + h), steady.Step);
        }

        Assert.AreEqual(1, forecast.Quantile(0.5).Sum() / truth, 0.25);
    }

    [TestMethod]
    public void Predict_TellsWhatWasTriedAndWhyTheWinnerWon()
    {
        ForecastReport report = Predict(DailyCounts(TimeSpan.FromMinutes(15), 28, seed: 3), 96).Report!;

        Assert.IsGreaterThan(6, report.Members.Count);
        Assert.AreEqual(1, report.Members.Sum(m => m.Weight), 1e-9);
        CollectionAssert.AreEqual(report.Members.OrderBy(m => m.PinballLoss).ToArray(), report.Members.ToArray());
        Assert.AreEqual(report.Members.Max(m => m.Weight), report.Members[0].Weight);
        Assert.AreEqual(13, report.Origins);
        Assert.AreEqual(TimeSpan.FromHours(1), report.WorkingStep);
        Assert.AreEqual(TimeSpan.FromDays(1), report.ShortSeason);
        Assert.IsNull(report.FallBack);
        StringAssert.Contains(report.Reason, report.Members[0].Name, StringComparison.Ordinal);
    }

    [TestMethod]
    [DataRow(0.02, false)]
    [DataRow(0.4, true)]
    public void Predict_OnlyOfANoisySeries_TriesTheMembersForNoise(double noise, bool areTried)
    {
        var random = new RandomStream(9);
        double[] values = [.. Enumerable.Range(0, 24 * 35).Select(t => Math.Exp(2 + Math.Cos(2 * Math.PI * t / 24) + (noise * random.NextNormal())))];

        ForecastReport report = Predict(new TimeSeries(DateTimeOffset.UnixEpoch, TimeSpan.FromHours(1), values), 24).Report!;

        Assert.AreEqual(areTried, report.Members.Any(m => m.Name == "exponential smoothing"));
        Assert.AreEqual(areTried, report.Members.Any(m => m.Name == "shape on a learned level" && m.Weight > 0));
    }

    [TestMethod]
    public void Predict_FromAFewHours_TellsOfTheFallBack()
    {
        ForecastReport report = Predict(DailyCounts(TimeSpan.FromMinutes(30), 20, seed: 5).Slice(0, 20), 96).Report!;

        Assert.HasCount(0, report.Members);
        Assert.AreEqual(0, report.Origins);
        StringAssert.Contains(report.FallBack, "too short", StringComparison.Ordinal);
    }

    [TestMethod]
    public void Predict_OfAuto_UnderCampaigns_TellsOfTheChoice()
    {
        TimeSeries series = DailyCounts(TimeSpan.FromHours(1), 35, seed: 3);
        var calendar = new CampaignCalendar([new Campaign("ad", "email", series.TimeAt(300), series.TimeAt(302)), new Campaign("ad 2", "email", series.TimeAt(600), series.TimeAt(602))]);

        Forecast forecast = new AutoForecaster().Fit(series, calendar).Predict(new PredictionOptions { Horizon = 24, Paths = 100 });

        Assert.HasCount(3, forecast.Report!.Choice!.Candidates);
        StringAssert.Contains(forecast.Model, "campaigns", StringComparison.Ordinal);
    }

    [TestMethod]
    [DataRow(36, 1.0)]
    [DataRow(36, 0.3)]
    public void Predict_AfterAJumpOfASeasonlessLevel_StandsOnTheNewLevelAndSaysSo(int hoursAgo, double level)
    {
        var random = new RandomStream(6);
        double[] values = [.. Enumerable.Range(0, 24 * 14).Select(t => (t >= (24 * 14) - hoursAgo ? level : 0.55) * (1 + (0.04 * random.NextNormal())))];

        Forecast forecast = Predict(new TimeSeries(Start, TimeSpan.FromHours(1), values), 24);

        Assert.AreEqual(Start.AddHours((24 * 14) - hoursAgo), forecast.Report!.LevelShiftAt);
        Assert.AreEqual(level / 0.55, forecast.Report.LevelShiftFactor, 0.05 * level / 0.55);
        Assert.AreEqual(level, forecast.Quantile(0.5).Average(), 0.25 * level);
        Assert.IsGreaterThan(1.1 * level, forecast.Quantile(0.95).Max());
    }

    [TestMethod]
    public void Predict_OfSteadyOrGrowingTraffic_FindsNoJump()
    {
        TimeSeries steady = DailyCounts(TimeSpan.FromHours(1), 42, seed: 4);
        var growing = new TimeSeries(steady.Start, steady.Step, [.. steady.Values.ToArray().Select((v, i) => v * Math.Pow(20, (double)i / steady.Count))]);

        Assert.IsNull(Predict(steady, 24).Report!.LevelShiftAt);
        Assert.IsNull(Predict(growing, 24).Report!.LevelShiftAt);
    }

    [TestMethod]
    [DataRow(14)]
    [DataRow(18)]
    [DataRow(24)]
    public void Predict_OfNoisySmallCountsForAWeek_StaysPlausible(int days)
    {
        var traffic = new SimulatedTraffic { Name = "noisy", NoonRate = 0.25, Dispersion = 25, WanderingDeviation = 0.5, WanderingMemory = TimeSpan.FromHours(3) };
        TimeSeries series = traffic.History(days, new RandomStream(days)).History;

        Forecast forecast = Predict(series, 7 * 288);

        double highest = series.Values.ToArray().Max();
        double[] maxima = [.. Enumerable.Range(0, forecast.PathCount).Select(p => System.Numerics.Tensors.TensorPrimitives.Max(forecast.Path(p)))];
        Assert.IsInRange(0.5 * highest, 2 * highest, SampleQuantile.Of(maxima, 0.5));
        Assert.IsLessThan(5 * highest, SampleQuantile.Of(maxima, 0.99));
    }

    [TestMethod]
    public void Predict_WithDaysMissing_StaysNearTheTruth()
    {
        TimeSeries series = DailyCounts(TimeSpan.FromMinutes(10), 28, seed: 8);
        double[] holes = series.Values.ToArray();
        var random = new RandomStream(1);
        Array.Fill(holes, double.NaN, 144 * 10, 144 * 4);
        Array.Fill(holes, double.NaN, (144 * 28) - 50, 50);
        for (int i = 0; i < holes.Length; i++)
        {
            holes[i] = random.NextDouble() < 0.1 ? double.NaN : holes[i];
        }

        Forecast forecast = Predict(new TimeSeries(series.Start, series.Step, holes), 144);

        double[] median = forecast.Quantile(0.5);
        double error = 0;
        double level = 0;
        for (int h = 0; h < 144; h++)
        {
            double truth = DailyRate(series.TimeAt(series.Count + h), series.Step);
            error += Math.Abs(median[h] - truth);
            level += truth;
        }

        Assert.IsLessThan(0.12 * level, error);
    }

    private static Forecast Predict(TimeSeries series, int horizon)
        => new PoolForecaster().Fit(series, CampaignCalendar.Empty).Predict(new PredictionOptions { Horizon = horizon, Paths = 200 });

    private static double DailyRate(DateTimeOffset time, TimeSpan step)
    {
        // The mean over the step of a rate that rises and falls once a day.
        double day = step.TotalDays;
        double from = time.UtcDateTime.TimeOfDay.TotalDays;
        return 10 - (8 * (Math.Sin(2 * Math.PI * (from + day)) - Math.Sin(2 * Math.PI * from)) / (2 * Math.PI * day));
    }

    private static TimeSeries DailyCounts(TimeSpan step, int days, int seed)
    {
        var random = new RandomStream(seed);
        var values = new double[(int)(TimeSpan.FromDays(days) / step)];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = random.NextPoisson(DailyRate(Start + (step * i), step) * step.TotalSeconds) / step.TotalSeconds;
        }

        return new TimeSeries(Start, step, values);
    }

    private static void AssertWithin(Forecast forecast, double least, double most)
    {
        for (int p = 0; p < forecast.PathCount; p++)
        {
            foreach (double value in forecast.Path(p))
            {
                Assert.IsTrue(value >= least && value <= most, $"{value} is not within {least} to {most}.");
            }
        }
    }

    private static void AssertSameBytes(Forecast expected, Forecast actual)
    {
        Assert.AreEqual(expected.PathCount, actual.PathCount);
        for (int p = 0; p < expected.PathCount; p++)
        {
            Assert.IsTrue(expected.Path(p).SequenceEqual(actual.Path(p)), $"Path {p} differs.");
        }
    }
}
