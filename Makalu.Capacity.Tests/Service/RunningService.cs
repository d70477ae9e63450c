using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Makalu.Capacity.Service.Hosting;
using Makalu.Capacity.Service.Models;
using Makalu.Capacity.Service.Security;
using Makalu.Capacity.Service.Storage;
using Makalu.Capacity.Tests.Cli;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Makalu.Capacity.Tests.Service;

/// <summary>The service as it runs, on a port of its own with a database of its own, and a client with a key that may write.</summary>
internal sealed class RunningService : IAsyncDisposable
{
    private readonly TemporaryFolder? _folder;

    private RunningService(WebApplication app, TemporaryFolder? folder, string key, string log)
    {
        App = app;
        _folder = folder;
        Key = key;
        Url = new Uri(app.Urls.First());
        Client = NewClient(key);
        _ = log;
    }

    public WebApplication App { get; }

    public Uri Url { get; }

    /// <summary>A key that may write.</summary>
    public string Key { get; }

    /// <summary>Sends the key.</summary>
    public HttpClient Client { get; }

    public ModelKeeper Keeper => App.Services.GetRequiredService<ModelKeeper>();

    public static async Task<RunningService> StartAsync(Action<ServiceSettings>? configure = null, string? database = null, Action<WebApplicationBuilder>? build = null)
    {
        TemporaryFolder? folder = database is null ? new TemporaryFolder() : null;
        var settings = new ServiceSettings { Listen = "http://127.0.0.1:0", Database = database ?? $"Data Source={folder!["state.db"]};Pooling=True", RefitInterval = TimeSpan.Zero };
        settings.Limits.Burst = 100_000;
        settings.Limits.RequestsPerSecond = 100_000;
        settings.Limits.AnonymousRequestsPerSecond = 100_000;
        configure?.Invoke(settings);
        WebApplication app = await ServiceHost.BuildAsync(settings, builder =>
        {
            builder.Logging.ClearProviders();
            build?.Invoke(builder);
        });
        string key = await AddKeyAsync(app, "tests", ApiKey.WriteScope);
        await app.StartAsync();
        return new RunningService(app, folder, key, "");
    }

    /// <summary>Adds a key as the command line does.</summary>
    public static async Task<string> AddKeyAsync(WebApplication app, string name, string scope, DateTimeOffset? expiresAt = null)
    {
        var key = ApiKey.Create();
        await app.Services.GetRequiredService<KeyTable>().AddAsync(new KeyRow(key.Id, name, key.Hash, scope, DateTimeOffset.UtcNow, expiresAt, null), CancellationToken.None);
        return key.Text;
    }

    public HttpClient NewClient(string? key)
    {
        var client = new HttpClient { BaseAddress = Url };
        if (key is not null)
            client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        return client;
    }

    public Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, JsonNode? body = null, params (string Name, string Value)[] headers)
    {
        var request = new HttpRequestMessage(method, path);
        if (body is not null)
            request.Content = new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json");
        foreach ((string name, string value) in headers)
            request.Headers.TryAddWithoutValidation(name, value);
        return Client.SendAsync(request);
    }

    public Task<HttpResponseMessage> PostAsync(string path, JsonNode body, params (string Name, string Value)[] headers) => SendAsync(HttpMethod.Post, path, body, headers);

    /// <summary>Registers the example shop, pushes its history, and waits until its model has learned all of it.</summary>
    public async Task RegisterAsync(string name = ExampleShop.Name, JsonNode? definition = null)
    {
        await AssertStatusAsync(201, await SendAsync(HttpMethod.Put, "/v1/services/" + name, definition ?? ExampleShop.Definition()));
        await AssertStatusAsync(200, await PostAsync($"/v1/services/{name}/observations", ExampleShop.Observations(ExampleShop.Start, ExampleShop.Origin)));
        Assert.IsTrue(await Keeper.WaitAsync(name, TimeSpan.FromMinutes(5), CancellationToken.None));
    }

    public static async Task<JsonElement> JsonAsync(HttpResponseMessage response)
        => JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement;

    public static async Task AssertStatusAsync(int expected, HttpResponseMessage response)
        => Assert.AreEqual(expected, (int)response.StatusCode, await response.Content.ReadAsStringAsync());

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await App.DisposeAsync();
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        _folder?.Dispose();
    }
}
