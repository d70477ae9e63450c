using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Makalu.Capacity.Service.Storage;
using Makalu.Capacity.Tests.Sizing.Postgres;
using Microsoft.Extensions.DependencyInjection;

namespace Makalu.Capacity.Tests.Service;

/// <summary>Registering and observing, on both databases.</summary>
[TestClass]
public sealed class RegistrationTests
{
    [TestMethod]
    public async Task State_InSqlite_IsKept()
    {
        await using RunningService service = await RunningService.StartAsync();
        await LiveOnAsync(service);
    }

    [TestMethod]
    public async Task State_InPostgreSql_IsKept()
    {
        using var server = TemporaryPostgres.Start(maxConnections: 30);
        await using RunningService service = await RunningService.StartAsync(database: $"Host=127.0.0.1;Port={server.Port};Username=postgres;Database=postgres;Pooling=true;Maximum Pool Size=10");
        await LiveOnAsync(service);
    }

    private static async Task LiveOnAsync(RunningService service)
    {
        // Registered, changed, read back.
        await RunningService.AssertStatusAsync(201, await service.SendAsync(HttpMethod.Put, "/v1/services/shop", ExampleShop.Definition()));
        HttpResponseMessage changed = await service.SendAsync(HttpMethod.Put, "/v1/services/shop", ExampleShop.Definition());
        Assert.AreEqual(2, (await RunningService.JsonAsync(changed)).GetProperty("revision").GetInt32());
        JsonElement read = await RunningService.JsonAsync(await service.Client.GetAsync("/v1/services/shop"));
        Assert.IsTrue(JsonNode.DeepEquals(ExampleShop.Definition(), JsonNode.Parse(read.GetProperty("definition").GetRawText())));

        // Observed: again is a replacement; a key makes it no deed at all, and is good for one body.
        DateTimeOffset middle = ExampleShop.Start.AddDays(14);
        await AssertReceiptAsync(service, inserted: 14 * 96, replaced: 0, ExampleShop.Observations(ExampleShop.Start, middle));
        await AssertReceiptAsync(service, inserted: 0, replaced: 14 * 96, ExampleShop.Observations(ExampleShop.Start, middle));
        await AssertReceiptAsync(service, inserted: 14 * 96, replaced: 96, ExampleShop.Observations(middle.AddDays(-1), ExampleShop.Origin), ("Idempotency-Key", "second-half"));
        HttpResponseMessage replayed = await AssertReceiptAsync(service, inserted: 14 * 96, replaced: 96, ExampleShop.Observations(middle.AddDays(-1), ExampleShop.Origin), ("Idempotency-Key", "second-half"));
        Assert.AreEqual("true", replayed.Headers.GetValues("Idempotency-Replayed").Single());
        HttpResponseMessage reused = await service.PostAsync("/v1/services/shop/observations", ExampleShop.Observations(ExampleShop.Start, middle), ("Idempotency-Key", "second-half"));
        await RunningService.AssertStatusAsync(422, reused);
        List<Observation> stored = await service.App.Services.GetRequiredService<ObservationTable>().ReadAsync("shop", 1_000_000, CancellationToken.None);
        Assert.HasCount(28 * 96, stored);
        Assert.IsTrue(stored.All(o => o.Requests == ExampleShop.RequestsAt(o.At) && o.PeakRequestsPerSecond is null));

        // Learned, kept for a restart, and asked for.
        Assert.IsTrue(await service.Keeper.WaitAsync("shop", TimeSpan.FromMinutes(5), CancellationToken.None));
        Assert.AreEqual("campaigns", (await service.App.Services.GetRequiredService<ModelStateTable>().FindAsync("shop", 2, CancellationToken.None))!.Value.State.Forecaster);
        await RunningService.AssertStatusAsync(200, await service.Client.GetAsync("/v1/services/shop/plan"));
        JsonElement list = await RunningService.JsonAsync(await service.Client.GetAsync("/v1/services"));
        Assert.AreEqual("ready", list.GetProperty("services")[0].GetProperty("state").GetString());

        // Deleted with all that was observed.
        Assert.AreEqual(HttpStatusCode.NoContent, (await service.Client.DeleteAsync("/v1/services/shop")).StatusCode);
        Assert.AreEqual(HttpStatusCode.NotFound, (await service.Client.DeleteAsync("/v1/services/shop")).StatusCode);
        Assert.AreEqual(HttpStatusCode.NotFound, (await service.Client.GetAsync("/v1/services/shop/plan")).StatusCode);
        await RunningService.AssertStatusAsync(201, await service.SendAsync(HttpMethod.Put, "/v1/services/shop", ExampleShop.Definition()));
        HttpResponseMessage empty = await service.Client.GetAsync("/v1/services/shop/plan");
        await RunningService.AssertStatusAsync(422, empty);
        StringAssert.Contains(await empty.Content.ReadAsStringAsync(), "0 observations are known");
    }

