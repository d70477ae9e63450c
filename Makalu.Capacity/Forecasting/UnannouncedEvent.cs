namespace Makalu.Capacity.Forecasting;

/// <summary>A spike or a drop of the traffic that nothing on the calendar explains.</summary>
/// <param name="StartsAt">The start of its first step, UTC.</param>
/// <param name="EndsAt">The end of its last step, UTC.</param>
/// <param name="Factor">The largest factor on the usual traffic of that time: above 1 a spike, below 1 a drop.</param>
/// <param name="ExtraRequests">The requests above the usual in all; below 0 for a drop.</param>
public sealed record UnannouncedEvent(DateTimeOffset StartsAt, DateTimeOffset EndsAt, double Factor, double ExtraRequests);
