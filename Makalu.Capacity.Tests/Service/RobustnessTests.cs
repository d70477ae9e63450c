using System.Text;
using System.Text.Json.Nodes;
using Makalu.Capacity.Campaigns;
using Makalu.Capacity.Forecasting;
using Makalu.Capacity.Hosting;
using Makalu.Capacity.Numerics;
using Makalu.Capacity.Series;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Makalu.Capacity.Tests.Service;

/// <summary>Whatever is sent, the answer is the caller's fault (4xx) or right (2xx), never the service's (5xx), and memory does not grow.</summary>
[TestClass]
public sealed class RobustnessTests
{
    private const int Rounds = 60;

    private static readonly (HttpMethod Method, string Path)[] Endpoints =
    [
        (HttpMethod.Put, "/v1/services/fuzzed"), (HttpMethod.Post, "/v1/services/shop/observations"), (HttpMethod.Post, "/v1/recommendations"),
        (HttpMethod.Post, "/v1/forecasts"), (HttpMethod.Post, "/v1/what-if"),
    ];

    [TestMethod]
    public async Task EveryEndpoint_WithWhatItShouldNotBeSent_NeverFails()
    {
        await using RunningService service = await RunningService.StartAsync(s => s.Limits.RequestBytes = 300_000);
        await service.RegisterAsync();
        foreach ((HttpMethod method, string path) in Endpoints)
        {
            foreach (byte[] body in Malformed())
                await AssertCallersFaultAsync(service, method, path, body, "application/json");
            foreach (string? type in new[] { null, "text/plain", "application/xml", "multipart/form-data; boundary=x", "application/json; charset=utf-16", "application/json; charset=\"", "application/octet-stream", ";;;" })
                await AssertCallersFaultAsync(service, method, path, "{\"service\":\"shop\"}"u8.ToArray(), type);
        }
    }

    [TestMethod]
    public async Task EveryEndpoint_WithValidRequestsDamaged_NeverFails()
    {
        await using RunningService service = await RunningService.StartAsync(s => s.Limits.SeriesSteps = 5000);
        await service.RegisterAsync();
        JsonObject inline = new() { ["history"] = ShortHistory(), ["calendar"] = ExampleShop.CalendarNode(), ["system"] = ExampleShop.SystemNode(), ["horizon"] = "02:00:00", ["model"] = "seasonal-naive", ["paths"] = 100 };
        JsonObject whatIf = new() { ["service"] = "shop", ["suppose"] = new JsonObject { ["campaignScales"] = new JsonObject { ["launch"] = 2 }, ["trafficScale"] = 1, ["system"] = ExampleShop.SystemNode() } };
        JsonObject[] valid =
        [
            ExampleShop.Definition(),
            new() { ["observations"] = new JsonArray(new JsonObject { ["timestamp"] = "2024-08-02T00:00:00Z", ["requests"] = 5, ["peakRps"] = 1 }) },
            inline,
            new() { ["service"] = "shop", ["quantiles"] = new JsonArray(0.5), ["horizon"] = "01:00:00" },
            whatIf,
        ];
        var random = new Random(20240915);
        for (int round = 0; round < Rounds; round++)
        {
            for (int e = 0; e < Endpoints.Length; e++)
            {
                JsonObject damaged = valid[e].DeepClone().AsObject();
                for (int changes = 1 + random.Next(2); changes > 0; changes--)
                    Damage(damaged, random);
                await AssertNoFailureAsync(service, Endpoints[e].Method, Endpoints[e].Path, Encoding.UTF8.GetBytes(damaged.ToJsonString()), "application/json");
            }
        }
    }

