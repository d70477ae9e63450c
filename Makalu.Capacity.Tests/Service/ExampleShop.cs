using System.Globalization;
using System.Text.Json.Nodes;
using Makalu.Capacity.Campaigns;
using Makalu.Capacity.Series;
using Makalu.Capacity.Sizing;

namespace Makalu.Capacity.Tests.Service;

/// <summary>A small shop with four mailings and one to come: the same as JSON and as the library's own types.</summary>
internal static class ExampleShop
{
    public const string Name = "shop";

    public static readonly TimeSpan Step = TimeSpan.FromMinutes(15);
    public static readonly DateTimeOffset Start = new(2024, 8, 1, 0, 0, 0, TimeSpan.Zero);
    public static readonly DateTimeOffset Origin = Start.AddDays(28);

    public static readonly Campaign Launch = new("launch", "email", Origin.AddHours(8), Origin.AddHours(10));

    public static readonly CampaignCalendar Calendar = new(
    [
        .. Enumerable.Range(1, 4).Select(week => new Campaign(string.Create(CultureInfo.InvariantCulture, $"mail {week}"), "email", Start.AddDays(6 * week).AddHours(8), Start.AddDays(6 * week).AddHours(10))),
        Launch,
    ]);

    public static readonly CapacityPlannerOptions Options = new() { Horizon = TimeSpan.FromDays(1), Model = "campaigns", Paths = 200 };

    private const string SystemJson = """
        { "database": { "maxConnections": 100, "cpuCores": 16, "memory": "64GiB", "sharedBuffers": "16GiB", "otherConnections": 10 },
          "services": [ { "name": "web", "instances": 4, "surgeInstances": 1, "databaseTimeMean": "00:00:00.0600000", "databaseTimeP95": "00:00:00.1500000", "databaseCpuTimeMean": "00:00:00.0020000", "maxPoolSize": 8 } ] }
        """;

    public static SystemDescription System => SystemDescriptionReader.Parse(SystemJson);

    public static JsonObject SystemNode() => JsonNode.Parse(SystemJson)!.AsObject();

    public static JsonArray CalendarNode() => [.. Calendar.Campaigns.Select(c => (JsonNode)new JsonObject { ["name"] = c.Name, ["kind"] = c.Kind, ["startsAt"] = Time(c.StartsAt), ["endsAt"] = Time(c.EndsAt) })];

    public static JsonObject Definition() => new()
    {
        ["system"] = SystemNode(),
        ["calendar"] = CalendarNode(),
        ["step"] = Step.ToString("c"),
        ["horizon"] = "1.00:00:00",
        ["model"] = "campaigns",
        ["paths"] = 200,
    };

    public static JsonObject Observations(DateTimeOffset from, DateTimeOffset to) => new()
    {
        ["observations"] = new JsonArray([.. Times(from, to).Select(t => (JsonNode)new JsonObject { ["timestamp"] = Time(t), ["requests"] = RequestsAt(t) })]),
    };

    public static JsonObject InlineHistory() => new()
    {
        ["start"] = Time(Start),
        ["step"] = Step.ToString("c"),
        ["requests"] = new JsonArray([.. Times(Start, Origin).Select(t => (JsonNode)RequestsAt(t))]),
    };

    public static RequestHistory History(string name) => new()
    {
        Name = name,
        Requests = new TimeSeries(Start, Step, [.. Times(Start, Origin).Select(RequestsAt)]),
        Quality = SeriesQuality.Clean,
    };

    public static double RequestsAt(DateTimeOffset time)
    {
        double level = 100 + (60 * Math.Sin(2 * Math.PI * time.TimeOfDay.TotalDays)) + (5 * Math.Sin(time.ToUnixTimeSeconds() / 900 * 12.9898));
        return Math.Round(level * (Calendar.Campaigns.Any(c => time >= c.StartsAt && time < c.EndsAt) ? 2.5 : 1) * Step.TotalSeconds);
    }

    public static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    private static IEnumerable<DateTimeOffset> Times(DateTimeOffset from, DateTimeOffset to)
    {
        for (DateTimeOffset time = from; time < to; time += Step)
            yield return time;
    }
}
