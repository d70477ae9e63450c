using System.Globalization;
using System.IO.Compression;
using System.Text;

namespace Makalu.Capacity.Tests.Cli;

/// <summary>Each kind of bad input: a clear message, exit code 2, and nothing left behind.</summary>
[TestClass]
public sealed class BadInputTests
{
    private const string System = """
        { "database": { "maxConnections": 100 }, "services": [ { "name": "web", "instances": 2, "databaseTimeMean": "00:00:00.012" } ] }
        """;

    [TestMethod]
    [DataRow("", "empty")]
    [DataRow("timestamp,requests\n", "")]
    [DataRow("timestamp,requests\n2024-09-01T00:00:00Z,5\n", "")]
    [DataRow("timestamp,requests\n2024-09-01T00:00:00Z,5\n2024-09-01T00:01:00Z,-7\n", "line 3")]
    [DataRow("timestamp,requests\n2024-09-01T00:00:00Z,5\n2024-09-01T00:01:00Z,NaN\n", "line 3")]
    [DataRow("timestamp,requests\n2024-09-01T00:00:00Z,5\nyesterday,5\n", "line 3")]
    [DataRow("time,hits\n2024-09-01T00:00:00Z,5\n", "timestamp")]
    [DataRow("GET / HTTP/1.1\n", "timestamp")]
    public async Task History_ThatIsNone_IsRefused(string content, string expected)
    {
        using var folder = new TemporaryFolder();
        folder.Write("history.csv", content);
        await AssertRefused(folder, expected);
    }

    [TestMethod]
    public async Task History_OfGapsOnly_BeforeTheOrigin_IsRefused()
    {
        using var folder = new TemporaryFolder();
        folder.Write("history.csv", "timestamp,requests\n2024-09-01T00:00:00Z,\n2024-09-01T00:01:00Z,\n2024-09-01T00:02:00Z,\n");
        await AssertRefused(folder, "");
    }

    [TestMethod]
    public async Task History_OfGzipThatIsCut_IsRefused()
    {
        using var folder = new TemporaryFolder();
        using (var compressed = new MemoryStream())
        {
            using (var gzip = new GZipStream(compressed, CompressionLevel.Optimal, leaveOpen: true))
            {
                gzip.Write(Encoding.UTF8.GetBytes(History()));
            }

            File.WriteAllBytes(folder["history.csv"], compressed.ToArray()[..^200]);
        }

        await AssertRefused(folder, "history.csv");
    }