    /// <summary>What a forecaster finds wrong on one of several threads is told as if there were one: 422 with its words, and a bug 500 without them.</summary>
    [TestMethod]
    public async Task Failure_OnOneOfSeveralThreads_IsToldAsItIs()
    {
        var failing = new FailingForecaster();
        await using RunningService service = await RunningService.StartAsync(build: failing.Replace);
        JsonObject question = new() { ["history"] = ShortHistory(), ["horizon"] = "02:00:00" };
        HttpResponseMessage refused = await service.PostAsync("/v1/forecasts", question);
        await RunningService.AssertStatusAsync(422, refused);
        JsonNode problem = JsonNode.Parse(await refused.Content.ReadAsStringAsync())!;
        Assert.AreEqual("application/problem+json", refused.Content.Headers.ContentType!.MediaType);
        Assert.AreEqual("The history cannot be forecast", problem["title"]!.GetValue<string>());
        Assert.AreEqual("item 0 lacks something", problem["detail"]!.GetValue<string>());

        failing.IsBug = true;
        HttpResponseMessage bug = await service.PostAsync("/v1/forecasts", question);
        await RunningService.AssertStatusAsync(500, bug);
        Assert.IsFalse((await bug.Content.ReadAsStringAsync()).Contains("item 0", StringComparison.Ordinal));
    }

    [TestMethod]
    public async Task Paths_WithStrangeNames_NeverFail()
    {
        await using RunningService service = await RunningService.StartAsync();
        foreach (string name in new[] { "..%2f..%2fetc%2fpasswd", "%00", "a%20b", "A", "-a", new string('a', 65), "%F0%9F%92%A5", "'%3B%20DROP%20TABLE%20service", "%3Cscript%3E", "a/b", "~", "%ff%fe" })
        {
            foreach (string path in new[] { $"/v1/services/{name}", $"/v1/services/{name}/plan", $"/services/{name}", $"/services/shop?campaign={name}&scale=1e999", $"/assets/{name}" })
            {
                HttpResponseMessage response = await service.Client.GetAsync(path);
                Assert.IsTrue((int)response.StatusCode is >= 400 and < 500, $"{path}: {response.StatusCode}");
                Assert.IsFalse((await response.Content.ReadAsStringAsync()).Contains("<script>", StringComparison.Ordinal), path);
            }
        }
    }

    /// <summary>
    /// Every error that reaches the service is a problem document. What Kestrel itself refuses, because it is no HTTP request, has an empty
    /// body, which no setting of Kestrel's changes; docs/service.md says so.
    /// </summary>
    [TestMethod]
    [DataRow("GET /v1/services/nobody HTTP/1.1\r\nHost: x\r\n\r\n", 404, true)]
    [DataRow("GET /nothing/here HTTP/1.1\r\nHost: x\r\n\r\n", 404, true)]
    [DataRow("PATCH /v1/services HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n", 405, true)]
    [DataRow("GET /v1/services/%ff HTTP/1.1\r\nHost: x\r\n\r\n", 400, true)]
    [DataRow("GET /v1/services/%00 HTTP/1.1\r\nHost: x\r\n\r\n", 400, false)]
    [DataRow("GET /v1/services\0 HTTP/1.1\r\nHost: x\r\n\r\n", 400, false)]
    [DataRow("GET /v1/services HTTP/1.1\r\n\r\n", 400, false)]
    [DataRow("GET /v1/services HTTP/1.1\r\nHost: x\r\nX: LARGE\r\n\r\n", 431, false)]
    public async Task Errors_AreProblemDocuments_ButForWhatIsNoRequest(string request, int status, bool isProblem)
    {
        await using RunningService service = await RunningService.StartAsync();
        using var client = new System.Net.Sockets.TcpClient();
        await client.ConnectAsync(service.Url.Host, service.Url.Port);
        System.Net.Sockets.NetworkStream stream = client.GetStream();
        string sent = request.Replace("LARGE", new string('x', 20_000), StringComparison.Ordinal).Replace("Host: x\r\n", $"Host: x\r\nX-Api-Key: {service.Key}\r\nConnection: close\r\n", StringComparison.Ordinal);
        await stream.WriteAsync(Encoding.ASCII.GetBytes(sent));
        using var reader = new StreamReader(stream, Encoding.UTF8);
        string answer = await reader.ReadToEndAsync();
        Assert.StartsWith($"HTTP/1.1 {status} ", answer);
        Assert.AreEqual(isProblem, answer.Contains("application/problem+json", StringComparison.Ordinal), answer);
        Assert.AreEqual(isProblem, answer.Split("\r\n\r\n", 2)[1].Length > 0, answer);
    }

