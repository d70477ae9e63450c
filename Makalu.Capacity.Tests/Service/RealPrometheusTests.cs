using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Makalu.Capacity.Service.Hosting;
using Makalu.Capacity.Service.Prometheus;
using Makalu.Capacity.Service.Storage;
using Makalu.Capacity.Tests.Cli;
using Makalu.Capacity.Tests.Reporting;
using Microsoft.Extensions.DependencyInjection;

namespace Makalu.Capacity.Tests.Service;

/// <summary>Pulls from a Prometheus of this machine's packages, with a database that promtool makes.</summary>
[TestClass]
public sealed class RealPrometheusTests
{
    private const double PerSecond = 10;
    private static readonly DateTimeOffset From = new(2024, 9, 1, 0, 0, 0, TimeSpan.Zero);

    [TestMethod]
    public async Task Pull_FromPrometheusItself_CountsTheRequestsOfEachMinute()
    {
        string prometheus = ExternalTool.Require("prometheus", "prometheus");
        using var folder = new TemporaryFolder();
        await RunAsync(ExternalTool.Require("promtool", "prometheus"), "tsdb", "create-blocks-from", "openmetrics", folder.Write("counter.txt", Counter()), folder["data"]);
        int port = LoopbackPort.Take();
        using Process server = Start(prometheus, "--config.file", folder.Write("prometheus.yml", "global: {}\n"), "--storage.tsdb.path", folder["data"], "--storage.tsdb.retention.time", "100y", FormattableString.Invariant($"--web.listen-address=127.0.0.1:{port}"));
        try
        {
            string url = FormattableString.Invariant($"http://127.0.0.1:{port}");
            await ReadyAsync(server, url);
            await using RunningService service = await RunningService.StartAsync(
                s =>
                {
                    s.Prometheus["real"] = new PrometheusServer { Url = url };
                    s.PullInterval = TimeSpan.Zero;
                    s.PullHistory = TimeSpan.FromHours(2);
                },
                build: b => b.Services.AddSingleton<TimeProvider>(new StoppedTime(From.AddHours(3).AddSeconds(40))));
            JsonObject definition = ExampleShop.Definition();
            definition["step"] = "00:01:00";
            definition["horizon"] = "01:00:00";
            definition["prometheus"] = new JsonObject { ["server"] = "real", ["query"] = "sum(increase(http_requests_total[1m]))" };
            await RunningService.AssertStatusAsync(201, await service.SendAsync(HttpMethod.Put, "/v1/services/shop", definition));

            Assert.AreEqual(120, await service.App.Services.GetRequiredService<PrometheusPuller>().PullAllAsync(CancellationToken.None));

            List<Observation> stored = await service.App.Services.GetRequiredService<ObservationTable>().ReadAsync("shop", 1000, CancellationToken.None);
            Assert.AreEqual(From.AddHours(1), stored[0].At);
            foreach (Observation observation in stored)
            {
                // Ten a second, but for the minute from 1:30 on, which has twenty; increase() draws the counter out to the minute's ends.
                double expected = observation.At == From.AddMinutes(90) ? 2 * 60 * PerSecond : 60 * PerSecond;
                Assert.AreEqual(expected, observation.Requests, observation.At >= From.AddMinutes(89) && observation.At <= From.AddMinutes(91) ? 0.3 * expected : 1e-6 * expected, $"{observation.At:u}");
            }
        }
        finally
        {
            server.Kill();
            await server.WaitForExitAsync();
        }
    }

