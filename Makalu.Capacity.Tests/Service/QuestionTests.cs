using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Makalu.Capacity.Reporting;
using Makalu.Capacity.Service.Models;
using Microsoft.Extensions.DependencyInjection;

namespace Makalu.Capacity.Tests.Service;

[TestClass]
public sealed class QuestionTests
{
    private static RunningService s_service = null!;

    [ClassInitialize]
    public static async Task StartAsync(TestContext context)
    {
        _ = context;
        s_service = await RunningService.StartAsync();
        await s_service.RegisterAsync();
    }

    [ClassCleanup]
    public static async Task StopAsync() => await s_service.DisposeAsync();

    [TestMethod]
    public async Task Recommendations_OfARegisteredService_AreTheLibrarysPlan()
    {
        HttpResponseMessage response = await s_service.PostAsync("/v1/recommendations", new JsonObject { ["service"] = ExampleShop.Name });

        await RunningService.AssertStatusAsync(200, response);
        CapacityPlan plan = new CapacityPlanner(ExampleShop.Options).Fit(ExampleShop.History(ExampleShop.Name), ExampleShop.Calendar).Recommend(ExampleShop.System);
        Assert.AreEqual(PlanJson.ToJson(plan), await response.Content.ReadAsStringAsync());
    }

    [TestMethod]
    public async Task Recommendations_WithAHistoryOfTheirOwn_AreTheLibrarysPlan()
    {
        HttpResponseMessage response = await s_service.PostAsync("/v1/recommendations", Inline());

        await RunningService.AssertStatusAsync(200, response);
        CapacityPlan plan = new CapacityPlanner(ExampleShop.Options).Fit(ExampleShop.History(""), ExampleShop.Calendar).Recommend(ExampleShop.System);
        Assert.AreEqual(PlanJson.ToJson(plan), await response.Content.ReadAsStringAsync());
    }

    /// <summary>Asked for, the plan tells how far it reaches, by whichever way it is asked; without, it is the plan alone, with a tag of its own.</summary>
    [TestMethod]
    public async Task Recommendations_WithTheirOutlook_AreTheLibrarysPlanWithItsOutlook()
    {
        CapacityModel model = new CapacityPlanner(ExampleShop.Options).Fit(ExampleShop.History(ExampleShop.Name), ExampleShop.Calendar);
        CapacityPlan plan = model.Recommend(ExampleShop.System);
        string expected = PlanJson.ToJson(plan.With(model.Outlook(plan)));
        HttpResponseMessage asked = await s_service.PostAsync("/v1/recommendations", new JsonObject { ["service"] = ExampleShop.Name, ["outlook"] = true });
        HttpResponseMessage read = await s_service.Client.GetAsync("/v1/services/shop/plan?outlook=true");
        HttpResponseMessage alone = await s_service.Client.GetAsync("/v1/services/shop/plan");

        Assert.AreEqual(expected, await asked.Content.ReadAsStringAsync());
        Assert.AreEqual(expected, await read.Content.ReadAsStringAsync());
        Assert.AreEqual(PlanJson.ToJson(plan), await alone.Content.ReadAsStringAsync());
        Assert.AreEqual(asked.Headers.ETag, read.Headers.ETag);
        Assert.AreNotEqual(read.Headers.ETag, alone.Headers.ETag);
        JsonObject inline = Inline();
        inline["outlook"] = true;
        JsonElement own = await RunningService.JsonAsync(await s_service.PostAsync("/v1/recommendations", inline));
        Assert.AreEqual(JsonDocument.Parse(expected).RootElement.GetProperty("outlook").GetRawText(), own.GetProperty("outlook").GetRawText());
        Assert.AreEqual(5, own.GetProperty("outlook").GetProperty("scenarios").GetArrayLength());
    }

    [TestMethod]
    public async Task Outlook_ThatIsNeitherTrueNorFalse_IsRefused()
    {
        await RunningService.AssertStatusAsync(400, await s_service.Client.GetAsync("/v1/services/shop/plan?outlook=maybe"));
        await RunningService.AssertStatusAsync(400, await s_service.PostAsync("/v1/recommendations", new JsonObject { ["service"] = ExampleShop.Name, ["outlook"] = "true" }));
        await RunningService.AssertStatusAsync(400, await s_service.PostAsync("/v1/forecasts", new JsonObject { ["service"] = ExampleShop.Name, ["outlook"] = true }));
        await RunningService.AssertStatusAsync(200, await s_service.Client.GetAsync("/v1/services/shop/plan?outlook=false"));
    }

