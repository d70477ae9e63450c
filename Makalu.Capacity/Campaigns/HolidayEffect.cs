using System.Numerics.Tensors;
using Makalu.Capacity.Numerics;

namespace Makalu.Capacity.Campaigns;

/// <summary>What a holiday does to the logarithm of the traffic in each of its hours: a mixture of normal distributions, of either sign.</summary>
/// <remarks>Immutable; safe to share between threads.</remarks>
internal sealed class HolidayEffect
{
    /// <summary>No holiday changes the traffic by more than this factor, either way.</summary>
    private static readonly double _limit = Math.Log(20);

    private readonly (double Weight, double[] Means, double[] Factor)[] _components;

    /// <summary>Creates an effect.</summary>
    /// <param name="components">Weights that sum to 1, the means of the hours, and the Cholesky factor of their covariance, row-major.</param>
    public HolidayEffect((double Weight, double[] Means, double[] Factor)[] components) => _components = components;

    public int Count => _components[0].Means.Length;

    public double Mean(int hour) => _components.Sum(c => c.Weight * c.Means[hour]);

    public double Deviation(int hour)
    {
        double mean = Mean(hour);
        return Math.Sqrt(_components.Sum(c =>
        {
            ReadOnlySpan<double> row = c.Factor.AsSpan(hour * Count, hour + 1);
            return c.Weight * (TensorPrimitives.Dot(row, row) + ((c.Means[hour] - mean) * (c.Means[hour] - mean)));
        }));
    }

    public double[] Draw(RandomStream random)
    {
        double point = random.NextDouble();
        int index = 0;
        while (index + 1 < _components.Length && point >= _components[index].Weight)
            point -= _components[index++].Weight;
        (_, double[] means, double[] factor) = _components[index];
        var normals = new double[Count];
        var hours = new double[Count];
        for (int i = 0; i < Count; i++)
        {
            normals[i] = random.NextNormal();
            hours[i] = Math.Clamp(means[i] + TensorPrimitives.Dot(factor.AsSpan(i * Count, i + 1), normals.AsSpan(0, i + 1)), -_limit, _limit);
        }

        return hours;
    }
}
