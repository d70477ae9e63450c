using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.OpenApi;
using Microsoft.OpenApi.Reader;

namespace Makalu.Capacity.Tests.Service;

[TestClass]
public sealed class OpenApiTests
{
    /// <summary>Pages and their parts are for people, and are not in the document.</summary>
    private static readonly string[] Pages = ["/", "/services/{name}", "/assets/page.css", "/assets/what-if.js"];

    [TestMethod]
    public async Task Document_IsValid_AndNamesEveryPathOfTheService()
    {
        await using RunningService service = await RunningService.StartAsync();
        HttpResponseMessage response = await service.Client.GetAsync("/openapi/v1.json");
        ReadResult read = OpenApiDocument.Parse(await response.Content.ReadAsStringAsync(), "json");

        Assert.IsEmpty(read.Diagnostic!.Errors, string.Join('\n', read.Diagnostic.Errors));
        Assert.IsEmpty(read.Diagnostic.Warnings, string.Join('\n', read.Diagnostic.Warnings));
        string[] documented = [.. read.Document!.Paths.SelectMany(p => p.Value.Operations!.Select(o => $"{o.Key.Method} {p.Key}")).Order(StringComparer.Ordinal)];
        string[] mapped = [.. service.App.Services.GetServices<EndpointDataSource>().SelectMany(s => s.Endpoints).OfType<RouteEndpoint>()
            .Where(e => !Pages.Contains(e.RoutePattern.RawText, StringComparer.Ordinal))
            .SelectMany(e => (e.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? ["GET"]).Select(m => $"{m} {e.RoutePattern.RawText}"))
            .Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        CollectionAssert.AreEqual(mapped, documented);
    }

    [TestMethod]
    public async Task Examples_AreAnsweredAsDocumented()
    {
        await using RunningService service = await RunningService.StartAsync();
        using var document = JsonDocument.Parse(await service.Client.GetStringAsync("/openapi/v1.json"));
        JsonElement paths = document.RootElement.GetProperty("paths");
        await AssertExamplesAsync(service, HttpMethod.Put, "/v1/services/{name}", paths, 201);
        await AssertExamplesAsync(service, HttpMethod.Post, "/v1/services/{name}/observations", paths, 200);
        var history = new JsonArray([.. Enumerable.Range(0, 3 * 1440).Select(i => (JsonNode)new JsonObject
        {
            ["timestamp"] = ExampleShop.Time(new DateTimeOffset(2024, 9, 12, 0, 0, 0, TimeSpan.Zero).AddMinutes(i)),
            ["requests"] = 20_000 + Math.Round(15_000 * Math.Sin(2 * Math.PI * i / 1440)),
        })]);
        await RunningService.AssertStatusAsync(200, await service.PostAsync("/v1/services/shop/observations", new JsonObject { ["observations"] = history }));
        Assert.IsTrue(await service.Keeper.WaitAsync("shop", TimeSpan.FromMinutes(5), CancellationToken.None));

        foreach (string path in new[] { "/v1/recommendations", "/v1/forecasts", "/v1/what-if" })
            await AssertExamplesAsync(service, HttpMethod.Post, path, paths, 200);
    }

    private static async Task AssertExamplesAsync(RunningService service, HttpMethod method, string path, JsonElement paths, int expected)
    {
        JsonElement content = paths.GetProperty(path).GetProperty(method.Method.ToLowerInvariant()).GetProperty("requestBody").GetProperty("content").GetProperty("application/json");
        int tried = 0;
        foreach (JsonProperty example in content.GetProperty("examples").EnumerateObject())
        {
            var request = new HttpRequestMessage(method, path.Replace("{name}", "shop", StringComparison.Ordinal)) { Content = new StringContent(example.Value.GetProperty("value").GetRawText(), Encoding.UTF8, "application/json") };
            HttpResponseMessage response = await service.Client.SendAsync(request);
            Assert.AreEqual(expected, (int)response.StatusCode, $"{path}, {example.Name}: {await response.Content.ReadAsStringAsync()}");
            tried++;
        }

        Assert.IsGreaterThan(0, tried);
    }
}
