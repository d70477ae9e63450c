using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Makalu.Capacity.Service.Hosting;
using Makalu.Capacity.Service.Models;
using Makalu.Capacity.Service.Security;
using Makalu.Capacity.Tests.Cli;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Makalu.Capacity.Tests.Service;

[TestClass]
public sealed class SecurityTests
{
    private static readonly string[] Paths = ["/", "/services/shop", "/v1/services", "/v1/services/shop", "/v1/services/shop/plan", "/metrics", "/openapi/v1.json", "/assets/page.css", "/nonesuch"];

    [TestMethod]
    public void Settings_ByThemselves_ListenToThisMachineOnly()
        => Assert.IsTrue(new Uri(new ServiceSettings().Listen).IsLoopback);

    [TestMethod]
    public async Task EveryPath_WithoutAKey_IsRefused()
    {
        await using RunningService service = await RunningService.StartAsync();
        foreach (string? key in new[] { null, "", "mk_", "mk_000000000000_" + new string('a', 43), service.Key + "x", service.Key[..^1], new string('x', 5000) })
        {
            using HttpClient client = service.NewClient(null);
            if (key is not null)
                client.DefaultRequestHeaders.TryAddWithoutValidation("Authorization", "Bearer " + key);
            foreach (string path in Paths)
                Assert.AreEqual(HttpStatusCode.Unauthorized, (await client.GetAsync(path)).StatusCode, $"{path} with {key}");
            foreach (string path in new[] { "/v1/recommendations", "/v1/forecasts", "/v1/what-if", "/v1/services/shop/observations" })
                Assert.AreEqual(HttpStatusCode.Unauthorized, (await client.PostAsync(path, new StringContent("{}", Encoding.UTF8, "application/json"))).StatusCode, path);
        }

        using HttpClient anonymous = service.NewClient(null);
        Assert.AreEqual(HttpStatusCode.OK, (await anonymous.GetAsync("/health/live")).StatusCode);
        Assert.AreEqual(HttpStatusCode.OK, (await anonymous.GetAsync("/health/ready")).StatusCode);
    }

    [TestMethod]
    public async Task Key_ToRead_ChangesNothing()
    {
        await using RunningService service = await RunningService.StartAsync();
        using HttpClient reader = service.NewClient(await RunningService.AddKeyAsync(service.App, "reader", ApiKey.ReadScope));
        await service.RegisterAsync();

        var body = new StringContent(ExampleShop.Definition().ToJsonString(), Encoding.UTF8, "application/json");
        Assert.AreEqual(HttpStatusCode.Forbidden, (await reader.PutAsync("/v1/services/shop", body)).StatusCode);
        Assert.AreEqual(HttpStatusCode.Forbidden, (await reader.DeleteAsync("/v1/services/shop")).StatusCode);
        Assert.AreEqual(HttpStatusCode.Forbidden, (await reader.PostAsync("/v1/services/shop/observations", body)).StatusCode);
        Assert.AreEqual(HttpStatusCode.OK, (await reader.GetAsync("/v1/services/shop/plan")).StatusCode);
    }

