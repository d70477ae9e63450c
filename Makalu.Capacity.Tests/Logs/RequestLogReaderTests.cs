using System.Globalization;
using System.Text;
using CsCheck;
using Makalu.Capacity.Logs;
using Makalu.Capacity.Series;
using Makalu.Capacity.Tests.Cli;

namespace Makalu.Capacity.Tests.Logs;

[TestClass]
public class RequestLogReaderTests
{
    [TestMethod]
    public void Read_TakesFilesPatternsAndGzipEachOnceInOrder()
    {
        using var folder = new TemporaryFolder();
        folder.Write("b.log", Line("/b"));
        folder.Write("a.log", Line("/a"));
        Directory.CreateDirectory(folder["old"]);
        File.WriteAllBytes(folder["old/c.log.gz"], [.. LogLines.Gzip(Line("/c")), .. LogLines.Gzip(Line("/d"))]);
        folder.Write("empty.log", "");
        folder.Write("notes.txt", "not a log");

        var routes = new List<string>();
        LogReadReport report = new RequestLogReader().Read(
            [folder["*.log"], folder["a.log"], folder["**/*.gz"]],
            (in RequestRecord r) => routes.Add(Encoding.UTF8.GetString(r.Route)));

        CollectionAssert.AreEqual(new[] { "/a", "/b", "/c", "/d" }, routes);
        CollectionAssert.AreEqual(new[] { "a.log", "b.log", "empty.log", "c.log.gz" }, report.Files.Select(f => Path.GetFileName(f.Name)).ToArray());
        Assert.AreEqual(LogFormat.Auto, report.Files[2].Format);
    }

    [TestMethod]
    public void Read_WhenNothingMatches_SaysSo()
    {
        using var folder = new TemporaryFolder();
        Assert.Contains("No file matches", Assert.ThrowsExactly<FileNotFoundException>(() => Ignore(folder["*.log"])).Message);
        Assert.Contains("no file", Assert.ThrowsExactly<FileNotFoundException>(() => Ignore(folder["access.log"])).Message);
        Assert.Contains("is a directory", Assert.ThrowsExactly<IOException>(() => Ignore(folder.Path)).Message);
        Assert.ThrowsExactly<ArgumentException>(() => Ignore());
    }

    [TestMethod]
    [DataRow("/static/*", "*.css", null, null, "/a.html /static")]
    [DataRow(null, "*.css", "2xx", null, "/a.html /static /static/x.js")]
    [DataRow(null, null, "404,5xx", null, "/api/7 /gone")]
    [DataRow(null, null, null, "4xx,500", "/a.css /a.html /static /static/x.js")]
    public void Read_TakesOnlyWhatTheFiltersLeave(string? exclude, string? alsoExclude, string? include, string? excludeStatus, string expected)
    {
        string text = Line("/a.html") + Line("/a.css") + Line("/static/x.js") + Line("/static") + Line("/gone", 404) + Line("/api/7", 500);
        var options = new RequestLogOptions
        {
            ExcludeRoutes = [.. new[] { exclude, alsoExclude }.OfType<string>()],
            IncludeStatuses = include?.Split(',') ?? [],
            ExcludeStatuses = excludeStatus?.Split(',') ?? [],
        };
        (List<Request> requests, LogReadReport report) = LogLines.Read(text, options);
        IEnumerable<string> routes = requests.Select(r => r.Route);
        if (exclude is not null)
        {
            routes = routes.Where(r => r is not ("/gone" or "/api/7"));
        }

        Assert.AreEqual(expected, string.Join(' ', routes.Order(StringComparer.Ordinal)));
        Assert.AreEqual(6, report.Records + report.FilteredRecords);
    }

    [TestMethod]
    [DataRow("/api/*/price", "/api/v1/7/price", true)]
    [DataRow("/api/*/price", "/api/price", false)]
    [DataRow("*", "", true)]
    [DataRow("/", "/", true)]
    [DataRow("/", "/a", false)]
    [DataRow("*a*b*", "xxaxxbxx", true)]
    [DataRow("*a*b*", "xxbxxaxx", false)]
    [DataRow("aa*aa", "aaa", false)]
    [DataRow("*.CSS", "/a.css", false)]
    [DataRow("/grüße/*", "/grüße/1", true)]
    public void RoutePattern_Matches(string pattern, string route, bool matches)
        => Assert.AreEqual(matches, new RoutePattern(pattern).Matches(Encoding.UTF8.GetBytes(route)));

