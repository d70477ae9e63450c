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
        var means = new double[n];
        var totals = new double[n];
        for (int i = 0; i < n; i++)
        {
            double sum = 0, total = 0;
            int from = circular ? i - radius : Math.Max(0, i - radius);
            int to = circular ? i + radius : Math.Min(n - 1, i + radius);
            for (int k = from; k <= to; k++)
            {
                int cell = circular ? ((k % n) + n) % n : k;
                double weight = kernel[k - i + radius];
                sum += weight * sums[cell];
                total += weight * weights[cell];
            }

            means[i] = total > 1e-9 ? sum / total : 0;
            totals[i] = total;
        }

        return (means, totals);
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