    [TestMethod]
    public async Task Recommendations_ForAnotherHorizonOrSystem_AreComputedForIt()
    {
        JsonObject system = ExampleShop.SystemNode();
        system["database"]!["maxConnections"] = 200;
        JsonElement plan = await RunningService.JsonAsync(await s_service.PostAsync("/v1/recommendations", new JsonObject { ["service"] = ExampleShop.Name, ["horizon"] = "06:00:00", ["system"] = system }));

        Assert.AreEqual(24, plan.GetProperty("forecast").GetProperty("steps").GetInt32());
        Assert.AreEqual(200, plan.GetProperty("database").GetProperty("currentMaxConnections").GetInt32());
    }

    [TestMethod]
    public async Task Plan_WhoseTagIsKnown_IsNotSentAgain()
    {
        HttpResponseMessage first = await s_service.Client.GetAsync("/v1/services/shop/plan");
        string tag = first.Headers.ETag!.ToString();

        foreach (string known in new[] { tag, $"\"other\", {tag}", "*" })
        {
            HttpResponseMessage again = await s_service.SendAsync(HttpMethod.Get, "/v1/services/shop/plan", null, ("If-None-Match", known));
            Assert.AreEqual(HttpStatusCode.NotModified, again.StatusCode);
            Assert.AreEqual(tag, again.Headers.ETag!.ToString());
            Assert.AreEqual("", await again.Content.ReadAsStringAsync());
        }

        Assert.AreEqual(HttpStatusCode.OK, (await s_service.SendAsync(HttpMethod.Get, "/v1/services/shop/plan", null, ("If-None-Match", "\"other\""))).StatusCode);
        HttpResponseMessage posted = await s_service.PostAsync("/v1/recommendations", new JsonObject { ["service"] = ExampleShop.Name }, ("If-None-Match", tag));
        Assert.AreEqual(HttpStatusCode.NotModified, posted.StatusCode);
    }

    [TestMethod]
    public async Task Forecasts_HaveAColumnForEachQuantileAskedAndAValueForEachStep()
    {
        JsonElement forecast = await RunningService.JsonAsync(await s_service.PostAsync("/v1/forecasts", new JsonObject { ["service"] = ExampleShop.Name, ["quantiles"] = new JsonArray(0.25, 0.975), ["horizon"] = "12:00:00" }));

        JsonElement rates = forecast.GetProperty("requestsPerSecond");
        CollectionAssert.AreEqual(new[] { "mean", "p25", "p97.5" }, rates.EnumerateObject().Select(p => p.Name).ToArray());
        Assert.IsTrue(rates.EnumerateObject().All(p => p.Value.GetArrayLength() == 48));
        Assert.AreEqual(ExampleShop.Time(ExampleShop.Origin), forecast.GetProperty("origin").GetString());
        Assert.AreEqual("launch", forecast.GetProperty("peaks")[0].GetProperty("cause").GetString());
    }

    [TestMethod]
    public async Task Forecasts_AskedAsCsv_AreTheFileOfTheCommandLine()
    {
        HttpResponseMessage response = await s_service.PostAsync("/v1/forecasts", new JsonObject { ["service"] = ExampleShop.Name }, ("Accept", "text/csv"));

        Assert.AreEqual("text/csv", response.Content.Headers.ContentType!.MediaType);
        using var file = new MemoryStream();
        using (var writer = new ForecastCsvWriter(file, [0.5, 0.9, 0.95, 0.99]))
            writer.Write(new CapacityPlanner(ExampleShop.Options).Fit(ExampleShop.History(""), ExampleShop.Calendar).Forecast());
        CollectionAssert.AreEqual(file.ToArray(), await response.Content.ReadAsByteArrayAsync());
    }

