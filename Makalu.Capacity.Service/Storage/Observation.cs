namespace Makalu.Capacity.Service.Storage;

/// <summary>One step: its start, the requests in it, and where known the requests of its busiest second.</summary>
internal readonly record struct Observation(DateTimeOffset At, double Requests, double? PeakRequestsPerSecond);
