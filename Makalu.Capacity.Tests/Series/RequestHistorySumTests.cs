using Makalu.Capacity.Series;

namespace Makalu.Capacity.Tests.Series;

[TestClass]
public sealed class RequestHistorySumTests
{
    private static readonly DateTimeOffset Start = new(2024, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [TestMethod]
    public void Sum_WhenSeriesStartAndEndApart_CountsZeroBeforeAStartAndMissingAfterAnEnd()
    {
        RequestHistory sum = RequestHistory.Sum([Of("a", 0, 1, 2, double.NaN, 4), Of("b", 2, 10, 20, 30)]);
        CollectionAssert.AreEqual((double[])[1, 2, double.NaN, 24, double.NaN], sum.Requests.Values.ToArray());
        Assert.AreEqual(Start, sum.Requests.Start);
        Assert.AreEqual(1, sum.Quality.Gaps);
        Assert.IsNull(sum.PeakRequestsPerSecond);
    }

    [TestMethod]
    public void Sum_WhenGridsDiffer_NamesTheSeriesAndTheRemedy()
    {
        RequestHistory shifted = new() { Name = "b", Requests = new TimeSeries(Start.AddSeconds(30), TimeSpan.FromMinutes(1), [1]), Quality = SeriesQuality.Clean };
        ArgumentException error = Assert.ThrowsExactly<ArgumentException>(() => RequestHistory.Sum([Of("a", 0, 1), shifted]));
        StringAssert.Contains(error.Message, "'b'", StringComparison.Ordinal);
        StringAssert.Contains(error.Message, "same steps", StringComparison.Ordinal);
    }

    [TestMethod]
    public void Sum_WhenThereIsOne_IsTheHistoryItself()
    {
        RequestHistory one = Of("a", 0, 1, 2);
        Assert.AreSame(one, RequestHistory.Sum([one]));
    }

    private static RequestHistory Of(string name, int firstMinute, params double[] values) => new()
    {
        Name = name,
        Requests = new TimeSeries(Start.AddMinutes(firstMinute), TimeSpan.FromMinutes(1), values),
        Quality = SeriesQuality.Clean,
    };
}