    [TestMethod]
    public async Task WhatIf_ACampaignIsLarger_AgreesWithTheWholePlan()
    {
        foreach (double scale in new[] { 0, 0.5, 2, 4 })
        {
            JsonObject question = new() { ["service"] = ExampleShop.Name, ["suppose"] = new JsonObject { ["campaignScales"] = new JsonObject { ["launch"] = scale } } };
            JsonElement brief = await RunningService.JsonAsync(await s_service.PostAsync("/v1/what-if", question));
            question["includePlan"] = true;
            JsonElement whole = await RunningService.JsonAsync(await s_service.PostAsync("/v1/what-if", question));

            // The short way holds rates as float: the peak agrees to their precision, and what is set agrees altogether.
            double peak = whole.GetProperty("supposed").GetProperty("peakRequestsPerSecond").GetDouble();
            Assert.AreEqual(peak, brief.GetProperty("supposed").GetProperty("peakRequestsPerSecond").GetDouble(), 1e-5 * peak);
            foreach (string field in new[] { "verdict", "maxConnections", "currentSettingsSurvive", "peakAt", "peakCause", "services", "summary" })
                Assert.AreEqual(whole.GetProperty("supposed").GetProperty(field).GetRawText(), brief.GetProperty("supposed").GetProperty(field).GetRawText(), $"{field} at {scale}");
            Assert.IsFalse(brief.TryGetProperty("plan", out _));
            Assert.AreEqual(whole.GetProperty("supposed").GetProperty("maxConnections").GetInt32(), whole.GetProperty("plan").GetProperty("maxConnections").GetInt32());
        }
    }

    [TestMethod]
    public async Task WhatIf_WithAHistoryOfItsOwn_AgreesWithTheRegisteredService()
    {
        JsonObject suppose = new() { ["trafficScale"] = 1.5, ["campaigns"] = new JsonArray() };
        JsonObject inline = Inline();
        inline["suppose"] = suppose.DeepClone();

        JsonElement own = await RunningService.JsonAsync(await s_service.PostAsync("/v1/what-if", inline));
        JsonElement registered = await RunningService.JsonAsync(await s_service.PostAsync("/v1/what-if", new JsonObject { ["service"] = ExampleShop.Name, ["suppose"] = suppose }));

        Assert.AreEqual(registered.GetRawText(), own.GetRawText());
        Assert.AreEqual("baseline", own.GetProperty("supposed").GetProperty("peakCause").GetString());
    }

    [TestMethod]
    public async Task WhatIf_OfACampaignThatIsNotPlanned_SaysWhichAre()
    {
        HttpResponseMessage response = await s_service.PostAsync("/v1/what-if", new JsonObject { ["service"] = ExampleShop.Name, ["suppose"] = new JsonObject { ["campaignScales"] = new JsonObject { ["lunch"] = 2 } } });

        await RunningService.AssertStatusAsync(400, response);
        StringAssert.Contains(await response.Content.ReadAsStringAsync(), "The planned ones are: launch");
    }

    [TestMethod]
    public async Task Question_WithSeveralErrors_IsToldAllOfThem()
    {
        JsonObject system = ExampleShop.SystemNode();
        system["services"]![0]!["instances"] = 0;
        system["database"]!["maxConections"] = 5;
        HttpResponseMessage response = await s_service.PostAsync("/v1/recommendations", new JsonObject
        {
            ["history"] = new JsonObject { ["start"] = "yesterday", ["step"] = "00:00:07", ["requests"] = new JsonArray(1, -2, "3") },
            ["calendar"] = new JsonArray(new JsonObject { ["name"] = "x", ["startsAt"] = "2024-01-02T00:00:00Z", ["endsAt"] = "2024-01-01T00:00:00Z" }),
            ["system"] = system,
            ["horizon"] = "900.00:00:00",
        });

        await RunningService.AssertStatusAsync(400, response);
        Assert.AreEqual("application/problem+json", response.Content.Headers.ContentType!.MediaType);
        string[] paths = [.. (await RunningService.JsonAsync(response)).GetProperty("errors").EnumerateArray().Select(e => e.GetProperty("path").GetString()!)];
        foreach (string path in new[] { "$.history.start", "$.history.step", "$.history.requests[1]", "$.history.requests[2]", "$.calendar[0].kind", "$.system.database.maxConections", "$.system.services[0].instances", "$.horizon" })
            CollectionAssert.Contains(paths, path);
    }

    [TestMethod]
    public async Task Question_NamesItsTimeZone()
    {
        JsonObject question = Inline();
        question["timeZone"] = "UTC";
        await RunningService.AssertStatusAsync(200, await s_service.PostAsync("/v1/recommendations", question));

        question["timeZone"] = "Mars/Olympus";
        HttpResponseMessage response = await s_service.PostAsync("/v1/recommendations", question);

        await RunningService.AssertStatusAsync(400, response);
        Assert.AreEqual("$.timeZone", (await RunningService.JsonAsync(response)).GetProperty("errors")[0].GetProperty("path").GetString());
    }

