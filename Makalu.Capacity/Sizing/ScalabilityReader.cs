using System.Globalization;
using System.Text.Json;

namespace Makalu.Capacity.Sizing;

/// <summary>Reads the optional <c>database.scalability</c> of a system description: coefficients, or measurements to fit them to.</summary>
internal static class ScalabilityReader
{
    private const string Path = "$.database.scalability";

    public static ScalabilityLaw? Read(JsonElement element, List<SystemDescriptionError> errors, List<string> assumed)
    {
        var fields = new JsonFields(element, Path, errors, assumed);
        double? contention = fields.OptionalOrNull("contention", JsonValues.Number, null);
        double? coherency = fields.OptionalOrNull("coherency", JsonValues.Number, null);
        JsonElement? points = fields.Element("points");
        int before = errors.Count;
        fields.RejectUnknown();
        if (points is { } measured && contention is null && coherency is null)
            return Fit(measured, errors, assumed);

        if (points is not null || contention is not (>= 0 and <= 1) || coherency is not (>= 0 and <= 1))
        {
            if (errors.Count == before)
            {
                errors.Add(new SystemDescriptionError(Path, element.GetRawText(), "It must have either points, or both contention and coherency within 0 and 1.", "Write { \"points\": [ { \"concurrency\": 1, \"throughput\": 950 }, … ] }."));
            }

            return null;
        }

        return new ScalabilityLaw { Contention = contention.Value, Coherency = coherency.Value };
    }

    private static ScalabilityLaw? Fit(JsonElement points, List<SystemDescriptionError> errors, List<string> assumed)
    {
        if (points.ValueKind != JsonValueKind.Array)
        {
            errors.Add(new SystemDescriptionError(Path + ".points", points.ValueKind.ToString(), "It must be an array.", "Write [ { \"concurrency\": 1, \"throughput\": 950 }, … ]."));
            return null;
        }

        var measurements = new List<ScalabilityMeasurement>();
        int before = errors.Count;
        foreach (JsonElement item in points.EnumerateArray())
        {
            var fields = new JsonFields(item, string.Create(CultureInfo.InvariantCulture, $"{Path}.points[{measurements.Count}]"), errors, assumed);
            measurements.Add(new ScalabilityMeasurement(
                fields.Required("concurrency", JsonValues.Number, 1, "Write how many requests computed at once."),
                fields.Required("throughput", JsonValues.Number, 1, "Write what was completed per second.")));
            fields.RejectUnknown();
        }

        if (errors.Count > before)
            return null;

        try
        {
            return ScalabilityLaw.Fit(measurements);
        }
        catch (ArgumentException exception)
        {
            errors.Add(new SystemDescriptionError(Path + ".points", string.Create(CultureInfo.InvariantCulture, $"{measurements.Count} points"), exception.Message.Split(" (Parameter", 2)[0], "Correct them, or leave scalability out for the default."));
            return null;
        }
    }
}
