namespace Makalu.Capacity.Forecasting.Pool;

/// <summary>The standard normal distribution.</summary>
internal static class NormalDistribution
{
    /// <summary>The probability that a standard normal deviate lies within ± <paramref name="deviate"/>.</summary>
    public static double Central(double deviate) => MathNet.Numerics.SpecialFunctions.Erf(deviate / Math.Sqrt(2));
}
