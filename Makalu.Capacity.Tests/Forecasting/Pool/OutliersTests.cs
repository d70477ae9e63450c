using Makalu.Capacity.Campaigns;
using Makalu.Capacity.Forecasting;
using Makalu.Capacity.Forecasting.Candidates;
using Makalu.Capacity.Forecasting.Pool;
using Makalu.Capacity.Numerics;
using Makalu.Capacity.Series;

namespace Makalu.Capacity.Tests.Forecasting.Pool;

[TestClass]
public class OutliersTests
{
    private const int Days = 28;
    private const int Count = Days * 24;

    [TestMethod]
    [DataRow(0, 0, 50.0, 300, 1)]
    [DataRow(24, 0, 50.0, 300, 3)]
    [DataRow(24, 168, 0.02, 300, 1)]
    [DataRow(24, 168, 0.0, 300, 2)]
    [DataRow(24, 168, 8.0, Count - 4, 2)]
    [DataRow(24, 168, 0.3, Count - 4, 3)]
    public void Find_HoursFarOutsideThatCameBack_AreOneRun(int shortSeason, int longSeason, double factor, int from, int hours)
    {
        var seasons = new SeasonLengths(shortSeason, longSeason);
        double[] values = Traffic(seasons);
        Multiply(values, from, hours, factor);

        var outliers = Outliers.Find(values, seasons);

        Assert.HasCount(1, outliers.Runs);
        Assert.AreEqual((from, from + hours), (outliers.Runs[0].From, outliers.Runs[0].To));
        Assert.IsTrue(outliers.AreRare);
        Assert.AreEqual(0, outliers.UnfinishedAt(Count, out _));
        double[] without = outliers.Without(values);
        Assert.IsTrue(without.Select((v, i) => double.IsNaN(v) == (i >= from && i < from + hours)).All(isRight => isRight));
    }

    [TestMethod]
    public void Find_WhereNothingIsFarOutside_IsNone()
    {
        var day = new SeasonLengths(24, 0);
        Assert.IsEmpty(Outliers.Find(Traffic(new SeasonLengths(0, 0)), new SeasonLengths(0, 0)).Runs);
        Assert.IsEmpty(Outliers.Find(Traffic(day), day).Runs);

        // Counts of one to nine an hour scatter widely, and a level that changes for good does not come back.
        var random = new RandomStream(8);
        double[] counts = [.. Enumerable.Range(0, Count).Select(t => (double)random.NextPoisson(5 - (4 * Math.Cos(2 * Math.PI * t / 24))))];
        Assert.IsEmpty(Outliers.Find(counts, day).Runs);
        double[] jumped = Traffic(day);
        Multiply(jumped, Count / 2, Count / 2, 3);
        Assert.IsEmpty(Outliers.Find(jumped, day).Runs);
        Assert.IsEmpty(Outliers.Find([0, 0, 0], day).Runs);

        // A rush of an hour that came back may come again.
        double[] rush = Traffic(day);
        Multiply(rush, 300, 1, 4);
        Assert.IsEmpty(Outliers.Find(rush, day).Runs);
    }

    [TestMethod]
    [DataRow(3.0, 1, 1)]
    [DataRow(3.0, 2, 2)]
    [DataRow(3.0, 3, 0)]
    [DataRow(50.0, 5, 5)]
    [DataRow(0.0, 5, 5)]
    [DataRow(50.0, 8, 0)]
    public void UnfinishedAt_HoursFarOutsideUntilTheEnd_AreOutliersWhileTooShortForALevel(double factor, int hours, int expected)
    {
        var day = new SeasonLengths(24, 0);
        double[] values = Traffic(day);
        Multiply(values, Count - hours, hours, factor);

        var outliers = Outliers.Find(values, day);

        Assert.AreEqual(expected, outliers.UnfinishedAt(Count, out double log));
        Assert.AreEqual(expected == 0 ? 0 : Math.Sign(factor - 1), Math.Sign(log));
        Assert.AreEqual(0, outliers.UnfinishedAt(Count - hours, out _), "Before they began there was none.");
        Assert.AreEqual(expected, outliers.Without(values).Count(double.IsNaN));
    }

    [TestMethod]
    public void Find_WhereTheyComeOften_LeavesThemAllButTheAbsurd()
    {
        var day = new SeasonLengths(24, 0);
        double[] values = Traffic(day);
        for (int k = 0; k < 6; k++)
            Multiply(values, 50 + (101 * k), 1, k == 3 ? 50 : 8);

        var outliers = Outliers.Find(values, day);

        Assert.IsFalse(outliers.AreRare);
        Assert.HasCount(1, outliers.Runs);
        Assert.AreEqual(50 + 303, outliers.Runs[0].From);
        Assert.AreEqual(0, outliers.Judged(values).Count(double.IsNaN), "The errors hold what comes often.");
    }

