namespace Makalu.Capacity.Forecasting.Pool;

/// <summary>A level that a history held.</summary>
/// <param name="Start">Its first value.</param>
/// <param name="Length">How many values it was held for.</param>
/// <param name="Level">Their median on the logarithmic scale, without the season.</param>
/// <param name="Spread">Their robust standard deviation about it.</param>
/// <param name="AtOnce">The median of the half cycle from its start on less that of the half cycle before; NaN where either is not known.</param>
internal readonly record struct LevelPlateau(int Start, int Length, double Level, double Spread, double AtOnce);
