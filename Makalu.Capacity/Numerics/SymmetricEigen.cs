using System.Numerics;
using System.Numerics.Tensors;

namespace Makalu.Capacity.Numerics;

/// <summary>
/// All eigenvalues and eigenvectors of a small symmetric matrix: Householder tridiagonalisation, then the QL iteration with
/// implicit shifts (Golub and Van Loan, Matrix Computations, 4th ed., sections 8.3.1 and 8.3.3). Eigenvectors are kept as rows, so
/// that each rotation runs along two contiguous rows.
/// </summary>
internal static class SymmetricEigen
{
    private const int MaximumIterations = 60;

    /// <summary>Decomposes a matrix given by both triangles, row-major, which is destroyed.</summary>
    /// <param name="matrix">size × size values.</param>
    /// <param name="size">The order of the matrix.</param>
    /// <param name="values">Receives the eigenvalues, largest first.</param>
    /// <returns>Eigenvector after eigenvector in the order of <paramref name="values"/>, each of unit length.</returns>
    public static double[] Decompose(Span<double> matrix, int size, Span<double> values)
    {
        var vectors = new double[size * size];
        var offDiagonal = new double[size];
        Tridiagonalise(matrix, size, values, offDiagonal, vectors);
        DiagonaliseRows(values, offDiagonal, vectors, size);
        SortDescending(values, vectors, size);
        return vectors;
    }

    /// <summary>
    /// Diagonalises a tridiagonal matrix and applies every rotation to <paramref name="rows"/>: with the identity they become the
    /// eigenvectors, with a single column its coefficients in the eigenbasis. Eigenvalues come in no order.
    /// </summary>
    /// <param name="diagonal">The diagonal in, the eigenvalues out.</param>
    /// <param name="offDiagonal">Element i couples i and i + 1; as long as the diagonal, destroyed.</param>
    /// <param name="rows">One row for each eigenvalue.</param>
    /// <param name="rowLength">The length of a row.</param>
    public static void DiagonaliseRows(Span<double> diagonal, Span<double> offDiagonal, Span<double> rows, int rowLength)
    {
        int size = diagonal.Length;
        offDiagonal[size - 1] = 0;

        // Measured against the whole matrix: the many eigenvalues of a low rank that are rounding alone would else never settle.
        double negligible = 1.1102230246251565e-16 * (Math.Abs(TensorPrimitives.MaxMagnitude<double>(diagonal)) + Math.Abs(TensorPrimitives.MaxMagnitude<double>(offDiagonal)));
        for (int l = 0; l < size; l++)
        {
            for (int iteration = 0; ; iteration++)
            {
                int m = l;
                while (m < size - 1 && Math.Abs(offDiagonal[m]) > negligible)
                {
                    m++;
                }

                if (m == l)
                {
                    break;
                }

                if (iteration == MaximumIterations)
                {
                    throw new ArithmeticException($"The QL iteration did not converge for a matrix of order {size}; it holds values that are not finite.");
                }

                Sweep(diagonal, offDiagonal, rows, rowLength, l, m);
            }
        }
    }

    private static void Sweep(Span<double> d, Span<double> e, Span<double> rows, int rowLength, int l, int m)
    {
        double g = (d[l + 1] - d[l]) / (2 * e[l]);
        double r = Hypotenuse(g, 1);
        g = d[m] - d[l] + (e[l] / (g + Math.CopySign(r, g)));
        double s = 1, c = 1, p = 0;
        int i = m - 1;
        for (; i >= l; i--)
        {
            double f = s * e[i];
            double b = c * e[i];
            r = Hypotenuse(f, g);
            e[i + 1] = r;
            if (r == 0)
            {
                d[i + 1] -= p;
                e[m] = 0;
                return;
            }

            s = f / r;
            c = g / r;
            g = d[i + 1] - p;
            r = ((d[i] - g) * s) + (2 * c * b);
            p = s * r;
            d[i + 1] = g + p;
            g = (c * r) - b;
            Rotate(rows.Slice(i * rowLength, rowLength), rows.Slice((i + 1) * rowLength, rowLength), c, s);
        }

        d[l] -= p;
        e[l] = g;
        e[m] = 0;
    }

