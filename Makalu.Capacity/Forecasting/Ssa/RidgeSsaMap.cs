using System.Numerics.Tensors;
using Makalu.Capacity.Numerics;

namespace Makalu.Capacity.Forecasting.Ssa;

/// <summary>
/// A fitted ridge SSA: each of the next H values as a constant plus L coefficients times the last L values. Horizons beyond H go on
/// block by block from the values forecast so far. Immutable.
/// </summary>
internal sealed class RidgeSsaMap
{
    public RidgeSsaMap(int windowLength, double[] coefficients, double[] constants)
    {
        WindowLength = windowLength;
        Coefficients = coefficients;
        Constants = constants;
    }

    public int WindowLength { get; }

    /// <summary>H rows of L values.</summary>
    public double[] Coefficients { get; }

    /// <summary>H values.</summary>
    public double[] Constants { get; }

    public int Horizon => Constants.Length;

    /// <summary>Fills the continuation, every value clipped to the bounds.</summary>
    /// <param name="recent">The last L values.</param>
    /// <param name="lower">The least value.</param>
    /// <param name="upper">The greatest value.</param>
    /// <param name="result">Receives the values.</param>
    public void Continue(ReadOnlySpan<double> recent, double lower, double upper, Span<double> result)
    {
        for (int from = 0; from < result.Length; from += Horizon)
        {
            Span<double> block = result.Slice(from, Math.Min(Horizon, result.Length - from));
            Apply(recent, result[..from], block);
            for (int h = 0; h < block.Length; h++)
            {
                block[h] = Math.Clamp(double.IsFinite(block[h]) ? block[h] + Constants[h] : 0, lower, upper);
            }
        }
    }

    /// <summary>How a shock of 1 in the last value spreads into the next ones.</summary>
    public void Respond(Span<double> result)
    {
        Span<double> shock = new double[WindowLength];
        shock[^1] = 1;
        for (int from = 0; from < result.Length; from += Horizon)
        {
            Apply(shock, result[..from], result.Slice(from, Math.Min(Horizon, result.Length - from)));
        }
    }

    private void Apply(ReadOnlySpan<double> recent, ReadOnlySpan<double> since, Span<double> block)
    {
        if (since.Length >= WindowLength)
        {
            RowProducts.Dot(Coefficients, block.Length, since[^WindowLength..], block);
            return;
        }

        if (since.IsEmpty)
        {
            RowProducts.Dot(Coefficients, block.Length, recent, block);
            return;
        }

        int old = WindowLength - since.Length;
        for (int h = 0; h < block.Length; h++)
        {
            ReadOnlySpan<double> row = Coefficients.AsSpan(h * WindowLength, WindowLength);
            block[h] = TensorPrimitives.Dot(row[..old], recent[since.Length..]) + TensorPrimitives.Dot(row[old..], since);
        }
    }
}
