namespace Makalu.Capacity.Forecasting.Pool;

/// <summary>What the pool would have forecast at a rolling origin.</summary>
/// <param name="Count">The working values before the origin.</param>
/// <param name="Law">The forecast and how paths would have lain about it.</param>
internal sealed record PastForecast(int Count, PathLaw Law);