    /// <summary>The routes are asked of the service itself, so that none can be forgotten here.</summary>
    [TestMethod]
    public async Task EveryRoute_WithStrangeMethodsHeadersAndQueries_NeverFails()
    {
        await using RunningService service = await RunningService.StartAsync();
        await service.RegisterAsync();
        RouteEndpoint[] routes = [.. service.App.Services.GetServices<EndpointDataSource>().SelectMany(s => s.Endpoints).OfType<RouteEndpoint>()];
        string[] taking = [.. routes.Where(r => Methods(r).Any(m => m is "PUT" or "POST")).Select(r => "/" + r.RoutePattern.RawText!.TrimStart('/')).Distinct().Order(StringComparer.Ordinal)];
        CollectionAssert.AreEquivalent(taking, Endpoints.Select(e => e.Path.Replace("fuzzed", "{name}", StringComparison.Ordinal).Replace("/shop/", "/{name}/", StringComparison.Ordinal)).ToArray(), "each that takes a body is fuzzed");

        int sent = 0;
        foreach (string route in routes.Select(r => "/" + r.RoutePattern.RawText!.TrimStart('/')).Distinct())
        {
            foreach (string method in new[] { "GET", "HEAD", "DELETE", "PATCH", "OPTIONS", "TRACE", "MAKE-TEA" })
            {
                // Nothing of the shop is deleted: it is asked for again below.
                string path = route.Replace("{name}", method == "DELETE" ? "nobody" : "shop", StringComparison.Ordinal);
                foreach ((string name, string value) in StrangeHeaders)
                {
                    var request = new HttpRequestMessage(new HttpMethod(method), path + "?" + StrangeQuery) { Content = method is "GET" or "HEAD" or "TRACE" ? null : new StringContent("{\"a\":[[[", Encoding.UTF8, "application/json") };
                    request.Headers.TryAddWithoutValidation(name, value);
                    using HttpResponseMessage response = await service.Client.SendAsync(request);
                    Assert.IsLessThan(500, (int)response.StatusCode, $"{method} {path} {name}: {value}");
                    sent++;
                }
            }
        }

        Assert.IsGreaterThan(500, sent);
        await RunningService.AssertStatusAsync(200, await service.Client.GetAsync("/v1/services/shop/plan"));
    }

    private const string StrangeQuery = "campaign=%00%f0%9f%92%a5&campaign=launch&scale=NaN&scale=1e999&name=../../etc/passwd&a[]=1&=&&%";

    private static readonly (string Name, string Value)[] StrangeHeaders =
    [
        ("Accept", "text/csv;q=abc, */*;q=9e999, ;;;"), ("Accept", new string('a', 4000)), ("Accept-Encoding", "gzip;q=NaN, br;;"), ("If-None-Match", "W/\"\", *, \"" + new string('x', 3000) + "\""), ("If-None-Match", "not quoted"),
        ("Prefer", "wait=99999999999999999999, respond-async"), ("Prefer", "wait=-1, wait=NaN, ,,=,"), ("Idempotency-Key", new string('k', 500)), ("Idempotency-Key", "a, b"), ("Range", "bytes=9-1,-,999999999999-"),
        ("Content-Encoding", "gzip"), ("Traceparent", "00-zz-zz-zz"), ("Authorization", "Basic !!!"), ("X-Forwarded-For", "'; DROP TABLE service; --"), ("Cookie", new string(';', 2000)), ("Expect", "200-ok"),
    ];

    private static IReadOnlyList<string> Methods(RouteEndpoint route) => route.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods ?? [];

    /// <summary>The length of a series that is sent along is bounded as that of a registered one is.</summary>
    [TestMethod]
    [DataRow(96, 200)]
    [DataRow(97, 400)]
    public async Task History_LongerThanAllowed_IsRefused(int steps, int status)
    {
        await using RunningService service = await RunningService.StartAsync(s => s.Limits.SeriesSteps = 96);
        JsonObject history = new() { ["start"] = "2024-08-01T00:00:00Z", ["step"] = "00:15:00", ["requests"] = new JsonArray([.. Enumerable.Range(0, steps).Select(i => (JsonNode)(100 + i))]) };
        HttpResponseMessage response = await service.PostAsync("/v1/forecasts", new JsonObject { ["history"] = history, ["horizon"] = "01:00:00", ["model"] = "seasonal-naive" });
        await RunningService.AssertStatusAsync(status, response);
        if (status == 400)
            StringAssert.Contains(await response.Content.ReadAsStringAsync(), "96", "the rule is told");
    }

