using System.Globalization;
using System.Text.Json;
using Makalu.Capacity.Campaigns;
using Makalu.Capacity.Sizing;

namespace Makalu.Capacity.Service.Requests;

/// <summary>A calendar as JSON: an array of <c>{ name, kind, startsAt, endsAt, features }</c>.</summary>
internal static class CalendarReader
{
    private const int LongestName = 200;
    private const int MostFeatures = 32;
    private static readonly TimeSpan LongestCampaign = TimeSpan.FromDays(400);

    public static CampaignCalendar Read(JsonElement? element, string path, RequestReader reader)
    {
        if (element is not { } value)
            return CampaignCalendar.Empty;

        JsonElement[] entries = reader.Array(value, path, reader.Limits.Campaigns);
        return new CampaignCalendar(entries.TakeWhile(_ => !reader.IsFull).Select((e, i) => Entry(e, string.Create(CultureInfo.InvariantCulture, $"{path}[{i}]"), reader)).OfType<Campaign>().ToArray());
    }

    private static Campaign? Entry(JsonElement element, string path, RequestReader reader)
    {
        JsonFields fields = reader.Object(element, path);
        if (element.ValueKind != JsonValueKind.Object)
            return null;

        string name = reader.Line(fields, path, "name", LongestName, "Write the campaign's name.");
        string kind = reader.Line(fields, path, "kind", LongestName, "Write what kind it is, for example \"email\"; campaigns of one kind are learned from together. \"incident\" is a span to leave out.");
        DateTimeOffset startsAt = fields.Required("startsAt", RequestReader.Time, default, "Write when it starts.");
        DateTimeOffset endsAt = fields.Required("endsAt", RequestReader.Time, default, "Write when it ends; the end is exclusive.");
        KeyValuePair<string, string>[] features = Features(fields.Element("features"), path + ".features", reader);
        fields.RejectUnknown();
        if (startsAt == default || endsAt == default || string.IsNullOrWhiteSpace(name) || string.IsNullOrWhiteSpace(kind))
            return null;

        if (endsAt <= startsAt || endsAt - startsAt > LongestCampaign)
        {
            reader.Add(path + ".endsAt", endsAt.ToString("u", CultureInfo.InvariantCulture), "It must be after startsAt, by at most 400 days.", "Give an end later than the start.");
            return null;
        }

        bool isRight = true;
        foreach ((string column, string text, string rule, string remedy) in PlannerAssumption.ProblemsOf(features))
        {
            reader.Add($"{path}.features.{column}", RequestReader.Shorten(text), "It " + rule, remedy);
            isRight = false;
        }

        return isRight ? new Campaign(name, kind, startsAt, endsAt, features) : null;
    }

    private static KeyValuePair<string, string>[] Features(JsonElement? element, string path, RequestReader reader)
    {
        if (element is not { } value)
            return [];

        if (value.ValueKind != JsonValueKind.Object || value.GetPropertyCount() > MostFeatures)
        {
            reader.Add(path, value.ValueKind.ToString(), string.Create(CultureInfo.InvariantCulture, $"It must be an object of at most {MostFeatures} fields."), "Write for example { \"audience\": 250000 }.");
            return [];
        }

        var features = new List<KeyValuePair<string, string>>();
        foreach (JsonProperty property in value.EnumerateObject())
        {
            string? text = property.Value.ValueKind switch
            {
                JsonValueKind.String => property.Value.GetString(),
                JsonValueKind.Number when property.Value.TryGetDouble(out double number) && Math.Abs(number) <= 1e15 => number.ToString("R", CultureInfo.InvariantCulture),
                _ => null,
            };
            if (text is null || text.Length > LongestName || property.Name.Length is 0 or > LongestName)
                reader.Add($"{path}.{RequestReader.Shorten(property.Name)}", RequestReader.Shorten(property.Value.GetRawText()), "It must be a text of at most 200 characters, or a number up to 1e15.", "Leave it out where it is unknown.");
            else
                features.Add(new(property.Name, text));
        }

        return [.. features];
    }
}