    private static void Rotate(Span<double> lower, Span<double> upper, double c, double s)
    {
        int j = 0;
        if (lower.Length >= Vector<double>.Count)
        {
            var vc = new Vector<double>(c);
            var vs = new Vector<double>(s);
            for (; j <= lower.Length - Vector<double>.Count; j += Vector<double>.Count)
            {
                var x = new Vector<double>(lower[j..]);
                var y = new Vector<double>(upper[j..]);
                Vector.FusedMultiplyAdd(vs, x, vc * y).CopyTo(upper[j..]);
                Vector.FusedMultiplyAdd(vc, x, -(vs * y)).CopyTo(lower[j..]);
            }
        }

        for (; j < lower.Length; j++)
        {
            double x = lower[j];
            double y = upper[j];
            upper[j] = (s * x) + (c * y);
            lower[j] = (c * x) - (s * y);
        }
    }

    private static double Hypotenuse(double a, double b)
    {
        double sum = (a * a) + (b * b);
        return sum is > 1e-280 and < 1e280 ? Math.Sqrt(sum) : double.Hypot(a, b);
    }

    /// <summary>A = Q·T·Qᵀ: fills the diagonals of T and the rows of Qᵀ.</summary>
    private static void Tridiagonalise(Span<double> matrix, int size, Span<double> diagonal, Span<double> offDiagonal, Span<double> rows)
    {
        for (int i = 0; i < size; i++)
        {
            rows[(i * size) + i] = 1;
        }

        double[] reflector = new double[size];
        double[] product = new double[size];
        for (int k = 0; k < size - 1; k++)
        {
            int count = size - k - 1;
            Span<double> v = reflector.AsSpan(0, count);
            matrix.Slice((k * size) + k + 1, count).CopyTo(v);
            double norm = TensorPrimitives.Norm<double>(v);
            offDiagonal[k] = v[0];
            if (count == 1 || norm == 0 || norm == Math.Abs(v[0]))
            {
                continue;
            }

            double leading = -Math.CopySign(norm, v[0]);
            offDiagonal[k] = leading;
            v[0] -= leading;
            double scale = 2 / TensorPrimitives.Dot<double>(v, v);
            Span<double> p = product.AsSpan(0, count);
            for (int i = 0; i < count; i++)
            {
                p[i] = scale * TensorPrimitives.Dot<double>(matrix.Slice(((k + 1 + i) * size) + k + 1, count), v);
            }

            TensorPrimitives.MultiplyAdd(v, -scale / 2 * TensorPrimitives.Dot<double>(p, v), p, p);
            for (int i = 0; i < count; i++)
            {
                Span<double> row = matrix.Slice(((k + 1 + i) * size) + k + 1, count);
                TensorPrimitives.MultiplyAdd(p, -v[i], row, row);
                TensorPrimitives.MultiplyAdd(v, -p[i], row, row);
            }

            // Qᵀ gains the reflection on its left: rows k + 1 … become rows less v times their combination by v.
            Span<double> combination = p.Length == 0 ? p : product.AsSpan(0, size);
            combination.Clear();
            for (int i = 0; i < count; i++)
            {
                TensorPrimitives.MultiplyAdd(rows.Slice((k + 1 + i) * size, size), v[i], combination, combination);
            }

            for (int i = 0; i < count; i++)
            {
                Span<double> row = rows.Slice((k + 1 + i) * size, size);
                TensorPrimitives.MultiplyAdd(combination, -scale * v[i], row, row);
            }
        }

        for (int i = 0; i < size; i++)
        {
            diagonal[i] = matrix[(i * size) + i];
        }
    }

    private static void SortDescending(Span<double> values, double[] vectors, int size)
    {
        int[] order = new int[size];
        for (int i = 0; i < size; i++)
        {
            order[i] = i;
        }

        double[] keys = values.ToArray();
        Array.Sort(keys, order);
        double[] sorted = new double[vectors.Length];
        for (int i = 0; i < size; i++)
        {
            values[i] = keys[size - 1 - i];
            vectors.AsSpan(order[size - 1 - i] * size, size).CopyTo(sorted.AsSpan(i * size));
        }

        sorted.CopyTo(vectors.AsSpan());
    }
}
