using System.Numerics;

namespace Makalu.Capacity.Numerics;

/// <summary>
/// A real sequence of up to 2n values at the n points ζ with ζⁿ = i, where value j + n counts as the imaginary part of value j.
/// Products of spectra are products of polynomials modulo z²ⁿ + 1: coefficient j of the result lacks coefficient j + 2n of the
/// true product, and has nothing of the n after it. A real convolution takes therefore half the points that a complex one needs
/// (Crandall and Fagin, "Discrete weighted transforms and large-integer arithmetic", Mathematics of Computation 62, 1994).
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

    /// <summary>The number of points n.</summary>
    public int Length => _transform.Length;

    /// <summary>The spectrum of up to 2n values, zeros appended.</summary>
    public void Forward(ReadOnlySpan<double> x, Span<double> re, Span<double> im)
    {
        ReadOnlySpan<double> low = x.Length > Length ? x[..Length] : x;
        int j = 0;
        for (; j <= low.Length - Vector<double>.Count; j += Vector<double>.Count)
        {
            var value = new Vector<double>(low[j..]);
            (value * new Vector<double>(_cos.AsSpan(j))).CopyTo(re[j..]);
            (value * new Vector<double>(_sin.AsSpan(j))).CopyTo(im[j..]);
        }

        for (; j < low.Length; j++)
        {
            re[j] = low[j] * _cos[j];
            im[j] = low[j] * _sin[j];
        }

        re[low.Length..].Clear();
        im[low.Length..].Clear();
        for (j = Length; j < x.Length; j++)
        {
            re[j - Length] -= x[j] * _sin[j - Length];
            im[j - Length] += x[j] * _cos[j - Length];
        }

        _transform.Forward(re, im);
    }

    /// <summary>Destroys a spectrum and gives n times the first up to 2n coefficients of its polynomial.</summary>
    public void Inverse(Span<double> re, Span<double> im, Span<double> x)
    {
        _transform.Inverse(re, im);
        Span<double> low = x.Length > Length ? x[..Length] : x;
        int j = 0;
        for (; j <= low.Length - Vector<double>.Count; j += Vector<double>.Count)
        {
            Vector.FusedMultiplyAdd(new Vector<double>(re[j..]), new Vector<double>(_cos.AsSpan(j)), new Vector<double>(im[j..]) * new Vector<double>(_sin.AsSpan(j))).CopyTo(low[j..]);
        }

        for (; j < low.Length; j++)
        {
            low[j] = (re[j] * _cos[j]) + (im[j] * _sin[j]);
        }

        for (j = Length; j < x.Length; j++)
        {
            x[j] = (im[j - Length] * _cos[j - Length]) - (re[j - Length] * _sin[j - Length]);
        }
    }

    /// <summary>The spectrum of z^power, power below n.</summary>
    public void Monomial(int power, Span<double> re, Span<double> im)
    {
        re.Clear();
        im.Clear();
        re[power] = _cos[power];
        im[power] = _sin[power];
        _transform.Forward(re, im);
    }
}
