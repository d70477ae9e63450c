using Makalu.Capacity.Forecasting.Ssa;
using Makalu.Capacity.Series;

namespace Makalu.Capacity.Tests.Forecasting.Ssa;

[TestClass]
public sealed class HistoryComponentsTests
{
    private static readonly DateTimeOffset Start = new(2024, 7, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>A day of amplitude 40 on a level of 100, in steps of 15 minutes over three weeks: found by the hour as it was put in.</summary>
    [TestMethod]
    public void Of_AKnownDay_FindsLevelAndSeason()
    {
        HistoryComponents components = HistoryComponents.Of(History(TimeSpan.FromMinutes(15), 21 * 96))!;

        Assert.AreEqual(TimeSpan.FromHours(1), components.RequestsPerSecond.Step);
        Assert.AreEqual(168, components.WindowLength);
        SsaGroup day = components.Grouping.Seasons.First();
        Assert.AreEqual(24, day.Period, 0.01);
        Assert.AreEqual(100, components.Grouping.Trend.Values.ToArray().Average(), 0.5);
        Assert.AreEqual(40, day.Values.ToArray().Max(), 1);
    }

    [TestMethod]
    public void Of_PartsAddUpToWhatWasTakenApart()
    {
        HistoryComponents components = HistoryComponents.Of(History(TimeSpan.FromHours(1), 500))!;
        for (int i = 0; i < components.RequestsPerSecond.Count; i += 37)
            Assert.AreEqual(components.RequestsPerSecond[i], components.Grouping.Groups.Sum(g => g.Values[i]), 1e-6);
    }

    [TestMethod]
    [DataRow(1, 40)]
    [DataRow(24, 10)]
    public void Of_AHistoryOfLessThanTwoSeasons_IsNull(int hours, int steps) => Assert.IsNull(HistoryComponents.Of(History(TimeSpan.FromHours(hours), steps)));

    [TestMethod]
    public void Of_AHistoryThatIsMostlyMissing_IsNull()
    {
        var values = new double[400];
        Array.Fill(values, double.NaN);
        values.AsSpan(0, 150).Fill(10);
        Assert.IsNull(HistoryComponents.Of(new RequestHistory { Requests = new TimeSeries(Start, TimeSpan.FromHours(1), values), Quality = new SeriesQuality() }));
    }

    private static RequestHistory History(TimeSpan step, int count)
    {
        double[] values = [.. Enumerable.Range(0, count).Select(i => step.TotalSeconds * (100 + (40 * Math.Sin(Math.Tau * (step * i).TotalDays))))];
        return new RequestHistory { Requests = new TimeSeries(Start, step, values), Quality = new SeriesQuality() };
    }
}
