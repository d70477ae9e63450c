using System.Numerics.Tensors;

namespace Makalu.Capacity.Numerics;

/// <summary>
/// Eigenvectors of a symmetric tridiagonal matrix for eigenvalues already known, by inverse iteration with partial pivoting and
/// reorthogonalisation (Golub and Van Loan, Matrix Computations, 4th ed., section 8.2.2): O(m) a vector where rotations take O(m²).
/// </summary>
internal static class TridiagonalVectors
{
    private const int Iterations = 4;

    /// <summary>Computes one vector for each value.</summary>
    /// <param name="diagonal">The diagonal.</param>
    /// <param name="offDiagonal">Element i couples i and i + 1.</param>
    /// <param name="values">Eigenvalues, largest first.</param>
    /// <returns>Vector after vector, each of unit length and orthogonal to those before it.</returns>
    public static double[] Compute(ReadOnlySpan<double> diagonal, ReadOnlySpan<double> offDiagonal, ReadOnlySpan<double> values)
    {
        int size = diagonal.Length;
        double scale = Math.Max(TensorPrimitives.MaxMagnitude(diagonal), TensorPrimitives.MaxMagnitude(offDiagonal));
        double separation = Math.Max(Math.Abs(scale) * 1e-15, 1e-150);
        var vectors = new double[values.Length * size];
        var random = new RandomStream(7);
        double[] work = new double[4 * size];
        double[] coefficients = new double[values.Length];
        double shift = double.PositiveInfinity;
        for (int i = 0; i < values.Length; i++)
        {
            // Equal eigenvalues are moved apart by rounding, so that each solve turns towards another direction.
            shift = Math.Min(values[i], shift - separation);
            Factorise(diagonal, offDiagonal, shift, separation, work);
            Span<double> vector = vectors.AsSpan(i * size, size);
            for (int j = 0; j < size; j++)
            {
                vector[j] = random.NextDouble() - 0.5;
            }

            Normalise(vector);
            for (int iteration = 0; iteration < Iterations; iteration++)
            {
                Solve(work, vector);
                Normalise(vector);
                for (int pass = 0; pass < 2 && i > 0; pass++)
                {
                    Span<double> h = coefficients.AsSpan(0, i);
                    RowProducts.Dot(vectors.AsSpan(0, i * size), i, vector, h);
                    TensorPrimitives.Negate(h, h);
                    RowProducts.AddCombination(vectors.AsSpan(0, i * size), h, vector);
                    Normalise(vector);
                }
            }
        }

        return vectors;
    }

    private static void Normalise(Span<double> vector)
    {
        double largest = Math.Abs(TensorPrimitives.MaxMagnitude<double>(vector));
        TensorPrimitives.Divide(vector, largest, vector);
        TensorPrimitives.Divide(vector, TensorPrimitives.Norm<double>(vector), vector);
    }

    /// <summary>Upper triangular factor with two superdiagonals, and the multipliers with their interchanges (a NaN-free pair per row).</summary>
    private static void Factorise(ReadOnlySpan<double> d, ReadOnlySpan<double> e, double shift, double smallest, double[] work)
    {
        int size = d.Length;
        Span<double> u0 = work.AsSpan(0, size), u1 = work.AsSpan(size, size), u2 = work.AsSpan(2 * size, size), multiplier = work.AsSpan(3 * size, size);
        double pivot = d[0] - shift;
        double next = size > 1 ? e[0] : 0;
        for (int i = 0; i < size - 1; i++)
        {
            double below = e[i];
            double after = i + 2 < size ? e[i + 1] : 0;
            if (Math.Abs(below) > Math.Abs(pivot))
            {
                // Interchange; marked by a multiplier moved beyond 2.
                double m = pivot / below;
                u0[i] = below;
                u1[i] = d[i + 1] - shift;
                u2[i] = after;
                multiplier[i] = m + (m < 0 ? -4 : 4);
                pivot = next - (m * u1[i]);
                next = -m * after;
            }
            else
            {
                pivot = Math.Abs(pivot) > smallest ? pivot : smallest + double.Epsilon;
                double m = below / pivot;
                u0[i] = pivot;
                u1[i] = next;
                u2[i] = 0;
                multiplier[i] = m;
                pivot = d[i + 1] - shift - (m * next);
                next = after;
            }
        }

        u0[size - 1] = Math.Abs(pivot) > smallest ? pivot : smallest + double.Epsilon;
    }

    private static void Solve(double[] work, Span<double> x)
    {
        int size = x.Length;
        ReadOnlySpan<double> u0 = work.AsSpan(0, size), u1 = work.AsSpan(size, size), u2 = work.AsSpan(2 * size, size), multiplier = work.AsSpan(3 * size, size);
        for (int i = 0; i < size - 1; i++)
        {
            double m = multiplier[i];
            if (Math.Abs(m) > 2)
            {
                m -= m < 0 ? -4 : 4;
                (x[i], x[i + 1]) = (x[i + 1], x[i] - (m * x[i + 1]));
            }
            else
            {
                x[i + 1] -= m * x[i];
            }
        }

        double one = 0, two = 0;
        for (int i = size - 1; i >= 0; i--)
        {
            double value = (x[i] - (u1[i] * one) - (u2[i] * two)) / u0[i];
            x[i] = value;
            (one, two) = (value, one);
        }
    }
}
