using Makalu.Capacity.Logs;

namespace Makalu.Capacity.Tests.Logs;

[TestClass]
public class JsonLinesTests
{
    [TestMethod]
    [DataRow(
        """{"time_local":"15/Sep/2024:14:00:00 +0200","msec":"1726401600.123","request":"GET /a?b HTTP/1.1","uri":"/a","status":"200","request_time":"0.050"}""",
        "2024-09-15 12:00:00.123", "/a", 200, 0.05, DisplayName = "nginx")]
    [DataRow(
        """{"time_iso8601":"2024-09-15T14:00:00+02:00","request":"GET /a?b HTTP/1.1","status":404,"request_time":1.5}""",
        "2024-09-15 12:00:00", "/a", 404, 1.5, DisplayName = "nginx, request line only")]
    [DataRow(
        """{"start_time":"2024-09-15T12:00:00.250Z","method":"GET","path":"/api/stock?sku=1","response_code":503,"duration":12,"upstream_host":null}""",
        "2024-09-15 12:00:00.25", "/api/stock", 503, 0.012, DisplayName = "Envoy")]
    [DataRow(
        """{"@t":"2024-09-15T12:00:00.1234567Z","@mt":"HTTP {RequestMethod} {RequestPath} responded {StatusCode} in {Elapsed:0.0000} ms","RequestMethod":"GET","RequestPath":"/basket","StatusCode":200,"Elapsed":34.25,"SourceContext":"Serilog"}""",
        "2024-09-15 12:00:00.1234567", "/basket", 200, 0.03425, DisplayName = "Serilog compact")]
    [DataRow(
        """{"level":"info","ts":1726401600.5,"request":{"method":"GET","host":"a.example","uri":"\/a\/b?c=1","headers":{"uri":["x"]}},"duration":0.000929,"status":200}""",
        "2024-09-15 12:00:00.5", "/a/b", 200, 0.000929, DisplayName = "Caddy")]
    [DataRow(
        """{"StartUTC":"2024-09-15T12:00:00.000000001Z","RequestPath":"/x","DownstreamStatus":200,"Duration":1500000}""",
        "2024-09-15 12:00:00", "/x", 200, 0.0015, DisplayName = "Traefik")]
    [DataRow(
        """{"timestamp":1726401600123,"url":"https://shop.example/a/b?c","status_code":200,"duration_ms":7}""",
        "2024-09-15 12:00:00.123", "/a/b", 200, 0.007, DisplayName = "milliseconds since 1970, URL")]
    public void Read_RealLines(string line, string time, string route, int status, double? seconds)
    {
        (List<Request> requests, LogReadReport report) = LogLines.Read(line + "\n");

        Assert.AreEqual(new Request(time, route, status, seconds), requests.Single());
        Assert.AreEqual(LogFormat.JsonLines, report.Files[0].Format);
    }

    [TestMethod]
    public void Read_WhenFieldsAreNamed_TakesThem()
    {
        var options = new RequestLogOptions
        {
            Fields = new() { Time = "meta.when", Route = "r", Status = "s.t", Duration = "d" },
            DurationUnit = DurationUnit.Microseconds,
        };
        Assert.AreEqual(
            new Request("2024-09-15 12:00:00", "/p", 201, 0.25),
            LogLines.Read("""{"when":"1999-01-01","time":"no","meta":{"x":{"when":1},"when":"2024-09-15T12:00:00Z"},"r":"/p","s.t":201,"d":250000}""" + "\n", options).Requests.Single());
    }

    [TestMethod]
    public void Read_WhenLinesAreOtherEventsOfAnApplication_PassesOverThem()
    {
        string text = """
            {"@t":"2024-09-15T12:00:00Z","@mt":"Application started"}
            {"@t":"2024-09-15T12:00:01Z","RequestPath":"/a","StatusCode":200,"Elapsed":1.5}
            {"@t":"2024-09-15T12:00:02Z","@mt":"Cache warmed"}

            """;
        (List<Request> requests, LogReadReport report) = LogLines.Read(text);
        Assert.AreEqual("/a", requests.Single().Route);
        Assert.AreEqual((2L, 0L), (report.OtherLines, report.MalformedLines));
    }

    [TestMethod]
    public void Read_WhenALineIsMalformed_SaysWhy()
    {
        string good = string.Concat(Enumerable.Repeat("{\"time\":\"2024-09-15T12:00:00Z\",\"path\":\"/a\",\"status\":200}\n", 500));
        string bad = "{\"time\":\"2024-09-15T12:00:00Z\",\"path\":\"/a\n{\"time\":\"12 o'clock\",\"path\":\"/a\"}\n{\"path\":\"/a\",\"status\":200}\n{\"time\" \"2024\"}\nplain\n";
        (List<Request> requests, LogReadReport report) = LogLines.Read(good + bad);
        Assert.HasCount(500, requests);
        CollectionAssert.AreEqual(new long[] { 501, 502, 503, 504, 505 }, report.FirstMalformedLines.Select(m => m.Line).ToArray());
        Assert.Contains("'time' is no time", report.FirstMalformedLines[1].Reason);
        Assert.Contains("no field 'time'", report.FirstMalformedLines[2].Reason);
        Assert.StartsWith("no JSON: ", report.FirstMalformedLines[3].Reason);
    }

    [TestMethod]
    public void Read_WhenNoFieldIsATime_ListsTheFields()
    {
        string message = Assert.ThrowsExactly<LogFormatException>(() => LogLines.Read("{\"a\":1,\"b\":{\"c\":2}}\n")).Message;
        Assert.Contains("among a, b, b.c", message);
        Assert.Contains("Fields.Time", message);
    }

    [TestMethod]
    public void Read_WhenNothingTellsThatLinesAreRequests_DoesNotCountThem()
    {
        const string Line = "{\"time\":\"2024-09-15T12:00:00Z\",\"message\":\"started\"}\n";
        Assert.Contains("may not be requests", Assert.ThrowsExactly<LogFormatException>(() => LogLines.Read(Line)).Message);
        Assert.AreEqual(1, LogLines.Read(Line, new() { Format = LogFormat.JsonLines }).Report.Records);
    }

    [TestMethod]
    public void Read_WhenTimesAreLocal_FollowsTheClockBackAndForward()
    {
        TimeZoneInfo berlin = TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin");
        string[] times =
        [
            "2024-10-27T01:59:59", "2024-10-27T02:00:00", "2024-10-27T01:59:58", "2024-10-27T02:55:00", // the first pass
            "2024-10-27T02:00:00", "2024-10-27T02:59:59", "2024-10-27T03:00:00", "2024-10-27T02:59:58", // the second
            "2024-03-31T01:59:59", "2024-03-31T02:30:00", "2024-03-31T03:00:00", // 02:30 does not exist
            "2024-07-01T12:00:00+00:00", // an offset of its own goes before the zone
        ];
        string text = string.Concat(times.Select(t => $"{{\"time\":\"{t}\",\"path\":\"/\"}}\n"));

        string[] expected =
        [
            "2024-10-26 23:59:59", "2024-10-27 00:00:00", "2024-10-26 23:59:58", "2024-10-27 00:55:00",
            "2024-10-27 01:00:00", "2024-10-27 01:59:59", "2024-10-27 02:00:00", "2024-10-27 01:59:58",
            "2024-03-31 00:59:59", "2024-03-31 01:30:00", "2024-03-31 01:00:00",
            "2024-07-01 12:00:00",
        ];
        Assert.AreEqual(string.Join('|', expected), string.Join('|', LogLines.Read(text, new() { TimeZone = berlin }).Requests.Select(r => r.Time)));
    }
}
