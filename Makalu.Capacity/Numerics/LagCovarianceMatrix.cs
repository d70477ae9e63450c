using System.Numerics.Tensors;

namespace Makalu.Capacity.Numerics;

/// <summary>
/// G = Σ over windows of w·wᵀ as a matrix, for all windows of L consecutive values of one or several segments: sums of lagged
/// products for its first row and the Hankel recursion for the rest, O(N·L + L²).
/// </summary>
internal sealed class LagCovarianceMatrix : SymmetricOperator
{
    private readonly double[] _values;

    /// <summary>Computes the matrix over <paramref name="segments"/>, each of at least <paramref name="window"/> values.</summary>
    public LagCovarianceMatrix(IReadOnlyList<ReadOnlyMemory<double>> segments, int window)
    {
        Size = window;
        _values = new double[window * window];
        Span<double> first = _values.AsSpan(0, window);
        double[] overhang = new double[window];
        foreach (ReadOnlyMemory<double> segment in segments)
        {
            ReadOnlySpan<double> x = segment.Span;
            Autocorrelation.Add(x, first);

            // Row 0 has only the windows that are complete: less the products that start within the last L − 1 values.
            Array.Clear(overhang);
            Autocorrelation.Add(x[^(window - 1)..], overhang);
            TensorPrimitives.Subtract(first, overhang, first);
        }

        for (int i = 1; i < window; i++)
        {
            int columns = window - i;
            ReadOnlySpan<double> above = _values.AsSpan(((i - 1) * window) + i - 1, columns);
            Span<double> row = _values.AsSpan((i * window) + i, columns);
            above.CopyTo(row);
            foreach (ReadOnlyMemory<double> segment in segments)
            {
                ReadOnlySpan<double> x = segment.Span;
                int windows = x.Length - window + 1;
                TensorPrimitives.MultiplyAdd(x.Slice(i - 1 + windows, columns), x[i - 1 + windows], row, row);
                TensorPrimitives.MultiplyAdd(x.Slice(i - 1, columns), -x[i - 1], row, row);
            }
        }

        for (int i = 1; i < window; i++)
        {
            for (int j = 0; j < i; j++)
            {
                _values[(i * window) + j] = _values[(j * window) + i];
            }
        }
    }

    /// <inheritdoc/>
    public override int Size { get; }

    /// <summary>Row-major, both triangles.</summary>
    public ReadOnlySpan<double> Values => _values;

    /// <inheritdoc/>
    public override void Multiply(ReadOnlySpan<double> vector, Span<double> result)
    {
        for (int i = 0; i < Size; i++)
        {
            result[i] = TensorPrimitives.Dot(_values.AsSpan(i * Size, Size), vector);
        }
    }
}
