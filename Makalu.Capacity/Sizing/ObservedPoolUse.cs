namespace Makalu.Capacity.Sizing;

/// <summary>Connections that were in use at a load.</summary>
/// <param name="RequestsPerSecond">The load, 0 or more.</param>
/// <param name="ConnectionsInUse">The connections of all services in use on average, 0 or more.</param>
public readonly record struct ObservedPoolUse(double RequestsPerSecond, double ConnectionsInUse);
