using Makalu.Capacity.Forecasting;
using Makalu.Capacity.Series;
using Makalu.Capacity.Tests.Reporting;
using Microsoft.Data.Analysis;
using Microsoft.ML;

namespace Makalu.Capacity.Tests.Series;

[TestClass]
public sealed class HistoryDataViewTests
{
    private static readonly DateTime Start = new(2024, 9, 1, 0, 0, 0, DateTimeKind.Utc);

    [TestMethod]
    public void History_ThroughADataFrameAndBack_IsTheSame()
    {
        RequestHistory history = ExamplePlan.Create().History;
        RequestHistory back = history.ToDataView().ToDataFrame(-1).ToRequestHistory();

        Assert.AreEqual(history.Requests.Start, back.Requests.Start);
        Assert.AreEqual(history.Requests.Step, back.Requests.Step);
        CollectionAssert.AreEqual(history.Requests.Values.ToArray(), back.Requests.Values.ToArray());
        Assert.AreEqual(1, back.Requests.MissingCount);
        Assert.IsNull(back.PeakRequestsPerSecond);
    }

    /// <summary>A planner's own frame: counts as integers, a row missing, rows out of order.</summary>
    [TestMethod]
    public void DataFrame_OfAPlannersOwn_BecomesAHistory()
    {
        var frame = new DataFrame(
            new DateTimeDataFrameColumn("timestamp", [Start.AddHours(1), Start, Start.AddHours(2), Start.AddHours(4)]),
            new Int32DataFrameColumn("requests", [7200, 3600, 0, 1800]),
            new DoubleDataFrameColumn("peak_rps", [9, 4, 0, 2]));
        RequestHistory history = frame.ToRequestHistory();

        Assert.AreEqual(TimeSpan.FromHours(1), history.Requests.Step);
        CollectionAssert.AreEqual(new[] { 3600, 7200, 0, double.NaN, 1800 }, history.Requests.Values.ToArray());
        CollectionAssert.AreEqual(new[] { 4, 9, 0, double.NaN, 2 }, history.PeakRequestsPerSecond!.Values.ToArray());
        Assert.AreEqual(1, history.Quality.OutOfOrder);
    }

    [TestMethod]
    public void Forecast_AsADataFrame_HasTheColumnsOfItsFile()
    {
        Forecast forecast = ExamplePlan.Create().Forecast;
        DataFrame frame = forecast.ToDataView().ToDataFrame(-1);

        CollectionAssert.AreEqual(new[] { "timestamp", "mean", "p50", "p90", "p95", "p99" }, frame.Columns.Select(c => c.Name).ToArray());
        Assert.AreEqual(forecast.Horizon, frame.Rows.Count);
        Assert.AreEqual(forecast.TimeAt(60).UtcDateTime, frame["timestamp"][60]);
        Assert.AreEqual(forecast.Quantile(0.95)[60], frame["p95"][60]);
    }

    [TestMethod]
    public void Table_WithoutRequests_IsRefusedByName()
        => StringAssert.Contains(Assert.ThrowsExactly<ArgumentException>(() => new DataFrame(new DateTimeDataFrameColumn("timestamp", [Start]), new Int32DataFrameColumn("hits", [1])).ToRequestHistory()).Message, "'requests'; it has timestamp, hits");

    [TestMethod]
    public void Table_WithANegativeCount_IsRefusedByRow()
        => StringAssert.Contains(Assert.ThrowsExactly<SeriesFormatException>(() => new DataFrame(new DateTimeDataFrameColumn("timestamp", [Start, Start.AddHours(1)]), new Int32DataFrameColumn("requests", [1, -2])).ToRequestHistory()).Message, "row 2");
}
