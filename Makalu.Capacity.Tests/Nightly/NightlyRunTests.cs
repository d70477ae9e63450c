using System.Diagnostics;
using System.Text.Json.Nodes;
using Makalu.Capacity.Cli.Nightly;
using Makalu.Capacity.Tests.Cli;
using Makalu.Capacity.Tests.Reporting;

namespace Makalu.Capacity.Tests.Nightly;

/// <summary>The whole nightly job on small histories.</summary>
[TestClass]
public sealed class NightlyRunTests
{
    [TestMethod]
    public async Task Run_WritesPlansSummaryAndMetrics_AndExitsBySeverity()
    {
        using var folder = new NightlyFolder();
        folder.WriteHistory("quiet.csv", 21, 20);
        folder.WriteHistory("busy.csv", 21, 6000);
        folder.Configure([("quiet", NightlyFolder.FileSource("quiet.csv")), ("busy", NightlyFolder.FileSource("busy.csv"))], new JsonObject { ["metrics"] = new JsonObject { ["textfile"] = "makalu.prom" } });

        CommandRun run = await folder.RunAsync();

        Assert.AreEqual(3, run.ExitCode, run.Error);
        foreach (string file in new[] { "plan.json", "plan.html", "config/alerts.yml", "config/alerts.test.yml", "config/postgresql.conf" })
        {
            CollectionAssert.Contains(folder.Entries, "out/busy/" + file);
        }

        StringAssert.Contains(File.ReadAllText(folder["out/busy/config/alerts.yml"]), "service: busy", "whose alert it is");
        StringAssert.Contains(File.ReadAllText(folder["out/quiet/config/grafana-dashboard.json"]), "makalu-capacity-quiet");
        StringAssert.Contains(run.Output, "1 to act on, 0 failed, 1 fine");
        Assert.IsLessThan(run.Output.IndexOf("[ok] quiet", StringComparison.Ordinal), run.Output.IndexOf("[ACT] busy", StringComparison.Ordinal), "what needs someone comes first");
        Assert.AreEqual(run.Output, File.ReadAllText(folder["out/summary.txt"]));
        string metrics = File.ReadAllText(folder["makalu.prom"]);
        StringAssert.Contains(metrics, "makalu_action_needed{service=\"busy\"} 1");
        StringAssert.Contains(metrics, "makalu_action_needed{service=\"quiet\"} 0");
        StringAssert.Contains(metrics, "makalu_max_connections{service=\"quiet\",state=\"current\"} 100");
        StringAssert.Contains(metrics, "makalu_forecast_peak_requests_per_second{service=\"quiet\",probability=\"0.95\"} ");
        StringAssert.Contains(metrics, "makalu_nightly_last_success_timestamp_seconds ");
        Assert.IsFalse(Array.Exists(folder.Entries, e => e.Contains(".tmp", StringComparison.Ordinal)));
    }

    [TestMethod]
    public async Task Metrics_AreWhatPromtoolReads()
    {
        string promtool = ExternalTool.Require("promtool", "prometheus");
        using var folder = new NightlyFolder();
        folder.WriteHistory("a.csv", 21, 20);
        folder.Configure([("a", NightlyFolder.FileSource("a.csv"))], new JsonObject { ["metrics"] = new JsonObject { ["textfile"] = "makalu.prom" } });
        Assert.AreEqual(0, (await folder.RunAsync("--quiet")).ExitCode);

        var start = new ProcessStartInfo(promtool, ["check", "metrics"]) { RedirectStandardInput = true, RedirectStandardError = true, RedirectStandardOutput = true };
        using Process check = Process.Start(start)!;
        Task<string> output = check.StandardOutput.ReadToEndAsync();
        Task<string> error = check.StandardError.ReadToEndAsync();
        await check.StandardInput.WriteAsync(await File.ReadAllTextAsync(folder["makalu.prom"]));
        check.StandardInput.Close();
        await check.WaitForExitAsync();
        Assert.AreEqual(0, check.ExitCode, await output + await error);
    }

