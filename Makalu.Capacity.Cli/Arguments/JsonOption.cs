using System.CommandLine;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Makalu.Capacity.Cli.Arguments;

/// <summary><c>--json</c>: what a command tells, as one JSON object on standard output for programs.</summary>
internal static class JsonOption
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static Option<bool> Create() => new("--json") { Description = "Print the summary as JSON on standard output." };

    public static void Write(CommandConsole console, JsonNode summary) => console.OutputText.WriteLine(summary.ToJsonString(Indented));

    /// <summary>A number as JSON can hold it.</summary>
    public static JsonNode? Number(double value) => double.IsFinite(value) ? JsonValue.Create(value) : null;
}
