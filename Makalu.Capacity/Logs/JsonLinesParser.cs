using System.Text;
using System.Text.Json;

namespace Makalu.Capacity.Logs;

/// <summary>One JSON object a line. Only the fields that are needed are looked at, and reading stops when they are found.</summary>
internal sealed class JsonLinesParser : LineParser
{
    private const int TimeField = 0;
    private const int RouteField = 1;
    private const int StatusField = 2;
    private const int DurationField = 3;

    private readonly FieldLayout _layout;
    private readonly FieldTime _time;
    private readonly Field?[] _fields;
    private readonly byte[][] _unescaped = new byte[4][];

    public JsonLinesParser(FieldLayout layout, TimeZoneInfo zone)
    {
        _layout = layout;
        _time = new FieldTime(zone);
        _fields = [Field.Of(layout.Time), Field.Of(layout.Route), Field.Of(layout.Status), Field.Of(layout.Duration)];
    }

    public override bool NeedsOrder => _time.NeedsOrder;

    public override LineOutcome Parse(ReadOnlySpan<byte> line, out RequestRecord record, out string? fault)
    {
        record = default;
        line = line.Trim((byte)' ');
        if (line.Length < 2 || line[0] != '{' || line[^1] != '}')
        {
            fault = "no JSON object from the line's beginning to its end";
            return LineOutcome.Malformed;
        }

        Values values = default;
        try
        {
            Find(line, ref values);
        }
        catch (JsonException e)
        {
            fault = "no JSON: " + e.Message;
            return LineOutcome.Malformed;
        }

        if ((_fields[RouteField] ?? _fields[StatusField]) is not null && !values.Has(RouteField) && !values.Has(StatusField))
        {
            fault = null;
            return LineOutcome.Other;
        }

        int status = 0;
        fault = !values.Has(TimeField) ? $"no field '{_layout.Time}'"
            : !_time.TryParse(values.Time, out long utcTicks) ? $"'{_layout.Time}' is no time that is known"
            : values.Has(StatusField) && !TryStatus(values.Status, out status) ? $"'{_layout.Status}' is no status of three digits"
            : Accept(values, utcTicks, status, out record);
        return fault is null ? LineOutcome.Record : LineOutcome.Malformed;
    }

    /// <summary>The names of the fields of the first lines, those within an object by their path.</summary>
    public static HashSet<string> Names(ReadOnlySpan<byte> lines)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (Range range in lines.Split((byte)'\n'))
        {
            try
            {
                var reader = new Utf8JsonReader(lines[range]);
                using JsonDocument document = JsonDocument.ParseValue(ref reader);
                AddNames(document.RootElement, "", names);
            }
            catch (JsonException)
            {
                // Counted as malformed when the lines are read.
            }
        }

        return names;
    }

    internal static bool TryStatus(ReadOnlySpan<byte> text, out int status)
    {
        status = 0;
        int faults = 0;
        if (text.IsEmpty || (text.Length == 1 && text[0] is (byte)'-' or (byte)'0'))
        {
            return true;
        }

        if (text.Length != 3)
        {
            return false;
        }

        status = (Utf8Number.Two(text, 0, ref faults) * 10) + (text[2] - '0');
        return faults >= 0 && text[2] is >= (byte)'0' and <= (byte)'9';
    }

    private string? Accept(scoped in Values values, long utcTicks, int status, out RequestRecord record)
    {
        long duration = values.Has(DurationField)
            ? DurationTicks.Of(values.Duration, _layout.DurationUnit, DurationUnit.Milliseconds)
            : RequestRecord.UnknownDuration;
        record = new RequestRecord(utcTicks, RequestTarget.Of(values.Route), status, duration);
        return null;
    }

    private void Find(ReadOnlySpan<byte> line, ref Values values)
    {
        Span<int> within = stackalloc int[4];
        within.Clear();
        var reader = new Utf8JsonReader(line);
        reader.Read();
        int missing = _fields.Count(f => f is not null);
        while (missing > 0 && reader.Read())
        {
            int depth = reader.CurrentDepth;
            if (reader.TokenType == JsonTokenType.EndObject)
            {
                foreach (ref int matched in within)
                {
                    matched = Math.Min(matched, depth - 1);
                }

                continue;
            }

            if (reader.TokenType != JsonTokenType.PropertyName)
            {
                continue;
            }

            int value = -1;
            bool descend = false;
            for (int i = 0; i < _fields.Length; i++)
            {
                if (_fields[i] is not { } field || values.Has(i) || within[i] < depth - 1)
                {
                    continue;
                }

                if ((depth == 1 && reader.ValueTextEquals(field.FullName))
                    || (depth == field.Path.Length && reader.ValueTextEquals(field.Path[depth - 1])))
                {
                    value = i;
                }
                else if (depth < field.Path.Length && reader.ValueTextEquals(field.Path[depth - 1]))
                {
                    within[i] = depth;
                    descend = true;
                }
            }

            reader.Read();
            if (value >= 0 && reader.TokenType is JsonTokenType.String or JsonTokenType.Number)
            {
                values.Set(value, Text(ref reader, value));
                missing--;
            }
            else if (!descend)
            {
                reader.Skip();
            }
        }
    }

    private ReadOnlySpan<byte> Text(scoped ref Utf8JsonReader reader, int field)
    {
        if (reader.TokenType != JsonTokenType.String || !reader.ValueIsEscaped)
        {
            return reader.ValueSpan;
        }

        if (_unescaped[field] is null || _unescaped[field].Length < reader.ValueSpan.Length)
        {
            _unescaped[field] = new byte[reader.ValueSpan.Length * 2];
        }

        return _unescaped[field].AsSpan(0, reader.CopyString(_unescaped[field]));
    }

    private static void AddNames(JsonElement element, string prefix, HashSet<string> names)
    {
        if (element.ValueKind != JsonValueKind.Object)
        {
            return;
        }

        foreach (JsonProperty property in element.EnumerateObject())
        {
            names.Add(prefix + property.Name);
            AddNames(property.Value, prefix + property.Name + ".", names);
        }
    }

    /// <summary>The name of a field: as it is, and as a path of names within names.</summary>
    private sealed record Field(byte[] FullName, byte[][] Path)
    {
        public static Field? Of(string? name)
            => name is null ? null : new(Encoding.UTF8.GetBytes(name), [.. name.Split('.').Select(Encoding.UTF8.GetBytes)]);
    }

    private ref struct Values
    {
        private int _found;

        public ReadOnlySpan<byte> Time { get; private set; }

        public ReadOnlySpan<byte> Route { get; private set; }

        public ReadOnlySpan<byte> Status { get; private set; }

        public ReadOnlySpan<byte> Duration { get; private set; }

        public readonly bool Has(int field) => (_found & (1 << field)) != 0;

        public void Set(int field, ReadOnlySpan<byte> text)
        {
            _found |= 1 << field;
            switch (field)
            {
                case TimeField:
                    Time = text;
                    break;
                case RouteField:
                    Route = text;
                    break;
                case StatusField:
                    Status = text;
                    break;
                default:
                    Duration = text;
                    break;
            }
        }
    }
}