    [TestMethod]
    public async Task Run_WhenOneServiceFails_FinishesTheOthersAndSaysWhy()
    {
        using var folder = new NightlyFolder();
        folder.WriteHistory("good.csv", 21, 20);
        folder.Write("bad.csv", "timestamp,requests\n2024-06-03T00:00:00Z,-5\n");
        folder.Configure([("bad", NightlyFolder.FileSource("bad.csv")), ("gone", NightlyFolder.FileSource("gone.csv")), ("good", NightlyFolder.FileSource("good.csv"))], new JsonObject { ["metrics"] = new JsonObject { ["textfile"] = "makalu.prom" } });

        CommandRun run = await folder.RunAsync();

        Assert.AreEqual(1, run.ExitCode);
        CollectionAssert.Contains(folder.Entries, "out/good/plan.json");
        CollectionAssert.DoesNotContain(folder.Entries, "out/bad/plan.json");
        StringAssert.Contains(run.Error, "bad.csv, line 2, field 'requests'");
        StringAssert.Contains(run.Error, "gone.csv");
        StringAssert.Contains(run.Output, "0 to act on, 2 failed, 1 fine");
        string metrics = File.ReadAllText(folder["makalu.prom"]);
        StringAssert.Contains(metrics, "makalu_nightly_failed{service=\"bad\"} 1");
        Assert.IsFalse(metrics.Contains("makalu_nightly_last_success", StringComparison.Ordinal), "a night that failed in part is no success");
    }

    [TestMethod]
    public async Task Run_Again_ReadsBackWhatIsDone_AndPlansWhatIsNot()
    {
        using var folder = new NightlyFolder();
        folder.WriteHistory("a.csv", 21, 20);
        folder.WriteHistory("b.csv", 21, 20);
        folder.Configure([("a", NightlyFolder.FileSource("a.csv"))]);
        Assert.AreEqual(0, (await folder.RunAsync()).ExitCode);

        // As after a kill between the two services: the first is done, the second is not.
        folder.Configure([("a", NightlyFolder.FileSource("a.csv")), ("b", NightlyFolder.FileSource("b.csv"))]);
        IReadOnlyList<NightlyOutcome> again = await new NightlyRun(folder.Read(), isDryRun: false, TimeProvider.System).RunAsync(null, CancellationToken.None);
        Assert.IsTrue(again[0].IsReadBack);
        Assert.IsFalse(again[1].IsReadBack);

        folder.WriteSystem("system.json", maxConnections: 120);
        again = await new NightlyRun(folder.Read(), isDryRun: false, TimeProvider.System).RunAsync(null, CancellationToken.None);
        Assert.IsFalse(again[0].IsReadBack, "another system is another plan");
    }

    /// <summary>The second service's source is a pipe that nobody writes to, so that the job hangs there until it is killed.</summary>
    [TestMethod]
    public async Task Run_KilledInTheMiddle_LosesNothingThatIsDone_AndGoesOnFromThere()
    {
        using var folder = new NightlyFolder();
        folder.WriteHistory("a.csv", 21, 20);
        Assert.AreEqual(0, ExternalTool.Run(ExternalTool.Require("mkfifo", "coreutils"), folder["b.csv"]).ExitCode);
        folder.Configure([("a", NightlyFolder.FileSource("a.csv")), ("b", NightlyFolder.FileSource("b.csv"))], new JsonObject { ["parallelism"] = 1 });
        using var watcher = new FileSystemWatcher(Directory.CreateDirectory(folder["out"]).FullName) { IncludeSubdirectories = true, EnableRaisingEvents = true };
        var done = new TaskCompletionSource();
        watcher.Renamed += (_, e) =>
        {
            if (e.FullPath.Contains("nights", StringComparison.Ordinal))
            {
                done.TrySetResult();
            }
        };

        var start = new ProcessStartInfo("dotnet", ["exec", typeof(Makalu.Capacity.Cli.CommandConsole).Assembly.Location, "nightly", "--config", folder.Configuration]) { RedirectStandardError = true, RedirectStandardOutput = true };
        using (Process process = Process.Start(start)!)
        {
            Task<string> error = process.StandardError.ReadToEndAsync();
            await Task.WhenAny(done.Task, process.WaitForExitAsync());
            Assert.IsFalse(process.HasExited, "it ended before it could be killed");
            process.Kill();
            await process.WaitForExitAsync();
        }

        byte[] plan = File.ReadAllBytes(folder["out/a/plan.json"]);
        File.Delete(folder["b.csv"]);
        folder.WriteHistory("b.csv", 21, 20);
        IReadOnlyList<NightlyOutcome> outcomes;
        using (NightlyLock.Take(folder["out"]))
        {
            outcomes = await new NightlyRun(folder.Read(), isDryRun: false, TimeProvider.System).RunAsync(null, CancellationToken.None);
        }

        Assert.IsTrue(outcomes[0].IsReadBack, "done before the kill");
        Assert.IsFalse(outcomes[1].IsReadBack);
        CollectionAssert.AreEqual(plan, File.ReadAllBytes(folder["out/a/plan.json"]));
        Assert.IsTrue(File.Exists(folder["out/b/plan.json"]));
    }

