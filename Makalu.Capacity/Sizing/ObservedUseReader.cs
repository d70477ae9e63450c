using System.Globalization;
using System.Text.Json;

namespace Makalu.Capacity.Sizing;

/// <summary>Reads the optional <c>observed</c> of a system description.</summary>
internal static class ObservedUseReader
{
    public static ObservedUse Read(JsonElement element, List<SystemDescriptionError> errors, List<string> assumed)
    {
        var fields = new JsonFields(element, "$.observed", errors, assumed);
        var observed = new ObservedUse
        {
            At = fields.OptionalOrNull("at", JsonValues.Time, null),
            TransactionsPerSecond = fields.OptionalOrNull("transactionsPerSecond", JsonValues.Number, null),
            ConnectionsInUse = fields.OptionalOrNull("connectionsInUse", JsonValues.Number, null),
            IdleInTransaction = fields.Optional("idleInTransaction", JsonValues.Integer, 0, null),
            LongestIdleInTransaction = fields.OptionalOrNull("longestIdleInTransaction", JsonValues.Duration, null),
            LongestStatement = fields.OptionalOrNull("longestStatement", JsonValues.Duration, null),
            WaitingForLocks = fields.Optional("waitingForLocks", JsonValues.Integer, 0, null),
            PoolUse = PoolUse(fields.Element("poolUse"), errors, assumed),
            Notes = Notes(fields.Element("notes"), errors),
        };
        fields.RejectUnknown();
        return observed;
    }

    private static List<ObservedPoolUse> PoolUse(JsonElement? element, List<SystemDescriptionError> errors, List<string> assumed)
    {
        var points = new List<ObservedPoolUse>();
        foreach (JsonElement item in Items(element, "$.observed.poolUse", "Write [ { \"requestsPerSecond\": 120, \"connectionsInUse\": 6 }, … ].", errors))
        {
            var fields = new JsonFields(item, string.Create(CultureInfo.InvariantCulture, $"$.observed.poolUse[{points.Count}]"), errors, assumed);
            points.Add(new ObservedPoolUse(
                fields.Required("requestsPerSecond", JsonValues.Number, 0, "Write the load, for example 120."),
                fields.Required("connectionsInUse", JsonValues.Number, 0, "Write the connections in use at that load, for example 6.")));
            fields.RejectUnknown();
        }

        return points;
    }

    private static List<string> Notes(JsonElement? element, List<SystemDescriptionError> errors)
    {
        var notes = new List<string>();
        foreach (JsonElement item in Items(element, "$.observed.notes", "Write [ \"…\" ].", errors))
        {
            if (item.ValueKind == JsonValueKind.String)
            {
                notes.Add(item.GetString()!);
            }
            else
            {
                errors.Add(new SystemDescriptionError(string.Create(CultureInfo.InvariantCulture, $"$.observed.notes[{notes.Count}]"), item.GetRawText(), "It must be a text.", "Write it in double quotes."));
            }
        }

        return notes;
    }

    private static JsonElement[] Items(JsonElement? element, string path, string remedy, List<SystemDescriptionError> errors)
    {
        if (element is not { } value)
            return [];

        if (value.ValueKind == JsonValueKind.Array)
            return [.. value.EnumerateArray()];

        errors.Add(new SystemDescriptionError(path, value.ValueKind.ToString(), "It must be an array.", remedy));
        return [];
    }
}