    /// <summary>The query that docs/service.md gives to KEDA, asked of a Prometheus that scrapes the program's own /metrics, key and all.</summary>
    [TestMethod]
    public async Task Query_OfTheAutoscaler_HasAValue()
    {
        string prometheus = ExternalTool.Require("prometheus", "prometheus");
        string page = Packaging.RepositoryFolder.Read("docs/service.md");
        string query = Regex.Match(page, @"^ {10}query: (?<query>.+)$", RegexOptions.Multiline).Groups["query"].Value;
        double threshold = double.Parse(Regex.Match(page, @"^ {10}threshold: ""(?<value>.+)""$", RegexOptions.Multiline).Groups["value"].Value, CultureInfo.InvariantCulture);
        Assert.IsGreaterThan(0, threshold);
        using var folder = new TemporaryFolder();
        string connection = "Data Source=" + folder["state.db"];
        string key = await ServiceProcess.OutputAsync("keys", "add", "--name", "prometheus", "--scope", "write", "--database", connection);
        using var program = new ServiceProcess(connection, key);
        await program.WaitUntilReadyAsync();

        // What is forecast is what is now, by the program's own clock.
        var now = new DateTimeOffset(DateTimeOffset.UtcNow.Ticks / ExampleShop.Step.Ticks * ExampleShop.Step.Ticks, TimeSpan.Zero);
        using HttpContent definition = Json(ExampleShop.Definition());
        await RunningService.AssertStatusAsync(201, await program.Client.PutAsync("/v1/services/shop", definition));
        using HttpContent history = Json(ExampleShop.Observations(now.AddDays(-14), now));
        await RunningService.AssertStatusAsync(200, await program.Client.PostAsync("/v1/services/shop/observations", history));
        await RunningService.AssertStatusAsync(200, await program.Client.GetAsync("/v1/services/shop/plan"));

        int port = LoopbackPort.Take();
        string configuration = folder.Write("prometheus.yml", $$"""
            global: { scrape_interval: 1s }
            scrape_configs:
              - job_name: makalu
                authorization: { credentials_file: {{folder.Write("key", key)}} }
                static_configs: [ { targets: [ "{{program.Url.Authority}}" ] } ]
            """);
        using Process server = Start(prometheus, "--config.file", configuration, "--storage.tsdb.path", folder["data"], FormattableString.Invariant($"--web.listen-address=127.0.0.1:{port}"));
        try
        {
            string url = FormattableString.Invariant($"http://127.0.0.1:{port}");
            await ReadyAsync(server, url);
            double value = await FirstValueAsync(server, url, query);
            Match own = Regex.Match(await program.Client.GetStringAsync("/metrics"), @"^makalu_forecast_requests_per_second\{(?=[^}]*quantile=""0\.95"")(?=[^}]*window=""next_15m"")[^}]*\} (?<value>\S+)", RegexOptions.Multiline);
            Assert.AreEqual(double.Parse(own.Groups["value"].Value, CultureInfo.InvariantCulture), value, 0.3 * value);
            Assert.IsGreaterThan(0, value);
        }
        finally
        {
            server.Kill();
            await server.WaitForExitAsync();
        }
    }

    private static StringContent Json(JsonNode body) => new(body.ToJsonString(), Encoding.UTF8, "application/json");

    /// <summary>Asks until the first scrape has come.</summary>
    private static async Task<double> FirstValueAsync(Process server, string url, string query)
    {
        using var client = new HttpClient();
        long from = Stopwatch.GetTimestamp();
        while (!server.HasExited && Stopwatch.GetElapsedTime(from) < TimeSpan.FromMinutes(5))
        {
            JsonNode answer = JsonNode.Parse(await client.GetStringAsync($"{url}/api/v1/query?query={Uri.EscapeDataString(query)}"))!;
            Assert.AreEqual("success", answer["status"]!.GetValue<string>());
            if (answer["data"]!["result"]!.AsArray() is [{ } series, ..])
                return double.Parse(series["value"]![1]!.GetValue<string>(), CultureInfo.InvariantCulture);
        }

        throw new AssertFailedException("Prometheus has no value: " + await client.GetStringAsync(url + "/api/v1/targets"));
    }

    private static string Counter()
    {
        var text = new StringBuilder("# TYPE http_requests counter\n");
        double count = 0;
        for (DateTimeOffset time = From; time <= From.AddHours(3); time = time.AddSeconds(15))
        {
            text.Append(CultureInfo.InvariantCulture, $"http_requests_total{{instance=\"a\"}} {count} {time.ToUnixTimeSeconds()}\n");
            count += 15 * PerSecond * (time >= From.AddMinutes(90) && time < From.AddMinutes(91) ? 2 : 1);
        }

        return text.Append("# EOF\n").ToString();
    }

    private static async Task ReadyAsync(Process server, string url)
    {
        using var client = new HttpClient();
        long from = Stopwatch.GetTimestamp();
        while (true)
        {
            try
            {
                if ((await client.GetAsync(url + "/-/ready")).IsSuccessStatusCode)
                    return;
            }
            catch (HttpRequestException) when (!server.HasExited && Stopwatch.GetElapsedTime(from) < TimeSpan.FromMinutes(5))
            {
                // Not listening yet.
                await Task.Yield();
            }
        }
    }

    private static async Task RunAsync(string program, params string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        string error = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.AreEqual(0, process.ExitCode, error + await output);
    }

    private static Process Start(string program, params string[] arguments)
    {
        // What it says is read, or it would wait for a reader.
        Process process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        process.OutputDataReceived += (_, _) => { };
        process.ErrorDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return process;
    }

    private sealed class StoppedTime(DateTimeOffset now) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => now;
    }
}
