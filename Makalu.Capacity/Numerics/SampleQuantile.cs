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

    /// <summary>The quantile of a sample in any order and without NaN, which is left in another order: the same number as of the sorted sample, in time that grows with its length alone.</summary>
    public static double Select(Span<double> sample, double probability)
    {
        double position = (sample.Length - 1) * probability;
        int below = (int)position;
        Partition(sample, below);
        double value = sample[below];
        return below + 1 < sample.Length
            ? value + ((position - below) * (System.Numerics.Tensors.TensorPrimitives.Min<double>(sample[(below + 1)..]) - value))
            : value;
    }

    /// <summary>Moves the value of a rank to its place, none larger before it and none smaller after it (C. A. R. Hoare, "Algorithm 65: FIND", CACM 4, 1961).</summary>
    private static void Partition(Span<double> sample, int rank)
    {
        int low = 0, high = sample.Length - 1;
        while (low < high)
        {
            double a = sample[low], b = sample[low + ((high - low) / 2)], c = sample[high];
            double pivot = Math.Max(Math.Min(a, b), Math.Min(Math.Max(a, b), c));
            int i = low, j = high;
            while (i <= j)
            {
                while (sample[i] < pivot)
                    i++;
                while (sample[j] > pivot)
                    j--;
                if (i <= j)
                {
                    (sample[i], sample[j]) = (sample[j], sample[i]);
                    i++;
                    j--;
                }
            }

            if (rank <= j)
                high = j;
            else if (rank >= i)
                low = i;
            else
                return;
        }
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

        return count == 0 ? double.NaN : Select(known.AsSpan(0, count), probability);
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
