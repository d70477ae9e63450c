namespace Makalu.Capacity.Forecasting.Ssa;

/// <summary>The largest growth a forecast may show: a factor over a number of steps; the name is ML.NET's.</summary>
/// <param name="TimeSpan">The number of steps; 1 or more.</param>
/// <param name="Growth">The factor over that many steps; above 0.</param>
public readonly record struct GrowthRatio(int TimeSpan = 1, double Growth = double.PositiveInfinity)
{
    /// <summary>The factor of a single step.</summary>
    public double Ratio => Math.Pow(Growth, 1.0 / TimeSpan);
}