    [TestMethod]
    public void Read_WhenASpanOfTimeIsGiven_TakesOnlyThat()
    {
        var options = new RequestLogOptions
        {
            From = new DateTimeOffset(2024, 9, 15, 12, 0, 1, TimeSpan.Zero),
            To = new DateTimeOffset(2024, 9, 15, 12, 0, 3, TimeSpan.Zero),
        };
        Assert.HasCount(6, LogLines.Read(LogLines.Combined(30), options).Requests);
    }

    [TestMethod]
    public void Read_CountsStatusesAndTheOrderOfTimes()
    {
        string text = Line("/", 200, "12:00:05") + Line("/", 204, "12:00:04") + Line("/", 500, "12:00:06") + Line("/", 301, "11:58:06") + Line("/", 404, "11:58:07");
        LogReadReport report = LogLines.Read(text).Report;
        CollectionAssert.AreEqual(new long[] { 0, 0, 2, 1, 1, 1 }, report.RecordsByStatusClass.ToArray());
        Assert.AreEqual((2L, 1L), (report.OutOfOrder, report.ClockJumps));
    }

    [TestMethod]
    public void Read_WhenALongRequestIsWrittenWhenItEnds_IsNoClockJump()
    {
        string text = Line("/", 200, "12:10:05") + Line("/export", 200, "12:02:00") + Line("/", 200, "12:10:06");
        LogReadReport report = LogLines.Read(text).Report;
        Assert.AreEqual((1L, 0L), (report.OutOfOrder, report.ClockJumps));
    }

    [TestMethod]
    public void Tally_OfStretchesAppended_IsThatOfTheWhole()
        => Gen.Select(Gen.Int[0, 300].Array[0, 40], Gen.Int[0, 4].Array[1, 40]).Sample((seconds, lengths) =>
        {
            var whole = new LogTally();
            var appended = new LogTally();
            var stretch = new LogTally();
            int used = 0;
            int left = lengths[0];
            foreach (int second in seconds)
            {
                while (left == 0)
                {
                    appended.Append(stretch);
                    stretch = new LogTally();
                    left = ++used < lengths.Length ? lengths[used] : int.MaxValue;
                }

                var record = new RequestRecord(DateTimeOffset.UnixEpoch.AddSeconds(second));
                whole.Take(record, null, new TimeSeriesBuilder());
                stretch.Take(record, null, new TimeSeriesBuilder());
                left--;
            }

            appended.Append(stretch);
            Assert.AreEqual((whole.Records, whole.OutOfOrder, whole.ClockJumps), (appended.Records, appended.OutOfOrder, appended.ClockJumps));
        });

    [TestMethod]
    public void Options_TellEveryFaultAtOnce()
    {
        string message = Assert.ThrowsExactly<ArgumentException>(() => new RequestLogReader(new()
        {
            MaxBadLineFraction = 2,
            MaxDegreeOfParallelism = 0,
            IncludeStatuses = ["20x"],
            ExcludeRoutes = [""],
            Format = (LogFormat)99,
        })).Message;
        foreach (string part in new[] { "MaxBadLineFraction 2", "MaxDegreeOfParallelism 0", "'20x'", "pattern must not be empty", "Format 99" })
        {
            Assert.Contains(part, message);
        }
    }

    [TestMethod]
    public void Read_WhenCancelled_Stops()
    {
        using var cancelled = new CancellationTokenSource();
        cancelled.Cancel();
        using var stream = new MemoryStream(Encoding.UTF8.GetBytes(LogLines.Combined(10)));
        Assert.ThrowsExactly<OperationCanceledException>(() => new RequestLogReader().Read(stream, "a.log", (in RequestRecord _) => { }, cancelled.Token));
    }

    internal static string Line(string route, int status = 200, string time = "12:00:00")
        => string.Create(CultureInfo.InvariantCulture, $"10.0.0.1 - - [15/Sep/2024:{time} +0000] \"GET {route} HTTP/1.1\" {status} 1\n");

    private static void Ignore(params string[] inputs) => new RequestLogReader().Read(inputs, (in RequestRecord _) => { });
}