    [TestMethod]
    public async Task Observations_ThatArriveLater_AreLearned()
    {
        await using RunningService service = await RunningService.StartAsync();
        await service.RegisterAsync();
        HttpResponseMessage before = await service.Client.GetAsync("/v1/services/shop/plan");

        await service.PostAsync("/v1/services/shop/observations", ExampleShop.Observations(ExampleShop.Origin, ExampleShop.Origin.AddHours(3)));
        Assert.IsTrue(await service.Keeper.WaitAsync("shop", TimeSpan.FromMinutes(5), CancellationToken.None));
        HttpResponseMessage after = await service.Client.GetAsync("/v1/services/shop/plan");

        Assert.AreNotEqual(before.Headers.ETag, after.Headers.ETag);
        JsonElement forecast = (await RunningService.JsonAsync(after)).GetProperty("forecast");
        Assert.AreEqual(ExampleShop.Time(ExampleShop.Origin.AddHours(3)), forecast.GetProperty("origin").GetString());
        JsonElement status = (await RunningService.JsonAsync(await service.Client.GetAsync("/v1/services/shop"))).GetProperty("status");
        Assert.IsLessThan(0.25, status.GetProperty("forecastError").GetDouble(), "the forecast of before the three hours, against them");
    }

    [TestMethod]
    public async Task Definition_ThatChanges_IsPlannedForBeforeItIsAnswered()
    {
        await using RunningService service = await RunningService.StartAsync(s => s.RefitInterval = TimeSpan.FromHours(1));
        await service.RegisterAsync();
        JsonObject definition = ExampleShop.Definition();
        definition["system"]!["database"]!["maxConnections"] = 300;
        await RunningService.AssertStatusAsync(200, await service.SendAsync(HttpMethod.Put, "/v1/services/shop", definition));

        JsonElement plan = await RunningService.JsonAsync(await service.Client.GetAsync("/v1/services/shop/plan"));

        Assert.AreEqual(300, plan.GetProperty("database").GetProperty("currentMaxConnections").GetInt32());
    }

    [TestMethod]
    public async Task Observations_ThatAreWrong_AreRefusedTogether()
    {
        await using RunningService service = await RunningService.StartAsync();
        await service.SendAsync(HttpMethod.Put, "/v1/services/shop", ExampleShop.Definition());

        HttpResponseMessage response = await service.PostAsync("/v1/services/shop/observations", JsonNode.Parse("""
            { "observations": [
              { "timestamp": "2024-08-01T00:00:00Z", "requests": 5 },
              { "timestamp": "2024-08-01T00:07:00Z", "requests": 5 },
              { "timestamp": "2024-08-01T00:00:00Z", "requests": 6 },
              { "timestamp": "2024-08-01T00:15:00Z", "requests": -1, "peakRps": 1e300 },
              { "timestamp": "2150-08-01T00:15:00Z", "requests": 1, "series": "a" } ] }
            """)!);

        await RunningService.AssertStatusAsync(400, response);
        string[] paths = [.. (await RunningService.JsonAsync(response)).GetProperty("errors").EnumerateArray().Select(e => e.GetProperty("path").GetString()!)];
        CollectionAssert.AreEquivalent(
            new[] { "$.observations[1].timestamp", "$.observations[2].timestamp", "$.observations[3].requests", "$.observations[3].peakRps", "$.observations[4].timestamp", "$.observations[4].series" },
            paths);
        Assert.IsEmpty(await service.App.Services.GetRequiredService<ObservationTable>().ReadAsync("shop", 10, CancellationToken.None));
    }

    [TestMethod]
    public async Task Observations_BeyondTheLimit_PushTheOldestOut()
    {
        await using RunningService service = await RunningService.StartAsync(s => s.Limits.SeriesSteps = 96 * 20);
        await service.RegisterAsync();

        List<Observation> kept = await service.App.Services.GetRequiredService<ObservationTable>().ReadAsync("shop", 1_000_000, CancellationToken.None);

        Assert.HasCount(96 * 20, kept);
        Assert.AreEqual(ExampleShop.Origin - ExampleShop.Step, kept[^1].At);
    }

    private static async Task<HttpResponseMessage> AssertReceiptAsync(RunningService service, int inserted, int replaced, JsonNode body, params (string, string)[] headers)
    {
        HttpResponseMessage response = await service.PostAsync("/v1/services/shop/observations", body, headers);
        await RunningService.AssertStatusAsync(200, response);
        JsonElement receipt = await RunningService.JsonAsync(response);
        Assert.AreEqual((inserted, replaced), (receipt.GetProperty("inserted").GetInt32(), receipt.GetProperty("replaced").GetInt32()));
        return response;
    }
}
