namespace Makalu.Capacity.Numerics;

/// <summary>
/// The loss whose expectation a quantile minimises: (y − q)·p above the quantile, (q − y)·(1 − p) below it (Koenker and Bassett,
/// "Regression Quantiles", Econometrica 46, 1978).
/// </summary>
internal static class PinballLoss
{
    public static double Of(double actual, double quantile, double probability)
    {
        double error = actual - quantile;
        return Math.Max(probability * error, (probability - 1) * error);
    }
}
