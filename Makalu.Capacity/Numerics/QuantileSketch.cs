namespace Makalu.Capacity.Numerics;

/// <summary>
/// Quantiles of a stream of non-negative values with a bounded relative error, in memory that does not grow with the stream:
/// DDSketch of Masson, Rim and Lee, "DDSketch: A Fast and Fully-Mergeable Quantile Sketch with Relative-Error Guarantees",
/// PVLDB 12 (2019). Sketches merge exactly: the sketch of a whole is the merger of the sketches of its parts, in any order.
/// </summary>
/// <remarks>Not safe to share between threads.</remarks>
internal sealed class QuantileSketch
{
    // Below it a value counts as zero. Durations of a log are whole multiples of 100 ns.
    private const double Smallest = 1e-9;

    private readonly double _gamma;
    private readonly double _inverseLogGamma;
    private long[] _bins = [];
    private int _offset;
    private long _zeros;

    /// <param name="relativeAccuracy">The largest error of a quantile as a fraction of its value, 0 to 1, both excluded.</param>
    public QuantileSketch(double relativeAccuracy)
    {
        RelativeAccuracy = relativeAccuracy;
        _gamma = (1 + relativeAccuracy) / (1 - relativeAccuracy);
        _inverseLogGamma = 1 / Math.Log(_gamma);
    }

    public double RelativeAccuracy { get; }

    public long Count { get; private set; }

    public double Maximum { get; private set; } = double.NaN;

    public double Minimum { get; private set; } = double.NaN;

    /// <param name="value">Finite, not negative.</param>
    public void Add(double value)
    {
        Count++;
        Maximum = value > Maximum || Count == 1 ? value : Maximum;
        Minimum = value < Minimum || Count == 1 ? value : Minimum;
        if (value < Smallest)
        {
            _zeros++;
            return;
        }

        // Bin i holds the values above γ^(i−1) and up to γ^i.
        int index = (int)Math.Ceiling(Math.Log(value) * _inverseLogGamma) - _offset;
        if ((uint)index >= (uint)_bins.Length)
        {
            index = MakeRoom(index + _offset, index + _offset);
        }

        _bins[index]++;
    }

    /// <param name="other">A sketch of the same accuracy.</param>
    public void Merge(QuantileSketch other)
    {
        if (other.RelativeAccuracy != RelativeAccuracy)
        {
            throw new ArgumentException(FormattableString.Invariant($"A sketch of relative accuracy {other.RelativeAccuracy} cannot be merged into one of {RelativeAccuracy}. Create both with the same."), nameof(other));
        }

        if (other.Count == 0)
        {
            return;
        }

        Maximum = Count == 0 ? other.Maximum : Math.Max(Maximum, other.Maximum);
        Minimum = Count == 0 ? other.Minimum : Math.Min(Minimum, other.Minimum);
        Count += other.Count;
        _zeros += other._zeros;
        if (other._bins.Length == 0)
        {
            return;
        }

        MakeRoom(other._offset, other._offset + other._bins.Length - 1);
        Span<long> target = _bins.AsSpan(other._offset - _offset, other._bins.Length);
        System.Numerics.Tensors.TensorPrimitives.Add<long>(target, other._bins, target);
    }

    /// <summary>The quantile, within the relative accuracy of the value of rank ⌊p (n − 1)⌋; NaN without values.</summary>
    /// <param name="probability">0 to 1.</param>
    public double Quantile(double probability)
    {
        if (Count == 0)
        {
            return double.NaN;
        }

        long rank = (long)(probability * (Count - 1));
        long below = _zeros;
        if (rank < below)
        {
            return 0;
        }

        for (int i = 0; i < _bins.Length; i++)
        {
            below += _bins[i];
            if (rank < below)
            {
                // The value whose relative distance to both ends of the bin is the accuracy.
                double middle = 2 * Math.Pow(_gamma, i + _offset) / (_gamma + 1);
                return Math.Clamp(middle, Minimum, Maximum);
            }
        }

        return Maximum;
    }

    // Makes room for bins first to last and returns where first lies.
    private int MakeRoom(int first, int last)
    {
        const int Spare = 64;
        if (_bins.Length == 0)
        {
            _offset = first - Spare;
            _bins = new long[last - first + 1 + (2 * Spare)];
        }
        else if (first < _offset || last >= _offset + _bins.Length)
        {
            int offset = first < _offset ? first - Spare : _offset;
            int end = last >= _offset + _bins.Length ? last + 1 + Spare : _offset + _bins.Length;
            var bins = new long[end - offset];
            _bins.CopyTo(bins, _offset - offset);
            _bins = bins;
            _offset = offset;
        }

        return first - _offset;
    }
}