    [TestMethod]
    public async Task Run_ByItselfOrBesideOthers_GivesTheSameBytes()
    {
        using var one = new NightlyFolder();
        using var many = new NightlyFolder();
        foreach (NightlyFolder folder in new[] { one, many })
        {
            folder.WriteHistory("a.csv", 21, 20);
            folder.WriteHistory("b.csv", 21, 300);
        }

        one.Configure([("a", NightlyFolder.FileSource("a.csv"))], new JsonObject { ["parallelism"] = 1 });
        many.Configure([("b", NightlyFolder.FileSource("b.csv")), ("a", NightlyFolder.FileSource("a.csv"))], new JsonObject { ["parallelism"] = 2 });
        await one.RunAsync();
        await many.RunAsync();
        CollectionAssert.AreEqual(File.ReadAllBytes(one["out/a/plan.json"]), File.ReadAllBytes(many["out/a/plan.json"]));
    }

    [TestMethod]
    public async Task Run_TheNextNight_ScoresTheForecast_KeepsTheModel_AndTellsWhatChanged()
    {
        using var folder = new NightlyFolder();
        folder.WriteHistory("a.csv", 21, 20);
        folder.Configure([("a", NightlyFolder.FileSource("a.csv"))]);
        await folder.RunAsync();
        folder.WriteHistory("a.csv", 22, 20);
        folder.WriteSystem("system.json", maxConnections: 8);
        CommandRun second = await folder.RunAsync();

        IReadOnlyList<NightlyOutcome> nights = new NightlyMemory(folder["out"], "a").Nights();
        Assert.HasCount(2, nights);
        Assert.AreEqual(nights[0].JudgedAt, nights[1].JudgedAt, "models are judged once a week");
        Assert.AreEqual(nights[0].Model, nights[1].Model);
        Assert.AreEqual(NightlyFolder.Start.AddDays(21), nights[1].LastDay!.Day);
        double highest = NightlyFolder.Rates(22, 20).TakeLast(24).Max(r => r.RequestsPerSecond);
        Assert.AreEqual(highest, nights[1].LastDay!.Actual, 0.01);
        Assert.AreEqual("raise", nights[1].Verdict);
        StringAssert.Contains(second.Output, "since the last night: verdict:");
        StringAssert.Contains(second.Output, "2024-06-24 came to 3");

        folder.WriteHistory("a.csv", 29, 20);
        await folder.RunAsync();
        Assert.AreEqual(NightlyFolder.Start.AddDays(29), new NightlyMemory(folder["out"], "a").Nights()[2].JudgedAt);
    }

