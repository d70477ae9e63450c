using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Makalu.Capacity.Numerics;

/// <summary>
/// The last two passes of <see cref="FourierTransform"/>, 16 points held in registers: a pass between the four vectors, a
/// transposition, and a pass without twiddles. The result is left transposed, which <see cref="Inverse"/> undoes.
/// </summary>
internal static class FourierLeaf
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Forward(ref double re, ref double im, ref double twiddles)
    {
        FourierButterflies.Forward4(ref re, ref im, ref twiddles, 4);
        (Vector256<double> a, Vector256<double> b, Vector256<double> c, Vector256<double> d) = Transposed(ref re);
        (Vector256<double> e, Vector256<double> f, Vector256<double> g, Vector256<double> h) = Transposed(ref im);
        Vector256<double> pr = a + c, pi = e + g, qr = a - c, qi = e - g, rr = b + d, ri = f + h, tr = b - d, ti = f - h;
        (pr + rr).StoreUnsafe(ref re);
        (pi + ri).StoreUnsafe(ref im);
        (qr + ti).StoreUnsafe(ref re, 4);
        (qi - tr).StoreUnsafe(ref im, 4);
        (pr - rr).StoreUnsafe(ref re, 8);
        (pi - ri).StoreUnsafe(ref im, 8);
        (qr - ti).StoreUnsafe(ref re, 12);
        (qi + tr).StoreUnsafe(ref im, 12);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Inverse(ref double re, ref double im, ref double twiddles)
    {
        Vector256<double> a = Vector256.LoadUnsafe(ref re), b = Vector256.LoadUnsafe(ref re, 4), c = Vector256.LoadUnsafe(ref re, 8), d = Vector256.LoadUnsafe(ref re, 12);
        Vector256<double> e = Vector256.LoadUnsafe(ref im), f = Vector256.LoadUnsafe(ref im, 4), g = Vector256.LoadUnsafe(ref im, 8), h = Vector256.LoadUnsafe(ref im, 12);
        Vector256<double> pr = a + c, pi = e + g, qr = a - c, qi = e - g, rr = b + d, ri = f + h, tr = b - d, ti = f - h;
        StoreTransposed(pr + rr, qr - ti, pr - rr, qr + ti, ref re);
        StoreTransposed(pi + ri, qi + tr, pi - ri, qi - tr, ref im);
        FourierButterflies.Inverse4(ref re, ref im, ref twiddles, 4);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (Vector256<double>, Vector256<double>, Vector256<double>, Vector256<double>) Transposed(ref double values)
        => Transpose(Vector256.LoadUnsafe(ref values), Vector256.LoadUnsafe(ref values, 4), Vector256.LoadUnsafe(ref values, 8), Vector256.LoadUnsafe(ref values, 12));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void StoreTransposed(Vector256<double> a, Vector256<double> b, Vector256<double> c, Vector256<double> d, ref double values)
    {
        (a, b, c, d) = Transpose(a, b, c, d);
        a.StoreUnsafe(ref values);
        b.StoreUnsafe(ref values, 4);
        c.StoreUnsafe(ref values, 8);
        d.StoreUnsafe(ref values, 12);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (Vector256<double>, Vector256<double>, Vector256<double>, Vector256<double>) Transpose(Vector256<double> a, Vector256<double> b, Vector256<double> c, Vector256<double> d)
    {
        if (Avx.IsSupported)
        {
            Vector256<double> ab0 = Avx.UnpackLow(a, b), ab1 = Avx.UnpackHigh(a, b), cd0 = Avx.UnpackLow(c, d), cd1 = Avx.UnpackHigh(c, d);
            return (Avx.Permute2x128(ab0, cd0, 0x20), Avx.Permute2x128(ab1, cd1, 0x20), Avx.Permute2x128(ab0, cd0, 0x31), Avx.Permute2x128(ab1, cd1, 0x31));
        }

        return (Vector256.Create(a[0], b[0], c[0], d[0]), Vector256.Create(a[1], b[1], c[1], d[1]), Vector256.Create(a[2], b[2], c[2], d[2]), Vector256.Create(a[3], b[3], c[3], d[3]));
    }
}
