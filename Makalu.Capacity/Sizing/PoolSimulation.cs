using System.Buffers;
using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using Makalu.Capacity.Numerics;

namespace Makalu.Capacity.Sizing;

/// <summary>
/// A small simulation of one pool with fixed random numbers: requests come in geometric bursts whose rate may swing, take the
/// connection that is free first, and hold it for a lognormal time. The same draws serve every pool size, so that a larger pool
/// never has longer waits (Kiefer and Wolfowitz 1955) and bisection finds the smallest.
/// </summary>
internal sealed class PoolSimulation : IDisposable
{
    /// <summary>Arrivals that are simulated: enough to tell 1 % from 1.1 %, few enough for some milliseconds.</summary>
    public const int Arrivals = 200_000;

    private const int WarmUp = Arrivals / 50;
    private const int Seed = 20240915;

    /// <summary>Up to so many connections a sorted list is faster than a heap.</summary>
    private const int LargestSorted = 256;

    private const int MostShapesKept = 4;

    // Drawn once for the process; every simulation scales the same draws.
    private static readonly Lazy<double[]> Gaps = new(() => Draw(0, stream => stream.NextExponential()));
    private static readonly Lazy<double[]> Bursts = new(() => Draw(1, stream => stream.NextExponential()));
    private static readonly Lazy<double[]> Normals = new(() => Draw(2, stream => stream.NextNormal()));

    // The services of a system are sized again and again with the shapes of their holds: 1.6 MB each.
    private static volatile (double LogSigma, double[] Holds)[] _shapes = [];

    private readonly double[] _arrivals = ArrayPool<double>.Shared.Rent(Arrivals);
    private readonly double[] _holdsOfMeanOne;
    private readonly double _meanHold;

    public PoolSimulation(ArrivalProcess arrivals, HoldTime hold)
    {
        Duration = FillArrivals(arrivals);
        _holdsOfMeanOne = HoldsOfMeanOne(hold.LogSigma);
        _meanHold = hold.MeanSeconds;
    }

    /// <summary>Requests that are counted.</summary>
    public static int Counted => Arrivals - WarmUp;

    /// <summary>The simulated time in seconds.</summary>
    public double Duration { get; }

    /// <summary>When a request arrives, in seconds.</summary>
    public double ArrivalAt(int request) => _arrivals[request];

    /// <summary>How long a request holds its connection, in seconds.</summary>
    public double HoldOf(int request) => _holdsOfMeanOne[request] * _meanHold;

    /// <summary>How many counted requests wait longer than a time; stops counting beyond a limit.</summary>
    public int CountLate(int connections, double waitSeconds, int limit)
    {
        int whole = (connections + Vector<double>.Count - 1) / Vector<double>.Count * Vector<double>.Count;
        double[] rented = ArrayPool<double>.Shared.Rent(whole + Vector<double>.Count);
        Span<double> freeAt = rented.AsSpan(0, whole + Vector<double>.Count);
        freeAt[..connections].Fill(double.NegativeInfinity);
        freeAt[connections..].Fill(double.PositiveInfinity);
        int late = connections <= LargestSorted
            ? CountLateSorted(freeAt, waitSeconds, limit)
            : CountLateInHeap(freeAt[..connections], waitSeconds, limit);
        ArrayPool<double>.Shared.Return(rented);
        return late;
    }

    public void Dispose() => ArrayPool<double>.Shared.Return(_arrivals);

    /// <summary>
    /// With the times in rising order, infinity after them and one vector more: to take out the first and put in another is
    /// x[k] ← min(x[k + 1], max(x[k], new) for all k, without a branch. For a few connections three times as fast as a heap.
    /// </summary>
    private int CountLateSorted(Span<double> freeAt, double waitSeconds, int limit)
    {
        ref double first = ref MemoryMarshal.GetReference(freeAt);
        nuint end = (nuint)(freeAt.Length - Vector<double>.Count);
        ReadOnlySpan<double> arrivals = _arrivals.AsSpan(0, Arrivals);
        ReadOnlySpan<double> holds = _holdsOfMeanOne.AsSpan(0, arrivals.Length);
        int late = 0;
        for (int i = 0; i < arrivals.Length; i++)
        {
            double arrival = arrivals[i];
            double start = first > arrival ? first : arrival;
            if (start - arrival > waitSeconds && i >= WarmUp && ++late > limit)
                return late;

            var ends = new Vector<double>(start + (holds[i] * _meanHold));
            for (nuint k = 0; k < end; k += (nuint)Vector<double>.Count)
            {
                Vector<double> here = Vector.LoadUnsafe(ref first, k);
                Vector<double> next = Vector.LoadUnsafe(ref first, k + 1);
                Vector.MinNative(next, Vector.MaxNative(here, ends)).StoreUnsafe(ref first, k);
            }
        }

        return late;
    }

    private int CountLateInHeap(Span<double> freeAt, double waitSeconds, int limit)
    {
        int late = 0;
        for (int i = 0; i < Arrivals; i++)
        {
            double arrival = _arrivals[i];
            double start = Math.Max(arrival, freeAt[0]);
            if (start - arrival > waitSeconds && i >= WarmUp && ++late > limit)
                return late;

            ReplaceSmallest(freeAt, start + HoldOf(i));
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

    /// <summary>Lognormal holds of mean 1, or 1 for a fixed hold.</summary>
    private static double[] HoldsOfMeanOne(double logSigma)
    {
        (double LogSigma, double[] Holds)[] known = _shapes;
        int index = Array.FindIndex(known, shape => shape.LogSigma == logSigma);
        if (index >= 0)
            return known[index].Holds;

        var holds = new double[Arrivals];
        if (logSigma > 0)
        {
            TensorPrimitives.Multiply(Normals.Value, logSigma, holds);
            TensorPrimitives.Add(holds, -0.5 * logSigma * logSigma, holds);
            TensorPrimitives.Exp(holds, holds);
        }
        else
        {
            Array.Fill(holds, 1);
        }

        // Several threads may each put theirs in place of the others': what is lost is found again.
        _shapes = [(logSigma, holds), .. known.Take(MostShapesKept - 1)];
        return holds;
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
