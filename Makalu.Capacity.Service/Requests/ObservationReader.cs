using System.Globalization;
using System.Text.Json;
using Makalu.Capacity.Service.Storage;
using Makalu.Capacity.Sizing;

namespace Makalu.Capacity.Service.Requests;

/// <summary>Reads a push: <c>{ observations: [ { timestamp, requests, peakRps } ] }</c>.</summary>
internal static class ObservationReader
{
    /// <summary>More requests than this in one step are a mistake.</summary>
    public const double MostRequests = 1e12;

    public static IReadOnlyList<Observation> Read(JsonElement root, TimeSpan step, DateTimeOffset latest, RequestReader reader)
    {
        JsonFields fields = reader.Object(root, "$");
        JsonElement[] elements = fields.RequiredElement("observations", "Send [ { \"timestamp\": …, \"requests\": … } ].") is { } array ? reader.Array(array, "$.observations", reader.Limits.ObservationsPerRequest) : [];
        fields.RejectUnknown();
        var observations = new List<Observation>(elements.Length);
        var seen = new HashSet<DateTimeOffset>(elements.Length);
        for (int i = 0; i < elements.Length && !reader.IsFull; i++)
        {
            string path = string.Create(CultureInfo.InvariantCulture, $"$.observations[{i}]");
            if (Entry(elements[i], path, step, latest, reader) is not { } observation)
                continue;

            if (!seen.Add(observation.At))
                reader.Add(path + ".timestamp", observation.At.ToString("u", CultureInfo.InvariantCulture), "The same step is there twice.", "Add its requests up, and send them once.");
            observations.Add(observation);
        }

        reader.ThrowIfWrong();
        return observations;
    }

    private static Observation? Entry(JsonElement element, string path, TimeSpan step, DateTimeOffset latest, RequestReader reader)
    {
        JsonFields fields = reader.Object(element, path);
        if (element.ValueKind != JsonValueKind.Object)
            return null;

        DateTimeOffset at = fields.Required("timestamp", RequestReader.Time, default, "Write the start of the step.").ToUniversalTime();
        double requests = fields.Required("requests", JsonValues.Number, 0, "Write how many requests there were in the step; leave the step out where that is not known.");
        double? peak = fields.OptionalOrNull("peakRps", JsonValues.Number, null);
        fields.RejectUnknown();
        if (!(requests is >= 0 and <= MostRequests))
            reader.Add(path + ".requests", Text(requests), "It must be 0 to 1e12.", "Leave the step out where the number is not known.");
        if (peak is { } busiest && !(busiest is >= 0 and <= MostRequests))
            reader.Add(path + ".peakRps", Text(busiest), "It must be 0 to 1e12.", "Leave it out where it is not known.");
        if (at == default)
            return null;

        if (at.Ticks % step.Ticks != 0)
            reader.Add(path + ".timestamp", Text(at), string.Create(CultureInfo.InvariantCulture, $"It must be the start of a step of {step:c}, counted from midnight UTC."), "Send whole steps.");
        if (at > latest)
            reader.Add(path + ".timestamp", Text(at), "It must not lie in the future.", "Check the clock that counts, and its time zone.");
        return new Observation(at, requests, peak);
    }

    private static string Text(IFormattable value) => value.ToString(value is DateTimeOffset ? "u" : "R", CultureInfo.InvariantCulture);
}
