using System.Numerics.Tensors;
using Makalu.Capacity.Numerics;
using MathNet.Numerics.LinearAlgebra;

namespace Makalu.Capacity.Forecasting.Ssa;

/// <summary>
/// How the span of orthonormal vectors u_1 … u_r continues: with π their last coordinates and ν² = ‖π‖², a window whose first
/// L − 1 coordinates lie in the span has the last coordinate Σ π_i·u_i^∇ ÷ (1 − ν²) · them (Golyandina, Nekrutkin and Zhigljavsky
/// 2001, theorem 2.1), and windows shift within the span by F = (I + ππᵀ ÷ (1 − ν²))·U_∇ᵀU_Δ, the least-squares ESPRIT matrix.
/// </summary>
internal sealed class SsaRecurrence
{
    /// <summary>The verticality coefficient from which no continuation is defined to working precision.</summary>
    public const double LargestVerticality = 1 - 1e-9;

    private SsaRecurrence(int windowLength, int rank, double verticality, double[] coefficients)
    {
        WindowLength = windowLength;
        Rank = rank;
        Verticality = verticality;
        Coefficients = coefficients;
    }

    public int WindowLength { get; }

    public int Rank { get; }

    /// <summary>ν², the squared cosine between the span and the last coordinate axis.</summary>
    public double Verticality { get; }

    public bool IsDefined => Verticality < LargestVerticality;

    /// <summary>L − 1 coefficients, oldest lag first; zeros when not defined.</summary>
    public double[] Coefficients { get; }

    public static SsaRecurrence Of(SsaSubspace subspace, int rank)
    {
        int window = subspace.WindowLength;
        double[] coefficients = new double[window - 1];
        double verticality = 0;
        for (int i = 0; i < rank; i++)
        {
            ReadOnlySpan<double> u = subspace.Vector(i);
            verticality += u[^1] * u[^1];
            TensorPrimitives.MultiplyAdd(u[..^1], u[^1], coefficients, coefficients);
        }

        if (verticality < LargestVerticality)
        {
            TensorPrimitives.Divide(coefficients, 1 - verticality, coefficients);
        }
        else
        {
            Array.Clear(coefficients);
        }

        return new SsaRecurrence(window, rank, verticality, coefficients);
    }

    /// <summary>U_∇ᵀU_Δ of all components: entry (i, j) = Σ_t u_i[t]·u_j[t + 1]. The leading blocks serve every lower rank.</summary>
    public static double[] ShiftProducts(SsaSubspace subspace, int rank)
    {
        double[] products = new double[rank * rank];
        for (int i = 0; i < rank; i++)
        {
            for (int j = 0; j < rank; j++)
            {
                products[(i * rank) + j] = TensorPrimitives.Dot(subspace.Vector(i)[..^1], subspace.Vector(j)[1..]);
            }
        }

        return products;
    }

    /// <summary>
    /// The shift matrix of the leading <paramref name="rank"/> components. Roots that would grow by more than
    /// <paramref name="largestModulus"/> a step are drawn back to it, so that no power of the matrix explodes.
    /// </summary>
    /// <param name="subspace">The components.</param>
    /// <param name="products">From <see cref="ShiftProducts"/>.</param>
    /// <param name="stride">The rank that <paramref name="products"/> was computed for.</param>
    /// <param name="rank">The rank.</param>
    /// <param name="largestModulus">1 or slightly more.</param>
    /// <param name="spectralRadius">The largest modulus before any was drawn back.</param>
    public static Matrix<double> Shift(SsaSubspace subspace, double[] products, int stride, int rank, double largestModulus, out double spectralRadius)
    {
        Vector<double> last = Vector<double>.Build.Dense(rank, i => subspace.Vector(i)[^1]);
        Matrix<double> inner = Matrix<double>.Build.Dense(rank, rank, (i, j) => products[(i * stride) + j]);
        double slack = Math.Max(1 - last.DotProduct(last), 1 - LargestVerticality);
        Matrix<double> shift = inner + (last.OuterProduct(inner.LeftMultiply(last)) / slack);
        return Limit(shift, largestModulus, out spectralRadius);
    }

    /// <summary>
    /// The row g for which the average over the L windows through a future point is g·F^h·c, c being the first window beyond the
    /// history: (1/L)·Σ_j u[L − 1 − j]·F^j.
    /// </summary>
    public static double[] AveragingRow(SsaSubspace subspace, int rank, Matrix<double> shift)
    {
        int window = subspace.WindowLength;
        double[] transposed = shift.Transpose().ToRowMajorArray();
        double[] row = new double[rank];
        double[] next = new double[rank];

        // Horner from the oldest coordinate on; F is applied from the right, hence its transpose from the left.
        for (int m = 0; m < window; m++)
        {
            RowProducts.Dot(transposed, rank, row, next);
            for (int i = 0; i < rank; i++)
            {
                row[i] = next[i] + subspace.Vectors[(i * window) + m];
            }
        }

        TensorPrimitives.Divide(row, window, row);
        return row;
    }

    /// <summary>‖F^m‖^(1/m) for m = 2¹⁶, which no root exceeds, and which exceeds the largest root by next to nothing.</summary>
    internal static double RadiusByPowers(Matrix<double> matrix)
    {
        double logarithm = 0;
        double weight = 1;
        Matrix<double> power = matrix;
        for (int squaring = 0; squaring <= 16; squaring++)
        {
            double norm = power.FrobeniusNorm();
            if (norm == 0)
            {
                return 0;
            }

            logarithm += weight * Math.Log(norm);
            power = power / norm;
            power *= power;
            weight /= 2;
        }

        return Math.Exp(logarithm);
    }

    private static Matrix<double> Limit(Matrix<double> shift, double largestModulus, out double spectralRadius)
    {
        spectralRadius = 0;
        if (shift.RowCount == 0)
        {
            return shift;
        }

        MathNet.Numerics.LinearAlgebra.Factorization.Evd<double> roots;
        try
        {
            roots = shift.Evd(Symmetricity.Asymmetric);
        }
        catch (MathNet.Numerics.NonConvergenceException)
        {
            // The iteration for the roots fails on rare matrices. Their largest modulus is then taken from above, and all are drawn back.
            spectralRadius = RadiusByPowers(shift);
            return spectralRadius > largestModulus ? shift * (largestModulus / spectralRadius) : shift;
        }

        foreach (System.Numerics.Complex root in roots.EigenValues)
        {
            spectralRadius = Math.Max(spectralRadius, root.Magnitude);
        }

        if (spectralRadius <= largestModulus)
        {
            return shift;
        }

        // D is block diagonal: a 2 × 2 block is a conjugate pair, and scaling it scales the modulus of both.
        Matrix<double> scaled = roots.D.Clone();
        for (int i = 0; i < scaled.RowCount; i++)
        {
            double modulus = roots.EigenValues[i].Magnitude;
            if (modulus > largestModulus)
            {
                scaled.SetRow(i, scaled.Row(i) * (largestModulus / modulus));
            }
        }

        Matrix<double> limited = roots.EigenVectors.Transpose().Solve((roots.EigenVectors * scaled).Transpose()).Transpose();
        return limited.Enumerate().All(double.IsFinite) && limited.L2Norm() < 1e6 ? limited : shift * (largestModulus / spectralRadius);
    }
}
