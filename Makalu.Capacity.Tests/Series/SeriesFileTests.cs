using System.Globalization;
using System.IO.Compression;
using System.Text;
using Makalu.Capacity.Series;

namespace Makalu.Capacity.Tests.Series;

[TestClass]
public class SeriesFileTests
{
    private static readonly DateTimeOffset Monday = new(2024, 9, 9, 0, 0, 0, TimeSpan.Zero);

    [TestMethod]
    public void Read_TakesStepAndGridFromTheRows()
    {
        RequestHistory history = Single("timestamp,requests\n2024-09-09T00:04:00Z,94.0\n2024-09-09T00:09:00Z,56\n2024-09-09T00:14:00Z,187\n");

        Assert.AreEqual(Monday.AddMinutes(4), history.Requests.Start);
        Assert.AreEqual(TimeSpan.FromMinutes(5), history.Requests.Step);
        CollectionAssert.AreEqual(new[] { 94.0, 56, 187 }, history.Requests.Values.ToArray());
        Assert.AreEqual(SeriesQuality.Clean, history.Quality);
        Assert.IsNull(history.PeakRequestsPerSecond);
    }

    [TestMethod]
    public void Read_WhenColumnsStandInAnotherOrderAmongOthers_FindsThem()
    {
        RequestHistory history = Single("host,PEAK_RPS, Requests ,timestamp\na,5,10,2024-09-09T00:00:00Z\nb,,20,2024-09-09T00:01:00Z\n");

        CollectionAssert.AreEqual(new[] { 10.0, 20 }, history.Requests.Values.ToArray());
        CollectionAssert.AreEqual(new[] { 5, double.NaN }, history.PeakRequestsPerSecond!.Values.ToArray());
    }

    [TestMethod]
    public void Read_WhenRowsAreMissing_LeavesThemUnknownAndTellsTheGaps()
    {
        RequestHistory history = Single("timestamp,requests\n2024-09-09T00:00:00Z,1\n2024-09-09T00:01:00Z,2\n2024-09-09T00:04:00Z,5\n2024-09-09T00:05:00Z,6\n2024-09-09T00:07:00Z,8\n");

        CollectionAssert.AreEqual(new[] { 1, 2, double.NaN, double.NaN, 5, 6, double.NaN, 8 }, history.Requests.Values.ToArray());
        Assert.AreEqual(new SeriesQuality { Gaps = 2, MissingSteps = 3, LongestGap = TimeSpan.FromMinutes(2) }, history.Quality);
    }

    [TestMethod]
    public void Read_WhenRowsAreUnorderedDoubledOrOffTheGrid_SortsAddsUpAndCounts()
    {
        RequestHistory history = Single("timestamp,requests,peak_rps\n2024-09-09T00:01:00Z,2,2\n2024-09-09T00:00:00Z,1,1\n2024-09-09T00:02:20Z,3,3\n2024-09-09T00:03:00Z,4,4\n2024-09-09T00:03:00Z,40,6\n2024-09-09T00:04:00Z,5,5\n");

        CollectionAssert.AreEqual(new[] { 1.0, 2, 3, 44, 5 }, history.Requests.Values.ToArray());
        CollectionAssert.AreEqual(new[] { 1.0, 2, 3, 10, 5 }, history.PeakRequestsPerSecond!.Values.ToArray());
        Assert.AreEqual(new SeriesQuality { Duplicates = 1, OutOfOrder = 1, OffGrid = 1 }, history.Quality);
    }

    [TestMethod]
    public void Read_WhenSeveralSeriesAreInterleaved_KeepsOrderOfAppearanceAndEachSpan()
    {
        IReadOnlyList<RequestHistory> all = Read("timestamp,requests,series\n2024-09-09T00:00:00Z,1,web\n2024-09-09T00:00:00Z,7,api\n2024-09-09T00:01:00Z,2,web\n2024-09-09T01:00:00Z,8,api\n");

        CollectionAssert.AreEqual(new[] { "web", "api" }, all.Select(h => h.Name).ToArray());
        Assert.AreEqual(TimeSpan.FromMinutes(1), all[0].Requests.Step);
        Assert.AreEqual(TimeSpan.FromHours(1), all[1].Requests.Step);
        Assert.AreEqual(0, all[1].Quality.OutOfOrder);
    }

