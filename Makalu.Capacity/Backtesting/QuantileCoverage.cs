namespace Makalu.Capacity.Backtesting;

/// <summary>How often what came stayed at or below a stated quantile.</summary>
/// <param name="Quantile">The stated quantile, a fraction.</param>
/// <param name="Covered">The number of steps or windows at or below it.</param>
/// <param name="Count">The number of steps or windows.</param>
public readonly record struct QuantileCoverage(double Quantile, int Covered, int Count)
{
    /// <summary>The part at or below the quantile, a fraction: near <see cref="Quantile"/> where the forecasts are true; NaN where there is none.</summary>
    public double Coverage => (double)Covered / Count;
}
