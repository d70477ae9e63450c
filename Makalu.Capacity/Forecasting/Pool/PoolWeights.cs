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

    /// <summary>The least relative error up to which a series is not noisy, and that from which it is.</summary>
    private const double LeastNoise = 0.1;
    private const double MuchNoise = 0.2;

    /// <param name="errors">Each candidate's error, 0 or more.</param>
    /// <param name="origins">The number of origins behind them, 1 or more.</param>
    /// <param name="shares">What each candidate's weight is multiplied with, not all 0; empty for 1.</param>
    /// <returns>Weights that sum to 1.</returns>
    public static double[] FromErrors(ReadOnlySpan<double> errors, int origins, ReadOnlySpan<double> shares = default)
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
            weights[m] = (ratio <= cut ? Math.Pow(ratio, -power) : 0) * (shares.IsEmpty ? 1 : shares[m]);
            total += weights[m];
        }

        for (int m = 0; m < weights.Length; m++)
        {
            weights[m] /= total;
        }

        return weights;
    }

    /// <summary>
    /// The share of candidates for noisy series, by the least error of the others: 0 where they know the series to a tenth, 1 where they do not know it to a
    /// fifth. On noisy traffic such candidates are among the best; on smooth series they tell nothing that the others do not, and take from the best ones' weight.
    /// </summary>
    public static double ShareForNoise(double leastError) => Math.Clamp((leastError - LeastNoise) / (MuchNoise - LeastNoise), 0, 1);

    /// <summary>The power of the weights by the number of origins.</summary>
    public static double PowerAt(int origins) => Power * origins / (origins + OriginsToHalfPower);

    /// <summary>The multiple of the least error above which a candidate counts for nothing, by the number of origins.</summary>
    public static double CutAt(int origins) => Cut + (1.0 / origins);
}
