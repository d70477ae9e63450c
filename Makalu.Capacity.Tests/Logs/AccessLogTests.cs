using Makalu.Capacity.Logs;

namespace Makalu.Capacity.Tests.Logs;

[TestClass]
public class AccessLogTests
{
    [TestMethod]
    [DataRow(
        "127.0.0.1 - frank [10/Oct/2000:13:55:36 -0700] \"GET /apache_pb.gif HTTP/1.0\" 200 2326",
        "2000-10-10 20:55:36", "/apache_pb.gif", 200, null, DisplayName = "common, the example of Apache's documentation")]
    [DataRow(
        "127.0.0.1 - frank [10/Oct/2000:13:55:36 -0700] \"GET /apache_pb.gif HTTP/1.0\" 200 2326 \"http://www.example.com/start.html\" \"Mozilla/4.08 [en] (Win98; I ;Nav)\"",
        "2000-10-10 20:55:36", "/apache_pb.gif", 200, null, DisplayName = "combined, the example of Apache's documentation")]
    [DataRow(
        "2001:db8::1 - - [01/Jan/2024:00:59:59 +0100] \"POST /basket?id=1&x=%20 HTTP/2.0\" 302 0 \"-\" \"-\" 0.123",
        "2023-12-31 23:59:59", "/basket", 302, 0.123, DisplayName = "nginx $request_time")]
    [DataRow(
        "shop.example:443 10.0.0.1 - - [15/Sep/2024:14:00:00 +0000] \"GET / HTTP/1.1\" 200 5 \"-\" \"curl/8.0\" 12345",
        "2024-09-15 14:00:00", "/", 200, 0.012345, DisplayName = "virtual host in front, Apache %D")]
    [DataRow(
        "10.0.0.1 - - [15/Sep/2024:14:00:00 +0000] \"GET /a HTTP/1.1\" 200 - 0.050",
        "2024-09-15 14:00:00", "/a", 200, 0.050, DisplayName = "common with request time, bytes unknown")]
    [DataRow(
        "10.0.0.1 - - [15/Sep/2024:14:00:00.250 +0000] \"GET /a HTTP/1.1\" 200 1",
        "2024-09-15 14:00:00.25", "/a", 200, null, DisplayName = "milliseconds in the time")]
    [DataRow(
        "10.0.0.1 - - [2024-09-15T14:00:00+02:00] \"GET /a HTTP/1.1\" 200 1",
        "2024-09-15 12:00:00", "/a", 200, null, DisplayName = "nginx $time_iso8601")]
    [DataRow(
        "10.0.0.1 - - [15/Sep/2024:14:00:00 +0000] \"GET /say?\\\"hi\\\" HTTP/1.1\" 200 1 \"-\" \"a \\\"quoted\\\" agent\" 0.001",
        "2024-09-15 14:00:00", "/say", 200, 0.001, DisplayName = "escaped quotes")]
    [DataRow(
        "10.0.0.1 - - [15/Sep/2024:14:00:00 +0000] \"\\x16\\x03\\x01\" 400 166 \"-\" \"-\"",
        "2024-09-15 14:00:00", "", 400, null, DisplayName = "no HTTP at all")]
    [DataRow(
        "10.0.0.1 - - [15/Sep/2024:14:00:00 +0000] \"-\" 408 -",
        "2024-09-15 14:00:00", "", 408, null, DisplayName = "time-out before the request")]
    [DataRow(
        "10.0.0.1 - - [15/Sep/2024:14:00:00 +0000] \"GET http://shop.example/a/b?c HTTP/1.1\" 200 1",
        "2024-09-15 14:00:00", "/a/b", 200, null, DisplayName = "absolute target")]
    [DataRow(
        "10.0.0.1 - [odd] user [15/Sep/2024:14:00:00 +0000] \"GET / HTTP/1.1\" 200 1",
        "2024-09-15 14:00:00", "/", 200, null, DisplayName = "brackets in the user's name")]
    [DataRow(
        "10.0.0.1 - - [15/Sep/2024:14:00:00 +0000] \"GET / HTTP/1.1\" 200 1 \"-\" \"-\" \"203.0.113.9\" 0.010 0.009 .",
        "2024-09-15 14:00:00", "/", 200, 0.010, DisplayName = "forwarded-for and upstream time")]
    public void Read_RealLines(string line, string time, string route, int status, double? seconds)
    {
        (List<Request> requests, LogReadReport report) = LogLines.Read(line + "\n");

        Assert.AreEqual(new Request(time, route, status, seconds), requests.Single());
        Assert.AreEqual(LogFormat.AccessLog, report.Files[0].Format);
    }

