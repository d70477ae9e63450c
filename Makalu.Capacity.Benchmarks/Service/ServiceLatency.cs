using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Makalu.Capacity.Campaigns;
using Makalu.Capacity.Series;
using Makalu.Capacity.Service.Hosting;
using Makalu.Capacity.Service.Models;
using Makalu.Capacity.Service.Requests;
using Makalu.Capacity.Service.Security;
using Makalu.Capacity.Service.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Makalu.Capacity.Benchmarks.Service;

/// <summary><c>service DATA</c>: how long the service takes for a recommendation on a warm model of the sample, in process and by an open loop of HTTP requests, and for what is not warm.</summary>
internal static class ServiceLatency
{
    private const int InProcessCalls = 200_000;
    private const int RequestsPerSecond = 200;
    private static readonly TimeSpan Duration = TimeSpan.FromSeconds(30);

    public static async Task<int> RunAsync(string data)
    {
        string folder = Directory.CreateTempSubdirectory("makalu-latency-").FullName;
        await using WebApplication app = await ServiceHost.BuildAsync(
            new ServiceSettings { Listen = "http://127.0.0.1:0", Database = "Data Source=" + Path.Combine(folder, "state.db"), RefitInterval = TimeSpan.Zero },
            builder => builder.Logging.ClearProviders());
        var key = ApiKey.Create();
        await app.Services.GetRequiredService<KeyTable>().AddAsync(new KeyRow(key.Id, "latency", key.Hash, ApiKey.WriteScope, DateTimeOffset.UtcNow, null, null), default);
        await app.StartAsync();
        using var client = new HttpClient { BaseAddress = new Uri(app.Urls.First()) };
        client.DefaultRequestHeaders.Add("X-Api-Key", key.Text);
        RequestHistory history = SeriesFile.Read(Path.Combine(data, "requests.csv.gz"))[0];
        await SendAsync(client, HttpMethod.Put, "/v1/services/shop", Definition(data));
        var observations = app.Services.GetRequiredService<ObservationTable>();
        Observation[] rows = [.. Enumerable.Range(0, history.Requests.Count).Where(i => !double.IsNaN(history.Requests[i])).Select(i => new Observation(history.Requests.TimeAt(i), history.Requests[i], history.PeakRequestsPerSecond?[i] is double peak && !double.IsNaN(peak) ? peak : null))];
        ModelKeeper keeper = app.Services.GetRequiredService<ModelKeeper>();
        await Measure($"storing {rows.Length} observations", () => observations.AddAsync("shop", rows[..^60], null, "", default));
        keeper.Touch("shop");
        await Measure("first fit and plan, forecaster judged", () => keeper.WaitAsync("shop", TimeSpan.FromMinutes(5), default));
        await observations.AddAsync("shop", rows[^60..], null, "", default);
        keeper.Touch("shop");
        await Measure("refit and plan after an hour of observations", () => keeper.WaitAsync("shop", TimeSpan.FromMinutes(5), default));
        await Measure("recommendation for another system, first time", () => SendAsync(client, HttpMethod.Post, "/v1/recommendations", "{\"service\":\"shop\",\"horizon\":\"6.00:00:00\"}"));
        await Measure("what-if of a campaign, first time", () => WhatIfAsync(client, 2));
        await Measure("what-if of the same campaign at another size", () => WhatIfAsync(client, 2.25));
        await Measure("what-if of the same campaign at a third size", () => WhatIfAsync(client, 2.5));
        await InProcessAsync(app.Services.GetRequiredService<PlanService>());
        await OverHttpAsync(client, "HTTP, open loop");
        await observations.AddAsync("shop", rows[^1..], null, "", default);
        keeper.Touch("shop");
        await OverHttpAsync(client, "HTTP, open loop, a refit at its beginning");
        await app.StopAsync();
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        Directory.Delete(folder, recursive: true);
        return 0;
    }

    private static async Task InProcessAsync(PlanService plans)
    {
        var times = new double[InProcessCalls];
        for (int i = 0; i < times.Length; i++)
        {
            long from = Stopwatch.GetTimestamp();
            await plans.RecommendAsync("shop", null, null, false, "", Patience.Usual, default);
            times[i] = Stopwatch.GetElapsedTime(from).TotalMilliseconds;
        }

        Tell("in process", times);
    }

    /// <summary>Requests leave at their times whether or not earlier ones are answered, and each is measured from the time at which it should have left.</summary>
    private static async Task OverHttpAsync(HttpClient client, string name)
    {
        var times = new double[(int)(RequestsPerSecond * Duration.TotalSeconds)];
        var running = new Task[times.Length];
        long from = Stopwatch.GetTimestamp();
        for (int i = 0; i < times.Length; i++)
        {
            double due = i * 1000.0 / RequestsPerSecond;
            double early = due - Stopwatch.GetElapsedTime(from).TotalMilliseconds;
            if (early > 1)
                await Task.Delay(TimeSpan.FromMilliseconds(early));
            int index = i;
            running[i] = Task.Run(async () =>
            {
                await SendAsync(client, HttpMethod.Post, "/v1/recommendations", "{\"service\":\"shop\"}");
                times[index] = Stopwatch.GetElapsedTime(from).TotalMilliseconds - due;
            });
        }

        await Task.WhenAll(running);
        Tell(name, times);
    }

    private static async Task Measure(string name, Func<Task> work)
    {
        long from = Stopwatch.GetTimestamp();
        await work();
        Console.WriteLine(FormattableString.Invariant($"{name}: {Stopwatch.GetElapsedTime(from).TotalMilliseconds:0} ms"));
    }

    private static void Tell(string name, double[] milliseconds)
    {
        Array.Sort(milliseconds);
        double At(double q) => milliseconds[Math.Min(milliseconds.Length - 1, (int)(q * milliseconds.Length))];
        Console.WriteLine(FormattableString.Invariant($"{name}: {milliseconds.Length} calls, p50 {At(0.5):0.0000} ms, p90 {At(0.9):0.0000} ms, p99 {At(0.99):0.0000} ms, p99.9 {At(0.999):0.000} ms, max {milliseconds[^1]:0.0} ms"));
    }

    private static Task WhatIfAsync(HttpClient client, double scale)
        => SendAsync(client, HttpMethod.Post, "/v1/what-if", FormattableString.Invariant($"{{\"service\":\"shop\",\"suppose\":{{\"campaignScales\":{{\"autumn-launch\":{scale}}}}}}}"));

    private static async Task SendAsync(HttpClient client, HttpMethod method, string path, string body)
    {
        using var request = new HttpRequestMessage(method, path) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        using HttpResponseMessage response = await client.SendAsync(request);
        await response.Content.ReadAsByteArrayAsync();
        response.EnsureSuccessStatusCode();
    }

    private static string Definition(string data)
    {
        CampaignCalendar calendar = CampaignCalendarReader.Read(Path.Combine(data, "calendar.csv"));
        string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
        return new JsonObject
        {
            ["system"] = JsonNode.Parse(File.ReadAllText(Path.Combine(data, "system.json"))),
            ["calendar"] = new JsonArray([.. calendar.Campaigns.Concat(calendar.Incidents).Select(c => (JsonNode)new JsonObject
            {
                ["name"] = c.Name,
                ["kind"] = c.Kind,
                ["startsAt"] = Time(c.StartsAt),
                ["endsAt"] = Time(c.EndsAt),
                ["features"] = new JsonObject([.. c.Features.Select(f => KeyValuePair.Create(f.Key, (JsonNode?)f.Value))]),
            })]),
        }.ToJsonString();
    }
}
