using System.Diagnostics;
using System.Globalization;
using System.IO.Compression;
using System.Text.Json.Nodes;
using Makalu.Capacity.Cli;
using Makalu.Capacity.Tests.Forecasting;

namespace Makalu.Capacity.Tests.Cli;

[TestClass]
public sealed class ForecastTests
{
    [TestMethod]
    public async Task Forecast_OfOneSeries_HasARowForEachStep_FromTheOrigin()
    {
        using var folder = new TemporaryFolder();
        folder.Write("history.csv", BadInputTests.History());
        CommandRun run = await CommandRun.Of("forecast", "--history", folder["history.csv"], "--horizon", "2d", "--quantiles", "0.5,0.995", "--output", folder["forecast.csv"], "--peaks", folder["peaks.csv"], "--quiet");

        Assert.AreEqual(0, run.ExitCode, run.Error);
        Assert.AreEqual("", run.Error);
        string[] rows = File.ReadAllLines(folder["forecast.csv"]);
        Assert.AreEqual("timestamp,mean,p50,p99.5", rows[0]);
        Assert.HasCount(49, rows);
        StringAssert.StartsWith(rows[1], "2024-09-15T00:00:00Z,");
        StringAssert.StartsWith(rows[^1], "2024-09-16T23:00:00Z,");

        string[] peaks = File.ReadAllLines(folder["peaks.csv"]);
        CollectionAssert.AreEqual(new[] { "window", "horizon", "day 2024-09-15", "day 2024-09-16" }, peaks.Select(p => p.Split(',')[0]).ToArray());
    }

    [TestMethod]
    [DataRow("2024-09-15T00:00:00Z", null)]
    [DataRow("2024-09-08T00:00:00Z", "note: of the history 7 days are known, less than the 14 days in which a weekly season is seen twice: the quantiles are wide for it.")]
    [DataRow("2024-09-02T12:00:00Z", "note: of the history 36 hours are known, less than the 14 days")]
    public async Task Forecast_OfLittleHistory_SaysSo(string from, string? note)
    {
        using var folder = new TemporaryFolder();
        folder.Write("history.csv", BadInputTests.History());
        string[] arguments = ["forecast", "--history", folder["history.csv"], "--horizon", "2h", "--from", from, "--output", folder["forecast.csv"]];

        CommandRun run = await CommandRun.Of(arguments);
        CommandRun quiet = await CommandRun.Of([.. arguments, "--quiet"]);
        CommandRun json = await CommandRun.Of([.. arguments, "--json"]);

        Assert.AreEqual(0, run.ExitCode, run.Error);
        Assert.AreEqual("", quiet.Error);
        if (note is null)
        {
            Assert.AreEqual("", run.Error);
        }
        else
        {
            StringAssert.Contains(run.Error, note);
        }

        double known = (DateTimeOffset.Parse(from, CultureInfo.InvariantCulture) - FirstOf(BadInputTests.History())).TotalDays;
        Assert.AreEqual(known, JsonNode.Parse(json.Output)!["series"]![0]!["known_days"]!.GetValue<double>(), 1e-3);

        static DateTimeOffset FirstOf(string series) => DateTimeOffset.Parse(series.Split('\n')[1].Split(',')[0], CultureInfo.InvariantCulture);
    }

    [TestMethod]
    public async Task Forecast_OfASeriesThatIsAskedByNameWhereItHasNone_SaysSo()
    {
        using var folder = new TemporaryFolder();
        folder.Write("history.csv", BadInputTests.History());

        CommandRun run = await CommandRun.Of("forecast", "--history", folder["history.csv"], "--series", "web", "--horizon", "2h", "--output", folder["forecast.csv"]);

        Assert.AreEqual(2, run.ExitCode);
        StringAssert.Contains(run.Error, "has no series 'web'. Its one series has no name: leave --series out.");
    }