    [TestMethod]
    public async Task Key_MayBeSentInThreeWays()
    {
        await using RunningService service = await RunningService.StartAsync();
        foreach ((string name, string value) in new[] { ("X-Api-Key", service.Key), ("Authorization", "Bearer " + service.Key), ("Authorization", "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes("anyone:" + service.Key))) })
        {
            using HttpClient client = service.NewClient(null);
            client.DefaultRequestHeaders.TryAddWithoutValidation(name, value);
            Assert.AreEqual(HttpStatusCode.OK, (await client.GetAsync("/v1/services")).StatusCode, name);
        }

        using HttpClient browser = service.NewClient(null);
        browser.DefaultRequestHeaders.Accept.ParseAdd("text/html");
        Assert.AreEqual("Basic", (await browser.GetAsync("/")).Headers.WwwAuthenticate.Single().Scheme);
    }

    [TestMethod]
    public async Task Keys_AreRotatedAndRevokedWhileTheServiceRuns()
    {
        var clock = new ManualTime();
        using var folder = new TemporaryFolder();
        string database = "Data Source=" + folder["state.db"];
        await using RunningService service = await RunningService.StartAsync(database: database, build: b => b.Services.AddSingleton<TimeProvider>(clock));
        string first = await KeysAsync(database, 0, "add", "--name", "ci", "--scope", "read");
        string second = await KeysAsync(database, 0, "rotate", "--name", "ci", "--grace-hours", "2");
        clock.Advance(ApiKeyRing.Delay);

        Assert.AreEqual(HttpStatusCode.OK, await StatusAsync(first));
        Assert.AreEqual(HttpStatusCode.OK, await StatusAsync(second), "both are valid in the grace time");
        clock.Advance(TimeSpan.FromHours(3));
        Assert.AreEqual(HttpStatusCode.Unauthorized, await StatusAsync(first));
        Assert.AreEqual(HttpStatusCode.OK, await StatusAsync(second));

        string id = ApiKey.TryParse(second)!.Id;
        Assert.AreEqual("revoked", await KeysAsync(database, 0, "revoke", id));
        await KeysAsync(database, 2, "revoke", id);
        clock.Advance(ApiKeyRing.Delay);
        Assert.AreEqual(HttpStatusCode.Unauthorized, await StatusAsync(second));

        // What is stored and listed holds no secret.
        string list = await KeysAsync(database, 0, "list");
        StringAssert.Contains(list, id);
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        string everything = list + string.Concat(Directory.GetFiles(folder.Path).Select(f => Encoding.Latin1.GetString(ReadShared(f))));
        Assert.IsFalse(everything.Contains(ApiKey.TryParse(second)!.Secret, StringComparison.Ordinal));
        Assert.IsTrue(everything.Contains(ApiKey.TryParse(second)!.Hash, StringComparison.Ordinal));

        async Task<HttpStatusCode> StatusAsync(string key)
        {
            using HttpClient client = service.NewClient(key);
            return (await client.GetAsync("/v1/services")).StatusCode;
        }
    }

    [TestMethod]
    public async Task Answers_HaveHeadersThatHoldBrowsersBack()
    {
        await using RunningService service = await RunningService.StartAsync();
        foreach (string path in Paths)
        {
            HttpResponseMessage response = await service.Client.GetAsync(path);
            Assert.AreEqual("nosniff", response.Headers.GetValues("X-Content-Type-Options").Single(), path);
            StringAssert.Contains(response.Headers.GetValues("Content-Security-Policy").Single(), "default-src 'none'; script-src 'self'", path);
            Assert.AreEqual("DENY", response.Headers.GetValues("X-Frame-Options").Single(), path);
            Assert.IsFalse(response.Headers.Contains("Server"), path);
            Assert.IsFalse(response.Headers.Contains("Access-Control-Allow-Origin"), path);
        }

        HttpResponseMessage foreign = await service.SendAsync(HttpMethod.Delete, "/v1/services/shop", null, ("Sec-Fetch-Site", "cross-site"));
        Assert.AreEqual(HttpStatusCode.Forbidden, foreign.StatusCode);
    }

    [TestMethod]
    public async Task Caller_WhoAsksTooMuch_IsToldWhenToAskAgain()
    {
        await using RunningService service = await RunningService.StartAsync(s =>
        {
            s.Limits.Burst = 5;
            s.Limits.RequestsPerSecond = 1;
        });
        HttpResponseMessage[] responses = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => service.Client.GetAsync("/v1/services")));

        HttpResponseMessage refused = responses.First(r => r.StatusCode == HttpStatusCode.TooManyRequests);
        Assert.IsTrue(refused.Headers.RetryAfter!.Delta >= TimeSpan.FromSeconds(1));
        Assert.AreEqual("application/problem+json", refused.Content.Headers.ContentType!.MediaType);
        Assert.IsGreaterThanOrEqualTo(5, responses.Count(r => r.StatusCode == HttpStatusCode.OK));

        // Another key, and a stranger's address, have limits of their own.
        using HttpClient other = service.NewClient(await RunningService.AddKeyAsync(service.App, "other", ApiKey.ReadScope));
        await Task.Delay(TimeSpan.Zero);
        Assert.AreNotEqual(HttpStatusCode.TooManyRequests, (await service.NewClient(null).GetAsync("/v1/services")).StatusCode);
    }

    [TestMethod]
    public async Task Computations_BeyondThoseThatMayWait_AreRefused()
    {
        await using RunningService service = await RunningService.StartAsync(s =>
        {
            s.Limits.ConcurrentComputations = 1;
            s.Limits.QueuedComputations = 1;
        });
        await service.RegisterAsync();

        using var done = new ManualResetEventSlim();
        Task<bool> running = service.App.Services.GetRequiredService<ComputationGate>().RunAsync(() => done.Wait(TimeSpan.FromMinutes(5)), CancellationToken.None);

        // Each asks something else, so that none is answered by another's computation.
        List<Task<HttpResponseMessage>> asked = [.. Enumerable.Range(1, 12).Select(i => service.PostAsync("/v1/what-if", new JsonObject { ["service"] = "shop", ["suppose"] = new JsonObject { ["trafficScale"] = 1 + (i / 100.0) } }))];
        while (asked.Count > 1)
        {
            Task<HttpResponseMessage> answered = await Task.WhenAny(asked);
            HttpResponseMessage refused = await answered;
            Assert.AreEqual(HttpStatusCode.TooManyRequests, refused.StatusCode, "one computation runs and one waits");
            Assert.IsGreaterThan(TimeSpan.Zero, refused.Headers.RetryAfter!.Delta!.Value);
            asked.Remove(answered);
        }

        done.Set();
        Assert.IsTrue(await running);
        Assert.AreEqual(HttpStatusCode.OK, (await asked[0]).StatusCode, "the one that waited");
    }

    [TestMethod]
    public async Task Body_ThatIsTooLarge_IsRefused()
    {
        await using RunningService service = await RunningService.StartAsync(s => s.Limits.RequestBytes = 10_000);
        foreach (bool isChunked in new[] { false, true })
        {
            var request = new HttpRequestMessage(HttpMethod.Post, "/v1/recommendations") { Content = new StringContent(new string(' ', 20_000), Encoding.UTF8, "application/json") };
            request.Headers.TransferEncodingChunked = isChunked;
            try
            {
                await RunningService.AssertStatusAsync(413, await service.Client.SendAsync(request));
            }
            catch (HttpRequestException exception) when (exception.InnerException is HttpIOException { HttpRequestError: HttpRequestError.ResponseEnded } or IOException)
            {
                // The server closes without reading the rest; where that overtakes its answer, the client sees the end only.
            }
        }

        await RunningService.AssertStatusAsync(200, await service.Client.GetAsync("/v1/services"));
    }

    [TestMethod]
    public async Task Logs_NameWhoDidWhat_AndHoldNoSecret()
    {
        using var folder = new TemporaryFolder();
        var log = new LogCollector();
        string key, audit = folder["audit.jsonl"];
        await using (RunningService service = await RunningService.StartAsync(s => s.AuditFile = audit, build: b => b.Logging.SetMinimumLevel(LogLevel.Trace).AddProvider(log)))
        {
            key = service.Key;
            await service.RegisterAsync();
            await service.Client.DeleteAsync("/v1/services/shop");
            using HttpClient stranger = service.NewClient("mk_000000000000_" + new string('a', 43));
            await stranger.GetAsync("/v1/services?token=very-secret");
            await service.Client.PutAsync("/v1/services/..%2f..%2fetc", new StringContent("{}"));
        }

        string[] lines = File.ReadAllLines(audit);
        string[] told = [.. lines.Select(l => JsonDocument.Parse(l).RootElement).Select(e => $"{e.GetProperty("who").GetString()!.Split('/')[0]} {e.GetProperty("method").GetString()} {e.GetProperty("service").GetString()} {e.GetProperty("status").GetInt32()}")];
        CollectionAssert.AreEqual(new[] { "tests PUT shop 201", "tests POST shop 200", "tests DELETE shop 204", "anonymous GET  401", "tests PUT  400" }, told);
        string all = string.Join('\n', lines) + log.Text;
        foreach (string secret in new[] { ApiKey.TryParse(key)!.Secret, "very-secret", new string('a', 43), "etc" })
            Assert.IsFalse(all.Contains(secret, StringComparison.Ordinal), secret + ": " + string.Join('\n', all.Split('\n').Where(l => l.Contains(secret, StringComparison.Ordinal))));
        StringAssert.Contains(log.Text, "DELETE");
    }

    [TestMethod]
    public async Task Token_OfTheIssuer_IsTakenWithItsScope()
    {
        var signing = new SymmetricSecurityKey(Encoding.UTF8.GetBytes("a key of the test's own, 32 bytes or more"));
        await using RunningService service = await RunningService.StartAsync(
            s => s.Jwt = new JwtSettings { Authority = "https://issuer.invalid", Audience = "makalu" },
            build: b => b.Services.PostConfigure<JwtBearerOptions>(JwtBearerDefaults.AuthenticationScheme, options =>
            {
                // The issuer's keys as if they had been fetched.
                var known = new Microsoft.IdentityModel.Protocols.OpenIdConnect.OpenIdConnectConfiguration { Issuer = "https://issuer.invalid" };
                known.SigningKeys.Add(signing);
                options.ConfigurationManager = new Microsoft.IdentityModel.Protocols.StaticConfigurationManager<Microsoft.IdentityModel.Protocols.OpenIdConnect.OpenIdConnectConfiguration>(known);
            }));

        Assert.AreEqual(HttpStatusCode.OK, await GetAsync(Token("makalu", "makalu.read", signing)));
        Assert.AreEqual(HttpStatusCode.Forbidden, await DeleteAsync(Token("makalu", "makalu.read", signing)));
        Assert.AreEqual(HttpStatusCode.NotFound, await DeleteAsync(Token("makalu", "other makalu.write", signing)));
        Assert.AreEqual(HttpStatusCode.Forbidden, await GetAsync(Token("makalu", "read", signing)), "the scope of a key is none of a token");
        Assert.AreEqual(HttpStatusCode.Unauthorized, await GetAsync(Token("another", "makalu.read", signing)));
        Assert.AreEqual(HttpStatusCode.Unauthorized, await GetAsync(Token("makalu", "makalu.read", new SymmetricSecurityKey(new byte[48]))));
        Assert.AreEqual(HttpStatusCode.OK, await GetAsync(service.Key), "keys are taken beside tokens");

        async Task<HttpStatusCode> GetAsync(string token)
        {
            using HttpClient client = service.NewClient(token);
            return (await client.GetAsync("/v1/services")).StatusCode;
        }

        async Task<HttpStatusCode> DeleteAsync(string token)
        {
            using HttpClient client = service.NewClient(token);
            return (await client.DeleteAsync("/v1/services/shop")).StatusCode;
        }
    }

    private static string Token(string audience, string scope, SymmetricSecurityKey key) => new JsonWebTokenHandler().CreateToken(new SecurityTokenDescriptor
    {
        Issuer = "https://issuer.invalid",
        Audience = audience,
        Expires = DateTime.UtcNow.AddMinutes(5),
        Claims = new Dictionary<string, object>(StringComparer.Ordinal) { ["sub"] = "planner", ["scope"] = scope },
        SigningCredentials = new SigningCredentials(key, SecurityAlgorithms.HmacSha256),
    });

    private static async Task<string> KeysAsync(string database, int expected, params string[] arguments)
    {
        using var output = new StringWriter();
        Assert.AreEqual(expected, await Makalu.Capacity.Service.Program.Create(output).Parse(["keys", .. arguments, "--database", database]).InvokeAsync());
        return output.ToString().Trim();
    }

    private static byte[] ReadShared(string file)
    {
        using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using var content = new MemoryStream();
        stream.CopyTo(content);
        return content.ToArray();
    }

    private sealed class ManualTime : TimeProvider
    {
        private DateTimeOffset _now = DateTimeOffset.UtcNow;

        public override DateTimeOffset GetUtcNow() => _now;

        public void Advance(TimeSpan by) => _now += by;
    }

    private sealed class LogCollector : ILoggerProvider, ILogger
    {
        private readonly StringBuilder _text = new();

        public string Text
        {
            get
            {
                lock (_text)
                    return _text.ToString();
            }
        }

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            lock (_text)
                _text.AppendLine(formatter(state, exception)).AppendLine(exception?.ToString());
        }

        public void Dispose()
        {
        }
    }
}
