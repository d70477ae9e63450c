using System.Text.Json.Serialization;

namespace Makalu.Capacity.Monitoring;

/// <summary>A forecast record as its file holds it, schema 1.</summary>
internal sealed record ForecastRecordDocument
{
    public required int Schema { get; init; }

    public required string Series { get; init; }

    public required string Model { get; init; }

    /// <summary>A <see cref="DateTime"/> in UTC, which is written with Z.</summary>
    public required DateTime Origin { get; init; }

    public required TimeSpan Step { get; init; }

    public required double[] Quantiles { get; init; }

    public required double[][] Steps { get; init; }

    public required double[] ExpectedPinballLoss { get; init; }

    public required IReadOnlyList<Peak> Peaks { get; init; }

    public sealed record Peak(string Window, string Kind, DateTime StartsAt, DateTime EndsAt, double[] RequestsPerSecond);
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(ForecastRecordDocument))]
internal sealed partial class ForecastRecordJson : JsonSerializerContext;
