using System.Text.Json.Serialization;
using Makalu.Capacity.Forecasting;

namespace Makalu.Capacity;

/// <summary>A model's state as it is kept, schema 1.</summary>
internal sealed record CapacityModelStateDocument
{
    public required int Schema { get; init; }

    /// <summary>The build of the library: another one may choose otherwise.</summary>
    public required Guid Build { get; init; }

    public required string Forecaster { get; init; }

    /// <summary>The model that was asked for.</summary>
    public required string Asked { get; init; }

    public required bool HasCampaigns { get; init; }

    public required TimeSpan Horizon { get; init; }

    public required TimeSpan Step { get; init; }

    public required int Seed { get; init; }

    /// <summary>The zone by whose clock was forecast; null for UTC.</summary>
    public string? TimeZone { get; init; }

    /// <summary>Times are <see cref="DateTime"/> in UTC, which are written with Z.</summary>
    public required DateTime JudgedAt { get; init; }

    public required DateTime Origin { get; init; }

    public Judgement? Backtest { get; init; }

    /// <summary>What the forecaster itself keeps; empty where it keeps nothing.</summary>
    public byte[] Found { get; init; } = [];

    public sealed record Judgement(string Chosen, string Reason, IReadOnlyList<ForecastAccuracy> Candidates);
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true, NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals)]
[JsonSerializable(typeof(CapacityModelStateDocument))]
internal sealed partial class CapacityModelStateJson : JsonSerializerContext;
