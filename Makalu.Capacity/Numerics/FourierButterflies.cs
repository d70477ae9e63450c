using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Makalu.Capacity.Numerics;

/// <summary>
/// The passes of <see cref="FourierTransform"/>: each combines point j of the 2, 3 or 4 parts of a block. Forward the twiddles
/// follow the butterfly, backwards their conjugates precede it. Parts are multiples of 4 points.
/// </summary>
internal static class FourierButterflies
{
    private static readonly double s_half3 = Math.Sqrt(3) / 2;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Forward4(ref double re, ref double im, ref double twiddles, int part)
    {
        ref double re1 = ref Unsafe.Add(ref re, part), re2 = ref Unsafe.Add(ref re, 2 * part), re3 = ref Unsafe.Add(ref re, 3 * part);
        ref double im1 = ref Unsafe.Add(ref im, part), im2 = ref Unsafe.Add(ref im, 2 * part), im3 = ref Unsafe.Add(ref im, 3 * part);
        ref double s1 = ref Unsafe.Add(ref twiddles, part), c2 = ref Unsafe.Add(ref twiddles, 2 * part), s2 = ref Unsafe.Add(ref twiddles, 3 * part);
        ref double c3 = ref Unsafe.Add(ref twiddles, 4 * part), s3 = ref Unsafe.Add(ref twiddles, 5 * part);
        for (nuint j = 0; j < (nuint)part; j += 4)
        {
            Vector256<double> a = Vector256.LoadUnsafe(ref re, j), b = Vector256.LoadUnsafe(ref re1, j), c = Vector256.LoadUnsafe(ref re2, j), d = Vector256.LoadUnsafe(ref re3, j);
            Vector256<double> e = Vector256.LoadUnsafe(ref im, j), f = Vector256.LoadUnsafe(ref im1, j), g = Vector256.LoadUnsafe(ref im2, j), h = Vector256.LoadUnsafe(ref im3, j);
            Vector256<double> pr = a + c, pi = e + g, qr = a - c, qi = e - g, rr = b + d, ri = f + h, tr = b - d, ti = f - h;
            (pr + rr).StoreUnsafe(ref re, j);
            (pi + ri).StoreUnsafe(ref im, j);
            StoreProduct(pr - rr, pi - ri, Vector256.LoadUnsafe(ref c2, j), Vector256.LoadUnsafe(ref s2, j), ref re2, ref im2, j);
            StoreProduct(qr + ti, qi - tr, Vector256.LoadUnsafe(ref twiddles, j), Vector256.LoadUnsafe(ref s1, j), ref re1, ref im1, j);
            StoreProduct(qr - ti, qi + tr, Vector256.LoadUnsafe(ref c3, j), Vector256.LoadUnsafe(ref s3, j), ref re3, ref im3, j);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Inverse4(ref double re, ref double im, ref double twiddles, int part)
    {
        ref double re1 = ref Unsafe.Add(ref re, part), re2 = ref Unsafe.Add(ref re, 2 * part), re3 = ref Unsafe.Add(ref re, 3 * part);
        ref double im1 = ref Unsafe.Add(ref im, part), im2 = ref Unsafe.Add(ref im, 2 * part), im3 = ref Unsafe.Add(ref im, 3 * part);
        ref double s1 = ref Unsafe.Add(ref twiddles, part), c2 = ref Unsafe.Add(ref twiddles, 2 * part), s2 = ref Unsafe.Add(ref twiddles, 3 * part);
        ref double c3 = ref Unsafe.Add(ref twiddles, 4 * part), s3 = ref Unsafe.Add(ref twiddles, 5 * part);
        for (nuint j = 0; j < (nuint)part; j += 4)
        {
            Vector256<double> a = Vector256.LoadUnsafe(ref re, j), e = Vector256.LoadUnsafe(ref im, j);
            (Vector256<double> b, Vector256<double> f) = LoadConjugateProduct(ref re1, ref im1, Vector256.LoadUnsafe(ref twiddles, j), Vector256.LoadUnsafe(ref s1, j), j);
            (Vector256<double> c, Vector256<double> g) = LoadConjugateProduct(ref re2, ref im2, Vector256.LoadUnsafe(ref c2, j), Vector256.LoadUnsafe(ref s2, j), j);
            (Vector256<double> d, Vector256<double> h) = LoadConjugateProduct(ref re3, ref im3, Vector256.LoadUnsafe(ref c3, j), Vector256.LoadUnsafe(ref s3, j), j);
            Vector256<double> pr = a + c, pi = e + g, qr = a - c, qi = e - g, rr = b + d, ri = f + h, tr = b - d, ti = f - h;
            (pr + rr).StoreUnsafe(ref re, j);
            (pi + ri).StoreUnsafe(ref im, j);
            (qr - ti).StoreUnsafe(ref re1, j);
            (qi + tr).StoreUnsafe(ref im1, j);
            (pr - rr).StoreUnsafe(ref re2, j);
            (pi - ri).StoreUnsafe(ref im2, j);
            (qr + ti).StoreUnsafe(ref re3, j);
            (qi - tr).StoreUnsafe(ref im3, j);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Forward3(ref double re, ref double im, ref double twiddles, int part)
    {
        ref double re1 = ref Unsafe.Add(ref re, part), re2 = ref Unsafe.Add(ref re, 2 * part), im1 = ref Unsafe.Add(ref im, part), im2 = ref Unsafe.Add(ref im, 2 * part);
        ref double s1 = ref Unsafe.Add(ref twiddles, part), c2 = ref Unsafe.Add(ref twiddles, 2 * part), s2 = ref Unsafe.Add(ref twiddles, 3 * part);
        Vector256<double> half = Vector256.Create(0.5), root = Vector256.Create(s_half3);
        for (nuint j = 0; j < (nuint)part; j += 4)
        {
            Vector256<double> a = Vector256.LoadUnsafe(ref re, j), b = Vector256.LoadUnsafe(ref re1, j), c = Vector256.LoadUnsafe(ref re2, j);
            Vector256<double> e = Vector256.LoadUnsafe(ref im, j), f = Vector256.LoadUnsafe(ref im1, j), g = Vector256.LoadUnsafe(ref im2, j);
            Vector256<double> sr = b + c, si = f + g, dr = root * (b - c), di = root * (f - g), mr = a - (half * sr), mi = e - (half * si);
            (a + sr).StoreUnsafe(ref re, j);
            (e + si).StoreUnsafe(ref im, j);
            StoreProduct(mr + di, mi - dr, Vector256.LoadUnsafe(ref twiddles, j), Vector256.LoadUnsafe(ref s1, j), ref re1, ref im1, j);
            StoreProduct(mr - di, mi + dr, Vector256.LoadUnsafe(ref c2, j), Vector256.LoadUnsafe(ref s2, j), ref re2, ref im2, j);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Inverse3(ref double re, ref double im, ref double twiddles, int part)
    {
        ref double re1 = ref Unsafe.Add(ref re, part), re2 = ref Unsafe.Add(ref re, 2 * part), im1 = ref Unsafe.Add(ref im, part), im2 = ref Unsafe.Add(ref im, 2 * part);
        ref double s1 = ref Unsafe.Add(ref twiddles, part), c2 = ref Unsafe.Add(ref twiddles, 2 * part), s2 = ref Unsafe.Add(ref twiddles, 3 * part);
        Vector256<double> half = Vector256.Create(0.5), root = Vector256.Create(s_half3);
        for (nuint j = 0; j < (nuint)part; j += 4)
        {
            Vector256<double> a = Vector256.LoadUnsafe(ref re, j), e = Vector256.LoadUnsafe(ref im, j);
            (Vector256<double> b, Vector256<double> f) = LoadConjugateProduct(ref re1, ref im1, Vector256.LoadUnsafe(ref twiddles, j), Vector256.LoadUnsafe(ref s1, j), j);
            (Vector256<double> c, Vector256<double> g) = LoadConjugateProduct(ref re2, ref im2, Vector256.LoadUnsafe(ref c2, j), Vector256.LoadUnsafe(ref s2, j), j);
            Vector256<double> sr = b + c, si = f + g, dr = root * (b - c), di = root * (f - g), mr = a - (half * sr), mi = e - (half * si);
            (a + sr).StoreUnsafe(ref re, j);
            (e + si).StoreUnsafe(ref im, j);
            (mr - di).StoreUnsafe(ref re1, j);
            (mi + dr).StoreUnsafe(ref im1, j);
            (mr + di).StoreUnsafe(ref re2, j);
            (mi - dr).StoreUnsafe(ref im2, j);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Forward2(ref double re, ref double im, ref double twiddles, int part)
    {
        ref double re1 = ref Unsafe.Add(ref re, part), im1 = ref Unsafe.Add(ref im, part), s1 = ref Unsafe.Add(ref twiddles, part);
        for (nuint j = 0; j < (nuint)part; j += 4)
        {
            Vector256<double> a = Vector256.LoadUnsafe(ref re, j), b = Vector256.LoadUnsafe(ref re1, j), e = Vector256.LoadUnsafe(ref im, j), f = Vector256.LoadUnsafe(ref im1, j);
            (a + b).StoreUnsafe(ref re, j);
            (e + f).StoreUnsafe(ref im, j);
            StoreProduct(a - b, e - f, Vector256.LoadUnsafe(ref twiddles, j), Vector256.LoadUnsafe(ref s1, j), ref re1, ref im1, j);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Inverse2(ref double re, ref double im, ref double twiddles, int part)
    {
        ref double re1 = ref Unsafe.Add(ref re, part), im1 = ref Unsafe.Add(ref im, part), s1 = ref Unsafe.Add(ref twiddles, part);
        for (nuint j = 0; j < (nuint)part; j += 4)
        {
            Vector256<double> a = Vector256.LoadUnsafe(ref re, j), e = Vector256.LoadUnsafe(ref im, j);
            (Vector256<double> b, Vector256<double> f) = LoadConjugateProduct(ref re1, ref im1, Vector256.LoadUnsafe(ref twiddles, j), Vector256.LoadUnsafe(ref s1, j), j);
            (a + b).StoreUnsafe(ref re, j);
            (e + f).StoreUnsafe(ref im, j);
            (a - b).StoreUnsafe(ref re1, j);
            (e - f).StoreUnsafe(ref im1, j);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void StoreProduct(Vector256<double> x, Vector256<double> y, Vector256<double> cos, Vector256<double> sin, ref double re, ref double im, nuint j)
    {
        Vector256.FusedMultiplyAdd(x, cos, -(y * sin)).StoreUnsafe(ref re, j);
        Vector256.FusedMultiplyAdd(x, sin, y * cos).StoreUnsafe(ref im, j);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (Vector256<double> Re, Vector256<double> Im) LoadConjugateProduct(ref double re, ref double im, Vector256<double> cos, Vector256<double> sin, nuint j)
    {
        Vector256<double> x = Vector256.LoadUnsafe(ref re, j), y = Vector256.LoadUnsafe(ref im, j);
        return (Vector256.FusedMultiplyAdd(x, cos, y * sin), Vector256.FusedMultiplyAdd(y, cos, -(x * sin)));
    }
}
