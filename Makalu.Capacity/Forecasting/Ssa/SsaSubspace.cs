using System.Numerics.Tensors;
using Makalu.Capacity.Numerics;

namespace Makalu.Capacity.Forecasting.Ssa;

/// <summary>
/// The leading left singular vectors of a trajectory matrix, from the sums of products of its windows, by the cheapest form for
/// the size: the matrix as a whole where most of its pairs are wanted or it is small, else its products alone.
/// </summary>
internal sealed class SsaSubspace
{
    private const int DenseWindow = 64;
    private const int MatrixWindow = 160;

    /// <summary>Below this part of the largest eigenvalue a component has lost ten of its sixteen digits to the sums of products.</summary>
    private const double RefinedShare = 1e-6;

    private SsaSubspace(int windowLength, double[] values, double[] vectors, double trace, double residual, int products)
    {
        WindowLength = windowLength;
        Values = values;
        Vectors = vectors;
        Trace = trace;
        Residual = residual;
        Products = products;
    }

    public int WindowLength { get; }

    public int Count => Values.Length;

    /// <summary>Squared singular values, largest first.</summary>
    public double[] Values { get; }

    /// <summary>Vector after vector, each of WindowLength values.</summary>
    public double[] Vectors { get; }

    /// <summary>The sum of all squared singular values, the ones left out included.</summary>
    public double Trace { get; }

    public double Residual { get; }

    public int Products { get; }

    public ReadOnlySpan<double> Vector(int index) => Vectors.AsSpan(index * WindowLength, WindowLength);

    /// <summary>Restores a subspace that was saved.</summary>
    public static SsaSubspace Restore(int windowLength, double[] values, double[] vectors, double trace, double residual)
        => new(windowLength, values, vectors, trace, residual, 0);

    /// <summary>The leading components over all windows of the segments.</summary>
    /// <param name="segments">Runs of known values, each of at least <paramref name="window"/>.</param>
    /// <param name="window">The window length, 2 or more.</param>
    /// <param name="count">The number of components; 1 to <paramref name="window"/>.</param>
    /// <param name="nearby">A subspace of the same window to start from, or null.</param>
    /// <param name="cancellationToken">Cancels the search.</param>
    public static SsaSubspace Compute(IReadOnlyList<ReadOnlyMemory<double>> segments, int window, int count, SsaSubspace? nearby = null, CancellationToken cancellationToken = default)
    {
        double trace = 0;
        foreach (ReadOnlyMemory<double> segment in segments)
        {
            trace += WindowEnergy(segment.Span, window);
        }

        if (window <= DenseWindow || (window <= 3 * MatrixWindow && count > window / 3))
        {
            var matrix = new LagCovarianceMatrix(segments, window);
            double[] all = new double[window];
            double[] vectors = SymmetricEigen.Decompose(matrix.Values.ToArray(), window, all);
            return new SsaSubspace(window, all[..count], vectors[..(count * window)], trace, 0, 0).Refine(segments);
        }

        double[] start = [];
        if (nearby is not null && nearby.WindowLength == window && nearby.Count > 0)
        {
            start = new double[window];
            double[] ones = new double[nearby.Count];
            Array.Fill(ones, 1);
            RowProducts.AddCombination(nearby.Vectors, ones, start);
        }

        SymmetricOperator products = window <= MatrixWindow ? new LagCovarianceMatrix(segments, window) : new HankelGramProduct(segments, window);
        LeadingEigenpairs pairs = LanczosEigensolver.Find(products, count, start, cancellationToken: cancellationToken);
        return new SsaSubspace(window, pairs.Values, pairs.Vectors, trace, pairs.Residual, pairs.Products).Refine(segments);
    }

    /// <summary>The number of leading components that stand above the rounding of the sums they come from.</summary>
    public int NumericalRank()
    {
        int rank = 0;
        while (rank < Count && Values[rank] > 1e-14 * Values[0] && Values[rank] > 0)
        {
            rank++;
        }

        return rank;
    }

    /// <summary>
    /// One power step from the data themselves for the small components of a wide spectrum (a large offset, a clean series): it
    /// removes what rounding of the sums of products put into directions that the data do not have.
    /// </summary>
    private SsaSubspace Refine(IReadOnlyList<ReadOnlyMemory<double>> segments)
    {
        int rank = NumericalRank();
        double[] coefficients = new double[Count];
        for (int i = 1; i < rank; i++)
        {
            if (Values[i] > RefinedShare * Values[0])
            {
                continue;
            }

            double[] refined = new double[WindowLength];
            foreach (ReadOnlyMemory<double> segment in segments)
            {
                HankelReconstruction.AddPowerStep(segment.Span, Vector(i), refined);
            }

            double eigenvalue = TensorPrimitives.Dot(Vector(i), refined);
            for (int pass = 0; pass < 2; pass++)
            {
                RowProducts.Dot(Vectors, i, refined, coefficients);
                TensorPrimitives.Negate(coefficients, coefficients);
                RowProducts.AddCombination(Vectors.AsSpan(0, i * WindowLength), coefficients.AsSpan(0, i), refined);
            }

            double norm = TensorPrimitives.Norm<double>(refined);
            if (norm > 0 && eigenvalue > 0)
            {
                Values[i] = eigenvalue;
                TensorPrimitives.Divide(refined, norm, Vectors.AsSpan(i * WindowLength, WindowLength));
            }
        }

        return this;
    }

    /// <summary>Σ over windows of the squares of their values: each point counts as often as windows contain it.</summary>
    private static double WindowEnergy(ReadOnlySpan<double> x, int window)
    {
        int edge = Math.Min(window, x.Length - window + 1) - 1;
        double energy = (edge + 1) * TensorPrimitives.SumOfSquares(x[edge..^edge]);
        for (int t = 0; t < edge; t++)
        {
            energy += (t + 1) * ((x[t] * x[t]) + (x[^(t + 1)] * x[^(t + 1)]));
        }

        return energy;
    }
}