    [TestMethod]
    public async Task History_WithALineThatIsNotUtf8_IsRefused()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllBytes(folder["history.csv"], [.. Encoding.UTF8.GetBytes(History()), 0xFF, 0xFE, (byte)'\n']);
        await AssertRefused(folder, "line");
    }

    [TestMethod]
    public async Task History_WithALineOfTenMegabytes_IsRefused()
    {
        using var folder = new TemporaryFolder();
        folder.Write("history.csv", History() + new string('x', 10_000_000) + "\n");
        CommandRun run = await AssertRefused(folder, "line");
        Assert.IsLessThan(4000, run.Error.Length, "the message must not repeat the line");
    }

    [TestMethod]
    public async Task History_ThatIsNotThere_IsRefused()
    {
        using var folder = new TemporaryFolder();
        await AssertRefused(folder, "no such file");
    }

    [TestMethod]
    [DataRow("name,kind,starts_at,ends_at\nlaunch,email,2024-09-02T10:00:00Z,2024-09-02T09:00:00Z\n", "line 2, field 'ends_at'")]
    [DataRow("name,kind,starts_at,ends_at,expected_factor\nlaunch,email,2024-09-02T10:00:00Z,2024-09-02T11:00:00Z,0.5\n", "line 2, field 'expected_factor': '0.5'")]
    [DataRow("name,kind,starts_at,ends_at,Max_Factor\nlaunch,email,2024-09-02T10:00:00Z,2024-09-02T11:00:00Z,lots\n", "line 2, field 'max_factor': 'lots'")]
    [DataRow("name,kind,starts_at,ends_at,expected_factor,max_factor\nlaunch,email,2024-09-02T10:00:00Z,2024-09-02T11:00:00Z,10,5\n", "line 2, field 'max_factor': '5'")]
    [DataRow("BEGIN:VCALENDAR\nBEGIN:VEVENT\nSUMMARY:launch\nCATEGORIES:email\nX-MAKALU-EXPECTED-FACTOR:lots\nDTSTART:20240902T100000Z\nDURATION:PT1H\nEND:VEVENT\nEND:VCALENDAR\n", "line 5, field 'X-MAKALU-EXPECTED-FACTOR': 'lots'")]
    [DataRow("", "empty")]
    [DataRow("name,kind,starts_at,ends_at\nlaunch,email,soon,later\n", "line 2")]
    public async Task Calendar_ThatIsWrong_IsRefused(string content, string expected)
    {
        using var folder = new TemporaryFolder();
        folder.Write("history.csv", History());
        folder.Write("calendar.csv", content);
        await AssertRefused(folder, expected, "--calendar", folder["calendar.csv"]);
    }

    [TestMethod]
    [DataRow("{", "")]
    [DataRow("{}", "database")]
    [DataRow("""{ "database": { "maxConnections": 0 }, "services": [] }""", "maxConnections")]
    public async Task System_ThatIsWrong_IsRefused(string content, string expected)
    {
        using var folder = new TemporaryFolder();
        folder.Write("history.csv", History());
        folder.Write("system.json", content);
        await AssertRefused(folder, expected);
    }

    [TestMethod]
    public async Task Origin_BeforeTheHistory_IsRefused()
    {
        using var folder = new TemporaryFolder();
        folder.Write("history.csv", History());
        await AssertRefused(folder, "2020-01-01T00:00:00Z", "--from", "2020-01-01T00:00:00Z");
    }

    [TestMethod]
    [DataRow("0s")]
    [DataRow("-1d")]
    public async Task Horizon_OfNothing_IsRefused(string horizon)
    {
        using var folder = new TemporaryFolder();
        folder.Write("history.csv", History());
        await AssertRefused(folder, "longer than zero", "--horizon", horizon);
    }

    [TestMethod]
    public async Task Step_ThatIsNoMultiple_IsRefused()
    {
        using var folder = new TemporaryFolder();
        folder.Write("history.csv", History());
        await AssertRefused(folder, "whole multiple", "--step", "90m");
    }

    [TestMethod]
    public async Task Series_Several_AskForTheChoice()
    {
        using var folder = new TemporaryFolder();
        folder.Write("history.csv", "timestamp,requests,series\n2024-09-01T00:00:00Z,5,a\n2024-09-01T00:01:00Z,5,a\n2024-09-01T00:00:00Z,5,b\n2024-09-01T00:01:00Z,5,b\n");
        await AssertRefused(folder, "--series: a, b");
    }

    [TestMethod]
    [DataRow("absent/plan.json", "does not exist")]
    [DataRow("history.csv", "is an input")]
    [DataRow("/proc/plan.json", "cannot be written")]
    public async Task Output_ThatCannotBeWritten_IsToldBeforeTheWork(string output, string expected)
    {
        using var folder = new TemporaryFolder();
        folder.Write("history.csv", History());
        await AssertRefused(folder, expected, "--output", Path.Combine(folder.Path, output));
    }

    [TestMethod]
    public async Task Configuration_WhereAFileIs_IsRefused()
    {
        using var folder = new TemporaryFolder();
        folder.Write("history.csv", History());
        await AssertRefused(folder, "is a file", "--config", folder["history.csv"]);
    }

    /// <summary>Two weeks of hours.</summary>
    internal static string History()
    {
        var csv = new StringBuilder("timestamp,requests\n");
        var start = new DateTimeOffset(2024, 9, 1, 0, 0, 0, TimeSpan.Zero);
        for (int hour = 0; hour < 336; hour++)
        {
            csv.Append(CultureInfo.InvariantCulture, $"{start.AddHours(hour):yyyy-MM-dd'T'HH:mm:ss'Z'},{3600 * (10 + (5 * Math.Sin(hour * Math.Tau / 24))):0}\n");
        }

        return csv.ToString();
    }

    private static async Task<CommandRun> AssertRefused(TemporaryFolder folder, string expected, params string[] further)
    {
        if (!File.Exists(folder["system.json"]))
        {
            folder.Write("system.json", System);
        }

        string[] before = folder.Entries;
        List<string> arguments = ["recommend", "--history", folder["history.csv"], "--system", folder["system.json"], "--report", folder["plan.html"], .. further];
        if (!arguments.Contains("--output"))
        {
            arguments.AddRange(["--output", folder["plan.json"]]);
        }

        if (!arguments.Contains("--config"))
        {
            arguments.AddRange(["--config", folder["config"]]);
        }

        CommandRun run = await CommandRun.Of([.. arguments]);
        Assert.AreEqual(2, run.ExitCode, run.Error);
        StringAssert.StartsWith(run.Error, "error: ");
        StringAssert.Contains(run.Error, expected);
        Assert.AreEqual("", run.Output);
        CollectionAssert.AreEqual(before, folder.Entries, "something was left behind");
        return run;
    }
}