    [TestMethod]
    [DoNotParallelize]
    public async Task Memory_AfterThousandsOfBadRequests_IsAsBefore()
    {
        await using RunningService service = await RunningService.StartAsync(s => s.Limits.RequestBytes = 300_000);
        byte[][] bodies = [.. Malformed()];

        // Buffers that the framework keeps for reuse reach their size first; what grows after that would grow for ever.
        await HammerAsync(service, bodies, 8);
        long before = GC.GetTotalMemory(forceFullCollection: true);
        await HammerAsync(service, bodies, 12);
        long after = GC.GetTotalMemory(forceFullCollection: true);

        Assert.IsLessThan(before + (24 << 20), after, $"{before} bytes before, {after} after");
    }

    private static async Task HammerAsync(RunningService service, byte[][] bodies, int rounds)
    {
        for (int i = 0; i < rounds; i++)
        {
            foreach (byte[] body in bodies)
            {
                foreach ((HttpMethod method, string path) in Endpoints)
                    (await SendAsync(service, method, path, body, "application/json")).Dispose();
            }
        }
    }

    private static IEnumerable<byte[]> Malformed()
    {
        string[] texts =
        [
            "", " ", "{", "}", "[", "null", "true", "0", "\"\"", "{}", "[]", "{\"a\":}", "{\"a\":1,}", "{'a':1}", "{} {}", "//", "\0", "NaN", "{\"service\":NaN}", "{\"service\":Infinity}", "{\"service\":1e999}",
            "{\"service\":\"\\ud800\"}", "{\"\\udfff\":1}", "{\"service\":\"shop\",\"service\":\"shop\"}", "{\"service\":\"../../etc/passwd\"}", "{\"service\":\"'; DROP TABLE service; --\"}", "{\"service\":{\"a\":[]}}",
            "{\"service\":\"shop\",\"horizon\":\"99999999.00:00:00\"}", "{\"service\":\"shop\",\"horizon\":\"-1.00:00:00\"}", "{\"service\":\"shop\",\"quantiles\":[0,1,-1,1e308,1e-308]}",
            "{\"service\":\"shop\",\"suppose\":{\"campaignScales\":{\"launch\":1e308}}}", "{\"service\":\"shop\",\"suppose\":[[[[]]]]}", "{\"system\":5,\"observations\":\"x\",\"history\":[]}",
            "{\"history\":{\"start\":\"0001-01-01T00:00:00Z\",\"requests\":[1,2,3]},\"system\":{}}", "{\"history\":{\"start\":\"9999-12-31T23:59:59Z\",\"step\":\"1.00:00:00\",\"requests\":[1e308,1e308]},\"system\":{}}",
            "{\"observations\":[{\"timestamp\":\"9999-12-31T23:59:00+23:59\",\"requests\":1e400}]}", "{\"observations\":[{\"timestamp\":-1,\"requests\":-1e-400}]}", "{\"observations\":[null,1,[],{}]}",
            new string('[', 20_000), string.Concat(Enumerable.Repeat("{\"a\":", 20_000)), "{\"service\":\"" + new string('x', 200_000) + "\"}", "[" + new string('1', 200_000) + "]",
            "{\"observations\":[" + string.Join(',', Enumerable.Repeat("{\"x\":1}", 30_000)) + "]}", "{" + string.Join(',', Enumerable.Range(0, 20_000).Select(i => $"\"f{i}\":1")) + "}",
        ];
        foreach (string text in texts)
            yield return Encoding.UTF8.GetBytes(text);
        yield return [0xff, 0xfe, 0x00, 0x80];
        yield return [.. "{\"service\":\""u8, 0xc3, 0x28, .. "\"}"u8];
        yield return [0xef, 0xbb, 0xbf, .. "{}"u8];
    }

