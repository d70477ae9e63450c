namespace Makalu.Capacity.Numerics;

/// <summary>
/// A seeded stream of random numbers (xoshiro256**, Blackman and Vigna 2018, seeded by splitmix64), the same on every platform
/// and runtime, which <see cref="Random"/> with a seed does not promise. Streams of one seed and different indices are
/// independent, so that work may be divided over any number of threads with the same result.
/// </summary>
internal sealed class RandomStream
{
    private ulong _s0;
    private ulong _s1;
    private ulong _s2;
    private ulong _s3;
    private double _spareNormal = double.NaN;

    public RandomStream(int seed, int stream = 0)
    {
        ulong state = ((ulong)(uint)seed << 32) | (uint)stream;
        _s0 = SplitMix(ref state);
        _s1 = SplitMix(ref state);
        _s2 = SplitMix(ref state);
        _s3 = SplitMix(ref state);
    }

    public ulong NextUInt64()
    {
        ulong result = ulong.RotateLeft(_s1 * 5, 7) * 9;
        ulong t = _s1 << 17;
        _s2 ^= _s0;
        _s3 ^= _s1;
        _s1 ^= _s2;
        _s0 ^= _s3;
        _s2 ^= t;
        _s3 = ulong.RotateLeft(_s3, 45);
        return result;
    }

    /// <summary>Uniform on [0, 1).</summary>
    public double NextDouble() => (NextUInt64() >> 11) * (1.0 / (1UL << 53));

    /// <summary>Uniform on 0 … <paramref name="exclusiveMaximum"/> − 1.</summary>
    public int NextInt(int exclusiveMaximum) => (int)Math.BigMul(NextUInt64(), (ulong)exclusiveMaximum, out _);

    /// <summary>Exponential with mean 1.</summary>
    public double NextExponential() => -Math.Log(1 - NextDouble());

    /// <summary>Standard normal (Marsaglia's polar method, 1964).</summary>
    public double NextNormal()
    {
        if (!double.IsNaN(_spareNormal))
        {
            double spare = _spareNormal;
            _spareNormal = double.NaN;
            return spare;
        }

        while (true)
        {
            double u = (2 * NextDouble()) - 1;
            double v = (2 * NextDouble()) - 1;
            double s = (u * u) + (v * v);
            if (s is > 0 and < 1)
            {
                double factor = Math.Sqrt(-2 * Math.Log(s) / s);
                _spareNormal = v * factor;
                return u * factor;
            }
        }
    }

    /// <summary>Gamma with the given shape and scale 1 (Marsaglia and Tsang, ACM TOMS 26, 2000).</summary>
    public double NextGamma(double shape)
    {
        if (shape < 1)
        {
            return NextGamma(shape + 1) * Math.Pow(1 - NextDouble(), 1 / shape);
        }

        double d = shape - (1.0 / 3);
        double c = 1 / Math.Sqrt(9 * d);
        while (true)
        {
            double x = NextNormal();
            double v = 1 + (c * x);
            if (v <= 0)
            {
                continue;
            }

            v = v * v * v;
            double u = 1 - NextDouble();
            if (Math.Log(u) < (0.5 * x * x) + d - (d * v) + (d * Math.Log(v)))
            {
                return d * v;
            }
        }
    }

    /// <summary>Student's t with the given degrees of freedom.</summary>
    public double NextStudentT(double degreesOfFreedom)
        => NextNormal() / Math.Sqrt(2 * NextGamma(degreesOfFreedom / 2) / degreesOfFreedom);

    /// <summary>Poisson with the given mean (inversion below 30, PTRS of Hörmann 1993 above).</summary>
    public long NextPoisson(double mean)
    {
        if (mean <= 0)
        {
            return 0;
        }

        if (mean < 30)
        {
            double limit = Math.Exp(-mean);
            double product = 1 - NextDouble();
            long count = 0;
            while (product > limit)
            {
                product *= 1 - NextDouble();
                count++;
            }

            return count;
        }

        double sqrt = Math.Sqrt(mean);
        double b = 0.931 + (2.53 * sqrt);
        double a = -0.059 + (0.02483 * b);
        double inverseAlpha = 1.1239 + (1.1328 / (b - 3.4));
        double vr = 0.9277 - (3.6224 / (b - 2));
        while (true)
        {
            double u = NextDouble() - 0.5;
            double v = 1 - NextDouble();
            double us = 0.5 - Math.Abs(u);
            double k = Math.Floor((((2 * a / us) + b) * u) + mean + 0.43);
            if (us >= 0.07 && v <= vr)
            {
                return (long)k;
            }

            if (k < 0 || (us < 0.013 && v > us))
            {
                continue;
            }

            if (Math.Log(v * inverseAlpha / ((a / (us * us)) + b)) <= (k * Math.Log(mean)) - mean - MathNet.Numerics.SpecialFunctions.GammaLn(k + 1))
            {
                return (long)k;
            }
        }
    }

    private static ulong SplitMix(ref ulong state)
    {
        state += 0x9E3779B97F4A7C15;
        ulong z = state;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
