using System.Numerics;

namespace Makalu.Capacity.Numerics;

/// <summary>
/// A real sequence at the n points ζ with ζⁿ = i, so that products of spectra are products of polynomials modulo zⁿ − i: the real
/// part of the result holds the product's first n coefficients free of wrap-around from the next n, which land in the imaginary
/// part. A convolution of real sequences of length n needs therefore a complex transform of n points and not of 2n (Crandall and
/// Fagin, "Discrete weighted transforms and large-integer arithmetic", Mathematics of Computation 62, 1994).
/// </summary>
internal sealed class RightAngleTransform
{
    private readonly FourierTransform _transform;
    private readonly double[] _cos;
    private readonly double[] _sin;

    public RightAngleTransform(int minimumLength)
    {
        _transform = FourierTransform.AtLeast(minimumLength);
        _cos = new double[Length];
        _sin = new double[Length];
        for (int j = 0; j < Length; j++)
        {
            (_sin[j], _cos[j]) = UnitRoot.Of(j, 4L * Length);
        }
    }

    public int Length => _transform.Length;

    /// <summary>The spectrum of <paramref name="x"/>, zeros appended.</summary>
    public void Forward(ReadOnlySpan<double> x, Span<double> re, Span<double> im)
    {
        int j = 0;
        for (; j <= x.Length - Vector<double>.Count; j += Vector<double>.Count)
        {
            var value = new Vector<double>(x[j..]);
            (value * new Vector<double>(_cos.AsSpan(j))).CopyTo(re[j..]);
            (value * new Vector<double>(_sin.AsSpan(j))).CopyTo(im[j..]);
        }

        for (; j < x.Length; j++)
        {
            re[j] = x[j] * _cos[j];
            im[j] = x[j] * _sin[j];
        }

        re[x.Length..].Clear();
        im[x.Length..].Clear();
        _transform.Forward(re, im);
    }

    /// <summary>Destroys a spectrum and gives <see cref="Length"/> times the first coefficients of its polynomial.</summary>
    public void Inverse(Span<double> re, Span<double> im, Span<double> x)
    {
        _transform.Inverse(re, im);
        int j = 0;
        for (; j <= x.Length - Vector<double>.Count; j += Vector<double>.Count)
        {
            Vector.FusedMultiplyAdd(new Vector<double>(re[j..]), new Vector<double>(_cos.AsSpan(j)), new Vector<double>(im[j..]) * new Vector<double>(_sin.AsSpan(j))).CopyTo(x[j..]);
        }

        for (; j < x.Length; j++)
        {
            x[j] = (re[j] * _cos[j]) + (im[j] * _sin[j]);
        }
    }

    /// <summary>Fills cosine and sine of the angle of ζ^power at each point, in the order of the spectra.</summary>
    public void Monomial(int power, Span<double> re, Span<double> im)
    {
        re.Clear();
        im.Clear();
        re[power] = _cos[power];
        im[power] = _sin[power];
        _transform.Forward(re, im);
    }
}