    private static void Damage(JsonNode node, Random random)
    {
        // Down a random way, then one value replaced by what it should not be.
        JsonNode[] strange =
        [
            JsonValue.Create(-1), JsonValue.Create(0), JsonValue.Create(1e308), JsonValue.Create(1e-308), JsonValue.Create(int.MaxValue), JsonValue.Create(long.MaxValue), JsonValue.Create(""), JsonValue.Create("NaN"),
            JsonValue.Create("9999.00:00:00"), JsonValue.Create("00:00:00.0000001"), JsonValue.Create("2199-12-31T23:59:59Z"), JsonValue.Create("1971-01-01T00:00:00Z"), JsonValue.Create(true), new JsonArray(), new JsonObject(), JsonValue.Create("\u2028\0<b>"),
        ];
        while (true)
        {
            if (node is JsonObject { Count: > 0 } item)
            {
                string name = item.ElementAt(random.Next(item.Count)).Key;
                if (item[name] is JsonObject or JsonArray && random.Next(4) > 0)
                    node = item[name]!;
                else if (random.Next(5) == 0)
                    item.Remove(name);
                else
                    item[name] = strange[random.Next(strange.Length)].DeepClone();
                if (node == item)
                    return;
            }
            else if (node is JsonArray { Count: > 0 } array)
            {
                int index = random.Next(array.Count);
                if (array[index] is JsonObject or JsonArray && random.Next(4) > 0)
                {
                    node = array[index]!;
                    continue;
                }

                array[index] = strange[random.Next(strange.Length)].DeepClone();
                return;
            }
            else
            {
                return;
            }
        }
    }

    private static JsonObject ShortHistory() => new()
    {
        ["start"] = ExampleShop.Time(ExampleShop.Start),
        ["step"] = "00:15:00",
        ["requests"] = new JsonArray([.. Enumerable.Range(0, 200).Select(i => (JsonNode)ExampleShop.RequestsAt(ExampleShop.Start + (ExampleShop.Step * i)))]),
    };

    private static async Task AssertCallersFaultAsync(RunningService service, HttpMethod method, string path, byte[] body, string? type)
    {
        using HttpResponseMessage response = await SendAsync(service, method, path, body, type);
        Assert.IsTrue((int)response.StatusCode is >= 400 and < 500, $"{method} {path} {type} {Show(body)}: {response.StatusCode}");
        Assert.AreEqual("application/problem+json", response.Content.Headers.ContentType?.MediaType, $"{method} {path} {Show(body)}");
        Assert.IsLessThan(100_000, (await response.Content.ReadAsByteArrayAsync()).Length, "an answer echoes no large body");
    }

    private static async Task AssertNoFailureAsync(RunningService service, HttpMethod method, string path, byte[] body, string type)
    {
        using HttpResponseMessage response = await SendAsync(service, method, path, body, type);
        Assert.IsLessThan(500, (int)response.StatusCode, $"{method} {path} {Encoding.UTF8.GetString(body.AsSpan(0, Math.Min(body.Length, 3000)))}");
    }

    private static Task<HttpResponseMessage> SendAsync(RunningService service, HttpMethod method, string path, byte[] body, string? type)
    {
        var request = new HttpRequestMessage(method, path) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = null;
        if (type is not null)
            request.Content.Headers.TryAddWithoutValidation("Content-Type", type);
        return service.Client.SendAsync(request);
    }

    private static string Show(byte[] body) => Encoding.UTF8.GetString(body.AsSpan(0, Math.Min(body.Length, 80)));

    private sealed class FailingForecaster : IForecaster
    {
        public bool IsBug { get; set; }

        public string Name => "failing";

        public void Replace(WebApplicationBuilder builder) => builder.Services.AddSingleton(new CapacityPlannerFactory(new CapacityPlannerOptions { Forecaster = this, MaxDegreeOfParallelism = 4 }));

        public IForecastModel Fit(TimeSeries series, CampaignCalendar calendar, CancellationToken cancellationToken = default)
        {
            ParallelLoop.For(4, i => throw (IsBug ? new InvalidOperationException($"item {i} has a bug") : new ForecastException($"item {i} lacks something")), cancellationToken);
            throw new InvalidOperationException("The loop did not throw.");
        }
    }
}
