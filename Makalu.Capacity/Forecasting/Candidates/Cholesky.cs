using System.Numerics.Tensors;

namespace Makalu.Capacity.Forecasting.Candidates;

/// <summary>Cholesky's factorisation of a small symmetric positive definite matrix, row by row, in place.</summary>
internal static class Cholesky
{
    /// <summary>Replaces the lower triangle of <paramref name="matrix"/> by its factor; a pivot lost to rounding is held at a floor.</summary>
    public static void Factor(Span<double> matrix, int size)
    {
        double largest = 0;
        for (int i = 0; i < size; i++)
        {
            largest = Math.Max(largest, matrix[(i * size) + i]);
        }

        double floor = Math.Max(largest * 1e-14, 1e-300);
        for (int i = 0; i < size; i++)
        {
            Span<double> row = matrix.Slice(i * size, size);
            for (int j = 0; j < i; j++)
            {
                ReadOnlySpan<double> other = matrix.Slice(j * size, size);
                row[j] = (row[j] - TensorPrimitives.Dot<double>(row[..j], other[..j])) / other[j];
            }

            double pivot = row[i] - TensorPrimitives.Dot<double>(row[..i], row[..i]);
            row[i] = Math.Sqrt(Math.Max(pivot, floor));
        }
    }

    /// <summary>Solves the system of the factored matrix for <paramref name="right"/>, in place.</summary>
    public static void Solve(ReadOnlySpan<double> factor, int size, Span<double> right)
    {
        for (int i = 0; i < size; i++)
        {
            ReadOnlySpan<double> row = factor.Slice(i * size, size);
            right[i] = (right[i] - TensorPrimitives.Dot(row[..i], right[..i])) / row[i];
        }

        for (int i = size - 1; i >= 0; i--)
        {
            ReadOnlySpan<double> row = factor.Slice(i * size, size);
            double value = right[i] / row[i];
            right[i] = value;
            TensorPrimitives.MultiplyAdd(row[..i], -value, right[..i], right[..i]);
        }
    }
}
