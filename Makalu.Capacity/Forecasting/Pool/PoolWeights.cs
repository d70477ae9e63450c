namespace Makalu.Capacity.Forecasting.Pool;

/// <summary>
/// The weights of a pool from the candidates' rolling-origin errors: (error ÷ least error) to the power −4, and none above
/// 1.5 times the least. Never equal weights: one member that cannot follow a drifting series would spoil the mean.
/// </summary>
internal static class PoolWeights
{
    private const double Cut = 1.5;

    public static double[] FromErrors(ReadOnlySpan<double> errors)
    {
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
            weights[m] = ratio <= Cut ? 1 / (ratio * ratio * ratio * ratio) : 0;
            total += weights[m];
        }

        for (int m = 0; m < weights.Length; m++)
        {
            weights[m] /= total;
        }

        return weights;
    }
}
