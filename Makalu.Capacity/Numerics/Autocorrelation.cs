using System.Numerics;
using System.Numerics.Tensors;

namespace Makalu.Capacity.Numerics;

/// <summary>Sums of lagged products: r_d = Σ x_t·x_{t+d}.</summary>
internal static class Autocorrelation
{
    private const long DirectProducts = 1 << 20;

    /// <summary>Adds r_0 … r_{lags − 1} of <paramref name="x"/> to <paramref name="sums"/>; lags beyond the series add nothing.</summary>
    public static void Add(ReadOnlySpan<double> x, Span<double> sums)
    {
        int lags = Math.Min(sums.Length, x.Length);
        if ((long)lags * x.Length <= DirectProducts || lags <= 16)
        {
            for (int d = 0; d < lags; d++)
            {
                sums[d] += TensorPrimitives.Dot(x[..^d], x[d..]);
            }

            return;
        }

        AddByTransforms(x, sums[..lags]);
    }

    /// <summary>
    /// Blocks of the series against themselves extended by the lags, in the frequency domain and two at a time: with blocks a, b and
    /// their extensions c, d the correlation of a + ib with c + id has a⋆c + b⋆d as its real part. The products are added up over
    /// all blocks before the one transform back.
    /// </summary>
    private static void AddByTransforms(ReadOnlySpan<double> x, Span<double> sums)
    {
        int lags = sums.Length;
        FourierTransform transform = FourierTransform.AtLeast(Math.Max(1024, 4 * lags));
        int length = transform.Length;
        int block = length - lags;
        double[] work = new double[6 * length];
        Span<double> blockRe = work.AsSpan(0, length), blockIm = work.AsSpan(length, length);
        Span<double> extendedRe = work.AsSpan(2 * length, length), extendedIm = work.AsSpan(3 * length, length);
        Span<double> sumRe = work.AsSpan(4 * length, length), sumIm = work.AsSpan(5 * length, length);
        for (int start = 0; start < x.Length; start += 2 * block)
        {
            Fill(x, start, block, blockRe);
            Fill(x, start, length, extendedRe);
            Fill(x, start + block, block, blockIm);
            Fill(x, start + block, length, extendedIm);
            transform.Forward(blockRe, blockIm);
            transform.Forward(extendedRe, extendedIm);
            AddConjugateProduct(blockRe, blockIm, extendedRe, extendedIm, sumRe, sumIm);
        }

        transform.Inverse(sumRe, sumIm);
        TensorPrimitives.MultiplyAdd(sumRe[..lags], 1.0 / length, sums, sums);
    }

    private static void Fill(ReadOnlySpan<double> x, int start, int count, Span<double> target)
    {
        int available = Math.Clamp(x.Length - start, 0, count);
        if (available > 0)
        {
            x.Slice(start, available).CopyTo(target);
        }

        target[available..].Clear();
    }

    private static void AddConjugateProduct(ReadOnlySpan<double> aRe, ReadOnlySpan<double> aIm, ReadOnlySpan<double> bRe, ReadOnlySpan<double> bIm, Span<double> sumRe, Span<double> sumIm)
    {
        for (int i = 0; i < sumRe.Length; i += Vector<double>.Count)
        {
            var ar = new Vector<double>(aRe[i..]);
            var ai = new Vector<double>(aIm[i..]);
            var br = new Vector<double>(bRe[i..]);
            var bi = new Vector<double>(bIm[i..]);
            Vector.FusedMultiplyAdd(ar, br, Vector.FusedMultiplyAdd(ai, bi, new Vector<double>(sumRe[i..]))).CopyTo(sumRe[i..]);
            Vector.FusedMultiplyAdd(ar, bi, Vector.FusedMultiplyAdd(-ai, br, new Vector<double>(sumIm[i..]))).CopyTo(sumIm[i..]);
        }
    }
}