    [TestMethod]
    public async Task Forecast_OfAFleetInWhichASeriesHasOnlyBegun_TakesItsStepFromTheOthers()
    {
        using var folder = new TemporaryFolder();
        folder.Write("fleet.csv", Named("old", BadInputTests.History()) + "2024-09-14T23:00:00Z,36000,new\n");

        CommandRun run = await CommandRun.Of("forecast", "--history", folder["fleet.csv"], "--horizon", "2h", "--quantiles", "0.5", "--output", folder["forecast.csv"]);

        Assert.AreEqual(0, run.ExitCode, run.Error);
        string[] rows = [.. File.ReadLines(folder["forecast.csv"]).Where(l => l.StartsWith("new,", StringComparison.Ordinal))];
        Assert.HasCount(2, rows);
        StringAssert.StartsWith(rows[0], "new,2024-09-15T00:00:00Z,");
        Assert.AreEqual(10, double.Parse(rows[1].Split(',')[3], System.Globalization.CultureInfo.InvariantCulture), 1, "the one value that is known");
    }

    [TestMethod]
    public async Task Forecast_OfAFleetOfWhichASeriesIsNotKnownAtTheOrigin_LeavesItOutAndSaysSo()
    {
        using var folder = new TemporaryFolder();
        folder.Write("fleet.csv", Named("old", BadInputTests.History()) + "2024-09-14T22:00:00Z,36000,new\n2024-09-14T23:00:00Z,36000,new\n");
        string[] forecast = ["forecast", "--history", folder["fleet.csv"], "--horizon", "2h", "--output", folder["forecast.csv"], "--from"];

        CommandRun run = await CommandRun.Of([.. forecast, "2024-09-10T00:00:00Z"]);
        CommandRun none = await CommandRun.Of([.. forecast, "2024-08-10T00:00:00Z"]);

        Assert.AreEqual(0, run.ExitCode, run.Error);
        StringAssert.Contains(run.Error, "note: left out series 'new': Origin 2024-09-10T00:00:00Z is not after the start of the history");
        string[] rows = [.. File.ReadLines(folder["forecast.csv"])];
        Assert.HasCount(3, rows);
        StringAssert.StartsWith(rows[1], "old,2024-09-10T00:00:00Z,");
        Assert.AreEqual(2, none.ExitCode, "nothing is known of any");
        StringAssert.StartsWith(none.Error, "error: series 'old': Origin");
    }

    [TestMethod]
    [DataRow("2024-09-10T{0:00}:{1:00}:00Z,99999\n", DisplayName = "finer")]
    [DataRow("2024-09-10T{0:00}:00:00Z,99999\n", DisplayName = "twice")]
    [DataRow("2024-09-{2:00}T00:30:00Z,99999\n", DisplayName = "off the grid")]
    public async Task Forecast_WhateverTheRowsFromTheOriginOn_IsTheSame(string later)
    {
        using var folder = new TemporaryFolder();
        string header = BadInputTests.History().Split('\n')[0];
        string known = string.Concat(BadInputTests.History().Split('\n').Where(row => string.CompareOrdinal(row, "2024-09-10T00:00:00Z") < 0 && row.Length > 0).Select(row => row + "\n"));
        folder.Write("known.csv", header + "\n" + known);
        folder.Write("whole.csv", header + "\n" + string.Concat(Enumerable.Range(0, 1440).Select(m => string.Format(CultureInfo.InvariantCulture, later, m / 60, m % 60, 10 + (m % 20)))) + known);
        foreach (string name in new[] { "known", "whole" })
        {
            CommandRun run = await CommandRun.Of("forecast", "--history", folder[name + ".csv"], "--from", "2024-09-10T00:00:00Z", "--horizon", "4h", "--output", folder[name + ".out"], "--peaks", folder[name + ".peaks"]);
            Assert.AreEqual(0, run.ExitCode, run.Error);
            Assert.AreEqual("note: of the history 9 days are known, less than the 14 days in which a weekly season is seen twice: the quantiles are wide for it.\n", run.Error, "the future is not told of either");
        }

        Assert.AreEqual(File.ReadAllText(folder["known.out"]), File.ReadAllText(folder["whole.out"]));
        Assert.AreEqual(File.ReadAllText(folder["known.peaks"]), File.ReadAllText(folder["whole.peaks"]));
    }

