using System.Globalization;
using System.Text.Json;
using Makalu.Capacity.Service.Hosting;
using Makalu.Capacity.Sizing;
using Microsoft.AspNetCore.Http;

namespace Makalu.Capacity.Service.Requests;

/// <summary>Reads the fields of a request, gathering every error, so that a request is mended in one go.</summary>
internal sealed class RequestReader
{
    private const int MostErrors = 100;

    private readonly List<SystemDescriptionError> _errors = [];

    public RequestReader(ServiceLimits limits) => Limits = limits;

    public ServiceLimits Limits { get; }

    /// <summary>Whether more errors are known than are told, so that looking on is of no use.</summary>
    public bool IsFull => _errors.Count > MostErrors;

    /// <summary>Times that a request may name: far beyond any history and any plan, and far from where arithmetic on times ends.</summary>
    public static JsonValue<DateTimeOffset> Time { get; } = new(TryTime, "It must be a time between 1971 and 2199.", "Write it as \"2024-09-15T14:00:00Z\".");

    public JsonFields Object(JsonElement element, string path) => new(element, path, _errors, []);

    public void Add(string path, string value, string rule, string remedy) => _errors.Add(new SystemDescriptionError(path, value, rule, remedy));

    public void AddRange(IEnumerable<SystemDescriptionError> errors) => _errors.AddRange(errors);

    /// <summary>The elements of an array; none where it is no array or too long, which is an error.</summary>
    public JsonElement[] Array(JsonElement element, string path, int most)
    {
        if (element.ValueKind != JsonValueKind.Array)
        {
            Add(path, element.ValueKind.ToString(), "It must be an array.", "Write [ … ].");
            return [];
        }

        if (element.GetArrayLength() > most)
        {
            Add(path, string.Create(CultureInfo.InvariantCulture, $"{element.GetArrayLength()} elements"), string.Create(CultureInfo.InvariantCulture, $"At most {most} are allowed."), "Send fewer.");
            return [];
        }

        return [.. element.EnumerateArray()];
    }

    /// <summary>A text of one line, not empty and not overlong.</summary>
    public string Line(JsonFields fields, string path, string name, int longest, string remedy)
    {
        string text = fields.Required(name, JsonValues.Text, " ", remedy);
        if (text != " " && (string.IsNullOrWhiteSpace(text) || text.Length > longest || text.Any(char.IsControl)))
            Add($"{path}.{name}", Shorten(text), string.Create(CultureInfo.InvariantCulture, $"It must be 1 to {longest} characters on one line."), remedy);
        return text;
    }

    /// <summary>Tells all errors, where there are any.</summary>
    /// <exception cref="RequestRefusedException">There are.</exception>
    public void ThrowIfWrong()
    {
        if (_errors.Count > 0)
        {
            string detail = IsFull
                ? string.Create(CultureInfo.InvariantCulture, $"More than {MostErrors} errors; the first {MostErrors} are told.")
                : _errors.Count == 1 ? "1 error." : string.Create(CultureInfo.InvariantCulture, $"{_errors.Count} errors.");
            throw new RequestRefusedException(StatusCodes.Status400BadRequest, "The request is not valid", detail, [.. _errors.Take(MostErrors)]);
        }
    }

    private static bool TryTime(JsonElement element, out DateTimeOffset value)
    {
        value = default;
        return element.ValueKind == JsonValueKind.String && element.TryGetDateTimeOffset(out value) && value.UtcDateTime.Year is > 1970 and < 2200;
    }

    public static string Shorten(string text) => text.Length <= 60 ? text : string.Concat(text.AsSpan(0, 57), "…");
}
