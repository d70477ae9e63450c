using Makalu.Capacity.Series;
using Makalu.Capacity.Tests.Cli;
using Makalu.Capacity.Tests.Packaging;

namespace Makalu.Capacity.Tests.Logs;

[TestClass]
public class IngestCommandTests
{
    [TestMethod]
    public async Task Ingest_OfTheSamplesLogs_GivesTheSamplesSeries()
    {
        using var folder = new TemporaryFolder();
        string data = Path.Combine(RepositoryFolder.Path, "data");

        CommandRun run = await CommandRun.Of("ingest", Path.Combine(data, "logs", "*.gz"), "--output", folder["requests.csv.gz"]);

        Assert.AreEqual(0, run.ExitCode, run.Error);
        RequestHistory ingested = SeriesFile.Read(folder["requests.csv.gz"])[0];
        RequestHistory sample = SeriesFile.Read(Path.Combine(data, "requests.csv.gz"))[0];
        Assert.AreEqual(120, ingested.Requests.Count);
        int offset = sample.Requests.IndexOf(ingested.Requests.Start);
        for (int i = 0; i < ingested.Requests.Count; i++)
        {
            Assert.AreEqual(sample.Requests[i + offset], ingested.Requests[i]);
            Assert.AreEqual(sample.PeakRequestsPerSecond![i + offset], ingested.PeakRequestsPerSecond![i]);
        }

        Assert.Contains("Read ", run.Error);
        Assert.Contains("2 files (AccessLog)", run.Error);
        Assert.Contains("Durations: p50 ", run.Error);
        Assert.Contains("Gaps: none.", run.Error);
        Assert.AreEqual("", run.Output);
    }

    [TestMethod]
    public async Task Ingest_TakesOptions()
    {
        using var folder = new TemporaryFolder();
        string log = folder.Write("app.json", string.Concat(Enumerable.Range(0, 120).Select(i => $"{{\"wann\":\"2024-09-15 14:{i / 60:00}:{i % 60:00}\",\"path\":\"{(i % 4 == 0 ? "/static/a.css" : "/b")}\",\"status\":{(i % 10 == 0 ? 404 : 200)},\"took\":5}}\n")));

        CommandRun run = await CommandRun.Of(
            "ingest", log, "--output", "-", "--step", "30s", "--format", "json", "--time-zone", "Europe/Berlin", "--field", "time=wann", "--field", "duration=took",
            "--duration-unit", "ms", "--exclude", "/static/*", "--status", "2xx", "--name", "web", "--threads", "1");

        Assert.AreEqual(0, run.ExitCode, run.Error);
        Assert.AreEqual(
            "timestamp,requests,peak_rps,dispersion_1s,series",
            run.Output.Split('\n')[0]);
        StringAssert.StartsWith(run.Output.Split('\n')[1], "2024-09-15T12:00:00Z,21,1,");
        Assert.HasCount(6, run.Output.Split('\n'));
        Assert.Contains("Passed over: 36 requests by the filters", run.Error);
        Assert.Contains("Durations: p50 5 ms", run.Error);
        Assert.Contains("\"databaseTimeMean\": \"00:00:00.0050000\"", run.Error);
    }

    [TestMethod]
    public async Task Ingest_OfASeriesFile_MapsItsColumnsAndLengthensItsStep()
    {
        using var folder = new TemporaryFolder();
        string file = folder.Write("elb.csv", "timestamp,value\n2014-04-10T00:04:00Z,10\n2014-04-10T00:09:00Z,20\n2014-04-10T00:14:00Z,30\n2014-04-10T00:19:00Z,40\n");

        CommandRun run = await CommandRun.Of("ingest", file, "--field", "requests=value", "--step", "10m", "--output", "-");

        Assert.AreEqual(0, run.ExitCode, run.Error);
        Assert.AreEqual("timestamp,requests\n2014-04-10T00:09:00Z,50\n2014-04-10T00:19:00Z,80\n", run.Output.Replace("2014-04-09T23:59:00Z,20\n", "", StringComparison.Ordinal));
    }

    [TestMethod]
    [DataRow("--time-zone", "Mars/Olympus", "there is no such zone")]
    [DataRow("--field", "when=x", "time, route, status, duration")]
    [DataRow("--status", "20", "404 or 2xx")]
    [DataRow("--format", "xml", "xml")]
    [DataRow("--max-bad-lines", "2", "from 0 to 1")]
    [DataRow("--step", "1.5s", "whole seconds")]
    [DataRow("--threads", "0", "1 or more")]
    [DataRow("--exclude", "*", "no requests")]
    public async Task Ingest_WhenAnOptionIsBad_ExitsWith2AndWritesNothing(string option, string value, string message)
    {
        using var folder = new TemporaryFolder();
        string log = folder.Write("a.log", LogLines.Combined(200));

        CommandRun run = await CommandRun.Of("ingest", log, "--output", folder["out.csv"], option, value);

        Assert.AreEqual(2, run.ExitCode, run.Error);
        Assert.Contains(message, run.Error);
        CollectionAssert.AreEqual(new[] { "a.log" }, folder.Entries);
    }

    [TestMethod]
    public async Task Ingest_WhenALogIsBad_ExitsWith2AndWritesNothing()
    {
        using var folder = new TemporaryFolder();
        folder.Write("unknown.log", "Sep 15 12:00:00 host sshd[1]: hello\n");
        folder.Write("bad.log", LogLines.Combined(10) + "garbage\n");
        folder.Write("empty.log", "");
        File.WriteAllBytes(folder["cut.log.gz"], LogLines.Gzip(LogLines.Combined(1000))[..2000]);
        string[] before = folder.Entries;

        foreach ((string name, string message) in new[]
        {
            ("unknown.log", "the format is not known"),
            ("bad.log", "1 of 11 lines are malformed"),
            ("empty.log", "There are no requests"),
            ("cut.log.gz", "the gzip data end early"),
            ("missing.log", "there is no such file"),
            ("*.txt", "there is no such file"),
        })
        {
            CommandRun run = await CommandRun.Of("ingest", folder[name], "--output", folder["out.csv"]);
            Assert.AreEqual(2, run.ExitCode, $"{name}: {run.Error}");
            Assert.Contains(message, run.Error.ReplaceLineEndings(" "));
            CollectionAssert.AreEqual(before, folder.Entries);
        }
    }

    [TestMethod]
    public async Task Ingest_WhenTheOutputIsAnInput_Refuses()
    {
        using var folder = new TemporaryFolder();
        string log = folder.Write("a.log", LogLines.Combined(200));
        CommandRun run = await CommandRun.Of("ingest", log, "--output", log);
        Assert.AreEqual(2, run.ExitCode);
        Assert.AreEqual(LogLines.Combined(200), File.ReadAllText(log));
    }
}