    [TestMethod]
    public async Task Forecast_WhenTheCalendarHasAnEntryTwice_CountsItOnceAndSaysSo()
    {
        using var folder = new TemporaryFolder();
        const string Header = "name,kind,audience,starts_at,ends_at\n", Sale = "sale,sale,10,2024-09-15T10:00:00Z,2024-09-15T12:00:00Z\n", Other = "sale,sale,20,2024-09-15T10:00:00Z,2024-09-15T12:00:00Z\n";
        folder.Write("history.csv", BadInputTests.History());
        folder.Write("once.csv", Header + Sale + Other);
        folder.Write("again.csv", Header + Sale + Other + Sale);
        string[] notes = new string[2];
        foreach ((int i, string name) in new[] { "once", "again" }.Index())
        {
            CommandRun run = await CommandRun.Of("forecast", "--history", folder["history.csv"], "--calendar", folder[name + ".csv"], "--horizon", "1d", "--output", folder[name + ".out"]);
            Assert.AreEqual(0, run.ExitCode, run.Error);
            notes[i] = string.Concat(run.Error.Split('\n').Where(l => l.StartsWith("note: entries", StringComparison.Ordinal)));
        }

        CollectionAssert.AreEqual(new[] { "", "note: entries of the calendar: 1 there already, word for word, counted once." }, notes);
        Assert.AreEqual(File.ReadAllText(folder["once.out"]), File.ReadAllText(folder["again.out"]));
    }

    private static string Named(string series, string history)
        => string.Concat(history.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select((row, i) => $"{row},{(i == 0 ? "series" : series)}\n"));

    [TestMethod]
    public async Task Forecast_AskedForRates_TellsWithWhatProbabilityAndWhenTheyAreExceeded()
    {
        using var folder = new TemporaryFolder();
        folder.Write("history.csv", BadInputTests.History());
        CommandRun run = await CommandRun.Of("forecast", "--history", folder["history.csv"], "--horizon", "1d", "--quantiles", "0.5", "--output", folder["forecast.csv"], "--peaks", folder["peaks.csv"], "--exceeds", "0.001,100000", "--json");

        Assert.AreEqual(0, run.ExitCode, run.Error);
        string[] horizon = File.ReadAllLines(folder["peaks.csv"])[1].Split(',');
        Assert.AreEqual("window,kind,starts_at,ends_at,p50,exceeds_0.001,exceeds_100000", File.ReadAllLines(folder["peaks.csv"])[0]);
        CollectionAssert.AreEqual(new[] { "1", "0" }, horizon[^2..]);
        StringAssert.Contains(run.Error, "0.001 requests/s: exceeded with probability 1.000; most likely at 2024-09-15");
        StringAssert.Contains(run.Error, "100,000 requests/s: exceeded on no simulated path");
        System.Text.Json.Nodes.JsonNode rate = System.Text.Json.Nodes.JsonNode.Parse(run.Output)!["series"]![0]!["exceeds"]![0]!;
        Assert.AreEqual(1.0, (double)rate["probability"]!);
        Assert.AreEqual(1440.0, (double)rate["mean_minutes"]!);

        CommandRun bad = await CommandRun.Of("forecast", "--history", folder["history.csv"], "--horizon", "1d", "--output", folder["bad.csv"], "--exceeds", "-5");
        Assert.AreEqual(2, bad.ExitCode);
        StringAssert.Contains(bad.Error, "'-5' is not a rate");
    }