    // One 50-fold hour at the end raised the next day's median by half, on some series by far more, and one some hours before could raise it without a bound.
    [TestMethod]
    [DataRow(60, 50.0, 1, 0)]
    [DataRow(60, 50.0, 1, 6)]
    [DataRow(60, 50.0, 3, 6)]
    [DataRow(60, 0.0, 1, 0)]
    [DataRow(60, 0.0, 3, 1)]
    [DataRow(60, 0.5, 1, 0)]
    [DataRow(5, 50.0, 1, 0)]
    [DataRow(5, 50.0, 3, 20)]
    [DataRow(1440, 50.0, 1, 1)]
    [DataRow(1440, 0.02, 1, 2)]
    [DataRow(1440, 0.0, 3, 2)]
    public void Predict_AfterStepsFarOutside_HasTheMediansOfTheHistoryWithoutThem(int minutes, double factor, int steps, int stepsBefore)
    {
        double[] values = Traffic(new SeasonLengths(1440 / minutes, minutes == 1440 ? 7 : 0), Days * (minutes == 1440 ? 6 : 1440 / minutes));
        double[] damaged = [.. values];
        Multiply(damaged, values.Length - stepsBefore - steps, steps, factor);
        int horizon = minutes == 1440 ? 7 : 1440 / minutes;

        Forecast sound = Predict(values, minutes, horizon);
        Forecast forecast = Predict(damaged, minutes, horizon);

        Assert.AreEqual(1, forecast.Quantile(0.5).Sum() / sound.Quantile(0.5).Sum(), 0.04);
        if (stepsBefore > 0)
            Assert.AreEqual(1, forecast.Quantile(0.95).Sum() / sound.Quantile(0.95).Sum(), 0.05);
        UnannouncedEvent told = forecast.Report!.Outliers.Single();
        DateTimeOffset from = forecast.Start - (forecast.Step * (stepsBefore + steps));
        Assert.IsTrue(told.StartsAt <= from && told.EndsAt >= from + (forecast.Step * steps), $"{told} does not hold {from}.");
        Assert.AreEqual(Math.Sign(factor - 1), Math.Sign(told.Factor - 1));
        Assert.AreEqual(Math.Sign(factor - 1), Math.Sign(told.ExtraRequests));
        Assert.IsEmpty(sound.Report!.Outliers);
    }

    [TestMethod]
    public void Predict_WhileARushLasts_HoldsTheChanceThatItGoesOn()
    {
        double[] values = Traffic(new SeasonLengths(24, 0));
        double[] rushed = [.. values];
        Multiply(rushed, Count - 1, 1, 4);

        double[] usual = Predict(values, 60, 24).Quantile(0.5);
        Forecast forecast = Predict(rushed, 60, 24);

        Assert.AreEqual(forecast.Start, forecast.Report!.Outliers.Single().EndsAt);
        Assert.AreEqual(4, forecast.Report.Outliers[0].Factor, 0.8);
        Assert.AreEqual(usual[0], forecast.Quantile(0.5)[0], 0.1 * usual[0]);
        double[] upper = forecast.Quantile(0.9);
        Assert.IsGreaterThan(2.5 * usual[0], upper[0]);
        Assert.IsLessThan(1.3 * usual[12], upper[12]);
    }

    // Pareto's law from one step: (1 ÷ (1 + h)) to the power 1.2.
    [TestMethod]
    public void Draw_AfterOneStep_LastsAsLongAsItsLawSays()
    {
        const int Draws = 20_000;
        var random = new RandomStream(3);
        var ongoing = new OngoingOutlier(1, Value: 40, Usual: 10);
        var lasting = new int[24];
        var added = new double[24];
        for (int draw = 0; draw < Draws; draw++)
        {
            Array.Clear(added);
            ongoing.Draw(random, 1.5, added);
            for (int h = 0; h < added.Length; h++)
            {
                Assert.IsTrue(added[h] is 0 or 1.5);
                lasting[h] += added[h] > 0 ? 1 : 0;
            }
        }

        foreach (int h in (int[])[1, 2, 8, 24])
            Assert.AreEqual(Math.Pow(1.0 / (1 + h), 1.2), lasting[h - 1] / (double)Draws, 0.015, $"After {h} steps.");
    }

    private static Forecast Predict(double[] values, int minutes, int horizon)
        => new PoolForecaster().Fit(new TimeSeries(DateTimeOffset.UnixEpoch, TimeSpan.FromMinutes(minutes), values), CampaignCalendar.Empty).Predict(new PredictionOptions { Horizon = horizon, Paths = 400 });

    private static double[] Traffic(SeasonLengths seasons, int count = Count)
    {
        var random = new RandomStream(4);
        return [.. Enumerable.Range(0, count).Select(t => Math.Exp((seasons.Short > 1 ? Math.Sin(2 * Math.PI * t / seasons.Short) : 0) + (seasons.Long == 168 && t / 24 % 7 >= 5 ? -0.5 : seasons.Long == 7 && t % 7 >= 5 ? -0.5 : 0) + (0.05 * random.NextNormal())) * 100)];
    }

    private static void Multiply(double[] values, int from, int count, double factor)
    {
        for (int i = from; i < from + count; i++)
            values[i] *= factor;
    }
}
