using System.Text.Json.Serialization;

namespace Makalu.Capacity.Cli.Nightly;

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true)]
[JsonSerializable(typeof(NightlyOutcome))]
[JsonSerializable(typeof(IReadOnlyList<NightlyOutcome>))]
internal sealed partial class NightlyJson : JsonSerializerContext;
