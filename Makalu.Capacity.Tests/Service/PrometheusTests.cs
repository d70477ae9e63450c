using System.Globalization;
using System.Text.Json.Nodes;
using Makalu.Capacity.Service.Hosting;
using Makalu.Capacity.Service.Prometheus;
using Makalu.Capacity.Service.Storage;
using Makalu.Capacity.Tests.Cli;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Makalu.Capacity.Tests.Service;

[TestClass]
public sealed class PrometheusTests
{
    private static readonly DateTimeOffset Now = new(2024, 9, 1, 12, 0, 40, TimeSpan.Zero);

    [TestMethod]
    public async Task Pull_StoresTheStepsThatHaveEnded_AndThenOnlyNewOnes()
    {
        var asked = new List<(DateTimeOffset Start, DateTimeOffset End, string Query, string Authorization)>();
        await using WebApplication prometheus = await StubAsync(asked, (query, time) => query == "count" ? time.ToUnixTimeSeconds() / 60 : time.Minute == 30 ? null : 7.5);
        using var folder = new TemporaryFolder();
        var clock = new StoppedTime(Now);
        await using RunningService service = await StartAsync(prometheus.Urls.First(), folder.Write("token", "sesame\n"), clock, TimeSpan.FromDays(10));
        await RegisterAsync(service, "count", "busiest");
        PrometheusPuller puller = service.App.Services.GetRequiredService<PrometheusPuller>();

        Assert.AreEqual(14_400, await puller.PullAllAsync(CancellationToken.None));
        Assert.AreEqual(0, await puller.PullAllAsync(CancellationToken.None));
        clock.Now += TimeSpan.FromMinutes(3);
        Assert.AreEqual(3, await puller.PullAllAsync(CancellationToken.None));

        List<Observation> stored = await service.App.Services.GetRequiredService<ObservationTable>().ReadAsync("shop", 1_000_000, CancellationToken.None);
        Assert.HasCount(14_403, stored);
        foreach (Observation observation in stored)
        {
            // The value at a time covers the minute that ends there.
            Assert.AreEqual((observation.At.ToUnixTimeSeconds() / 60) + 1, observation.Requests);
            Assert.AreEqual(observation.At.Minute == 29 ? null : 7.5, observation.PeakRequestsPerSecond);
        }

        Assert.AreEqual(new DateTimeOffset(2024, 9, 1, 12, 2, 0, TimeSpan.Zero), stored[^1].At, "a minute that ended less than half a minute ago is not asked for");
        Assert.IsTrue(asked.All(a => (a.End - a.Start).TotalMinutes < PrometheusClient.MostPoints && a.Authorization == "Bearer sesame"));
    }

    [TestMethod]
    public async Task Pull_WhenTheServerMisbehaves_StoresNothing_AndGoesOn()
    {
        await using WebApplication prometheus = await StubAsync([], (query, time) => query switch
        {
            "negative" => -1,
            "text" => double.NegativeInfinity,
            _ => 5,
        });
        await using RunningService service = await StartAsync(prometheus.Urls.First(), null, new StoppedTime(Now), TimeSpan.FromHours(1));
        foreach (string query in new[] { "negative", "two series", "refused", "not json", "text" })
            await RegisterAsync(service, query, null, "bad-" + query.Replace(' ', '-'));
        await RegisterAsync(service, "good", null, "the-last");

        Assert.AreEqual(60, await service.App.Services.GetRequiredService<PrometheusPuller>().PullAllAsync(CancellationToken.None));
        Assert.HasCount(60, await service.App.Services.GetRequiredService<ObservationTable>().ReadAsync("the-last", 1000, CancellationToken.None));
    }

    [TestMethod]
    public async Task Definition_ThatNamesAnAddressInPlaceOfAServer_IsRefused()
    {
        await using RunningService service = await StartAsync("http://127.0.0.1:9", null, new StoppedTime(Now), TimeSpan.FromHours(1));
        JsonObject definition = ExampleShop.Definition();
        definition["prometheus"] = new JsonObject { ["server"] = "http://169.254.169.254/latest", ["query"] = "up" };

        HttpResponseMessage response = await service.SendAsync(HttpMethod.Put, "/v1/services/shop", definition);

        await RunningService.AssertStatusAsync(400, response);
        StringAssert.Contains(await response.Content.ReadAsStringAsync(), "Use one of: main");
    }

    private static Task<RunningService> StartAsync(string url, string? tokenFile, TimeProvider clock, TimeSpan history)
        => RunningService.StartAsync(
            s =>
            {
                s.Prometheus["main"] = new PrometheusServer { Url = url, BearerTokenFile = tokenFile };
                s.PullInterval = TimeSpan.Zero;
                s.PullHistory = history;
            },
            build: b => b.Services.AddSingleton(clock));

    private static async Task RegisterAsync(RunningService service, string query, string? peakQuery, string name = "shop")
    {
        JsonObject definition = ExampleShop.Definition();
        definition["step"] = "00:01:00";
        definition["model"] = "seasonal-naive";
        definition["horizon"] = "01:00:00";
        definition["prometheus"] = new JsonObject { ["server"] = "main", ["query"] = query, ["peakQuery"] = peakQuery };
        await RunningService.AssertStatusAsync(201, await service.SendAsync(HttpMethod.Put, "/v1/services/" + name, definition));
    }

    /// <summary>A server that answers as Prometheus documents its range API.</summary>
    private static async Task<WebApplication> StubAsync(List<(DateTimeOffset, DateTimeOffset, string, string)> asked, Func<string, DateTimeOffset, double?> value)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        WebApplication app = builder.Build();
        app.MapPost("/api/v1/query_range", async (HttpContext context) =>
        {
            IFormCollection form = await context.Request.ReadFormAsync();
            string query = form["query"]!;
            var start = DateTimeOffset.FromUnixTimeSeconds(long.Parse(form["start"]!, CultureInfo.InvariantCulture));
            var end = DateTimeOffset.FromUnixTimeSeconds(long.Parse(form["end"]!, CultureInfo.InvariantCulture));
            int step = int.Parse(form["step"]!, CultureInfo.InvariantCulture);
            asked.Add((start, end, query, context.Request.Headers.Authorization.ToString()));
            if (query == "refused")
                return Results.Json(new { status = "error", errorType = "bad_data", error = "parse error" }, statusCode: 400);
            if (query == "not json")
                return Results.Text("<html>");

            var values = new List<object[]>();
            for (DateTimeOffset time = start; time <= end; time = time.AddSeconds(step))
            {
                if (value(query, time) is double known)
                    values.Add([time.ToUnixTimeSeconds(), double.IsNegativeInfinity(known) ? "many" : known.ToString("R", CultureInfo.InvariantCulture)]);
            }

            var series = new { metric = new { }, values };
            return Results.Json(new { status = "success", data = new { resultType = "matrix", result = query == "two series" ? new[] { series, series } : [series] } });
        });
        await app.StartAsync();
        return app;
    }

    private sealed class StoppedTime(DateTimeOffset now) : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = now;

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
