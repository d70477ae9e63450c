using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace Makalu.Capacity.Reporting;

/// <summary>A Grafana dashboard of the plan: demand against the forecast, connections against the limits, waits, processors.</summary>
internal static class GrafanaDashboard
{
    /// <summary>Of the dashboard model; Grafana migrates older ones by itself.</summary>
    private const int SchemaVersion = 39;

    private const int PanelWidth = 12;

    private const int PanelHeight = 9;

    public static ConfigurationFile Write(CapacityPlan plan, MonitoringScope scope)
    {
        List<JsonObject> panels = [Demand(plan, scope), Connections(plan, scope), Use(plan, scope), Waits(plan, scope), Processors(plan, scope)];
        for (int i = 0; i < panels.Count; i++)
        {
            panels[i]["id"] = i + 1;
            panels[i]["gridPos"] = new JsonObject { ["x"] = i % 2 * PanelWidth, ["y"] = i / 2 * PanelHeight, ["w"] = PanelWidth, ["h"] = PanelHeight };
        }

        var dashboard = new JsonObject
        {
            ["uid"] = Identifier(scope),
            ["title"] = scope.Service is null ? "Makalu.Capacity" : "Makalu.Capacity: " + PlanText.OneLine(scope.Service),
            ["description"] = PlanSummary.Of(plan).Headline,
            ["tags"] = new JsonArray("makalu", "capacity"),
            ["timezone"] = "utc",
            ["schemaVersion"] = SchemaVersion,
            ["refresh"] = "1m",
            ["time"] = new JsonObject { ["from"] = "now-24h", ["to"] = "now" },
            ["templating"] = new JsonObject
            {
                ["list"] = new JsonArray(new JsonObject { ["name"] = "datasource", ["label"] = "Prometheus", ["type"] = "datasource", ["query"] = "prometheus" }),
            },
            ["annotations"] = new JsonObject { ["list"] = Campaigns(plan) },
            ["panels"] = new JsonArray([.. panels]),
        };
        return new ConfigurationFile("grafana-dashboard.json", dashboard.ToJsonString(PlanJsonContext.Plan.Options) + "\n", "a Grafana dashboard");
    }

    /// <summary>Grafana takes 40 characters; longer names are told apart by their digest.</summary>
    private static string Identifier(MonitoringScope scope)
    {
        const string Own = "makalu-capacity";
        const int Most = 40;
        if (scope.Service is null)
        {
            return Own;
        }

        string whole = $"{Own}-{scope.Service}";
        bool isTaken = whole.Length <= Most && whole.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_');
        return isTaken ? whole : $"{Own}-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(scope.Service)).AsSpan(0, 8))}";
    }

    private static JsonObject Demand(CapacityPlan plan, MonitoringScope scope) => Panel(
        "Requests per second",
        "What comes, and the highest that the forecast gives a 95 % chance to hold today (needs the recording rule of alerts.yml).",
        "reqps",
        (AlertRules.Demand(plan, scope), "now"),
        (AlertRules.RecordedPeak(scope), "95 % quantile of the day's peak"));

    private static JsonObject Connections(CapacityPlan plan, MonitoringScope scope) => Panel(
        "Connections",
        "In use, the limit in force, and the limit that the plan recommends.",
        "short",
        (AlertRules.ConnectionsInUse(plan, scope), "in use on {{instance}}"),
        (AlertRules.LimitInForce(plan, scope), "limit of {{instance}}"),
        (FormattableString.Invariant($"vector({plan.Connections.MaxConnections})"), "recommended limit"));

    private static JsonObject Use(CapacityPlan plan, MonitoringScope scope) => Panel(
        "Use of the usable connections",
        "Both reserves left out. 80 % is a warning, 90 % an alarm.",
        "percentunit",
        [0.8, 0.9],
        (AlertRules.ConnectionUse(plan, scope), "{{instance}}"));

    private static JsonObject Waits(CapacityPlan plan, MonitoringScope scope)
    {
        List<(string, string)> queries = [(AlertRules.Waiting(scope), "{{job}} {{pool_name}}: requests waiting")];
        if (AlertRules.HasPooler(plan))
        {
            queries.Add((AlertRules.PoolerClients(scope), "{{instance}} {{database}}: clients waiting"));
            queries.Add((AlertRules.PoolerWait(scope), "{{instance}} {{database}}: longest wait, s"));
        }

        return Panel("Waits for a connection", "Requests that wait, and how long clients wait at the pooler.", "short", [.. queries]);
    }

    private static JsonObject Processors(CapacityPlan plan, MonitoringScope scope) => Panel(
        "The database's processors",
        $"Busy part; the plan counts on {PlanText.Percent(plan.System.Target.MaxCpuUtilisation)} at most. Label the database's host with {scope.DatabaseHostLabels}.",
        "percentunit",
        [plan.System.Target.MaxCpuUtilisation],
        (AlertRules.ProcessorUse(scope), "{{instance}}"));

    private static JsonObject Panel(string title, string description, string unit, params (string Query, string Legend)[] queries)
        => Panel(title, description, unit, [], queries);

    private static JsonObject Panel(string title, string description, string unit, double[] limits, params (string Query, string Legend)[] queries)
    {
        var defaults = new JsonObject { ["unit"] = unit, ["min"] = 0 };
        if (limits.Length > 0)
        {
            string[] colours = ["orange", "red"];
            defaults["thresholds"] = new JsonObject
            {
                ["mode"] = "absolute",
                ["steps"] = new JsonArray(
                [
                    new JsonObject { ["color"] = "green", ["value"] = null },
                    .. limits.Select((limit, i) => new JsonObject { ["color"] = colours[i], ["value"] = limit }),
                ]),
            };
            defaults["custom"] = new JsonObject { ["thresholdsStyle"] = new JsonObject { ["mode"] = "line" } };
        }

        return new JsonObject
        {
            ["type"] = "timeseries",
            ["title"] = title,
            ["description"] = description,
            ["datasource"] = Datasource(),
            ["fieldConfig"] = new JsonObject { ["defaults"] = defaults, ["overrides"] = new JsonArray() },
            ["targets"] = new JsonArray(
            [
                .. queries.Select((query, i) => new JsonObject
                {
                    ["refId"] = ((char)('A' + i)).ToString(),
                    ["datasource"] = Datasource(),
                    ["expr"] = query.Query,
                    ["legendFormat"] = query.Legend,
                }),
            ]),
        };
    }

    /// <summary>The campaigns of the forecast as marked spans of time: a query that is 1 while one runs.</summary>
    private static JsonArray Campaigns(CapacityPlan plan) =>
    [
        .. plan.Forecast.CampaignEffects.Select(e => e.Campaign).DistinctBy(c => (c.Name, c.StartsAt)).Select(campaign => new JsonObject
        {
            ["name"] = PlanText.OneLine(campaign.Name),
            ["enable"] = true,
            ["datasource"] = Datasource(),
            ["iconColor"] = "purple",
            ["expr"] = AlertRules.During(campaign.StartsAt, campaign.EndsAt),
            ["titleFormat"] = PlanText.OneLine(campaign.Name),
        }),
    ];

    private static JsonObject Datasource() => new() { ["type"] = "prometheus", ["uid"] = "${datasource}" };
}
