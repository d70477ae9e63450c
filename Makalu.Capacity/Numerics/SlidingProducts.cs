using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Makalu.Capacity.Numerics;

/// <summary>Products of coefficients with a series that slides past them.</summary>
internal static class SlidingProducts
{
    /// <summary>The distance between the two groups of four shifts that share their reads: whole vectors of any width.</summary>
    private static readonly int s_distance = Math.Max(4, Vector<double>.Count);

    /// <summary>result_h = coefficients[0 … n − 1 − h] · series[h … n − 1] for h = 0, 1, …, where n is the length of both; 0 from n on.</summary>
    public static void Dot(ReadOnlySpan<double> coefficients, ReadOnlySpan<double> series, Span<double> result)
    {
        int length = coefficients.Length;
        int block = 2 * s_distance;
        int h = 0;
        for (; h + block <= result.Length && h + (2 * block) <= length; h += block)
        {
            for (int s = 0; s < s_distance; s += 4)
            {
                EightShifts(coefficients, series, h + s, result);
            }
        }

        for (; h < result.Length; h++)
        {
            result[h] = h < length ? TensorPrimitives.Dot(coefficients[..(length - h)], series[h..]) : 0;
        }
    }

    /// <summary>
    /// The shifts h … h + 3 and the four a distance of g further: coefficient j meets the same value in the former as j − g in the
    /// latter, so that six reads serve eight products.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void EightShifts(ReadOnlySpan<double> coefficients, ReadOnlySpan<double> series, int h, Span<double> result)
    {
        int distance = s_distance;
        int end = coefficients.Length - h - 3;
        ref double first = ref MemoryMarshal.GetReference(coefficients);
        ref double shifted = ref MemoryMarshal.GetReference(series[h..]);
        Vector<double> sa = default, sb = default, sc = default, sd = default, ta = default, tb = default, tc = default, td = default;
        int j = distance;
        for (; j <= end - Vector<double>.Count; j += Vector<double>.Count)
        {
            var near = Vector.LoadUnsafe(ref first, (nuint)j);
            var far = Vector.LoadUnsafe(ref first, (nuint)(j - distance));
            var value = Vector.LoadUnsafe(ref shifted, (nuint)j);
            sa = Vector.FusedMultiplyAdd(near, value, sa);
            ta = Vector.FusedMultiplyAdd(far, value, ta);
            value = Vector.LoadUnsafe(ref shifted, (nuint)(j + 1));
            sb = Vector.FusedMultiplyAdd(near, value, sb);
            tb = Vector.FusedMultiplyAdd(far, value, tb);
            value = Vector.LoadUnsafe(ref shifted, (nuint)(j + 2));
            sc = Vector.FusedMultiplyAdd(near, value, sc);
            tc = Vector.FusedMultiplyAdd(far, value, tc);
            value = Vector.LoadUnsafe(ref shifted, (nuint)(j + 3));
            sd = Vector.FusedMultiplyAdd(near, value, sd);
            td = Vector.FusedMultiplyAdd(far, value, td);
        }

        ReadOnlySpan<double> nearSums = [Vector.Sum(sa), Vector.Sum(sb), Vector.Sum(sc), Vector.Sum(sd)];
        ReadOnlySpan<double> farSums = [Vector.Sum(ta), Vector.Sum(tb), Vector.Sum(tc), Vector.Sum(td)];
        for (int s = 0; s < 4; s++)
        {
            int last = coefficients.Length - h - s;
            result[h + s] = nearSums[s] + TensorPrimitives.Dot(coefficients[..distance], series.Slice(h + s, distance)) + TensorPrimitives.Dot(coefficients[j..last], series[(h + s + j)..]);
            result[h + s + distance] = farSums[s] + TensorPrimitives.Dot(coefficients[(j - distance)..(last - distance)], series[(h + s + j)..]);
        }
    }
}
