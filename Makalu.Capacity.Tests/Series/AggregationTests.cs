using CsCheck;
using Makalu.Capacity.Series;

namespace Makalu.Capacity.Tests.Series;

[TestClass]
public class AggregationTests
{
    private static readonly DateTimeOffset Monday = new(2024, 9, 9, 0, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    [TestMethod]
    public void AggregateTo_EndsABinAtTheOriginAndUsesNothingAfterIt()
    {
        TimeSeries series = new(Monday, Minute, [100, 1, 2, 3, 4, 5, 6, 1000]);

        TimeSeries sums = series.AggregateTo(Minute * 3, Monday.AddMinutes(7));

        Assert.AreEqual(Monday.AddMinutes(1), sums.Start);
        CollectionAssert.AreEqual(new[] { 6.0, 15 }, sums.Values.ToArray());
    }

    [TestMethod]
    public void AggregateTo_WhenABinIsPartlyKnown_ScalesUpFromHalfOfIt()
    {
        TimeSeries series = new(Monday, Minute, [1, double.NaN, 3, double.NaN, double.NaN, double.NaN, 7, 8]);

        TimeSeries sums = series.AggregateTo(Minute * 4, Monday.AddMinutes(8));

        CollectionAssert.AreEqual(new[] { 8.0, 30 }, sums.Values.ToArray());
        CollectionAssert.AreEqual(new[] { double.NaN }, series.AggregateTo(Minute * 8, Monday.AddMinutes(11)).Values.ToArray(), "two of eight parts are too few");
    }

    [TestMethod]
    public void AggregateTo_WhenTheOriginLiesWithinAStep_EndsAtThatStepsStart()
    {
        TimeSeries series = new(Monday.AddSeconds(4), Minute, [1, 2, 3, 4, 5]);
        TimeSeries sums = series.AggregateTo(Minute * 2, Monday.AddMinutes(5));
        Assert.AreEqual(Monday.AddMinutes(4).AddSeconds(4), sums.End);
        CollectionAssert.AreEqual(new[] { 3.0, 7 }, sums.Values.ToArray());
    }

    [TestMethod]
    public void AggregateTo_WhenTheOriginIsAfterTheEnd_EndsWithTheLastKnownBin()
    {
        TimeSeries sums = new TimeSeries(Monday, Minute, [1, 2, 3, 4]).AggregateTo(Minute * 2, Monday.AddMinutes(101));
        Assert.AreEqual(Monday.AddMinutes(-1), sums.Start);
        CollectionAssert.AreEqual(new[] { 2.0, 5, 8 }, sums.Values.ToArray());
    }

    [TestMethod]
    public void AggregateTo_WhenTheOriginIsBeforeTheStart_IsEmpty()
        => Assert.AreEqual(0, new TimeSeries(Monday, Minute, [1, 2]).AggregateTo(Minute * 2, Monday.AddMinutes(-5)).Count);

    [TestMethod]
    public void AggregateTo_WhenTheStepIsNoMultiple_SaysWhatToPass()
    {
        TimeSeries series = new(Monday, Minute, [1, 2]);
        Assert.Contains("whole multiple", Assert.ThrowsExactly<ArgumentException>(() => series.AggregateTo(TimeSpan.FromSeconds(90), Monday)).Message);
        Assert.ThrowsExactly<ArgumentException>(() => series.AggregateTo(TimeSpan.FromSeconds(30), Monday));
        Assert.ThrowsExactly<ArgumentException>(() => series.AggregateTo(TimeSpan.Zero, Monday));
    }

    [TestMethod]
    public void AggregateTo_KeepsTheTotalOfWholeBins()
        => Gen.Select(Gen.Double[0, 1000].Array[1, 60], Gen.Int[1, 7], Gen.Int[-10, 80]).Sample((values, parts, originMinute) =>
        {
            TimeSeries series = new(Monday, Minute, values);
            DateTimeOffset origin = Monday.AddMinutes(originMinute);
            TimeSeries sums = series.AggregateTo(Minute * parts, origin);
            TimeSeries known = series.Before(origin);
            for (int i = 0; i < sums.Count; i++)
            {
                int from = known.IndexOf(sums.TimeAt(i));
                if (from >= 0 && from + parts <= known.Count)
                {
                    double expected = known.Slice(from, parts).Values.ToArray().Sum();
                    Assert.AreEqual(expected, sums[i], 1e-9 * expected);
                }
            }

            Assert.IsTrue(sums.Count == 0 || (origin - sums.End).Ticks % (Minute * parts).Ticks == 0);
        });

    [TestMethod]
    public void AggregateTo_OfAHistory_TakesTheLargestPeakAndTheMeanDispersionOnTheStepsOfTheRequests()
    {
        var history = new RequestHistory
        {
            Requests = new(Monday, Minute, [1, 2, 3, 4, 5, 6]),
            PeakRequestsPerSecond = new(Monday, Minute, [1, 1, 9, 2, 3, double.NaN]),
            DispersionAtOneSecond = new(Monday, Minute, [double.NaN, double.NaN, 1, 2, 3, 4]),
            Quality = SeriesQuality.Clean,
        };

        RequestHistory aggregated = history.AggregateTo(Minute * 2, Monday.AddMinutes(6));

        CollectionAssert.AreEqual(new[] { 3.0, 7, 11 }, aggregated.Requests.Values.ToArray());
        CollectionAssert.AreEqual(new[] { 1.0, 9, 3 }, aggregated.PeakRequestsPerSecond!.Values.ToArray());
        CollectionAssert.AreEqual(new[] { double.NaN, 1.5, 3.5 }, aggregated.DispersionAtOneSecond!.Values.ToArray());
        Assert.AreEqual(aggregated.Requests.Start, aggregated.DispersionAtOneSecond.Start);
    }

    [TestMethod]
    public void AggregateTo_OfAHistory_WhenTheFirstBinIsKnownOfThePeaksOnly_StaysAligned()
    {
        var history = new RequestHistory
        {
            Requests = new(Monday, Minute, [double.NaN, 2, 3, 4, 5]),
            PeakRequestsPerSecond = new(Monday, Minute, [7, 1, 9, 2, 3]),
            Quality = SeriesQuality.Clean,
        };

        RequestHistory aggregated = history.AggregateTo(Minute * 2, Monday.AddMinutes(5));

        CollectionAssert.AreEqual(new[] { 5.0, 9 }, aggregated.Requests.Values.ToArray());
        CollectionAssert.AreEqual(new[] { 9.0, 3 }, aggregated.PeakRequestsPerSecond!.Values.ToArray());
    }

    [TestMethod]
    public void PadTo_AppendsMissingStepsUpToTheEnd()
    {
        TimeSeries series = new(Monday, Minute, [1, 2]);

        Assert.AreEqual(Monday.AddMinutes(5), series.PadTo(Monday.AddMinutes(5.9)).End);
        Assert.AreEqual(3, series.PadTo(Monday.AddMinutes(5)).MissingCount);
        Assert.AreSame(series, series.PadTo(Monday));
    }

    [TestMethod]
    public void Before_OfAHistory_ForgetsTheFutureAndItsGaps()
    {
        var history = new RequestHistory
        {
            Requests = new(Monday, Minute, [1, 2, double.NaN, 4]),
            PeakRequestsPerSecond = new(Monday, Minute, [1, 2, double.NaN, 4]),
            Quality = new() { Gaps = 1, MissingSteps = 1, LongestGap = Minute, Duplicates = 3 },
        };

        RequestHistory before = history.Before(Monday.AddMinutes(2));

        Assert.AreEqual(2, before.PeakRequestsPerSecond!.Count);
        Assert.AreEqual(new SeriesQuality { Duplicates = 3 }, before.Quality);
    }
}
