using System.Numerics.Tensors;

namespace Makalu.Capacity.Numerics;

/// <summary>Weighted means under a Gaussian kernel (Nadaraya, 1964; Watson, 1964), cut off at three bandwidths.</summary>
internal static class GaussianSmooth
{
    /// <summary>Smooths along a line.</summary>
    /// <param name="sums">Weighted sums of each cell.</param>
    /// <param name="weights">Weights of each cell, 0 where unknown.</param>
    /// <param name="bandwidth">The kernel's standard deviation, in cells.</param>
    /// <returns>The mean of each cell, 0 where no weight is near, and the weight it rests on.</returns>
    public static (double[] Means, double[] Weights) Line(ReadOnlySpan<double> sums, ReadOnlySpan<double> weights, double bandwidth)
        => Smooth(sums, weights, bandwidth, circular: false);

    /// <summary>Smooths around a circle, whose last cell is a neighbour of its first.</summary>
    public static (double[] Means, double[] Weights) Circle(ReadOnlySpan<double> sums, ReadOnlySpan<double> weights, double bandwidth)
        => Smooth(sums, weights, bandwidth, circular: true);

    /// <summary>The sum of the kernel: how many cells of weight 1 it gathers.</summary>
    public static double KernelSum(double bandwidth) => Kernel(bandwidth).Sum();

    private static (double[] Means, double[] Weights) Smooth(ReadOnlySpan<double> sums, ReadOnlySpan<double> weights, double bandwidth, bool circular)
    {
        double[] kernel = Kernel(bandwidth);
        int radius = kernel.Length / 2;
        int n = sums.Length;
        double[] around = Surrounded(sums, radius, circular), weightsAround = Surrounded(weights, radius, circular);
        double[] means = new double[n], totals = new double[n];

        // Neighbour by neighbour over all cells at once: each cell still adds its own neighbours in order.
        for (int k = 0; k < kernel.Length; k++)
        {
            TensorPrimitives.MultiplyAdd(around.AsSpan(k, n), kernel[k], means, means);
            TensorPrimitives.MultiplyAdd(weightsAround.AsSpan(k, n), kernel[k], totals, totals);
        }

        for (int i = 0; i < n; i++)
            means[i] = totals[i] > 1e-9 ? means[i] / totals[i] : 0;
        return (means, totals);
    }

    /// <summary>The cells with as many on each side as the kernel reaches: those from the other end of a circle, nothing at the ends of a line.</summary>
    private static double[] Surrounded(ReadOnlySpan<double> cells, int radius, bool circular)
    {
        var around = new double[cells.Length + (2 * radius)];
        cells.CopyTo(around.AsSpan(radius));
        for (int i = 0; circular && i < radius; i++)
        {
            around[radius - 1 - i] = cells[^(1 + (i % cells.Length))];
            around[radius + cells.Length + i] = cells[i % cells.Length];
        }

        return around;
    }

    private static double[] Kernel(double bandwidth)
    {
        int radius = (int)(3 * bandwidth) + 1;
        var kernel = new double[(2 * radius) + 1];
        for (int k = -radius; k <= radius; k++)
            kernel[k + radius] = Math.Exp(-0.5 * k * k / (bandwidth * bandwidth));
        return kernel;
    }
}