    [TestMethod]
    [DoNotParallelize]
    public async Task Question_WhoseCallerGoesAway_IsComputedNoFurther()
    {
        // Seconds of work, of which nothing may be left over: an answer that was computed to its end would be kept.
        JsonObject question = Inline();
        question["paths"] = 4000;
        question["horizon"] = "12.00:00:00";
        question["model"] = "auto";
        string body = question.ToJsonString();
        ComputationGate gate = s_service.App.Services.GetRequiredService<ComputationGate>();
        AnswerCache answers = s_service.App.Services.GetRequiredService<AnswerCache>();
        using var caller = new CancellationTokenSource();
        Task<HttpResponseMessage> asking = s_service.Client.PostAsync("/v1/recommendations", new StringContent(body, Encoding.UTF8, "application/json"), caller.Token);
        while (gate.Running == 0)
            await Task.Yield();

        await caller.CancelAsync();
        await Assert.ThrowsExactlyAsync<TaskCanceledException>(() => asking);
        while (answers.IsComputing)
            await Task.Yield();

        string key = "recommend " + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(body)));
        Assert.IsNull(answers.Find<Answer>(key));

        // One that stays has its answer, and that is kept.
        await RunningService.AssertStatusAsync(200, await s_service.Client.PostAsync("/v1/recommendations", new StringContent(body, Encoding.UTF8, "application/json")));
        Assert.IsNotNull(answers.Find<Answer>(key));
    }

    [TestMethod]
    public async Task Question_AboutAServiceThatIsNotRegistered_IsNotFound()
        => await RunningService.AssertStatusAsync(404, await s_service.PostAsync("/v1/recommendations", new JsonObject { ["service"] = "nonesuch" }));

    [TestMethod]
    [DataRow("\"0.5\"", "expected_factor")]
    [DataRow("0.5", "expected_factor")]
    [DataRow("\"lots\"", "expected_factor")]
    [DataRow("\"1e999\"", "expected_factor")]
    [DataRow("\"7\"", "max_factor")]
    public async Task Question_WithAnExpectedFactorThatCannotBe_IsToldWhereAndWhy(string factor, string column)
    {
        JsonObject question = WithFactors(factor);

        HttpResponseMessage response = await s_service.PostAsync("/v1/recommendations", question);

        await RunningService.AssertStatusAsync(400, response);
        JsonElement error = (await RunningService.JsonAsync(response)).GetProperty("errors").EnumerateArray().Single();
        Assert.AreEqual("$.calendar[4].features." + column, error.GetProperty("path").GetString());
        StringAssert.Contains(error.ToString(), column == "max_factor" ? "It must not be below expected_factor, which is 7." : "It must be a number of 1 or more");
        StringAssert.Contains(error.ToString(), "leave it empty");
    }

    [TestMethod]
    public async Task Question_WithAnEmptyExpectedFactor_HasNone()
    {
        HttpResponseMessage empty = await s_service.PostAsync("/v1/recommendations", WithFactors("\"\"", maximum: ""));
        HttpResponseMessage none = await s_service.PostAsync("/v1/recommendations", Inline());
        HttpResponseMessage three = await s_service.PostAsync("/v1/recommendations", WithFactors("30", maximum: ""));

        await RunningService.AssertStatusAsync(200, empty);
        double Peak(JsonElement plan) => plan.GetProperty("peak").GetProperty("requestsPerSecond").GetDouble();
        double without = Peak(await RunningService.JsonAsync(none));
        Assert.AreEqual(without, Peak(await RunningService.JsonAsync(empty)));
        Assert.IsGreaterThan(1.5 * without, Peak(await RunningService.JsonAsync(three)));
    }

    /// <summary>The question with factors on the campaign to come; a maximum of 6 unless told otherwise.</summary>
    private static JsonObject WithFactors(string expected, string maximum = "6")
    {
        JsonObject question = Inline();
        question["calendar"]![4]!["features"] = new JsonObject { ["expected_factor"] = JsonNode.Parse(expected), ["max_factor"] = maximum };
        return question;
    }

    private static JsonObject Inline() => new()
    {
        ["history"] = ExampleShop.InlineHistory(),
        ["calendar"] = ExampleShop.CalendarNode(),
        ["system"] = ExampleShop.SystemNode(),
        ["horizon"] = "1.00:00:00",
        ["model"] = "campaigns",
        ["paths"] = 200,
    };
}
