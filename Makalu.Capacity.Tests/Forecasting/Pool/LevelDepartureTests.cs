using Makalu.Capacity.Campaigns;
using Makalu.Capacity.Forecasting;
using Makalu.Capacity.Forecasting.Candidates;
using Makalu.Capacity.Forecasting.Pool;
using Makalu.Capacity.Numerics;
using Makalu.Capacity.Series;

namespace Makalu.Capacity.Tests.Forecasting.Pool;

[TestClass]
public class LevelDepartureTests
{
    private const int Count = 28 * 24;
    private static readonly SeasonLengths NoSeason = new(0, 0);
    private static readonly SeasonLengths Day = new(24, 0);
    private static readonly SeasonLengths Week = new(24, 168);

    [TestMethod]
    [DataRow(0, 0, 5, 0.7)]
    [DataRow(24, 0, 5, 0.7)]
    [DataRow(24, 168, 5, 0.7)]
    [DataRow(24, 168, 40, -0.7)]
    public void Find_WhereTheLastHoursLeftTheLevel_TellsSinceWhenAndHowFar(int shortSeason, int longSeason, int hours, double log)
    {
        var seasons = new SeasonLengths(shortSeason, longSeason);
        double[] values = Logarithms(seasons, t => t >= Count - hours ? log : 0);

        LevelDeparture departure = LevelDeparture.Find(values, seasons)!;

        Assert.AreEqual(hours, departure.Count);
        Assert.AreEqual(log, departure.Log, 0.1);
        Assert.AreEqual(LevelDeparture.PriorExponent, departure.Exponent, 1e-12);
        Assert.AreEqual(shortSeason > 0 && hours < 24 ? 0.6 : 0, departure.DayOff, 1e-12);
    }

    [TestMethod]
    public void Find_WhereTheLevelIsAsBefore_IsNone()
    {
        Assert.IsNull(LevelDeparture.Find(Logarithms(NoSeason, _ => 0), NoSeason));
        Assert.IsNull(LevelDeparture.Find(Logarithms(Week, _ => 0), Week));

        // Two hours tell nothing, and neither does what a factor below 1.3 does.
        Assert.IsNull(LevelDeparture.Find(Logarithms(Day, t => t >= Count - 1 ? 0.7 : 0), Day));
        Assert.IsNull(LevelDeparture.Find(Logarithms(Day, t => t >= Count - 8 ? 0.2 : 0), Day));
    }

    [TestMethod]
    public void Find_WhereTheShapeOfTheDayHasDrifted_IsNone()
    {
        // For three days the day's fall has come an hour earlier than in the weeks before; the last hours lie far below those of the weeks, but fell as they did yesterday.
        double[] values = [.. Enumerable.Range(0, Count).Select(t => Math.Sin(2 * Math.PI * (t >= Count - 72 ? t + 3 : t) / 24) + (0.001 * (t % 7)))];

        Assert.IsNull(LevelDeparture.Find(values, Week));
    }

    [TestMethod]
    public void Find_AfterSeveralBriefDepartures_ExpectsThisOneToEndSoonToo()
    {
        static bool IsAway(int t) => t % 60 < 6 || t >= Count - 6;

        LevelDeparture withDays = LevelDeparture.Find(Logarithms(Day, t => IsAway(t) ? 0.7 : 0), Day)!;
        LevelDeparture without = LevelDeparture.Find(Logarithms(NoSeason, t => IsAway(t) ? 0.7 : 0), NoSeason)!;

        Assert.IsGreaterThan(0.8, withDays.DayOff);
        Assert.IsGreaterThan(2 * LevelDeparture.PriorExponent, without.Exponent);
    }

    [TestMethod]
    public void Draw_TurnsBackByItsLaw()
    {
        const int Draws = 4000;
        var departure = new LevelDeparture(6, 0.7, 0.3, DayOff: 0.5, Cycle: 24);
        int[] away = new int[73];
        for (int run = 0; run < Draws; run++)
        {
            var added = new double[72];
            departure.Draw(new RandomStream(run), added);
            for (int h = 0; h < added.Length; h++)
            {
                away[h + 1] += added[h] == 0 ? 1 : 0;
                Assert.IsTrue(added[h] is 0 or -0.7);
            }
        }

        // A day off ends within the 18 hours that are left of its day, at any of them; else it lasts by Pareto's law.
        foreach (int h in (int[])[1, 9, 18, 30, 72])
        {
            double expected = (0.5 * Math.Max(0, 1 - (h / 18.0))) + (0.5 * Math.Pow(6.0 / (6 + h), 0.3));
            Assert.AreEqual(expected, away[h] / (double)Draws, 0.03, $"After {h} hours.");
        }
    }

    [TestMethod]
    public void Predict_HoursAfterAJump_HoldsBothLevels()
    {
        var random = new RandomStream(6);
        double[] values = [.. Enumerable.Range(0, 24 * 14).Select(t => (t >= (24 * 14) - 10 ? 20 : 10) * (1 + (0.04 * random.NextNormal())))];
        var series = new TimeSeries(DateTimeOffset.UnixEpoch, TimeSpan.FromHours(1), values);

        Forecast forecast = new PoolForecaster().Fit(series, CampaignCalendar.Empty).Predict(new PredictionOptions { Horizon = 24 });

        Assert.AreEqual(series.End.AddHours(-10), forecast.Report!.LevelShiftAt);
        Assert.AreEqual(2, forecast.Report.LevelShiftFactor, 0.1);
        Assert.AreEqual(20, forecast.Quantile(0.5)[..8].Average(), 1);
        Assert.IsLessThan(11, forecast.Quantile(0.05)[6..].Max());
        Assert.IsGreaterThan(19, forecast.Quantile(0.95).Min());
    }

    // Without members there is nothing that would tell how sure the new level is.
    [TestMethod]
    public void Predict_HoursAfterAJump_GivenNoTime_StaysOnTheLevelOfTheDaysBefore()
    {
        double[] values = [.. Logarithms(Day, t => t >= Count - 6 ? 0.7 : 0).Select(Math.Exp)];
        var series = new TimeSeries(DateTimeOffset.UnixEpoch, TimeSpan.FromHours(1), values);
        var options = new PredictionOptions { Horizon = 24 };

        Forecast forecast = new PoolForecaster(TimeSpan.FromTicks(1)).Fit(series, CampaignCalendar.Empty).Predict(options);

        Assert.IsNotNull(forecast.Report!.FallBack);
        Assert.IsNull(forecast.Report.LevelShiftAt);
        Assert.AreEqual(values[^48..^24].Average(), forecast.Quantile(0.5).Average(), 0.25 * values[^48..^24].Average());
    }

    private static double[] Logarithms(SeasonLengths seasons, Func<int, double> added)
    {
        var random = new RandomStream(4);
        return [.. Enumerable.Range(0, Count).Select(t => (seasons.Short > 0 ? Math.Sin(2 * Math.PI * t / 24) : 0) + (seasons.Long > 0 && t / 24 % 7 >= 5 ? -0.5 : 0) + added(t) + (0.05 * random.NextNormal()))];
    }
}