    [TestMethod]
    public async Task Forecast_OfAFleetUnderABudget_TellsTheStep_AndIsTheSameOnAnyNumberOfThreads()
    {
        using var folder = new TemporaryFolder();
        string[] rows = BadInputTests.History().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        folder.Write("fleet.csv", "timestamp,requests,series\n" + string.Concat(Enumerable.Range(0, 5).Select(k => string.Concat(rows.Skip(1).Select(r => string.Join(',', r.Split(',')[..2]) + $",shop{k}\n")))));
        string[] forecast = ["forecast", "--history", folder["fleet.csv"], "--horizon", "1d", "--budget", "9ms", "--verbose", "--output"];

        CommandRun one = await CommandRun.Of([.. forecast, folder["one.csv"], "--threads", "1"]);
        CommandRun many = await CommandRun.Of([.. forecast, folder["many.csv"], "--threads", "4"]);

        Assert.AreEqual(0, one.ExitCode, one.Error);
        Assert.AreEqual(0, many.ExitCode, many.Error);
        Assert.HasCount(6, one.Error.Split("budget: step"), one.Error);
        StringAssert.Contains(one.Error, "of 5 for 9 ms");
        Assert.IsFalse(one.Error.Contains("step 1 of", StringComparison.Ordinal), one.Error);
        CollectionAssert.AreEqual(File.ReadAllBytes(folder["one.csv"]), File.ReadAllBytes(folder["many.csv"]));

        CommandRun bad = await CommandRun.Of("forecast", "--history", folder["fleet.csv"], "--horizon", "1d", "--output", folder["bad.csv"], "--budget", "0ms");
        Assert.AreEqual(2, bad.ExitCode);
        StringAssert.Contains(bad.Error, "--budget");
    }

    [TestMethod]
    public async Task Forecast_WithVerbose_TellsWhatWasTried()
    {
        using var folder = new TemporaryFolder();
        folder.Write("history.csv", BadInputTests.History());
        CommandRun run = await CommandRun.Of("forecast", "--history", folder["history.csv"], "--horizon", "2d", "--output", folder["forecast.csv"], "--verbose");

        Assert.AreEqual(0, run.ExitCode, run.Error);
        StringAssert.Contains(run.Error, "model 'pool'");
        StringAssert.Contains(run.Error, "seasonal naive with drift");
    }

    [TestMethod]
    [RequiresLightGbm]
    public async Task Forecast_OfAFleet_LearnsFromAllItsSeries_TheSameForAnyNumberOfThreads()
    {
        using var folder = new TemporaryFolder();
        var start = new DateTimeOffset(2024, 8, 1, 0, 0, 0, TimeSpan.Zero);
        folder.Write("fleet.csv", "timestamp,requests,series\n" + string.Concat(Enumerable.Range(1, 6).SelectMany(s => Enumerable.Range(0, 28 * 24).Select(t =>
            string.Create(CultureInfo.InvariantCulture, $"{start.AddHours(t):yyyy-MM-dd'T'HH:mm:ss'Z'},{s * (20000 + (9000 * Math.Sin(t * Math.Tau / 24)) + (3000 * Math.Sin((t * t) + s))):0},shop{s}\n")))));
        string[] forecast = ["forecast", "--history", folder["fleet.csv"], "--horizon", "1d", "--verbose", "--output"];

        CommandRun one = await CommandRun.Of([.. forecast, folder["one.csv"], "--threads", "1"]);
        CommandRun two = await CommandRun.Of([.. forecast, folder["two.csv"], "--threads", "2"]);
        CommandRun trees = await CommandRun.Of([.. forecast, folder["trees.csv"], "--model", "boosting"]);

        Assert.AreEqual(0, one.ExitCode, one.Error);
        Assert.AreEqual(0, two.ExitCode, two.Error);
        Assert.AreEqual(0, trees.ExitCode, trees.Error);
        StringAssert.Contains(one.Error, "boosting");
        StringAssert.Contains(trees.Error, "model 'boosting'");
        Assert.AreEqual(File.ReadAllText(folder["one.csv"]), File.ReadAllText(folder["two.csv"]));

        await DoesWithoutALibraryThatIsNotThere(folder);
    }

