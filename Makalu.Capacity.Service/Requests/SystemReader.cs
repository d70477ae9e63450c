using System.Text.Json;
using Makalu.Capacity.Sizing;

namespace Makalu.Capacity.Service.Requests;

/// <summary>A system description within a request: the same JSON as the file's, with errors at their place in the request.</summary>
internal static class SystemReader
{
    private const int MostServices = 200;

    public static SystemDescription? Read(JsonElement? element, string path, RequestReader reader)
    {
        if (element is not { } value)
            return null;

        if (value.ValueKind == JsonValueKind.Object && value.TryGetProperty("services", out JsonElement services) && services.ValueKind == JsonValueKind.Array && services.GetArrayLength() > MostServices)
        {
            reader.Add(path + ".services", FormattableString.Invariant($"{services.GetArrayLength()} services"), FormattableString.Invariant($"At most {MostServices} are allowed."), "Join those that are alike.");
            return null;
        }

        try
        {
            return SystemDescriptionReader.Parse(value.GetRawText(), path);
        }
        catch (SystemDescriptionException exception)
        {
            reader.AddRange(exception.Errors.Select(e => e with { Path = e.Path.StartsWith('$') ? path + e.Path[1..] : path }));
            return null;
        }
    }
}