    [TestMethod]
    [DataRow("2024-09-09T02:00:00+02:00", "2024-09-09T02:01:00+02:00")]
    [DataRow("2024-09-09 00:00:00", "2024-09-09 00:01:00")]
    [DataRow("2024-09-09T00:00Z", "2024-09-09T00:01Z")]
    [DataRow("2024-09-09T00:00:00.000Z", "2024-09-09T00:01:00.000Z")]
    public void Read_AcceptsEveryFormOfIso8601(string first, string second)
        => Assert.AreEqual(Monday, Single($"timestamp,requests\n{first},1\n{second},2\n").Requests.Start);

    [TestMethod]
    public void Read_WhenDaily_TakesDates()
    {
        RequestHistory history = Single("timestamp,requests\n2024-09-09,1\n2024-09-10,2\n");
        Assert.AreEqual(TimeSpan.FromDays(1), history.Requests.Step);
        Assert.AreEqual(Monday, history.Requests.Start);
    }

    [TestMethod]
    public void Read_WhenMapped_TakesOtherToolsColumns()
    {
        using var stream = new MemoryStream(Encoding.UTF8.GetBytes("when,value\n2024-09-09T00:00:00Z,1\n2024-09-09T00:05:00Z,2\n"));
        RequestHistory history = SeriesFile.Read(stream, "elb.csv", new SeriesFileOptions { TimestampColumn = "when", RequestsColumn = "value" })[0];
        CollectionAssert.AreEqual(new[] { 1.0, 2 }, history.Requests.Values.ToArray());
    }

    [TestMethod]
    public void Read_WhenStepIsGiven_TakesASeriesOfOneRow()
    {
        using var stream = new MemoryStream("timestamp,requests\n2024-09-09T00:00:00Z,1\n"u8.ToArray());
        Assert.AreEqual(TimeSpan.FromHours(1), SeriesFile.Read(stream, "one.csv", new SeriesFileOptions { Step = TimeSpan.FromHours(1) })[0].Requests.Step);
    }

    [TestMethod]
    public void Read_WhenGzip_UnpacksSeveralMembers()
    {
        using var packed = new MemoryStream();
        Gzip(packed, "timestamp,requests\n2024-09-09T00:00:00Z,1\n2024-0");
        Gzip(packed, "9-09T00:01:00Z,2\n");
        packed.Position = 0;
        CollectionAssert.AreEqual(new[] { 1.0, 2 }, SeriesFile.Read(packed, "a.csv.gz")[0].Requests.Values.ToArray());
    }

    [TestMethod]
    public void Read_WhenFileIsUtf16WithByteOrderMark_ReadsIt()
    {
        using var stream = new MemoryStream([.. Encoding.Unicode.Preamble, .. Encoding.Unicode.GetBytes("timestamp,requests\r\n2024-09-09T00:00:00Z,1\r\n2024-09-09T00:01:00Z,2\r\n")]);
        Assert.AreEqual(2, SeriesFile.Read(stream, "excel.csv")[0].Requests.Count);
    }

    [TestMethod]
    public void WriteThenRead_GivesTheHistoriesBack()
    {
        RequestHistory[] written =
        [
            new()
            {
                Name = "web, the \"shop\"",
                Requests = new(Monday.AddSeconds(3), TimeSpan.FromMinutes(1), [1, 0.1 + 0.2, double.NaN, 1e9, 0]),
                PeakRequestsPerSecond = new(Monday.AddSeconds(3), TimeSpan.FromMinutes(1), [1, double.NaN, double.NaN, 1e8, 0]),
                DispersionAtOneSecond = new(Monday.AddSeconds(3), TimeSpan.FromMinutes(1), [1.5, 1, double.NaN, 3, double.NaN]),
                Quality = new() { Gaps = 1, MissingSteps = 1, LongestGap = TimeSpan.FromMinutes(1) },
            },
            new() { Name = "København", Requests = new(Monday, TimeSpan.FromDays(1), [1, 2, 3]), Quality = SeriesQuality.Clean },
        ];
        using var stream = new MemoryStream();
        using var text = new StringWriter(CultureInfo.InvariantCulture);
        SeriesFile.Write(stream, written);
        SeriesFile.Write(text, written);
        Assert.AreEqual(text.ToString(), Encoding.UTF8.GetString(stream.ToArray()));

        stream.Position = 0;
        IReadOnlyList<RequestHistory> read = SeriesFile.Read(stream, "written.csv");

        Assert.HasCount(2, read);
        for (int i = 0; i < 2; i++)
        {
            Assert.AreEqual(written[i].Name, read[i].Name);
            Assert.AreEqual(written[i].Quality, read[i].Quality);
            AssertSame(written[i].Requests, read[i].Requests);
            AssertSame(written[i].PeakRequestsPerSecond, read[i].PeakRequestsPerSecond);
            AssertSame(written[i].DispersionAtOneSecond, read[i].DispersionAtOneSecond);
            Assert.IsNull(read[i].DispersionAtTenthOfSecond);
        }
    }