    // In a process of its own, whose list of libraries does not name LightGBM.
    private static async Task DoesWithoutALibraryThatIsNotThere(TemporaryFolder folder)
    {
        string program = typeof(CommandConsole).Assembly.Location;
        JsonNode libraries = JsonNode.Parse(File.ReadAllText(Path.ChangeExtension(program, ".deps.json")))!;
        JsonObject target = libraries["targets"]!.AsObject().First().Value!.AsObject();
        Assert.IsTrue(target.Single(l => l.Key.StartsWith("LightGBM/", StringComparison.Ordinal)).Value!.AsObject().Remove("runtimeTargets"));
        folder.Write("without.deps.json", libraries.ToJsonString());
        string parts = Path.GetDirectoryName(program)!;
        string[] others = [.. Directory.EnumerateFiles(parts, "*.dll"), .. Directory.EnumerateFiles(Path.Combine(parts, "runtimes"), "*", SearchOption.AllDirectories)];
        foreach (string part in others.Where(p => !p.Contains("lightgbm", StringComparison.Ordinal)))
        {
            string link = folder[Path.GetRelativePath(parts, part)];
            Directory.CreateDirectory(Path.GetDirectoryName(link)!);
            File.CreateSymbolicLink(link, part);
        }

        (int exitCode, string error) = await Run("auto");
        (int refused, string message) = await Run("boosting");

        Assert.AreEqual(0, exitCode, error);
        StringAssert.StartsWith(error, "note: 'boosting' was left out: LightGBM, which grows the trees of 'boosting', cannot be loaded on this machine (");
        StringAssert.Contains(error, "libgomp1");
        Assert.HasCount(2, error.Split("note: 'boosting'"), error);
        Assert.AreEqual(2, refused);
        StringAssert.StartsWith(message, "error: series 'shop1': LightGBM");

        async Task<(int ExitCode, string Error)> Run(string model)
        {
            string[] arguments = ["exec", "--depsfile", folder["without.deps.json"], "--runtimeconfig", Path.ChangeExtension(program, ".runtimeconfig.json"), program, "forecast", "--history", folder["fleet.csv"], "--horizon", "1d", "--model", model, "--output", folder["without.csv"]];
            using Process process = Process.Start(new ProcessStartInfo("dotnet", arguments) { RedirectStandardError = true, RedirectStandardOutput = true })!;
            Task<string> output = process.StandardOutput.ReadToEndAsync();
            string text = await process.StandardError.ReadToEndAsync();
            await output;
            await process.WaitForExitAsync();
            return (process.ExitCode, text);
        }
    }

    [TestMethod]
    public async Task Forecast_ByAClockThatChanges_IsAnother_AndNoZoneIsAUsageError()
    {
        using var folder = new TemporaryFolder();
        folder.Write("history.csv", BadInputTests.History());
        string[] forecast = ["forecast", "--history", folder["history.csv"], "--horizon", "1d", "--output"];

        CommandRun utc = await CommandRun.Of([.. forecast, folder["utc.csv"]]);
        CommandRun named = await CommandRun.Of([.. forecast, folder["named.csv"], "--time-zone", "UTC"]);
        CommandRun bad = await CommandRun.Of([.. forecast, folder["bad.csv"], "--time-zone", "Mars/Olympus"]);

        Assert.AreEqual(0, utc.ExitCode, utc.Error);
        Assert.AreEqual(0, named.ExitCode, named.Error);
        Assert.AreEqual(File.ReadAllText(folder["utc.csv"]), File.ReadAllText(folder["named.csv"]));
        Assert.AreEqual(2, bad.ExitCode);
        StringAssert.Contains(bad.Error, "--time-zone Mars/Olympus: there is no such zone");
        Assert.IsFalse(File.Exists(folder["bad.csv"]));
        if (TimeZoneInfo.TryFindSystemTimeZoneById("America/Santiago", out _))
        {
            // The history reaches a week beyond the change of 8 September.
            CommandRun santiago = await CommandRun.Of([.. forecast, folder["santiago.csv"], "--time-zone", "America/Santiago"]);
            Assert.AreEqual(0, santiago.ExitCode, santiago.Error);
            Assert.AreNotEqual(File.ReadAllText(folder["utc.csv"]), File.ReadAllText(folder["santiago.csv"]));
        }
    }

