namespace Makalu.Capacity.Service.Storage;

/// <summary>A forecast as it was given out, kept to be scored against what came.</summary>
internal sealed record IssuedForecast(DateTimeOffset Origin, TimeSpan Step, float[] Medians, float[] P95s);