    [TestMethod]
    public void Write_UsesTheContractsForm()
    {
        using var text = new StringWriter(CultureInfo.InvariantCulture);
        SeriesFile.Write(text, [new RequestHistory { Requests = new(Monday, TimeSpan.FromMinutes(1), [1.5, double.NaN, 2]), Quality = SeriesQuality.Clean }]);
        Assert.AreEqual("timestamp,requests\n2024-09-09T00:00:00Z,1.5\n2024-09-09T00:02:00Z,2\n", text.ToString());
    }

    [TestMethod]
    public void Write_WhenTwoNamesAreTheSame_Refuses()
    {
        var history = new RequestHistory { Name = "web", Requests = new(Monday, TimeSpan.FromMinutes(1), [1]), Quality = SeriesQuality.Clean };
        Assert.ThrowsExactly<ArgumentException>(() => SeriesFile.Write(TextWriter.Null, [history, history]));
    }

    [TestMethod]
    [DataRow("worldcup98/requests-1m.csv.gz", 79340, 1)]
    [DataRow("nasa95/requests-1m.csv.gz", 82071, 1)]
    [DataRow("pageviews/requests-1d.csv.gz", 2177, 1440)]
    public void Read_RealSeries(string file, int rows, int stepMinutes)
    {
        RequestHistory history = SeriesFile.Read(SharedData.Path("data/" + file))[0];
        Assert.AreEqual(rows, history.Requests.Count - history.Requests.MissingCount);
        Assert.AreEqual(TimeSpan.FromMinutes(stepMinutes), history.Requests.Step);
        Assert.AreEqual(0, history.Quality.OffGrid);
        Assert.AreEqual(history.Requests.MissingCount, history.Quality.MissingSteps);
    }

    [TestMethod]
    [DataRow("elb_request_count", 4032)]
    [DataRow("mentions_amzn", 15831)]
    public void Read_RealSeriesOfAnotherTool_WhenMapped(string file, int rows)
    {
        RequestHistory history = SeriesFile.Read(SharedData.Path($"data/nab/{file}.csv.gz"), new SeriesFileOptions { RequestsColumn = "value" })[0];
        Assert.AreEqual(TimeSpan.FromMinutes(5), history.Requests.Step);
        Assert.IsLessThanOrEqualTo(rows, history.Requests.Count - history.Requests.MissingCount);
        Assert.IsGreaterThan(0.99 * rows, history.Requests.Count - history.Requests.MissingCount);
    }

    internal static RequestHistory Single(string csv)
    {
        IReadOnlyList<RequestHistory> all = Read(csv);
        Assert.HasCount(1, all);
        return all[0];
    }

    internal static IReadOnlyList<RequestHistory> Read(string csv)
    {
        using var stream = new MemoryStream(Encoding.UTF8.GetBytes(csv));
        return SeriesFile.Read(stream, "requests.csv");
    }

    internal static void Gzip(Stream target, string text)
    {
        using var gzip = new GZipStream(target, CompressionLevel.Fastest, leaveOpen: true);
        gzip.Write(Encoding.UTF8.GetBytes(text));
    }

    private static void AssertSame(TimeSeries? expected, TimeSeries? actual)
    {
        Assert.AreEqual(expected is null, actual is null);
        if (expected is not null)
        {
            Assert.AreEqual(expected.Start, actual!.Start);
            Assert.AreEqual(expected.Step, actual.Step);
            CollectionAssert.AreEqual(expected.Values.ToArray(), actual.Values.ToArray());
        }
    }
}
