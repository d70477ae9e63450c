using System.Numerics;
using System.Numerics.Tensors;

namespace Makalu.Capacity.Numerics;

/// <summary>
/// Cholesky factorisation of a symmetric positive definite matrix in place: only the lower triangle, row by row, is read and
/// written. Rows are taken four by four so that each value that is loaded serves four products (Golub and Van Loan, Matrix
/// Computations, 4th ed., section 4.2).
/// </summary>
internal static class CholeskyFactorisation
{
    private const int Block = 4;

    /// <summary>Replaces the lower triangle of <paramref name="matrix"/> by its Cholesky factor.</summary>
    /// <param name="matrix">Row-major, element (i, j) at i·stride + j.</param>
    /// <param name="size">The order of the matrix.</param>
    /// <param name="stride">The distance between the starts of two rows; at least <paramref name="size"/>.</param>
    /// <returns>False when the matrix is not positive definite to working precision; its content is then undefined.</returns>
    public static bool TryFactorise(Span<double> matrix, int size, int stride)
    {
        for (int top = 0; top < size; top += Block)
        {
            int rows = Math.Min(Block, size - top);
            for (int left = 0; left < top; left += Block)
            {
                SubtractProducts(matrix, top, rows, left, Block, stride, left);
                for (int i = top; i < top + rows; i++)
                {
                    for (int j = left; j < left + Block; j++)
                    {
                        double value = matrix[(i * stride) + j];
                        for (int k = left; k < j; k++)
                        {
                            value -= matrix[(i * stride) + k] * matrix[(j * stride) + k];
                        }

                        matrix[(i * stride) + j] = value / matrix[(j * stride) + j];
                    }
                }
            }

            SubtractProducts(matrix, top, rows, top, rows, stride, top);
            for (int i = top; i < top + rows; i++)
            {
                for (int j = top; j <= i; j++)
                {
                    double value = matrix[(i * stride) + j];
                    for (int k = top; k < j; k++)
                    {
                        value -= matrix[(i * stride) + k] * matrix[(j * stride) + k];
                    }

                    if (j < i)
                    {
                        matrix[(i * stride) + j] = value / matrix[(j * stride) + j];
                    }
                    else if (value > 0)
                    {
                        matrix[(i * stride) + j] = Math.Sqrt(value);
                    }
                    else
                    {
                        return false;
                    }
                }
            }
        }

        return true;
    }

    /// <summary>Solves A·x = b in place, where <paramref name="factor"/> is the factor of A.</summary>
    public static void Solve(ReadOnlySpan<double> factor, int size, int stride, Span<double> rightHandSide)
    {
        for (int i = 0; i < size; i++)
        {
            ReadOnlySpan<double> row = factor.Slice(i * stride, i + 1);
            rightHandSide[i] = (rightHandSide[i] - TensorPrimitives.Dot(row[..i], rightHandSide[..i])) / row[i];
        }

        for (int i = size - 1; i >= 0; i--)
        {
            ReadOnlySpan<double> row = factor.Slice(i * stride, i + 1);
            double value = rightHandSide[i] / row[i];
            rightHandSide[i] = value;
            TensorPrimitives.MultiplyAdd(row[..i], -value, rightHandSide[..i], rightHandSide[..i]);
        }
    }

    /// <summary>The diagonal of A⁻¹, where <paramref name="factor"/> is the factor of A: the squares of the factor's inverse, summed by columns.</summary>
    public static double[] InverseDiagonal(ReadOnlySpan<double> factor, int size, int stride)
    {
        var diagonal = new double[size];
        var column = new double[size];
        for (int j = 0; j < size; j++)
        {
            double sum = 0;
            for (int i = j; i < size; i++)
            {
                ReadOnlySpan<double> row = factor.Slice(i * stride, i + 1);
                double value = (i == j ? 1 : 0) - TensorPrimitives.Dot(row[j..i], column.AsSpan(j, i - j));
                column[i] = value / row[i];
                sum += column[i] * column[i];
            }

            diagonal[j] = sum;
        }

        return diagonal;
    }

    /// <summary>Subtracts from the block at (top, left) the products of the first <paramref name="length"/> columns of its rows.</summary>
    private static void SubtractProducts(Span<double> matrix, int top, int rows, int left, int columns, int stride, int length)
    {
        if (length == 0)
        {
            return;
        }

        if (rows == Block && columns == Block)
        {
            for (int i = top; i < top + Block; i += 2)
            {
                SubtractTwoByFour(matrix, i, left, stride, length);
            }

            return;
        }

        for (int i = top; i < top + rows; i++)
        {
            for (int j = left; j < Math.Min(left + columns, i + 1); j++)
            {
                matrix[(i * stride) + j] -= TensorPrimitives.Dot<double>(matrix.Slice(i * stride, length), matrix.Slice(j * stride, length));
            }
        }
    }

    private static void SubtractTwoByFour(Span<double> matrix, int i, int j, int stride, int length)
    {
        ref double a0 = ref matrix[i * stride];
        ref double a1 = ref matrix[(i + 1) * stride];
        ref double b0 = ref matrix[j * stride];
        ref double b1 = ref matrix[(j + 1) * stride];
        ref double b2 = ref matrix[(j + 2) * stride];
        ref double b3 = ref matrix[(j + 3) * stride];
        Vector<double> s00 = default, s01 = default, s02 = default, s03 = default;
        Vector<double> s10 = default, s11 = default, s12 = default, s13 = default;
        int k = 0;
        for (; k <= length - Vector<double>.Count; k += Vector<double>.Count)
        {
            nuint at = (nuint)k;
            Vector<double> u = Vector.LoadUnsafe(ref a0, at);
            Vector<double> v = Vector.LoadUnsafe(ref a1, at);
            Vector<double> w = Vector.LoadUnsafe(ref b0, at);
            s00 = Vector.FusedMultiplyAdd(u, w, s00);
            s10 = Vector.FusedMultiplyAdd(v, w, s10);
            w = Vector.LoadUnsafe(ref b1, at);
            s01 = Vector.FusedMultiplyAdd(u, w, s01);
            s11 = Vector.FusedMultiplyAdd(v, w, s11);
            w = Vector.LoadUnsafe(ref b2, at);
            s02 = Vector.FusedMultiplyAdd(u, w, s02);
            s12 = Vector.FusedMultiplyAdd(v, w, s12);
            w = Vector.LoadUnsafe(ref b3, at);
            s03 = Vector.FusedMultiplyAdd(u, w, s03);
            s13 = Vector.FusedMultiplyAdd(v, w, s13);
        }

        Span<double> sums = [Vector.Sum(s00), Vector.Sum(s01), Vector.Sum(s02), Vector.Sum(s03), Vector.Sum(s10), Vector.Sum(s11), Vector.Sum(s12), Vector.Sum(s13)];
        for (int r = 0; r < 2; r++)
        {
            ReadOnlySpan<double> row = matrix.Slice((i + r) * stride, length);
            for (int c = 0; c < Block; c++)
            {
                ReadOnlySpan<double> other = matrix.Slice((j + c) * stride, length);
                double sum = sums[(r * Block) + c];
                for (int t = k; t < length; t++)
                {
                    sum += row[t] * other[t];
                }

                matrix[((i + r) * stride) + j + c] -= sum;
            }
        }
    }
}
