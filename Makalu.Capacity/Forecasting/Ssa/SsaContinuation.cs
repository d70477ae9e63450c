using System.Numerics.Tensors;
using Makalu.Capacity.Numerics;

namespace Makalu.Capacity.Forecasting.Ssa;

/// <summary>Continues a centred series by recurrence or by shifting its last window, within bounds. Immutable.</summary>
internal sealed class SsaContinuation
{
    /// <summary>From this ν² on the recurrence amplifies noise more than tenfold, and the windows are shifted instead.</summary>
    private const double LargestRecurrentVerticality = 0.9;
    private const int DirectWindow = 1024;

    public SsaContinuation(double[] coefficients, double verticality, double[] shift, double[] averagingRow, double lower, double upper)
    {
        Coefficients = coefficients;
        Verticality = verticality;
        Shift = shift;
        AveragingRow = averagingRow;
        Lower = lower;
        Upper = upper;
    }

    /// <summary>L − 1 coefficients, oldest lag first.</summary>
    public double[] Coefficients { get; }

    public double Verticality { get; }

    /// <summary>r × r, row-major.</summary>
    public double[] Shift { get; }

    public double[] AveragingRow { get; }

    public double Lower { get; }

    public double Upper { get; }

    public int Rank => AveragingRow.Length;

    public bool CanRecur => Verticality <= LargestRecurrentVerticality;

    /// <summary>What the known values contribute to each of the next L − 1 values of the recurrence.</summary>
    public double[] KnownPart(ReadOnlySpan<double> tail)
    {
        int order = Coefficients.Length;
        double[] known = new double[order];
        if (order < DirectWindow)
        {
            SlidingProducts.Dot(Coefficients, tail, known);
            return known;
        }

        var transform = new RightAngleTransform(order);
        int length = transform.Length;
        double[] work = new double[4 * length];
        Span<double> aRe = work.AsSpan(0, length), aIm = work.AsSpan(length, length), tRe = work.AsSpan(2 * length, length), tIm = work.AsSpan(3 * length, length);
        transform.Forward(Coefficients, aRe, aIm);
        transform.Forward(tail, tRe, tIm);
        for (int j = 0; j < length; j++)
        {
            (tRe[j], tIm[j]) = ((tRe[j] * aRe[j]) + (tIm[j] * aIm[j]), (tIm[j] * aRe[j]) - (tRe[j] * aIm[j]));
        }

        transform.Inverse(tRe, tIm, known);
        TensorPrimitives.Divide(known, length, known);
        return known;
    }

    /// <summary>Fills the continuation by recurrence; false when it left the bounds.</summary>
    /// <param name="tail">The last L − 1 reconstructed values; not read where <paramref name="known"/> is given.</param>
    /// <param name="known">From <see cref="KnownPart"/>, or empty to sum it on the way.</param>
    /// <param name="result">Receives the values, centred.</param>
    public bool TryRecur(ReadOnlySpan<double> tail, ReadOnlySpan<double> known, Span<double> result)
    {
        int order = Coefficients.Length;
        ReadOnlySpan<double> a = Coefficients;
        if (known.IsEmpty)
        {
            SlidingProducts.Dot(a, tail, result);
            known = result;
        }

        for (int h = 0; h < result.Length; h++)
        {
            double value = h < order ? known[h] : 0;
            int own = Math.Min(h, order);
            value += TensorPrimitives.Dot(a[(order - own)..], result.Slice(h - own, own));
            if (!(value >= Lower && value <= Upper))
            {
                return false;
            }

            result[h] = value;
        }

        return true;
    }

    /// <summary>Fills the continuation of the last window, given by its coordinates in the components; values are clipped to the bounds.</summary>
    public void ShiftWindows(ReadOnlySpan<double> coordinates, Span<double> result)
    {
        Span<double> current = Rank <= 256 ? stackalloc double[Rank] : new double[Rank];
        Span<double> next = Rank <= 256 ? stackalloc double[Rank] : new double[Rank];
        coordinates.CopyTo(current);
        for (int h = 0; h < result.Length; h++)
        {
            RowProducts.Dot(Shift, Rank, current, next);
            next.CopyTo(current);
            double value = TensorPrimitives.Dot<double>(AveragingRow, current);
            result[h] = Math.Clamp(double.IsFinite(value) ? value : 0, Lower, Upper);
        }
    }
}
