using Makalu.Capacity.Logs;

namespace Makalu.Capacity.Tests.Logs;

[TestClass]
public class CsvLogTests
{
    [TestMethod]
    public void Read_FindsColumnsByTheirKnownNames()
    {
        (List<Request> requests, LogReadReport report) = LogLines.Read("Timestamp,method,Path,Status,duration_ms\n2024-09-15 12:00:00.5,GET,\"/a,b?c\",200,12\n2024-09-15T14:00:01+02:00,GET,/b,404,0.5\n");

        CollectionAssert.AreEqual(
            new[] { new Request("2024-09-15 12:00:00.5", "/a,b", 200, 0.012), new Request("2024-09-15 12:00:01", "/b", 404, 0.0005) },
            requests);
        Assert.AreEqual(LogFormat.Csv, report.Files[0].Format);
        Assert.AreEqual((3L, 1L), (report.Lines, report.OtherLines));
    }

    [TestMethod]
    public void Read_WhenColumnsAreNamedAndSeparatedBySemicolons_TakesThem()
        => Assert.AreEqual(
            new Request("2024-09-15 10:00:00", "/x", 0, 3.0),
            LogLines.Read(
                "zeit;seite;dauer\n2024-09-15 12:00:00;/x;3\n",
                new()
                {
                    Fields = new() { Time = "zeit", Route = "seite", Duration = "dauer" },
                    DurationUnit = DurationUnit.Seconds,
                    TimeZone = TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin"),
                }).Requests.Single());

    [TestMethod]
    public void Read_WhenANamedColumnIsMissing_SaysSo()
        => Assert.Contains(
            "no column 'code' among time, path",
            Assert.ThrowsExactly<LogFormatException>(() => LogLines.Read("time,path\n2024-09-15T12:00:00Z,/\n", new() { Fields = new() { Status = "code" } })).Message);

    [TestMethod]
    public void Read_WhenItIsASeriesFile_DoesNotCountItsRowsAsRequests()
        => Assert.Contains(
            "series file",
            Assert.ThrowsExactly<LogFormatException>(() => LogLines.Read("timestamp,requests\n2024-09-15T12:00:00Z,1000\n")).Message);

    [TestMethod]
    public void Read_WhenRowsAreMalformed_CountsThem()
    {
        string good = string.Concat(Enumerable.Repeat("2024-09-15T12:00:00Z,/a,200\n", 500));
        (List<Request> requests, LogReadReport report) = LogLines.Read("time,path,status\n" + good + "noon,/a,200\n2024-09-15T12:00:00Z\n2024-09-15T12:00:00Z,\"/a\"b,200\n2024-09-15T12:00:00Z,\"/open,200\n" + good);

        Assert.HasCount(1000, requests);
        Assert.AreEqual(4, report.MalformedLines);
        CollectionAssert.AreEqual(new long[] { 502, 503, 504, 505 }, report.FirstMalformedLines.Select(m => m.Line).Order().ToArray());
    }
}
