using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.CompilerServices;

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
            Vector<double> sa = default, sb = default, sc = default, sd = default, ta = default, tb = default, tc = default, td = default;
            int j = 0;
            for (; j <= length - (2 * Vector<double>.Count); j += 2 * Vector<double>.Count)
            {
                var v = new Vector<double>(vector[j..]);
                var w = new Vector<double>(vector[(j + Vector<double>.Count)..]);
                sa = Vector.FusedMultiplyAdd(new Vector<double>(a[j..]), v, sa);
                sb = Vector.FusedMultiplyAdd(new Vector<double>(b[j..]), v, sb);
                sc = Vector.FusedMultiplyAdd(new Vector<double>(c[j..]), v, sc);
                sd = Vector.FusedMultiplyAdd(new Vector<double>(d[j..]), v, sd);
                ta = Vector.FusedMultiplyAdd(new Vector<double>(a[(j + Vector<double>.Count)..]), w, ta);
                tb = Vector.FusedMultiplyAdd(new Vector<double>(b[(j + Vector<double>.Count)..]), w, tb);
                tc = Vector.FusedMultiplyAdd(new Vector<double>(c[(j + Vector<double>.Count)..]), w, tc);
                td = Vector.FusedMultiplyAdd(new Vector<double>(d[(j + Vector<double>.Count)..]), w, td);
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
            Vector<double> va = new(ca), vb = new(cb), vc = new(cc), vd = new(cd);
            int j = 0;
            for (; j <= length - Vector<double>.Count; j += Vector<double>.Count)
            {
                var sum = new Vector<double>(vector[j..]);
                sum = Vector.FusedMultiplyAdd(new Vector<double>(a[j..]), va, sum);
                sum = Vector.FusedMultiplyAdd(new Vector<double>(b[j..]), vb, sum);
                sum = Vector.FusedMultiplyAdd(new Vector<double>(c[j..]), vc, sum);
                sum = Vector.FusedMultiplyAdd(new Vector<double>(d[j..]), vd, sum);
                sum.CopyTo(vector[j..]);
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
}
