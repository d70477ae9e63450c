namespace Makalu.Capacity.Sizing;

/// <summary>A throughput that was measured at a concurrency.</summary>
/// <param name="Concurrency">How many requests were worked on at once, 1 or more.</param>
/// <param name="Throughput">What was completed, for example per second; greater than zero.</param>
public readonly record struct ScalabilityMeasurement(double Concurrency, double Throughput);
