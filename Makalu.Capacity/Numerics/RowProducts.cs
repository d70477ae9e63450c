using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Makalu.Capacity.Numerics;

/// <summary>Products with a matrix held row after row, four rows at a time so that the vector is read once for all four.</summary>
internal static class RowProducts
{
    /// <summary>result_i = row_i · vector.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Dot(ReadOnlySpan<double> rows, int count, ReadOnlySpan<double> vector, Span<double> result)
    {
        int length = vector.Length;
        int i = 0;
        for (; i <= count - 4; i += 4)
        {
            ReadOnlySpan<double> a = rows.Slice(i * length, length), b = rows.Slice((i + 1) * length, length), c = rows.Slice((i + 2) * length, length), d = rows.Slice((i + 3) * length, length);
            ref double rowA = ref MemoryMarshal.GetReference(a), rowB = ref MemoryMarshal.GetReference(b), rowC = ref MemoryMarshal.GetReference(c), rowD = ref MemoryMarshal.GetReference(d), first = ref MemoryMarshal.GetReference(vector);
            Vector<double> sa = default, sb = default, sc = default, sd = default, ta = default, tb = default, tc = default, td = default;
            int j = 0;
            for (; j <= length - (2 * Vector<double>.Count); j += 2 * Vector<double>.Count)
            {
                var v = Vector.LoadUnsafe(ref first, (nuint)j);
                var w = Vector.LoadUnsafe(ref first, (nuint)(j + Vector<double>.Count));
                sa = Vector.FusedMultiplyAdd(Vector.LoadUnsafe(ref rowA, (nuint)j), v, sa);
                sb = Vector.FusedMultiplyAdd(Vector.LoadUnsafe(ref rowB, (nuint)j), v, sb);
                sc = Vector.FusedMultiplyAdd(Vector.LoadUnsafe(ref rowC, (nuint)j), v, sc);
                sd = Vector.FusedMultiplyAdd(Vector.LoadUnsafe(ref rowD, (nuint)j), v, sd);
                ta = Vector.FusedMultiplyAdd(Vector.LoadUnsafe(ref rowA, (nuint)(j + Vector<double>.Count)), w, ta);
                tb = Vector.FusedMultiplyAdd(Vector.LoadUnsafe(ref rowB, (nuint)(j + Vector<double>.Count)), w, tb);
                tc = Vector.FusedMultiplyAdd(Vector.LoadUnsafe(ref rowC, (nuint)(j + Vector<double>.Count)), w, tc);
                td = Vector.FusedMultiplyAdd(Vector.LoadUnsafe(ref rowD, (nuint)(j + Vector<double>.Count)), w, td);
            }

            double ra = Vector.Sum(sa + ta), rb = Vector.Sum(sb + tb), rc = Vector.Sum(sc + tc), rd = Vector.Sum(sd + td);
            for (; j < length; j++)
            {
                ra += a[j] * vector[j];
                rb += b[j] * vector[j];
                rc += c[j] * vector[j];
                rd += d[j] * vector[j];
            }

            (result[i], result[i + 1], result[i + 2], result[i + 3]) = (ra, rb, rc, rd);
        }

        for (; i < count; i++)
        {
            result[i] = TensorPrimitives.Dot(rows.Slice(i * length, length), vector);
        }
    }

    /// <summary>vector += Σ coefficient_i · row_i.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void AddCombination(ReadOnlySpan<double> rows, ReadOnlySpan<double> coefficients, Span<double> vector)
    {
        int length = vector.Length;
        int i = 0;
        for (; i <= coefficients.Length - 4; i += 4)
        {
            ReadOnlySpan<double> a = rows.Slice(i * length, length), b = rows.Slice((i + 1) * length, length), c = rows.Slice((i + 2) * length, length), d = rows.Slice((i + 3) * length, length);
            double ca = coefficients[i], cb = coefficients[i + 1], cc = coefficients[i + 2], cd = coefficients[i + 3];
            ref double rowA = ref MemoryMarshal.GetReference(a), rowB = ref MemoryMarshal.GetReference(b), rowC = ref MemoryMarshal.GetReference(c), rowD = ref MemoryMarshal.GetReference(d), first = ref MemoryMarshal.GetReference(vector);
            Vector<double> va = new(ca), vb = new(cb), vc = new(cc), vd = new(cd);
            int j = 0;
            for (; j <= length - Vector<double>.Count; j += Vector<double>.Count)
            {
                var sum = Vector.LoadUnsafe(ref first, (nuint)j);
                sum = Vector.FusedMultiplyAdd(Vector.LoadUnsafe(ref rowA, (nuint)j), va, sum);
                sum = Vector.FusedMultiplyAdd(Vector.LoadUnsafe(ref rowB, (nuint)j), vb, sum);
                sum = Vector.FusedMultiplyAdd(Vector.LoadUnsafe(ref rowC, (nuint)j), vc, sum);
                sum = Vector.FusedMultiplyAdd(Vector.LoadUnsafe(ref rowD, (nuint)j), vd, sum);
                sum.StoreUnsafe(ref first, (nuint)j);
            }

            for (; j < length; j++)
            {
                vector[j] += (a[j] * ca) + (b[j] * cb) + (c[j] * cc) + (d[j] * cd);
            }
        }

        for (; i < coefficients.Length; i++)
        {
            TensorPrimitives.MultiplyAdd(rows.Slice(i * length, length), coefficients[i], vector, vector);
        }
    }

    /// <summary>
    /// result += Σ (row_i · vector) · row_i, and the products themselves into <paramref name="coefficients"/>. Four rows at a time are
    /// multiplied and added while they are in the nearest cache: rows of a large matrix come from memory once and not twice.
    /// </summary>
    public static void AddProjection(ReadOnlySpan<double> rows, Span<double> coefficients, ReadOnlySpan<double> vector, Span<double> result)
    {
        int length = vector.Length;
        for (int i = 0; i < coefficients.Length; i += 4)
        {
            int count = Math.Min(4, coefficients.Length - i);
            ReadOnlySpan<double> four = rows.Slice(i * length, count * length);
            Span<double> products = coefficients.Slice(i, count);
            Dot(four, count, vector, products);
            AddCombination(four, products, result);
        }
    }
}