    [TestMethod]
    public async Task Forecast_OfRowsOutOfOrderAndTwice_SortsAndAddsThemUp_AndSaysSo()
    {
        using var folder = new TemporaryFolder();
        string[] rows = BadInputTests.History().TrimEnd().Split('\n');
        string[] split = rows[9].Split(',');
        string half = (double.Parse(split[1], CultureInfo.InvariantCulture) / 2).ToString(CultureInfo.InvariantCulture);
        string twice = $"{split[0]},{half}";
        folder.Write("clean.csv", string.Join('\n', rows));
        folder.Write("messy.csv", string.Join('\n', [rows[0], rows[2], rows[1], .. rows[3..9], twice, twice, .. rows[10..]]));
        CommandRun clean = await CommandRun.Of("forecast", "--history", folder["clean.csv"], "--horizon", "1d", "--output", folder["clean.out"]);
        CommandRun messy = await CommandRun.Of("forecast", "--history", folder["messy.csv"], "--horizon", "1d", "--output", folder["messy.out"]);
        CommandRun quiet = await CommandRun.Of("forecast", "--history", folder["messy.csv"], "--horizon", "1d", "--output", folder["quiet.out"], "--quiet");

        Assert.AreEqual(0, messy.ExitCode, messy.Error);
        Assert.AreEqual("", clean.Error);
        StringAssert.Contains(messy.Error, "note: rows of the history: 1 with a time that was there already, added up; 1 earlier than the one before, sorted in.");
        Assert.AreEqual("", quiet.Error);
        Assert.AreEqual(File.ReadAllText(folder["clean.out"]), File.ReadAllText(folder["messy.out"]));
    }

    [TestMethod]
    public async Task Forecast_SeesNothingAtOrAfterItsOrigin()
    {
        using var folder = new TemporaryFolder();
        string history = BadInputTests.History();
        folder.Write("whole.csv", history);
        folder.Write("changed.csv", string.Join('\n', history.Split('\n').Select(l => string.CompareOrdinal(l, "2024-09-10") > 0 && l.StartsWith("2024-09-1", StringComparison.Ordinal) ? l.Split(',')[0] + ",999999999" : l)));
        foreach (string name in new[] { "whole", "changed" })
        {
            CommandRun run = await CommandRun.Of("forecast", "--history", folder[name + ".csv"], "--from", "2024-09-10T00:00:00Z", "--horizon", "1d", "--output", folder[name + ".out"]);
            Assert.AreEqual(0, run.ExitCode, run.Error);
        }

        Assert.AreEqual(File.ReadAllText(folder["whole.out"]), File.ReadAllText(folder["changed.out"]));
    }

    [TestMethod]
    public async Task Forecast_OfSeveralSeries_IsInTheInputsOrder_TheSameForAnyNumberOfThreads()
    {
        using var folder = new TemporaryFolder();
        string[] rows = BadInputTests.History().TrimEnd().Split('\n');
        string[] names = ["zeta", "alpha", "mid", "beta", "omega"];
        folder.Write("history.csv", "timestamp,requests,series\n" + string.Join('\n', names.SelectMany((name, i) => rows.Skip(1 + (20 * i)).Select(r => $"{r},{name}"))) + "\n");
        foreach (string threads in new[] { "1", "2" })
        {
            CommandRun run = await CommandRun.Of("forecast", "--history", folder["history.csv"], "--horizon", "6h", "--threads", threads, "--output", folder[threads + ".csv.gz"], "--peaks", folder[threads + ".peaks"]);
            Assert.AreEqual(0, run.ExitCode, run.Error);
        }

        using var reader = new StreamReader(new GZipStream(File.OpenRead(folder["1.csv.gz"]), CompressionMode.Decompress));
        string[] forecast = (await reader.ReadToEndAsync()).TrimEnd().Split('\n');
        CollectionAssert.AreEqual(names, forecast.Skip(1).Select(r => r.Split(',')[0]).Distinct().ToArray());
        Assert.HasCount(1 + (5 * 6), forecast);
        Assert.IsTrue(double.TryParse(forecast[1].Split(',')[2], NumberStyles.Float, CultureInfo.InvariantCulture, out _));
        CollectionAssert.AreEqual(File.ReadAllBytes(folder["1.csv.gz"]), File.ReadAllBytes(folder["2.csv.gz"]));
        CollectionAssert.AreEqual(File.ReadAllBytes(folder["1.peaks"]), File.ReadAllBytes(folder["2.peaks"]));
    }
}