    [TestMethod]
    [DataRow("[10/Oct/2000:13:55:36 -0700] GET / 200", "no request in quotes")]
    [DataRow("10.0.0.1 - - [31/Feb/2024:13:55:36 +0000] \"GET / HTTP/1.0\" 200 1", "no time in brackets")]
    [DataRow("10.0.0.1 - - [10/Oct/2000:25:55:36 +0000] \"GET / HTTP/1.0\" 200 1", "no time in brackets")]
    [DataRow("10.0.0.1 - - [10/ctO/2000:13:55:36 +0000] \"GET / HTTP/1.0\" 200 1", "no time in brackets")]
    [DataRow("10.0.0.1 - - [10/Oct/2000:13:55:36 +0000] \"GET / HTTP/1.0\" OK 1", "no status")]
    [DataRow("10.0.0.1 - - [10/Oct/2000:13:55:36 +0000] \"GET / HTTP/1.0", "no request in quotes")]
    [DataRow("10.0.0.1 - - [10/Oct/2000:13:55:36 +0000] \"GET / HTTP/1.0\"", "no status")]
    [DataRow("10.0.0.1 - - [10/Oct/20", "no time in brackets")]
    [DataRow("java.lang.OutOfMemoryError", "no time in brackets")]
    public void Read_WhenALineIsMalformed_SaysWhereAndWhy(string line, string reason)
    {
        string good = LogLines.Combined(200);
        (List<Request> requests, LogReadReport report) = LogLines.Read(good + line + "\n" + good);

        Assert.HasCount(400, requests);
        Assert.AreEqual(1, report.MalformedLines);
        MalformedLine malformed = report.FirstMalformedLines.Single();
        Assert.AreEqual(("access.log", 201L, line), (malformed.FileName, malformed.Line, malformed.Excerpt));
        Assert.StartsWith(reason, malformed.Reason);
    }

    [TestMethod]
    public void Read_WhenWholeNumbersAreSmall_TakesThemForSeconds()
    {
        string text = string.Concat(Enumerable.Range(0, 20).Select(i => $"10.0.0.1 - - [15/Sep/2024:14:00:00 +0000] \"GET / HTTP/1.1\" 200 1 \"-\" \"-\" {(i == 3 ? 7 : 0)}\n"));
        Assert.AreEqual(7.0, LogLines.Read(text).Requests[3].Seconds);
    }

    [TestMethod]
    [DataRow(DurationUnit.Seconds, 250.0)]
    [DataRow(DurationUnit.Milliseconds, 0.25)]
    [DataRow(DurationUnit.Microseconds, 0.00025)]
    public void Read_WhenTheUnitIsGiven_TakesIt(DurationUnit unit, double seconds)
        => Assert.AreEqual(seconds, LogLines.Read("10.0.0.1 - - [15/Sep/2024:14:00:00 +0000] \"GET / HTTP/1.1\" 200 1 250\n", new() { DurationUnit = unit }).Requests[0].Seconds);

    [TestMethod]
    public void Read_WhenLinesEndWithCarriageReturnsOrNoBreakAtAll_ReadsAll()
    {
        string text = LogLines.Combined(10).Replace("\n", "\r\n", StringComparison.Ordinal).TrimEnd();
        (List<Request> requests, LogReadReport report) = LogLines.Read("\uFEFF" + text);
        CollectionAssert.AreEqual(LogLines.Read(LogLines.Combined(10)).Requests, requests);
        Assert.AreEqual(10, report.Lines);
    }
}
