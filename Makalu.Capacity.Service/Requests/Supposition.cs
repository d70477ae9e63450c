using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Makalu.Capacity.Campaigns;
using Makalu.Capacity.Sizing;

namespace Makalu.Capacity.Service.Requests;

/// <summary>What a what-if question supposes: <c>{ campaignScales, campaigns, trafficScale, system }</c>.</summary>
/// <param name="Scenario">What is supposed of the traffic.</param>
/// <param name="System">The system in place of the registered one; null for that.</param>
/// <param name="Key">Tells it from others.</param>
/// <param name="WithPlan">Whether the whole plan is asked for beside its outline.</param>
internal sealed record Supposition(CapacityScenario Scenario, SystemDescription? System, string Key, bool WithPlan)
{
    /// <summary>The one campaign and its size where nothing else is supposed of the traffic and no whole plan is asked for.</summary>
    public (string Campaign, double Scale)? Alone
        => !WithPlan && Scenario.Planned is null && Scenario.TrafficScale == 1 && Scenario.CampaignScales.Count == 1 ? (Scenario.CampaignScales.First().Key, Scenario.CampaignScales.First().Value) : null;

    private const double MostScale = 100;

    public static Supposition Read(JsonElement element, bool withPlan, RequestReader reader)
    {
        const string Path = "$.suppose";
        JsonFields fields = reader.Object(element, Path);
        double traffic = fields.Optional("trafficScale", JsonValues.Number, 1.0, null);
        if (!(traffic is >= 0 and <= MostScale))
            reader.Add(Path + ".trafficScale", FormattableString.Invariant($"{traffic}"), "It must be 0 to 100.", "Write 2 for twice the traffic.");

        Dictionary<string, double> scales = fields.Element("campaignScales") is { } given ? Scales(given, Path + ".campaignScales", reader) : [];
        CampaignCalendar? planned = fields.Element("campaigns") is { } campaigns ? CalendarReader.Read(campaigns, Path + ".campaigns", reader) : null;
        SystemDescription? system = SystemReader.Read(fields.Element("system"), Path + ".system", reader);
        fields.RejectUnknown();
        return new Supposition(new CapacityScenario { TrafficScale = traffic, CampaignScales = scales, Planned = planned }, system, HashOf(element) + (withPlan ? " whole" : ""), withPlan);
    }

    /// <summary>One campaign so many times as large, as the slider of the page asks.</summary>
    public static Supposition OfScale(string campaign, double scale)
        => new(new CapacityScenario { CampaignScales = new Dictionary<string, double>(StringComparer.Ordinal) { [campaign] = scale } }, null, FormattableString.Invariant($"scale {scale:R} {campaign}"), WithPlan: false);

    private static Dictionary<string, double> Scales(JsonElement element, string path, RequestReader reader)
    {
        var scales = new Dictionary<string, double>(StringComparer.Ordinal);
        if (element.ValueKind != JsonValueKind.Object || element.GetPropertyCount() > 20)
        {
            reader.Add(path, element.ValueKind.ToString(), "It must be an object of at most 20 fields.", "Write for example { \"autumn-launch\": 2 }.");
            return scales;
        }

        foreach (JsonProperty property in element.EnumerateObject())
        {
            if (property.Value.ValueKind == JsonValueKind.Number && property.Value.TryGetDouble(out double scale) && scale is >= 0 and <= MostScale)
                scales[property.Name] = scale;
            else
                reader.Add($"{path}.{RequestReader.Shorten(property.Name)}", RequestReader.Shorten(property.Value.GetRawText()), "It must be a number from 0 to 100.", "Write 2 for twice as large.");
        }

        return scales;
    }

    private static string HashOf(JsonElement element) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(element.GetRawText())));
}
