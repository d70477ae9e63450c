namespace Makalu.Capacity.Numerics;

/// <summary>Quantiles of a sample: type 7 of Hyndman and Fan, "Sample Quantiles in Statistical Packages", The American Statistician 50 (1996).</summary>
internal static class SampleQuantile
{
    public static double OfSorted(ReadOnlySpan<double> sorted, double probability)
    {
        double position = (sorted.Length - 1) * probability;
        int below = (int)position;
        return below + 1 < sorted.Length
            ? sorted[below] + ((position - below) * (sorted[below + 1] - sorted[below]))
            : sorted[^1];
    }

    /// <summary>The quantile of a sample in any order, NaN left out; NaN when nothing is left.</summary>
    public static double Of(ReadOnlySpan<double> sample, double probability)
    {
        var known = new double[sample.Length];
        int count = 0;
        foreach (double value in sample)
        {
            if (!double.IsNaN(value))
            {
                known[count++] = value;
            }
        }

        if (count == 0)
        {
            return double.NaN;
        }

        Array.Sort(known, 0, count);
        return OfSorted(known.AsSpan(0, count), probability);
    }

    public static double Median(ReadOnlySpan<double> sample) => Of(sample, 0.5);

    public static void ThrowIfNotProbability(double probability)
    {
        if (!(probability > 0 && probability < 1))
        {
            throw new ArgumentOutOfRangeException(nameof(probability), probability, FormattableString.Invariant($"Quantile {probability} must lie between 0 and 1, both excluded. Pass a fraction, for example 0.95."));
        }
    }
}
