using System.Text.Json.Nodes;
using Makalu.Capacity.Sizing;
using Makalu.Capacity.Tests.Cli;

namespace Makalu.Capacity.Tests.Reporting;

[TestClass]
public sealed class GrafanaDashboardTests
{
    [TestMethod]
    public void Promtool_AcceptsEveryQuery()
    {
        string promtool = ExternalTool.Require("promtool", "prometheus");
        using var folder = new TemporaryFolder();
        foreach (CapacityPlan plan in new[] { ExamplePlan.Create(), ExamplePlan.Create(Verdict.Pool, pooler: ExamplePlan.Pooler()), ExamplePlan.Create(engine: "mysql") })
        {
            string[] queries = [.. Queries(Dashboard(plan))];
            Assert.IsGreaterThan(7, queries.Length);
            var groups = new JsonObject
            {
                ["groups"] = new JsonArray(new JsonObject
                {
                    ["name"] = "queries",
                    ["rules"] = new JsonArray([.. queries.Select((q, i) => new JsonObject { ["record"] = $"query:{i}", ["expr"] = q })]),
                }),
            };
            (int exitCode, string output) = ExternalTool.Run(promtool, "check", "rules", folder.Write("queries.yml", groups.ToJsonString()));
            Assert.AreEqual(0, exitCode, output);
        }
    }

    [TestMethod]
    public void Panels_ShowBothLimitsAndTheCampaign_AndDoNotOverlap()
    {
        JsonNode dashboard = Dashboard(ExamplePlan.Create());
        CollectionAssert.Contains(Queries(dashboard).ToList(), "vector(214)");
        Assert.AreEqual("autumn-launch", dashboard["annotations"]!["list"]![0]!["name"]!.GetValue<string>());
        var cells = new HashSet<(int, int)>();
        foreach (JsonNode? panel in dashboard["panels"]!.AsArray())
        {
            JsonNode place = panel!["gridPos"]!;
            Assert.IsLessThanOrEqualTo(24, place["x"]!.GetValue<int>() + place["w"]!.GetValue<int>());
            Assert.IsTrue(cells.Add((place["x"]!.GetValue<int>(), place["y"]!.GetValue<int>())), "two panels in one place");
        }
    }

    private static JsonNode Dashboard(CapacityPlan plan) => JsonNode.Parse(ConfigurationWriterTests.Content(plan, "grafana-dashboard.json"))!;

    private static IEnumerable<string> Queries(JsonNode dashboard)
        => dashboard["panels"]!.AsArray().SelectMany(p => p!["targets"]!.AsArray()).Select(t => t!["expr"]!.GetValue<string>())
            .Concat(dashboard["annotations"]!["list"]!.AsArray().Select(a => a!["expr"]!.GetValue<string>()));
}
