using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Makalu.Capacity.Numerics;

/// <summary>
/// The complex discrete Fourier transform for convolutions, in place on separate real and imaginary parts. The spectrum comes in
/// a permuted order that only the inverse understands: products of spectra need no order, and leaving it out saves the
/// reordering passes. Decimation in frequency forwards and in time backwards, radix 4 after at most one pass of radix 3 and one
/// of radix 2, depth first so that sub-transforms stay in cache. Lengths are 16·4^a times 1, 2, 3 or 6.
/// </summary>
/// <remarks>Immutable; safe to share between threads.</remarks>
internal sealed class FourierTransform
{
    private const int LeafLength = 16;
    private static readonly ConcurrentDictionary<int, FourierTransform> s_cache = new();
    private readonly Stage[] _stages;

    private FourierTransform(int length)
    {
        Length = length;
        List<Stage> stages = [];
        int remaining = length;
        foreach (int radix in (ReadOnlySpan<int>)[3, 2])
        {
            bool applies = radix == 3 ? remaining % 3 == 0 : (int.TrailingZeroCount(remaining) & 1) == 1;
            if (applies)
            {
                stages.Add(new Stage(radix, remaining));
                remaining /= radix;
            }
        }

        for (; remaining > LeafLength; remaining /= 4)
        {
            stages.Add(new Stage(4, remaining));
        }

        stages.Add(new Stage(4, LeafLength));
        _stages = [.. stages];
    }

    /// <summary>The number of points.</summary>
    public int Length { get; }

    /// <summary>The transform of the shortest supported length that is at least <paramref name="minimumLength"/>.</summary>
    public static FourierTransform AtLeast(int minimumLength)
    {
        long best = long.MaxValue;
        foreach (int factor in (ReadOnlySpan<int>)[1, 2, 3, 6])
        {
            long length = (long)LeafLength * factor;
            while (length < minimumLength)
            {
                length *= 4;
            }

            best = Math.Min(best, length);
        }

        return s_cache.GetOrAdd(checked((int)best), static length => new FourierTransform(length));
    }

    /// <summary>Replaces the points by their spectrum in the permuted order.</summary>
    public void Forward(Span<double> real, Span<double> imaginary)
    {
        ref double re = ref MemoryMarshal.GetReference(real[..Length]);
        ref double im = ref MemoryMarshal.GetReference(imaginary[..Length]);
        Forward(ref re, ref im, 0, 0);
    }

    /// <summary>Replaces a spectrum in the permuted order by <see cref="Length"/> times its points: the scale is left to the caller, who can fold it into a factor.</summary>
    public void Inverse(Span<double> real, Span<double> imaginary)
    {
        ref double re = ref MemoryMarshal.GetReference(real[..Length]);
        ref double im = ref MemoryMarshal.GetReference(imaginary[..Length]);
        Inverse(ref re, ref im, 0, 0);
    }

    private void Forward(ref double re, ref double im, int offset, int level)
    {
        Stage stage = _stages[level];
        if (level == _stages.Length - 1)
        {
            FourierLeaf.Forward(ref Unsafe.Add(ref re, offset), ref Unsafe.Add(ref im, offset), ref MemoryMarshal.GetArrayDataReference(stage.Twiddles));
            return;
        }

        ref double r = ref Unsafe.Add(ref re, offset);
        ref double i = ref Unsafe.Add(ref im, offset);
        ref double w = ref MemoryMarshal.GetArrayDataReference(stage.Twiddles);
        switch (stage.Radix)
        {
            case 4:
                FourierButterflies.Forward4(ref r, ref i, ref w, stage.Part);
                break;
            case 3:
                FourierButterflies.Forward3(ref r, ref i, ref w, stage.Part);
                break;
            default:
                FourierButterflies.Forward2(ref r, ref i, ref w, stage.Part);
                break;
        }

        for (int p = 0; p < stage.Radix; p++)
        {
            Forward(ref re, ref im, offset + (p * stage.Part), level + 1);
        }
    }

    private void Inverse(ref double re, ref double im, int offset, int level)
    {
        Stage stage = _stages[level];
        if (level == _stages.Length - 1)
        {
            FourierLeaf.Inverse(ref Unsafe.Add(ref re, offset), ref Unsafe.Add(ref im, offset), ref MemoryMarshal.GetArrayDataReference(stage.Twiddles));
            return;
        }

        for (int p = 0; p < stage.Radix; p++)
        {
            Inverse(ref re, ref im, offset + (p * stage.Part), level + 1);
        }

        ref double r = ref Unsafe.Add(ref re, offset);
        ref double i = ref Unsafe.Add(ref im, offset);
        ref double w = ref MemoryMarshal.GetArrayDataReference(stage.Twiddles);
        switch (stage.Radix)
        {
            case 4:
                FourierButterflies.Inverse4(ref r, ref i, ref w, stage.Part);
                break;
            case 3:
                FourierButterflies.Inverse3(ref r, ref i, ref w, stage.Part);
                break;
            default:
                FourierButterflies.Inverse2(ref r, ref i, ref w, stage.Part);
                break;
        }
    }

    /// <summary>One pass: blocks of Radix·Part points; for each power 1 … Radix − 1 the Part cosines, then the Part (negative) sines.</summary>
    private sealed class Stage
    {
        public Stage(int radix, int block)
        {
            Radix = radix;
            Part = block / radix;
            Twiddles = new double[2 * (radix - 1) * Part];
            for (int power = 1; power < radix; power++)
            {
                for (int j = 0; j < Part; j++)
                {
                    (double sin, double cos) = UnitRoot.Of((long)power * j, block);
                    Twiddles[(2 * (power - 1) * Part) + j] = cos;
                    Twiddles[(((2 * (power - 1)) + 1) * Part) + j] = -sin;
                }
            }
        }

        public int Radix { get; }

        public int Part { get; }

        public double[] Twiddles { get; }
    }
}