    /// <summary>Traffic that grows by 20 % a day is beyond each night's forecast: once seven are scored the job tells it, and judges its models anew though a week is not over.</summary>
    [TestMethod]
    public async Task Run_WhenPastForecastsDoNotHold_MakesAFinding_AndJudgesAnew()
    {
        using var folder = new NightlyFolder();
        folder.Configure([("a", NightlyFolder.FileSource("a.csv"))], new JsonObject { ["metrics"] = new JsonObject { ["textfile"] = "makalu.prom" } });
        JsonNode configuration = JsonNode.Parse(File.ReadAllText(folder.Configuration))!;
        configuration["services"]![0]!["model"] = "seasonal-naive";
        CommandRun run = null!;
        for (int night = 0; night <= 8; night++)
        {
            // Only the last night's files are looked at.
            configuration["shadow"] = night < 8;
            folder.Write("nightly.json", configuration.ToJsonString());
            var text = new System.Text.StringBuilder("timestamp,requests\n");
            foreach ((DateTimeOffset time, double rate) in NightlyFolder.Rates(21 + night, 4))
            {
                double growth = Math.Pow(1.2, Math.Max(0, Math.Floor((time - NightlyFolder.Start).TotalDays) - 20));
                text.Append(System.Globalization.CultureInfo.InvariantCulture, $"{time.UtcDateTime:yyyy-MM-ddTHH:mm:ssZ},{rate * growth * 3600:0}\n");
            }

            folder.Write("a.csv", text.ToString());
            run = await folder.RunAsync();
        }

        IReadOnlyList<NightlyOutcome> nights = new NightlyMemory(folder["out"], "a").Nights();
        Assert.AreEqual("ok ok ok ok ok ok ok retrain retrain", string.Join(' ', nights.Select(n => n.Drift)));
        Assert.AreEqual(NightlyFolder.Start.AddDays(29), nights[8].JudgedAt, "a day after it was judged last");
        StringAssert.Contains(run.Output, "past forecasts: left their band; the models were judged anew");
        JsonArray findings = JsonNode.Parse(File.ReadAllText(folder["out/a/plan.json"]))!["findings"]!.AsArray();
        JsonNode finding = findings.First(f => f!["code"]!.GetValue<string>() == "forecast-coverage-low")!;
        Assert.AreEqual("warning", finding["severity"]!.GetValue<string>());
        Assert.AreEqual(8, finding["evidence"]!["forecasts"]!.GetValue<int>());
        StringAssert.Contains(File.ReadAllText(folder["out/a/plan.html"]), "forecast-coverage-low");
        StringAssert.Matches(File.ReadAllText(folder["makalu.prom"]), new(@"(?m)^makalu_forecast_drift\{[^}]*service=""a""[^}]*\} 2$"));
    }

    [TestMethod]
    public async Task Run_TheNextNight_RefitsFromTheModelOfTheLast()
    {
        using var folder = new NightlyFolder();
        folder.WriteHistory("a.csv", 21, 20);
        folder.Configure([("a", NightlyFolder.FileSource("a.csv"))]);
        await folder.RunAsync();
        CapacityModelState first = new NightlyMemory(folder["out"], "a").LastModel()!;
        Assert.AreEqual(NightlyFolder.Start.AddDays(21), first.Origin);

        folder.WriteHistory("a.csv", 22, 20);
        await folder.RunAsync();
        CapacityModelState second = new NightlyMemory(folder["out"], "a").LastModel()!;
        Assert.AreEqual(NightlyFolder.Start.AddDays(22), second.Origin);
        Assert.AreEqual(first.JudgedAt, second.JudgedAt);
        StringAssert.Contains(File.ReadAllText(folder["out/a/plan.json"]), "Judged on what was known on 2024-06-24 00:00 UTC, and kept since.");

        // Of another version, or damaged: everything is judged anew, and the night is as good as any.
        File.WriteAllText(folder["out/.makalu/a/model.json.gz"], "damaged");
        folder.WriteHistory("a.csv", 23, 20);
        CommandRun third = await folder.RunAsync();
        Assert.AreEqual(0, third.ExitCode, third.Error);
        Assert.AreEqual(NightlyFolder.Start.AddDays(23), new NightlyMemory(folder["out"], "a").LastModel()!.JudgedAt);
    }

    [TestMethod]
    public async Task Run_TheNightAfterACampaignWasPlanned_ChoosesAModelThatSeesIt()
    {
        using var folder = new NightlyFolder();
        folder.WriteHistory("a.csv", 21, 20);
        folder.Configure([("a", NightlyFolder.FileSource("a.csv"))]);
        await folder.RunAsync();
        folder.WriteHistory("a.csv", 22, 20);
        folder.Write("calendar.csv", "name,kind,starts_at,ends_at\nlaunch,email,2024-06-25T10:00:00Z,2024-06-25T12:00:00Z\n");
        await folder.RunAsync();

        IReadOnlyList<NightlyOutcome> nights = new NightlyMemory(folder["out"], "a").Nights();
        Assert.AreEqual("pool", nights[0].Model);
        StringAssert.StartsWith(nights[1].Model, "campaigns");
        Assert.AreEqual("launch", nights[1].Cause);
    }

