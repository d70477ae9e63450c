using System.Numerics.Tensors;
using Makalu.Capacity.Numerics;

namespace Makalu.Capacity.Sizing;

/// <summary>
/// A small simulation of one pool with fixed random numbers: requests come in geometric bursts whose rate may swing, take the
/// connection that is free first, and hold it for a lognormal time. The same draws serve every pool size, so that a larger pool
/// never has longer waits (Kiefer and Wolfowitz 1955) and bisection finds the smallest.
/// </summary>
internal sealed class PoolSimulation
{
    /// <summary>Arrivals that are simulated: enough to tell 1 % from 1.1 %, few enough for some milliseconds.</summary>
    public const int Arrivals = 200_000;

    private const int WarmUp = Arrivals / 50;
    private const int Seed = 20240915;

    // Drawn once for the process; every simulation scales the same draws.
    private static readonly Lazy<double[]> Gaps = new(() => Draw(0, stream => stream.NextExponential()));
    private static readonly Lazy<double[]> Bursts = new(() => Draw(1, stream => stream.NextExponential()));
    private static readonly Lazy<double[]> Normals = new(() => Draw(2, stream => stream.NextNormal()));

    private readonly double[] _arrivals = new double[Arrivals];
    private readonly double[] _holds = new double[Arrivals];
    private double[] _freeAt = [];

    public PoolSimulation(ArrivalProcess arrivals, HoldTime hold)
    {
        double time = FillArrivals(arrivals);
        Duration = time;
        if (hold.LogSigma > 0)
        {
            TensorPrimitives.Multiply(Normals.Value, hold.LogSigma, _holds);
            TensorPrimitives.Add(_holds, -0.5 * hold.LogSigma * hold.LogSigma, _holds);
            TensorPrimitives.Exp(_holds, _holds);
            TensorPrimitives.Multiply(_holds, hold.MeanSeconds, _holds);
        }
        else
        {
            Array.Fill(_holds, hold.MeanSeconds);
        }
    }

    /// <summary>Requests that are counted.</summary>
    public static int Counted => Arrivals - WarmUp;

    /// <summary>The simulated time in seconds.</summary>
    public double Duration { get; }

    /// <summary>How many counted requests wait longer than a time; stops counting beyond a limit.</summary>
    public int CountLate(int connections, double waitSeconds, int limit)
    {
        if (_freeAt.Length < connections)
        {
            _freeAt = new double[Math.Max(64, 2 * connections)];
        }

        Span<double> freeAt = _freeAt.AsSpan(0, connections);
        freeAt.Fill(double.NegativeInfinity);
        int late = 0;
        for (int i = 0; i < Arrivals; i++)
        {
            double arrival = _arrivals[i];
            double start = Math.Max(arrival, freeAt[0]);
            if (start - arrival > waitSeconds && i >= WarmUp && ++late > limit)
                return late;

            ReplaceSmallest(freeAt, start + _holds[i]);
        }

        return late;
    }

    /// <summary>Replaces the root of a binary heap and sifts it down.</summary>
    private static void ReplaceSmallest(Span<double> heap, double value)
    {
        int parent = 0;
        while (true)
        {
            int child = (2 * parent) + 1;
            if (child >= heap.Length)
                break;

            if (child + 1 < heap.Length && heap[child + 1] < heap[child])
            {
                child++;
            }

            if (heap[child] >= value)
                break;

            heap[parent] = heap[child];
            parent = child;
        }

        heap[parent] = value;
    }

    private double FillArrivals(ArrivalProcess arrivals)
    {
        double meanBurst = (arrivals.BurstDispersion + 1) / 2;
        double logRest = meanBurst > 1.0005 ? -Math.Log(1 - (1 / meanBurst)) : double.PositiveInfinity;
        double burstsPerSecond = arrivals.Rate / meanBurst;
        var clock = new RateClock(arrivals.RateVariation);
        double time = 0;
        int n = 0;
        for (int burst = 0; n < Arrivals; burst++)
        {
            time = clock.Advance(Gaps.Value[burst] / burstsPerSecond);
            int size = double.IsInfinity(logRest) ? 1 : 1 + (int)(Bursts.Value[burst] / logRest);
            for (int last = Math.Min(Arrivals, n + size); n < last; n++)
            {
                _arrivals[n] = time;
            }
        }

        return time;
    }

    private static double[] Draw(int stream, Func<RandomStream, double> next)
    {
        var random = new RandomStream(Seed, stream);
        var draws = new double[Arrivals];
        for (int i = 0; i < draws.Length; i++)
        {
            draws[i] = next(random);
        }

        return draws;
    }

    /// <summary>Turns time at the mean rate into time at a rate redrawn from a gamma distribution of mean 1 at exponential times of mean 1 s.</summary>
    private sealed class RateClock(double rateVariation)
    {
        private readonly RandomStream? _random = rateVariation > 1e-6 ? new RandomStream(Seed, 3) : null;
        private double _now;
        private double _rate = 1;
        private double _left;

        public double Advance(double timeAtMeanRate)
        {
            if (_random is null)
                return _now += timeAtMeanRate;

            while (timeAtMeanRate > _left * _rate)
            {
                timeAtMeanRate -= _left * _rate;
                _now += _left;
                _rate = _random.NextGamma(1 / rateVariation) * rateVariation;
                _left = _random.NextExponential();
            }

            double passed = timeAtMeanRate / _rate;
            _left -= passed;
            return _now += passed;
        }
    }
}
