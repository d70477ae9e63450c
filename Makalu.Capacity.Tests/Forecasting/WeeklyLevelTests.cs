using Makalu.Capacity.Forecasting;
using Makalu.Capacity.Numerics;

namespace Makalu.Capacity.Tests.Forecasting;

[TestClass]
public sealed class WeeklyLevelTests
{
    [TestMethod]
    public void Of_WhenADaySpikes_HardlyMovesItsWeek()
    {
        double[] days = [.. Enumerable.Range(0, 16).Select(i => 5 + (0.1 * (i % 2)))];
        days[10] = 9;
        WeeklyLevels levels = WeeklyLevels.Of(days, 0.1);
        Assert.AreSequenceEqual([-3, -2, -1], levels.Weeks.ToArray());
        Assert.AreEqual(2.0 / 7, levels.Weights[0], 1e-12);
        Assert.AreEqual(5.05, levels.At(-1), 0.05);
        Assert.AreEqual(5.05, levels.At(-2), 0.05);
        Assert.IsTrue(double.IsNaN(levels.At(0)));
    }

    [TestMethod]
    public void Before_SeesTheWeeksFromThere()
    {
        WeeklyLevels levels = WeeklyLevels.Of([.. Enumerable.Range(0, 70).Select(i => (double)(i / 7))], 0.1).Before(-4);
        Assert.AreEqual(6, levels.Count);
        Assert.AreEqual(5, levels.At(-1), 1e-12);
        Assert.AreEqual(0, levels.At(-6), 1e-12);
    }

    [TestMethod]
    public void Fit_WhenTheLevelStepped_FindsTheWeekAndTheLevelStays()
    {
        LevelProcess process = LevelProcess.Fit(Weeks(160, (week, noise) => (week >= -12 ? 0.8 : 0) + (0.05 * noise)));
        Assert.HasCount(1, process.Steps.ToArray());
        Assert.AreEqual(-12.5, process.Steps[0], 1);
        var means = new double[8];
        process.Predict(0, means, new double[64]);
        Assert.AreEqual(0.8, means[7], 0.1);
    }

    [TestMethod]
    public void Fit_OnALevelWithoutSteps_FindsNone()
    {
        for (int seed = 0; seed < 8; seed++)
        {
            double walk = 0;
            LevelProcess process = LevelProcess.Fit(Weeks(160, (week, noise) => (0.3 * Math.Sin(2 * Math.PI * week / 52.18)) + (walk += 0.02 * noise), seed));
            Assert.IsEmpty(process.Steps.ToArray());
        }
    }

    [TestMethod]
    public void Predict_FromThePast_IsWhatItsOwnWeeksTell()
    {
        // With the same scales the older weeks alone tell the same: a forecast of the past sees nothing of what came after.
        WeeklyLevels steady = Weeks(60, (week, noise) => 0.1 * Math.Sin(week));
        var past = new double[4];
        var spread = new double[16];
        LevelProcess.Fit(steady).Predict(-20, past, spread);
        var now = new double[4];
        var nowSpread = new double[16];
        LevelProcess.Fit(steady).Predict(0, now, nowSpread);
        Assert.IsGreaterThan(0, spread[0]);
        Assert.IsGreaterThan(nowSpread[0] * 0.99, spread[0]);
        double[] days = new double[7 * 60];
        for (int week = -60; week < 0; week++)
            days.AsSpan(days.Length + (7 * week), 7).Fill((0.1 * Math.Sin(week)) + (week >= -20 ? 0.001 : 0));
        var moved = new double[4];
        LevelProcess.Fit(WeeklyLevels.Of(days, 0.1)).Predict(-20, moved, spread);
        for (int h = 0; h < 4; h++)
            Assert.AreEqual(past[h], moved[h], 5e-4);
    }

    [TestMethod]
    public void Forecast_WeighsByThePastErrors_AndWidensWithTheHorizon()
    {
        WeeklyLevelModel model = WeeklyLevelModel.Fit(Weeks(200, (week, noise) => (0.01 * week) + (0.05 * noise)));
        WeeklyLevelForecast forecast = model.Forecast(30);
        Assert.AreEqual(0.05, forecast.Medians[5], 0.06);
        Assert.AreEqual(0.29, forecast.Medians[29], 0.15);
        double near = 0, far = 0;
        for (int p = 0; p < 400; p++)
        {
            double[] deviations = forecast.DrawDeviations(new RandomStream(1, p));
            near += deviations[0] * deviations[0];
            far += deviations[29] * deviations[29];
        }

        Assert.IsGreaterThan(near, far);
        Assert.IsLessThan(0.4, Math.Sqrt(far / 400));
    }

    [TestMethod]
    public void OnDay_LiesBetweenTheMiddlesOfTheWeeks()
    {
        double[] weeks = [1, 8];
        Assert.AreEqual(1, WeeklyLevelForecast.OnDay(weeks, 0));
        Assert.AreEqual(1, WeeklyLevelForecast.OnDay(weeks, 3));
        Assert.AreEqual(4, WeeklyLevelForecast.OnDay(weeks, 6), 1e-12);
        Assert.AreEqual(8, WeeklyLevelForecast.OnDay(weeks, 13));
    }

    private static WeeklyLevels Weeks(int count, Func<int, double, double> level, int seed = 3)
    {
        var random = new RandomStream(seed);
        var days = new double[7 * count];
        for (int week = -count; week < 0; week++)
            days.AsSpan(days.Length + (7 * week), 7).Fill(level(week, random.NextNormal()));
        return WeeklyLevels.Of(days, 0.1);
    }
}
