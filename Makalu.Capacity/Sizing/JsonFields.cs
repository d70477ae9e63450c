using System.Globalization;
using System.Text.Json;

namespace Makalu.Capacity.Sizing;

/// <summary>
/// Reads the fields of one JSON object, gathering every error instead of stopping at the first, and notes which fields were
/// asked for, so that the ones nobody knows can be told with the nearest known name.
/// </summary>
internal sealed class JsonFields
{
    private readonly Dictionary<string, JsonElement> _fields = new(StringComparer.Ordinal);
    private readonly List<string> _known = [];
    private readonly string _path;
    private readonly List<SystemDescriptionError> _errors;
    private readonly List<string> _assumed;

    public JsonFields(JsonElement element, string path, List<SystemDescriptionError> errors, List<string> assumed)
    {
        _path = path;
        _errors = errors;
        _assumed = assumed;
        if (element.ValueKind != JsonValueKind.Object)
        {
            Add(path, Shorten(element.GetRawText()), "It must be an object.", "Write { … } with its fields.");
            return;
        }

        foreach (JsonProperty property in element.EnumerateObject())
        {
            if (!_fields.TryAdd(property.Name, property.Value))
            {
                Add($"{path}.{property.Name}", Shorten(property.Value.GetRawText()), "The field is there twice.", "Keep one of the two.");
            }
        }
    }

    /// <summary>Paths at which something was wrong already.</summary>
    public bool Has(string name) => _fields.ContainsKey(name);

    public JsonElement? Element(string name)
    {
        _known.Add(name);
        return _fields.TryGetValue(name, out JsonElement value) && value.ValueKind != JsonValueKind.Null ? value : null;
    }

    public JsonElement? RequiredElement(string name, string remedy)
    {
        JsonElement? value = Element(name);
        if (value is null)
        {
            Add($"{_path}.{name}", "absent", "The field is required.", remedy);
        }

        return value;
    }

    public T Required<T>(string name, JsonValue<T> value, T placeholder, string remedy)
        => RequiredElement(name, remedy) is { } element ? Convert(name, element, value, placeholder) : placeholder;

    /// <summary>A field with a default; a default taken is noted with the words of <paramref name="assumption"/>.</summary>
    public T Optional<T>(string name, JsonValue<T> value, T whenAbsent, string? assumption)
    {
        if (Element(name) is { } element)
            return Convert(name, element, value, whenAbsent);

        if (assumption is not null)
        {
            _assumed.Add($"{_path[2..]}.{name} is not given: {assumption}");
        }

        return whenAbsent;
    }

    public T? OptionalOrNull<T>(string name, JsonValue<T> value, string? assumption)
        where T : struct
    {
        if (Element(name) is { } element)
            return Convert(name, element, value, default);

        if (assumption is not null)
        {
            _assumed.Add($"{_path[2..]}.{name} is not given: {assumption}");
        }

        return null;
    }

    /// <summary>Reports the fields that nobody asked for.</summary>
    public void RejectUnknown()
    {
        foreach ((string name, JsonElement value) in _fields)
        {
            if (!_known.Contains(name))
            {
                string nearest = _known.MinBy(known => NameDistance.Between(name, known)) ?? "";
                bool similar = NameDistance.Between(name, nearest) <= Math.Max(2, nearest.Length / 3);
                Add($"{_path}.{Shorten(name)}", Shorten(value.GetRawText()), "The field is unknown.", similar ? $"Did you mean {nearest}?" : $"The fields here are {string.Join(", ", _known)}.");
            }
        }
    }

    private T Convert<T>(string name, JsonElement element, JsonValue<T> value, T placeholder)
    {
        if (value.TryConvert(element, out T converted))
            return converted;

        Add($"{_path}.{name}", Shorten(element.GetRawText()), value.Rule, value.Remedy);
        return placeholder;
    }

    private void Add(string path, string value, string rule, string remedy) => _errors.Add(new SystemDescriptionError(path, value, rule, remedy));

    private static string Shorten(string text) => text.Length <= 60 ? text : string.Concat(text.AsSpan(0, 57), "…");
}

/// <summary>How a field's JSON value becomes a value of ours, and what to tell when it does not.</summary>
internal sealed record JsonValue<T>(JsonValueConversion<T> TryConvert, string Rule, string Remedy);

internal delegate bool JsonValueConversion<T>(JsonElement element, out T value);

/// <summary>The kinds of value that a system description has.</summary>
internal static class JsonValues
{
    public static readonly JsonValue<string> Text = new(TryText, "It must be a text.", "Write it in double quotes.");
    public static readonly JsonValue<int> Integer = new(TryInteger, "It must be a whole number.", "Write a number without quotes or fraction, for example 100.");
    public static readonly JsonValue<double> Number = new(TryNumber, "It must be a number.", "Write a number without quotes, for example 0.25.");
    public static readonly JsonValue<long> Size = new(TrySize, "It must be a size.", "Write a number and its unit, for example \"32GiB\" (B, kB, MB, GB, TB, KiB, MiB, GiB, TiB).");
    public static readonly JsonValue<TimeSpan> Duration = new(TryDuration, "It must be a duration.", "Write hours, minutes and seconds, for example \"00:00:00.012\" for 12 ms.");

    public static readonly JsonValue<DateTimeOffset> Time = new(TryTime, "It must be a time with its offset.", "Write it in UTC, for example \"2024-09-15T14:05:00Z\".");

    private static bool TryTime(JsonElement element, out DateTimeOffset value)
    {
        value = default;
        return element.ValueKind == JsonValueKind.String && DateTimeOffset.TryParseExact(element.GetString(), ["yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK"], CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out value);
    }

    private static bool TryText(JsonElement element, out string value)
    {
        value = element.ValueKind == JsonValueKind.String ? element.GetString()! : "";
        return element.ValueKind == JsonValueKind.String;
    }

    private static bool TryInteger(JsonElement element, out int value)
    {
        value = 0;
        return element.ValueKind == JsonValueKind.Number && element.TryGetInt32(out value);
    }

    private static bool TryNumber(JsonElement element, out double value)
    {
        value = 0;
        return element.ValueKind == JsonValueKind.Number && element.TryGetDouble(out value) && double.IsFinite(value);
    }

    private static bool TrySize(JsonElement element, out long value)
    {
        value = 0;
        return element.ValueKind == JsonValueKind.String && ByteSize.TryParse(element.GetString(), out value);
    }

    private static bool TryDuration(JsonElement element, out TimeSpan value)
    {
        value = default;
        return element.ValueKind == JsonValueKind.String && TimeSpan.TryParseExact(element.GetString(), ["c", @"hh\:mm"], CultureInfo.InvariantCulture, out value);
    }
}
