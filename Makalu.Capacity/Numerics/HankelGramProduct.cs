using System.Numerics;

namespace Makalu.Capacity.Numerics;

/// <summary>
/// Products with G = Σ over windows of w·wᵀ, for all windows of L consecutive values of one or several segments, without G: its
/// price does not depend on the segments' lengths. G = T − AAᵀ − BBᵀ, where T is the symmetric Toeplitz matrix of the sums of
/// lagged products (all windows that overlap a segment, those that stick out at its ends included) and A and B hold the windows
/// that stick out at its start and at its end: strictly triangular Toeplitz matrices of its first and of its last L − 1 values.
/// Each product takes two transforms of about L points plus four a segment.
/// </summary>
internal sealed class HankelGramProduct : SymmetricOperator
{
    private readonly RightAngleTransform _transform;
    private readonly double[] _toeplitz;
    private readonly List<double[]> _heads = [];
    private readonly List<double[]> _tails = [];
    private readonly double[] _vector;
    private readonly double[] _partial;
    private readonly double[] _sum;
    private readonly double[] _overhang;

    /// <summary>Prepares products over <paramref name="segments"/>, each of at least <paramref name="window"/> values.</summary>
    public HankelGramProduct(IReadOnlyList<ReadOnlyMemory<double>> segments, int window)
    {
        Size = window;
        _transform = new RightAngleTransform(window);
        int length = _transform.Length;
        _vector = new double[2 * length];
        _partial = new double[2 * length];
        _sum = new double[2 * length];
        _overhang = new double[window];

        double[] sums = new double[window];
        double[] monomial = new double[2 * length];
        _transform.Monomial(window - 1, monomial.AsSpan(0, length), monomial.AsSpan(length));
        foreach (ReadOnlyMemory<double> segment in segments)
        {
            Autocorrelation.Add(segment.Span, sums);
            double[] head = Spectrum(segment.Span[..(window - 1)]);
            double[] reversed = segment.Span[^(window - 1)..].ToArray();
            Array.Reverse(reversed);
            double[] tail = Spectrum(reversed);
            MultiplyByConjugate(tail, monomial);
            _heads.Add(head);
            _tails.Add(tail);
        }

        sums[0] /= 2;
        _toeplitz = Spectrum(sums)[..length];
        System.Numerics.Tensors.TensorPrimitives.Multiply(_toeplitz, 2, _toeplitz);
    }

    /// <inheritdoc/>
    public override int Size { get; }

    /// <inheritdoc/>
    public override void Multiply(ReadOnlySpan<double> vector, Span<double> result)
    {
        int length = _transform.Length;
        Span<double> vRe = _vector.AsSpan(0, length), vIm = _vector.AsSpan(length);
        Span<double> sRe = _sum.AsSpan(0, length), sIm = _sum.AsSpan(length);
        Span<double> pRe = _partial.AsSpan(0, length), pIm = _partial.AsSpan(length);
        _transform.Forward(vector, vRe, vIm);
        System.Numerics.Tensors.TensorPrimitives.Multiply(vRe, _toeplitz, sRe);
        System.Numerics.Tensors.TensorPrimitives.Multiply(vIm, _toeplitz, sIm);
        for (int s = 0; s < _heads.Count; s++)
        {
            // A's columns are numbered from 1: coefficient 0 of the correlation belongs to the first complete window.
            Product(_heads[s], conjugateKernel: true, conjugateResult: false);
            Truncate(pRe, pIm);
            Subtract(_heads[s], conjugateResult: false);

            // The tail's kernel carries ζ^(1 − L), so that conjugation stands for the reversal of its coordinates.
            Product(_tails[s], conjugateKernel: false, conjugateResult: true);
            Truncate(pRe, pIm);
            Subtract(_tails[s], conjugateResult: true);
        }

        _transform.Inverse(sRe, sIm, result[..Size]);
    }

    private void Truncate(Span<double> re, Span<double> im)
    {
        _transform.Inverse(re, im, _overhang);
        _overhang[0] = 0;
        _transform.Forward(_overhang, re, im);
    }

    /// <summary>The spectrum ÷ its length, real parts before imaginary ones.</summary>
    private double[] Spectrum(ReadOnlySpan<double> values)
    {
        int length = _transform.Length;
        var spectrum = new double[2 * length];
        _transform.Forward(values, spectrum.AsSpan(0, length), spectrum.AsSpan(length));
        System.Numerics.Tensors.TensorPrimitives.Multiply(spectrum, 1.0 / length, spectrum);
        return spectrum;
    }

    private static void MultiplyByConjugate(double[] values, double[] other)
    {
        int length = values.Length / 2;
        for (int j = 0; j < length; j++)
        {
            double re = (values[j] * other[j]) + (values[j + length] * other[j + length]);
            values[j + length] = (values[j + length] * other[j]) - (values[j] * other[j + length]);
            values[j] = re;
        }
    }

    /// <summary>partial = kernel·vector, with the kernel or the result conjugated.</summary>
    private void Product(double[] kernel, bool conjugateKernel, bool conjugateResult)
    {
        int length = _transform.Length;
        ReadOnlySpan<double> kRe = kernel.AsSpan(0, length), kIm = kernel.AsSpan(length);
        ReadOnlySpan<double> vRe = _vector.AsSpan(0, length), vIm = _vector.AsSpan(length);
        Span<double> pRe = _partial.AsSpan(0, length), pIm = _partial.AsSpan(length);
        var kernelSign = new Vector<double>(conjugateKernel ? -1.0 : 1);
        var resultSign = new Vector<double>(conjugateResult ? -1.0 : 1);
        for (int j = 0; j < length; j += Vector<double>.Count)
        {
            var a = new Vector<double>(kRe[j..]);
            Vector<double> b = new Vector<double>(kIm[j..]) * kernelSign;
            var x = new Vector<double>(vRe[j..]);
            var y = new Vector<double>(vIm[j..]);
            Vector.FusedMultiplyAdd(a, x, -(b * y)).CopyTo(pRe[j..]);
            (Vector.FusedMultiplyAdd(a, y, b * x) * resultSign).CopyTo(pIm[j..]);
        }
    }

    /// <summary>sum −= kernel·partial, conjugated where asked.</summary>
    private void Subtract(double[] kernel, bool conjugateResult)
    {
        int length = _transform.Length;
        ReadOnlySpan<double> kRe = kernel.AsSpan(0, length), kIm = kernel.AsSpan(length);
        ReadOnlySpan<double> pRe = _partial.AsSpan(0, length), pIm = _partial.AsSpan(length);
        Span<double> sRe = _sum.AsSpan(0, length), sIm = _sum.AsSpan(length);
        var sign = new Vector<double>(conjugateResult ? -1.0 : 1);
        for (int j = 0; j < length; j += Vector<double>.Count)
        {
            var a = new Vector<double>(kRe[j..]);
            var b = new Vector<double>(kIm[j..]);
            var x = new Vector<double>(pRe[j..]);
            var y = new Vector<double>(pIm[j..]);
            Vector.FusedMultiplyAdd(b, y, Vector.FusedMultiplyAdd(-a, x, new Vector<double>(sRe[j..]))).CopyTo(sRe[j..]);
            (new Vector<double>(sIm[j..]) - (sign * Vector.FusedMultiplyAdd(a, y, b * x))).CopyTo(sIm[j..]);
        }
    }
}
