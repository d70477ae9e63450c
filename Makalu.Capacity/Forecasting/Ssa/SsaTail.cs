using Makalu.Capacity.Numerics;

namespace Makalu.Capacity.Forecasting.Ssa;

/// <summary>The reconstruction of the last L − 1 points, which is all of it that a forecast needs.</summary>
internal static class SsaTail
{
    /// <summary>The sums over windows of the entries that stand for each of the last L − 1 points, or all points of a shorter series.</summary>
    public static double[] Sums(ReadOnlySpan<double> centred, ReadOnlySpan<double> vectors, int window)
    {
        int reach = Math.Min(centred.Length, (2 * window) - 2);
        double[] sums = new double[reach];
        HankelReconstruction.AddDiagonalSums(centred[^reach..], vectors, window, sums);
        return sums[^(window - 1)..];
    }

    /// <summary>The means that belong to the sums.</summary>
    /// <param name="sums">The sums of the last points.</param>
    /// <param name="count">The length of the whole series.</param>
    /// <param name="window">The window length.</param>
    public static double[] Values(ReadOnlySpan<double> sums, int count, int window)
    {
        double[] values = new double[sums.Length];
        Fill(sums, count, window, values);
        return values;
    }

    public static void Fill(ReadOnlySpan<double> sums, int count, int window, Span<double> values)
    {
        for (int i = 0; i < sums.Length; i++)
        {
            values[i] = sums[i] / HankelReconstruction.WindowsThrough(count - sums.Length + i, count, window);
        }
    }
}
