using System.Numerics;
using System.Numerics.Tensors;

namespace Makalu.Capacity.Numerics;

/// <summary>
/// Back from components to a series: each window is projected on the vectors u_1 … u_k, and the entries that stand for one point
/// in time are added up. Away from the ends this is a filter, h = Σ u_i ⋆ u_i, whose spectrum is Σ|û_i|².
/// </summary>
internal static class HankelReconstruction
{
    private const int DirectProducts = 1 << 14;

    /// <summary>sums_t += Σ_i Σ_k u_i[t − k]·⟨u_i, window k⟩ over all windows of <paramref name="x"/>.</summary>
    /// <param name="x">The series; at least <paramref name="window"/> values.</param>
    /// <param name="vectors">Vector after vector, each of <paramref name="window"/> values.</param>
    /// <param name="window">The window length.</param>
    /// <param name="sums">As long as <paramref name="x"/>.</param>
    public static void AddDiagonalSums(ReadOnlySpan<double> x, ReadOnlySpan<double> vectors, int window, Span<double> sums)
    {
        int windows = x.Length - window + 1;
        int count = vectors.Length / window;
        if ((long)windows * window <= DirectProducts)
        {
            for (int i = 0; i < count; i++)
            {
                ReadOnlySpan<double> u = vectors.Slice(i * window, window);
                for (int k = 0; k < windows; k++)
                {
                    Span<double> target = sums.Slice(k, window);
                    TensorPrimitives.MultiplyAdd(u, TensorPrimitives.Dot(u, x.Slice(k, window)), target, target);
                }
            }

            return;
        }

        var transform = new RightAngleTransform((x.Length + 1) / 2);
        int length = transform.Length;
        double[] work = new double[(8 * length) + Math.Max(windows, x.Length)];
        Span<double> xRe = work.AsSpan(0, length), xIm = work.AsSpan(length, length), uRe = work.AsSpan(2 * length, length), uIm = work.AsSpan(3 * length, length);
        Span<double> vRe = work.AsSpan(4 * length, length), vIm = work.AsSpan(5 * length, length), sRe = work.AsSpan(6 * length, length), sIm = work.AsSpan(7 * length, length);
        Span<double> values = work.AsSpan(8 * length);
        transform.Forward(x, xRe, xIm);
        for (int i = 0; i < count; i++)
        {
            transform.Forward(vectors.Slice(i * window, window), uRe, uIm);
            Correlate(xRe, xIm, uRe, uIm, vRe, vIm);
            transform.Inverse(vRe, vIm, values[..windows]);
            transform.Forward(values[..windows], vRe, vIm);
            AddConvolution(vRe, vIm, uRe, uIm, sRe, sIm);
        }

        transform.Inverse(sRe, sIm, values[..x.Length]);
        TensorPrimitives.MultiplyAdd(values[..x.Length], 1.0 / ((double)length * length), sums, sums);
    }

    /// <summary>
    /// result += X·(Xᵀ·u), where the columns of X are the windows of <paramref name="x"/>. Taken in two steps from the data, a
    /// small component comes out free of the rounding that large ones leave in the sums of products.
    /// </summary>
    public static void AddPowerStep(ReadOnlySpan<double> x, ReadOnlySpan<double> u, Span<double> result)
    {
        int window = u.Length;
        int windows = x.Length - window + 1;
        var transform = new RightAngleTransform((x.Length + 1) / 2);
        int length = transform.Length;
        double[] work = new double[(4 * length) + windows + window];
        Span<double> xRe = work.AsSpan(0, length), xIm = work.AsSpan(length, length), uRe = work.AsSpan(2 * length, length), uIm = work.AsSpan(3 * length, length);
        Span<double> values = work.AsSpan(4 * length, windows), sums = work.AsSpan((4 * length) + windows);
        transform.Forward(x, xRe, xIm);
        transform.Forward(u, uRe, uIm);
        Correlate(xRe, xIm, uRe, uIm, uRe, uIm);
        transform.Inverse(uRe, uIm, values);
        transform.Forward(values, uRe, uIm);
        Correlate(xRe, xIm, uRe, uIm, uRe, uIm);
        transform.Inverse(uRe, uIm, sums);
        TensorPrimitives.MultiplyAdd(sums, 1.0 / ((double)length * length), result, result);
    }

