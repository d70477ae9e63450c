using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Makalu.Capacity.Reporting;
using Makalu.Capacity.Sizing;
using Makalu.Capacity.Tests.Sizing.Postgres;

namespace Makalu.Capacity.Tests.Reporting;

[TestClass]
public sealed class PlanJsonTests
{
    [TestMethod]
    public void Write_HasEveryFieldOfTheContract()
    {
        JsonNode plan = JsonNode.Parse(PlanJson.ToJson(ExamplePlan.Create()))!;

        Assert.AreEqual(1, plan["schema"]!.GetValue<int>());
        Assert.AreEqual("raise", plan["verdict"]!.GetValue<string>());
        Assert.AreEqual(214, plan["maxConnections"]!.GetValue<int>());
        Assert.IsTrue(plan["restartRequired"]!.GetValue<bool>());
        AssertJson("""{ "requestsPerSecond": 2310.49, "quantile": 0.99, "at": "2024-09-15T14:15:00Z", "cause": "autumn-launch" }""", plan["peak"]!);
        AssertJson("""{ "name": "web", "maxPoolSize": 24, "minPoolSize": 9, "offeredLoad": 3.466, "utilisation": 0.144412, "waitProbability": 0.004 }""", plan["services"]![0]!);
        Assert.IsTrue(plan.AsObject().ContainsKey("pooler"));
        Assert.IsNull(plan["pooler"]);
        AssertJson("""{ "cpuUtilisation": 0.58, "memoryRequired": "10.1GiB" }""", plan["database"]!);
        AssertJson("""{ "code": "current-limit-exceeded", "severity": "critical", "evidence": { "needed": 207, "limit": 100, "ratio": 2.07 } }""", plan["findings"]![0]!);
        AssertJson("""{ "window": "autumn-launch", "kind": "email", "startsAt": "2024-09-15T13:30:00Z", "endsAt": "2024-09-15T17:30:00Z", "requestsPerSecond": { "p50": 1000, "p90": 1400, "p95": 1450, "p99": 1490 } }""", plan["peaks"]![2]!);
    }

    [TestMethod]
    [DataRow(Verdict.Keep, "keep")]
    [DataRow(Verdict.Raise, "raise")]
    [DataRow(Verdict.Lower, "lower")]
    [DataRow(Verdict.Pool, "pool")]
    [DataRow(Verdict.Scale, "scale")]
    public void Write_NamesEachVerdictAsTheContractDoes(Verdict verdict, string expected)
        => Assert.AreEqual(expected, JsonNode.Parse(PlanJson.ToJson(ExamplePlan.Create(verdict)))!["verdict"]!.GetValue<string>());

    [TestMethod]
    public void Write_OfAPooler_HasItsSettings()
        => AssertJson(
            """{ "kind": "pgbouncer", "replicas": 2, "mode": "transaction", "poolSize": 30, "reservePoolSize": 5, "maxClientConnections": 500, "connections": 70 }""",
            JsonNode.Parse(PlanJson.ToJson(ExamplePlan.Create(Verdict.Pool, pooler: ExamplePlan.Pooler())))!["pooler"]!);

    [TestMethod]
    public void Write_NeverHoldsNaN_ButNull()
    {
        JsonNode plan = JsonNode.Parse(PlanJson.ToJson(ExamplePlan.Create(backtest: ExamplePlan.Backtest())))!;
        Assert.AreEqual(0.61, plan["backtest"]!["candidates"]![0]!["mase"]!.GetValue<double>());
        Assert.IsNull(plan["backtest"]!["candidates"]![1]!["mase"]);
    }

    [TestMethod]
    public void Write_ThenRead_GivesTheSameText()
    {
        string json = PlanJson.ToJson(ExamplePlan.Create(backtest: ExamplePlan.Backtest()));
        using var written = new MemoryStream();
        PlanJson.Write(written, ExamplePlan.Create(backtest: ExamplePlan.Backtest()));
        written.Position = 0;
        PlanDocument read = PlanJson.Read(written);

        Assert.AreEqual(json, Encoding.UTF8.GetString(written.ToArray()));
        Assert.AreEqual(json, JsonSerializer.Serialize(read, PlanJsonContext.Plan.PlanDocument) + "\n");
        Assert.AreEqual(ExamplePlan.Launch.StartsAt, read.Campaigns[0].StartsAt);
        Assert.AreEqual(TimeSpan.FromMinutes(15), read.Forecast.Step);
    }

    [TestMethod]
    public void Write_KeepsReadableText()
        => StringAssert.Contains(PlanJson.ToJson(ExamplePlan.Create()), "PostgreSQL's default");

    private static void AssertJson(string expected, JsonNode actual)
    {
        foreach ((string name, JsonNode? value) in JsonNode.Parse(expected)!.AsObject())
        {
            Assert.IsTrue(JsonNode.DeepEquals(value, actual[name]), $"{name}: expected {value?.ToJsonString()}, is {actual[name]?.ToJsonString()}");
        }
    }

    /// <summary>The rehearsal runs the forecast from half an hour before the peak to an hour after it, at the quantile that is sized for, as parts of its highest step.</summary>
    [TestMethod]
    public void Rehearsal_IsTheForecastAroundThePeak()
    {
        CapacityPlan plan = ExamplePlan.Create();
        double[] rates = plan.Forecast.Quantile(0.99);
        int peak = (int)((plan.Demand.At - plan.Forecast.Start) / plan.Forecast.Step);
        double[] around = rates[(peak - 2)..(peak + 5)];
        Assert.AreNotEqual(around.Min(), around.Max(), "the example has a shape there");

        using var document = JsonDocument.Parse(PlanJson.ToJson(plan));
        double[] profile = [.. document.RootElement.GetProperty("rehearsal").GetProperty("peakProfile").EnumerateArray().Select(v => v.GetDouble())];
        Assert.HasCount(7, profile);
        for (int i = 0; i < profile.Length; i++)
        {
            Assert.AreEqual(around[i] / around.Max(), profile[i], 1e-4);
        }
    }

    /// <summary>All the peak's requests reach the server, however many pools an instance has; and by Little's law a connection is held as long as described.</summary>
    [TestMethod]
    public void Rehearsal_SendsThePeak_WhateverPoolsAnInstanceHas()
    {
        SystemDescription shop = RehearsedPlans.Shop(instances: 3, maxConnections: 300);
        shop = shop with { Services = [shop.Services[0] with { ConnectionStrings = 2, ConnectionsPerRequest = 2 }] };
        PlanDocument.RehearsalEntry rehearsal = PlanRehearsal.Of(RehearsedPlans.Plan(shop, requestsPerSecond: 120));
        PlanDocument.RehearsedServiceEntry service = rehearsal.Services.Single();
        Assert.AreEqual(6, service.Instances);
        Assert.AreEqual(120, service.Instances * service.RequestsPerSecondPerInstance, 1e-6);
        Assert.AreEqual(40, service.PlannedHoldMean.TotalMilliseconds, 4);
    }
}
