using System.Text.Encodings.Web;
using System.Text.Json;

namespace Makalu.Capacity.Postgres.LoadTest;

/// <summary>Writes a report as JSON, schema 1.</summary>
internal static class VerificationJson
{
    private static readonly JsonSerializerOptions Options = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        WriteIndented = true,
        NewLine = "\n",
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static void Write(Stream stream, VerificationReport report)
    {
        JsonSerializer.Serialize(stream, report, Options);
        stream.Write("\n"u8);
    }
}
