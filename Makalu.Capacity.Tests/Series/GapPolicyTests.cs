using Makalu.Capacity.Series;

namespace Makalu.Capacity.Tests.Series;

[TestClass]
public class GapPolicyTests
{
    private static readonly DateTimeOffset Monday = new(2024, 9, 9, 0, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    [TestMethod]
    public void LeaveMissing_ChangesNothing()
    {
        var series = new TimeSeries(Monday, Hour, [1, double.NaN, 3]);
        Assert.AreSame(series, series.FillGaps(GapPolicy.LeaveMissing));
    }

    [TestMethod]
    [DataRow(3 * 7 * 24, DisplayName = "by week")]
    [DataRow(3 * 24, DisplayName = "by day")]
    public void InterpolateBySeason_FollowsTheSeasonAndTheGrowth(int steps)
    {
        // Exactly seasonal traffic with slow growth: what was cut out must come back nearly as it was.
        double[] truth = [.. Enumerable.Range(0, steps).Select(i => Shape(i, weekly: steps > 200) * (1 + (0.15 * i / steps)))];
        double[] cut = [.. truth];
        cut.AsSpan(steps / 2, 10).Fill(double.NaN);
        cut[5] = double.NaN;

        TimeSeries filled = new TimeSeries(Monday, Hour, cut).FillGaps(GapPolicy.InterpolateBySeason);

        Assert.AreEqual(0, filled.MissingCount);
        for (int i = 0; i < steps; i++)
        {
            Assert.AreEqual(truth[i], filled[i], double.IsNaN(cut[i]) ? 0.04 * truth[i] : 0);
        }
    }

    [TestMethod]
    public void InterpolateBySeason_WhenTheSeriesIsShort_GoesFromTheLevelBeforeToTheOneAfter()
    {
        TimeSeries filled = new TimeSeries(Monday, Hour, [10, double.NaN, double.NaN, double.NaN, 30]).FillGaps(GapPolicy.InterpolateBySeason);
        CollectionAssert.AreEqual(new[] { 10.0, 15, 20, 25, 30 }, filled.Values.ToArray(), Comparer<double>.Create((a, b) => Math.Abs(a - b) < 1e-9 ? 0 : a.CompareTo(b)));
    }

    [TestMethod]
    public void InterpolateBySeason_LeavesTheEndsUnknown()
    {
        double[] filled = new TimeSeries(Monday, Hour, [double.NaN, 2, double.NaN, 2, double.NaN]).FillGaps(GapPolicy.InterpolateBySeason).Values.ToArray();
        CollectionAssert.AreEqual(new[] { double.NaN, 2, 2, 2, double.NaN }, filled);
    }

    [TestMethod]
    public void InterpolateBySeason_WhenNothingIsKnown_StaysUnknown()
        => Assert.AreEqual(2, new TimeSeries(Monday, Hour, [double.NaN, double.NaN]).FillGaps(GapPolicy.InterpolateBySeason).MissingCount);

    [TestMethod]
    public void FillGaps_OfAHistory_LeavesPeaksUnknownAndTellsTheGap()
    {
        var history = new RequestHistory
        {
            Requests = new(Monday, Hour, [2, double.NaN, 2]),
            PeakRequestsPerSecond = new(Monday, Hour, [1, double.NaN, 1]),
            Quality = new() { Gaps = 1, MissingSteps = 1, LongestGap = Hour },
        };
        RequestHistory filled = history.FillGaps(GapPolicy.InterpolateBySeason);
        Assert.AreEqual(2.0, filled.Requests[1]);
        Assert.IsTrue(double.IsNaN(filled.PeakRequestsPerSecond![1]));
        Assert.AreEqual(history.Quality, filled.Quality);
    }

    private static double Shape(int hour, bool weekly)
        => 100 + (60 * Math.Sin(hour * Math.Tau / 24)) + (weekly && hour / 24 % 7 >= 5 ? -30 : 0);
}
