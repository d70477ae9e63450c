using System.Numerics.Tensors;
using Makalu.Capacity.Numerics;

namespace Makalu.Capacity.Forecasting.Ssa;

/// <summary>
/// Singular spectrum analysis of a series: the leading singular values and left singular vectors of its trajectory matrix, whose
/// columns are all windows of <see cref="WindowLength"/> consecutive values (Golyandina, Nekrutkin and Zhigljavsky, Analysis of
/// Time Series Structure, 2001, chapter 1). The matrix is never formed: time is O(N log L) plus O(L log L) for each product of
/// the eigensolver, memory O(N + L·k).
/// </summary>
/// <remarks>Immutable; safe to share between threads.</remarks>
public sealed class SsaDecomposition
{
    private readonly double[] _centred;

    internal SsaDecomposition(double[] centred, double mean, bool subtractsMean, SsaSubspace subspace)
    {
        SubtractsMean = subtractsMean;
        _centred = centred;
        Mean = mean;
        Subspace = subspace;
    }

    /// <summary>Decomposes a series.</summary>
    /// <param name="series">Finite values, oldest first; 3 or more. Fill gaps with <see cref="SsaGapFilling"/> first.</param>
    /// <param name="windowLength">The window length L, 2 to N − 1.</param>
    /// <param name="components">The number of components k, 1 to the smaller of L and N − L + 1.</param>
    /// <param name="subtractMean">
    /// Whether the mean is taken off first and counts as a component of its own, which makes everything else equivariant to shifts
    /// and keeps precision on a large offset; default true.
    /// </param>
    /// <param name="previous">A decomposition with the same window of nearly the same series: its vectors start the search. Null for none.</param>
    /// <param name="cancellationToken">Cancels the search.</param>
    /// <returns>The decomposition.</returns>
    /// <exception cref="ArgumentException">A value is not finite, or the window or the number of components does not fit the series; all faults are stated.</exception>
    public static SsaDecomposition Decompose(ReadOnlySpan<double> series, int windowLength, int components, bool subtractMean = true, SsaDecomposition? previous = null, CancellationToken cancellationToken = default)
    {
        Check(series, windowLength, components);
        double mean = subtractMean ? TensorPrimitives.Sum(series) / series.Length : 0;
        var centred = new double[series.Length];
        TensorPrimitives.Subtract(series, mean, centred);
        return new SsaDecomposition(centred, mean, subtractMean, SsaSubspace.Compute([centred], windowLength, components, previous?.Subspace, cancellationToken));
    }

    /// <summary>The number of values of the series, N.</summary>
    public int SeriesLength => _centred.Length;

    /// <summary>The window length, L.</summary>
    public int WindowLength => Subspace.WindowLength;

    /// <summary>The number of components, k.</summary>
    public int ComponentCount => Subspace.Count;

    /// <summary>What was taken off every value before decomposing; 0 where nothing was.</summary>
    public double Mean { get; }

    /// <summary>Whether the mean was taken off before decomposing.</summary>
    public bool SubtractsMean { get; }

    /// <summary>The squared singular values, largest first.</summary>
    public ReadOnlySpan<double> Eigenvalues => Subspace.Values;

    /// <summary>The part of the windows' total variation that each component carries: fractions, largest first.</summary>
    public double[] Shares()
    {
        double[] shares = Subspace.Values.AsSpan().ToArray();
        if (Subspace.Trace > 0)
        {
            TensorPrimitives.Divide(shares, Subspace.Trace, shares);
        }

        return shares;
    }

    /// <summary>The left singular vector of a component: <see cref="WindowLength"/> values, of unit length.</summary>
    /// <param name="component">0 to <see cref="ComponentCount"/> − 1.</param>
    public ReadOnlySpan<double> Vector(int component) => Subspace.Vector(component);

    /// <summary>The largest ‖C·u − λ·u‖ ÷ λ₁ over the components: how exactly they were found.</summary>
    public double Residual => Subspace.Residual;

    /// <summary>The number of products with the covariance that the search took; 0 where the whole matrix was decomposed.</summary>
    public int Products => Subspace.Products;

    internal SsaSubspace Subspace { get; }

    /// <summary>The series less <see cref="Mean"/>.</summary>
    internal ReadOnlySpan<double> Centred => _centred;

    /// <summary>The part of the series that some of its components carry, by averaging the entries of their windows that stand for one point in time.</summary>
    /// <param name="components">Indices of components, each 0 to <see cref="ComponentCount"/> − 1, none twice.</param>
    /// <returns><see cref="SeriesLength"/> values. The mean is not part of any component: add <see cref="Mean"/> for a level.</returns>
    public double[] Reconstruct(params ReadOnlySpan<int> components)
    {
        double[] vectors = new double[components.Length * WindowLength];
        for (int i = 0; i < components.Length; i++)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(components[i], nameof(components));
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(components[i], ComponentCount, nameof(components));
            Vector(components[i]).CopyTo(vectors.AsSpan(i * WindowLength));
        }

        double[] result = new double[SeriesLength];
        HankelReconstruction.Reconstruct(_centred, vectors, WindowLength, result);
        return result;
    }

    /// <summary>The part of the series that its <paramref name="rank"/> leading components carry, the mean included.</summary>
    /// <param name="rank">0 to <see cref="ComponentCount"/>.</param>
    /// <returns><see cref="SeriesLength"/> values.</returns>
    public double[] ReconstructLeading(int rank)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(rank);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(rank, ComponentCount);
        double[] result = new double[SeriesLength];
        HankelReconstruction.Reconstruct(_centred, Subspace.Vectors.AsSpan(0, rank * WindowLength), WindowLength, result);
        TensorPrimitives.Add(result, Mean, result);
        return result;
    }

    internal static void Check(ReadOnlySpan<double> series, int windowLength, int components)
    {
        List<string> faults = [];
        if (windowLength < 2)
        {
            faults.Add($"WindowLength {windowLength} must be 2 or more. Choose a multiple of the season's length.");
        }
        else if (series.Length < windowLength + 1)
        {
            faults.Add($"WindowLength {windowLength} needs at least {windowLength + 1} observations; got {series.Length}. Lower WindowLength or supply {windowLength + 1 - series.Length} more.");
        }
        else
        {
            int most = Math.Min(windowLength, series.Length - windowLength + 1);
            if (components < 1 || components > most)
            {
                faults.Add($"Rank {components} must lie between 1 and {most}, the smaller of WindowLength {windowLength} and the {series.Length - windowLength + 1} windows of {series.Length} observations. Pass a rank within these limits.");
            }
        }

        for (int t = 0; t < series.Length; t++)
        {
            if (!double.IsFinite(series[t]))
            {
                faults.Add(FormattableString.Invariant($"Value {t} is {series[t]}; values must be finite. Fill gaps with SsaGapFilling."));
                break;
            }
        }

        if (faults.Count > 0)
        {
            throw new ArgumentException(string.Join(' ', faults));
        }
    }
}