    /// <summary>
    /// Mean over its windows of every point of <paramref name="x"/>: the reconstructed series. Two ends of at most 2L − 2 points
    /// are summed by component, the rest is filtered, so the price hardly depends on the number of vectors.
    /// </summary>
    public static void Reconstruct(ReadOnlySpan<double> x, ReadOnlySpan<double> vectors, int window, Span<double> result)
    {
        result.Clear();
        int edge = (2 * window) - 2;
        if (x.Length <= 3 * edge || window < 8)
        {
            AddDiagonalSums(x, vectors, window, result);
            for (int t = 0; t < x.Length; t++)
            {
                result[t] /= WindowsThrough(t, x.Length, window);
            }

            return;
        }

        double[] sums = new double[edge];
        AddDiagonalSums(x[..edge], vectors, window, sums);
        sums.AsSpan(0, window - 1).CopyTo(result);
        Array.Clear(sums);
        AddDiagonalSums(x[^edge..], vectors, window, sums);
        sums.AsSpan(window - 1).CopyTo(result[^(window - 1)..]);
        for (int t = 0; t < window - 1; t++)
        {
            result[t] /= t + 1;
            result[^(t + 1)] /= t + 1;
        }

        Filter(x, vectors, window, result);
    }

    /// <summary>The number of windows that contain point <paramref name="t"/>.</summary>
    public static int WindowsThrough(int t, int count, int window)
        => Math.Min(Math.Min(t + 1, count - t), Math.Min(window, count - window + 1));

    /// <summary>The points that L windows contain, two blocks at a time as real and imaginary part.</summary>
    private static void Filter(ReadOnlySpan<double> x, ReadOnlySpan<double> vectors, int window, Span<double> result)
    {
        FourierTransform transform = FourierTransform.AtLeast(Math.Max(256, 6 * window));
        int length = transform.Length;
        int block = length - (2 * (window - 1));
        double[] work = new double[3 * length];
        Span<double> re = work.AsSpan(0, length), im = work.AsSpan(length, length), spectrum = work.AsSpan(2 * length);
        for (int i = 0; i < vectors.Length / window; i++)
        {
            re.Clear();
            im.Clear();
            vectors.Slice(i * window, window).CopyTo(re);
            transform.Forward(re, im);
            TensorPrimitives.MultiplyAdd(re, re, spectrum, spectrum);
            TensorPrimitives.MultiplyAdd(im, im, spectrum, spectrum);
        }

        TensorPrimitives.Multiply(spectrum, 1.0 / ((double)window * length), spectrum);
        int end = x.Length - window + 1;
        for (int start = window - 1; start < end; start += 2 * block)
        {
            Load(x, start - window + 1, re);
            Load(x, start + block - window + 1, im);
            transform.Forward(re, im);
            TensorPrimitives.Multiply(re, spectrum, re);
            TensorPrimitives.Multiply(im, spectrum, im);
            transform.Inverse(re, im);
            Store(re, window, result, start, Math.Min(block, end - start));
            Store(im, window, result, start + block, Math.Min(block, end - start - block));
        }
    }

    private static void Load(ReadOnlySpan<double> x, int start, Span<double> target)
    {
        int count = Math.Clamp(x.Length - start, 0, target.Length);
        if (count > 0)
        {
            x.Slice(start, count).CopyTo(target);
        }

        target[count..].Clear();
    }

    private static void Store(ReadOnlySpan<double> values, int window, Span<double> result, int start, int count)
    {
        if (count > 0)
        {
            values.Slice(window - 1, count).CopyTo(result[start..]);
        }
    }

    private static void Correlate(ReadOnlySpan<double> aRe, ReadOnlySpan<double> aIm, ReadOnlySpan<double> bRe, ReadOnlySpan<double> bIm, Span<double> re, Span<double> im)
    {
        for (int j = 0; j < re.Length; j += Vector<double>.Count)
        {
            Vector<double> a = new(aRe[j..]), b = new(aIm[j..]), c = new(bRe[j..]), d = new(bIm[j..]);
            Vector.FusedMultiplyAdd(a, c, b * d).CopyTo(re[j..]);
            Vector.FusedMultiplyAdd(b, c, -(a * d)).CopyTo(im[j..]);
        }
    }

    private static void AddConvolution(ReadOnlySpan<double> aRe, ReadOnlySpan<double> aIm, ReadOnlySpan<double> bRe, ReadOnlySpan<double> bIm, Span<double> re, Span<double> im)
    {
        for (int j = 0; j < re.Length; j += Vector<double>.Count)
        {
            Vector<double> a = new(aRe[j..]), b = new(aIm[j..]), c = new(bRe[j..]), d = new(bIm[j..]);
            Vector.FusedMultiplyAdd(a, c, Vector.FusedMultiplyAdd(-b, d, new Vector<double>(re[j..]))).CopyTo(re[j..]);
            Vector.FusedMultiplyAdd(a, d, Vector.FusedMultiplyAdd(b, c, new Vector<double>(im[j..]))).CopyTo(im[j..]);
        }
    }
}
