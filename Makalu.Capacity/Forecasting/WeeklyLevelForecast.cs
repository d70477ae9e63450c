using System.Numerics.Tensors;
using Makalu.Capacity.Numerics;

namespace Makalu.Capacity.Forecasting;

/// <summary>The level of each week from the origin on: its median on the logarithm, and normal deviations from it.</summary>
/// <remarks>Immutable; safe to share between threads.</remarks>
internal sealed class WeeklyLevelForecast
{
    private readonly double[] _medians;
    private readonly double[] _factor;

    /// <summary>Creates a forecast.</summary>
    /// <param name="medians">The median of each week.</param>
    /// <param name="covariance">The covariance of the weeks, row-major; only its lower triangle is read.</param>
    public WeeklyLevelForecast(double[] medians, double[] covariance)
    {
        int n = medians.Length;
        _medians = medians;
        _factor = [.. covariance];
        for (int i = 0; i < n; i++)
            _factor[(i * n) + i] = (_factor[(i * n) + i] * (1 + 1e-9)) + 1e-9;
        if (!CholeskyFactorisation.TryFactorise(_factor, n, n))
            throw new InvalidOperationException("The covariance of the weeks to come is not positive definite.");
    }

    /// <summary>The median of each week from the origin on.</summary>
    public ReadOnlySpan<double> Medians => _medians;

    /// <summary>A value of a day between the middles of the weeks, on a line; before the first middle and after the last theirs.</summary>
    public static double OnDay(ReadOnlySpan<double> weeks, int day) => At(weeks, day + 0.5);

    /// <summary>The same at a time.</summary>
    /// <param name="weeks">The values of weeks, oldest first.</param>
    /// <param name="days">The time from the start of the first, in days.</param>
    public static double At(ReadOnlySpan<double> weeks, double days)
    {
        double position = Math.Clamp((days / 7) - 0.5, 0, weeks.Length - 1);
        int before = (int)position, after = Math.Min(before + 1, weeks.Length - 1);
        return weeks[before] + ((position - before) * (weeks[after] - weeks[before]));
    }

    /// <summary>Draws how far the level of each week is from its median.</summary>
    public double[] DrawDeviations(RandomStream random)
    {
        int n = _medians.Length;
        var normals = new double[n];
        var deviations = new double[n];
        for (int h = 0; h < n; h++)
        {
            normals[h] = random.NextNormal();
            deviations[h] = TensorPrimitives.Dot(_factor.AsSpan(h * n, h + 1), normals.AsSpan(0, h + 1));
        }

        return deviations;
    }
}