    /// <summary>Killed after the outcome and before the model, the next night starts from the model of the night before.</summary>
    [TestMethod]
    public async Task Run_AfterAKillBeforeTheModelWasKept_GivesTheSameBytes()
    {
        using var whole = new NightlyFolder();
        using var killed = new NightlyFolder();
        foreach (NightlyFolder folder in new[] { whole, killed })
        {
            folder.WriteHistory("a.csv", 21, 20);
            folder.Configure([("a", NightlyFolder.FileSource("a.csv"))]);
            await folder.RunAsync();
            byte[] model = File.ReadAllBytes(folder["out/.makalu/a/model.json.gz"]);
            folder.WriteHistory("a.csv", 22, 20);
            await folder.RunAsync();
            if (folder == killed)
            {
                File.WriteAllBytes(folder["out/.makalu/a/model.json.gz"], model);
            }

            folder.WriteHistory("a.csv", 23, 20);
            await folder.RunAsync();
        }

        CollectionAssert.AreEqual(File.ReadAllBytes(whole["out/a/plan.json"]), File.ReadAllBytes(killed["out/a/plan.json"]));
    }

    [TestMethod]
    public async Task DryRun_WritesNothing()
    {
        using var folder = new NightlyFolder();
        folder.WriteHistory("a.csv", 21, 20);
        folder.Configure([("a", NightlyFolder.FileSource("a.csv"))], new JsonObject { ["metrics"] = new JsonObject { ["textfile"] = "makalu.prom" } });
        string[] before = folder.Entries;
        CommandRun json = await folder.RunAsync("--dry-run", "--json");
        Assert.AreEqual("a", JsonNode.Parse(json.Output)!["services"]![0]!["service"]!.GetValue<string>());
        CommandRun run = await folder.RunAsync("--dry-run");
        StringAssert.Contains(run.Output, "[ok] a");
        CollectionAssert.AreEqual(before, folder.Entries);
    }

    [TestMethod]
    public async Task Run_WhileAnotherRuns_IsRefused()
    {
        using var folder = new NightlyFolder();
        folder.WriteHistory("a.csv", 21, 20);
        folder.Configure([("a", NightlyFolder.FileSource("a.csv"))]);
        using (NightlyLock.Take(folder["out"]))
        {
            CommandRun run = await folder.RunAsync();
            Assert.AreEqual(2, run.ExitCode);
            StringAssert.Contains(run.Error, "another nightly run");
        }

        Assert.AreEqual(0, (await folder.RunAsync()).ExitCode);
    }

    [TestMethod]
    public async Task Shadow_OnlyRecords_AndReportsWhatWouldHaveChanged()
    {
        using var folder = new NightlyFolder();
        folder.WriteSystem("system.json", maxConnections: 8);
        folder.WriteHistory("a.csv", 21, 20);
        folder.Configure([("a", NightlyFolder.FileSource("a.csv"))], new JsonObject { ["shadow"] = true });
        CommandRun run = await folder.RunAsync();
        Assert.AreEqual(3, run.ExitCode, run.Error);
        CollectionAssert.DoesNotContain(folder.Entries, "out/a");
        folder.WriteHistory("a.csv", 22, 20);

        CommandRun report = await folder.RunAsync("--shadow-report");
        Assert.AreEqual(0, report.ExitCode, report.Error);
        StringAssert.Contains(report.Output, "1 nights: on 1 the plan differed from what was set, on 1 what was set did not survive the forecast. Of 1 next days that are known, 0 came higher");
        double highest = NightlyFolder.Rates(22, 20).TakeLast(24).Max(r => r.RequestsPerSecond);
        StringAssert.Contains(report.Output, System.FormattableString.Invariant($"| {highest:0.#} | baseline |"));
    }
}
