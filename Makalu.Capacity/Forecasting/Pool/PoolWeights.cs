namespace Makalu.Capacity.Forecasting.Pool;

/// <summary>
/// The weights of a pool from the candidates' rolling-origin errors: (error ÷ least error) to a negative power, and none above a
/// multiple of the least. The fewer the origins, the less the errors tell: the power falls towards 0, which is equal weights, and the
/// multiple rises. Never quite equal ones: one member that cannot follow a drifting series would spoil the mean.
/// </summary>
internal static class PoolWeights
{
    private const double Power = 6;

    /// <summary>At so many origins the power is half of what it is at very many.</summary>
    private const double OriginsToHalfPower = 2;

    /// <summary>The multiple at very many origins; the reciprocal of their number is added.</summary>
    private const double Cut = 1.5;

    /// <param name="errors">Each candidate's error, 0 or more.</param>
    /// <param name="origins">The number of origins behind them, 1 or more.</param>
    /// <returns>Weights that sum to 1.</returns>
    public static double[] FromErrors(ReadOnlySpan<double> errors, int origins)
    {
        double power = PowerAt(origins);
        double cut = CutAt(origins);
        double least = double.PositiveInfinity;
        foreach (double error in errors)
        {
            least = Math.Min(least, error);
        }

        // Keeps the ratio defined where the best candidate is exact, as on a constant series.
        double allowance = 1e-12 * (1 + least);
        var weights = new double[errors.Length];
        double total = 0;
        for (int m = 0; m < weights.Length; m++)
        {
            double ratio = (errors[m] + allowance) / (least + allowance);
            weights[m] = ratio <= cut ? Math.Pow(ratio, -power) : 0;
            total += weights[m];
        }

        for (int m = 0; m < weights.Length; m++)
        {
            weights[m] /= total;
        }

        return weights;
    }

    /// <summary>The power of the weights by the number of origins.</summary>
    public static double PowerAt(int origins) => Power * origins / (origins + OriginsToHalfPower);

    /// <summary>The multiple of the least error above which a candidate counts for nothing, by the number of origins.</summary>
    public static double CutAt(int origins) => Cut + (1.0 / origins);
}
