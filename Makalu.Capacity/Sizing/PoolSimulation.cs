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

    /// <summary>A rate that varies no more than this is steady.</summary>
    private const double SmallestVariation = 1e-6;

    /// <summary>Steps whose arrivals and holds are laid side by side at once: two buffers of a few kilobytes.</summary>
    private const int StepsAtOnce = 128;

    /// <summary>A stretch of arrivals starts from an empty pool so many of the longest holds before its first counted one, and at least so many mean holds.</summary>
    private const double LeadInLongestHolds = 1.5;
    private const double LeadInMeanHolds = 30;

    // Drawn once for the process; every simulation scales the same draws.
    private static readonly Lazy<double[]> Gaps = new(() => Draw(0, stream => stream.NextExponential()));
    private static readonly Lazy<double[]> Bursts = new(() => Draw(1, stream => stream.NextExponential()));
    private static readonly Lazy<double[]> Normals = new(() => Draw(2, stream => stream.NextNormal()));

    // The services of a system are sized again and again with the shapes of their holds: 1.6 MB each.
    private static volatile Shape[] _shapes = [];

    private readonly double[] _arrivals = ArrayPool<double>.Shared.Rent(Arrivals);
    private readonly double[] _holdsOfMeanOne;
    private readonly double _meanHold;

    /// <summary>Arrivals from which a stretch of the simulation is made that start from an empty pool, before those that are counted.</summary>
    private readonly int _leadIn;

    public PoolSimulation(ArrivalProcess arrivals, HoldTime hold)
    {
        Duration = FillArrivals(arrivals);
        Shape shape = ShapeOf(hold.LogSigma);
        _holdsOfMeanOne = shape.Holds;
        _meanHold = hold.MeanSeconds;
        double leadIn = Arrivals / Duration * _meanHold * Math.Max(LeadInLongestHolds * shape.Longest, LeadInMeanHolds);
        _leadIn = (int)Math.Min(Math.Ceiling(leadIn / Vector<double>.Count), Arrivals) * Vector<double>.Count;
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
        if (connections <= LargestSorted && Vector<double>.Count * _leadIn < Arrivals)
            return CountLateSideBySide(connections, waitSeconds, limit);

        double[] rented = ArrayPool<double>.Shared.Rent(SortedLength(connections));
        Span<double> freeAt = rented.AsSpan(0, SortedLength(connections));
        freeAt[..connections].Fill(double.NegativeInfinity);
        freeAt[connections..].Fill(double.PositiveInfinity);
        int late = connections <= LargestSorted
            ? CountLateSorted(freeAt, 0, Arrivals, waitSeconds, limit)
            : CountLateInHeap(freeAt[..connections], waitSeconds, limit);
        ArrayPool<double>.Shared.Return(rented);
        return late;
    }

    public void Dispose() => ArrayPool<double>.Shared.Return(_arrivals);

    /// <summary>
    /// The arrivals cut into as many stretches as a vector has numbers, simulated side by side. All but the first start from an empty pool a
    /// little before the arrivals that they count. Where a stretch then has the very free times with which the one before it ends, what it
    /// counts is what it would have counted after it; where not, it is counted again from those. Until that is known its count is too low if
    /// anything, because an emptier pool never has longer waits.
    /// </summary>
    private int CountLateSideBySide(int connections, double waitSeconds, int limit)
    {
        int lanes = Vector<double>.Count;
        int length = (Arrivals + ((lanes - 1) * _leadIn)) / lanes;
        int stride = length - _leadIn;
        double[] rented = ArrayPool<double>.Shared.Rent((2 * StepsAtOnce * lanes) + (((2 * connections) + 1) * lanes) + SortedLength(connections));
        Span<double> arrivals = rented.AsSpan(0, StepsAtOnce * lanes);
        Span<double> holds = rented.AsSpan(arrivals.Length, arrivals.Length);
        Span<double> freeAt = rented.AsSpan(2 * arrivals.Length, (connections + 1) * lanes);
        Span<double> freeAtLeadIn = rented.AsSpan((2 * arrivals.Length) + freeAt.Length, connections * lanes);
        Span<double> one = rented.AsSpan((2 * arrivals.Length) + freeAt.Length + freeAtLeadIn.Length, SortedLength(connections));
        freeAt[..(connections * lanes)].Fill(double.NegativeInfinity);
        freeAt[(connections * lanes)..].Fill(double.PositiveInfinity);
        Span<double> allowed = stackalloc double[lanes];
        Span<long> late = stackalloc long[lanes];
        late.Clear();
        for (int step = 0; step < length;)
        {
            if (step == _leadIn)
                freeAt[..freeAtLeadIn.Length].CopyTo(freeAtLeadIn);

            allowed.Fill(step < _leadIn ? double.PositiveInfinity : waitSeconds);
            allowed[0] = step < WarmUp ? double.PositiveInfinity : waitSeconds;
            int steps = Math.Min(StepsAtOnce, length - step);
            steps = step < _leadIn ? Math.Min(steps, _leadIn - step) : steps;
            steps = step < WarmUp ? Math.Min(steps, WarmUp - step) : steps;
            for (int lane = 0; lane < lanes; lane++)
            {
                ReadOnlySpan<double> arrivalsOfLane = _arrivals.AsSpan((lane * stride) + step, steps);
                ReadOnlySpan<double> holdsOfLane = _holdsOfMeanOne.AsSpan((lane * stride) + step, steps);
                for (int i = 0; i < steps; i++)
                {
                    arrivals[(i * lanes) + lane] = arrivalsOfLane[i];
                    holds[(i * lanes) + lane] = holdsOfLane[i];
                }
            }

            AddLate(freeAt, arrivals[..(steps * lanes)], holds, allowed, late);
            step += steps;
            if (TensorPrimitives.Sum<long>(late) > limit)
            {
                ArrayPool<double>.Shared.Return(rented);
                return limit + 1;
            }
        }

        // The first stretch is as it must be; each other follows from the one before it.
        int total = (int)late[0];
        bool known = false;
        for (int lane = 1; lane < lanes && total <= limit; lane++)
        {
            int start = (lane * stride) + _leadIn;
            if (!known)
            {
                for (int k = 0; k < connections; k++)
                    one[k] = freeAt[(k * lanes) + lane - 1];
                one[connections..].Fill(double.PositiveInfinity);
            }

            known = !IsSame(one[..connections], freeAtLeadIn, lane, _arrivals[start]);
            total += known ? CountLateSorted(one, start, start + stride, waitSeconds, limit - total) : (int)late[lane];
        }

        ArrayPool<double>.Shared.Return(rented);
        return Math.Min(total, limit + 1);
    }

    /// <summary>Goes some steps on with the free times of all stretches, and counts their late requests.</summary>
    private void AddLate(Span<double> freeAt, ReadOnlySpan<double> arrivals, ReadOnlySpan<double> holds, ReadOnlySpan<double> allowed, Span<long> late)
    {
        ref double first = ref MemoryMarshal.GetReference(freeAt);
        nuint end = (nuint)(freeAt.Length - Vector<double>.Count);
        var longest = new Vector<double>(allowed);
        var counted = new Vector<long>(late);
        for (int i = 0; i < arrivals.Length; i += Vector<double>.Count)
        {
            var arrival = new Vector<double>(arrivals[i..]);
            Vector<double> here = Vector.LoadUnsafe(ref first);
            Vector<double> start = Vector.MaxNative(here, arrival);
            counted -= Vector.GreaterThan(start - arrival, longest);
            Vector<double> ends = start + (new Vector<double>(holds[i..]) * _meanHold);
            for (nuint k = 0; k < end; k += (nuint)Vector<double>.Count)
            {
                Vector<double> next = Vector.LoadUnsafe(ref first, k + (nuint)Vector<double>.Count);
                Vector.MinNative(next, Vector.MaxNative(here, ends)).StoreUnsafe(ref first, k);
                here = next;
            }
        }

        counted.CopyTo(late);
    }

    /// <summary>Whether two pools are the same to all who arrive from a time on: what is free by then may have been free for any time.</summary>
    private static bool IsSame(ReadOnlySpan<double> freeAt, ReadOnlySpan<double> freeAtOfLanes, int lane, double arrival)
    {
        for (int k = 0; k < freeAt.Length; k++)
        {
            if (Math.Max(freeAt[k], arrival) != Math.Max(freeAtOfLanes[(k * Vector<double>.Count) + lane], arrival))
                return false;
        }

        return true;
    }

    /// <summary>Room for a sorted list with infinity after it and one vector more.</summary>
    private static int SortedLength(int connections)
        => ((connections + Vector<double>.Count - 1) / Vector<double>.Count * Vector<double>.Count) + Vector<double>.Count;

    /// <summary>
    /// With the times in rising order, infinity after them and one vector more: to take out the first and put in another is
    /// x[k] ← min(x[k + 1], max(x[k], new) for all k, without a branch. For a few connections three times as fast as a heap.
    /// </summary>
    private int CountLateSorted(Span<double> freeAt, int from, int to, double waitSeconds, int limit)
    {
        ref double first = ref MemoryMarshal.GetReference(freeAt);
        nuint end = (nuint)(freeAt.Length - Vector<double>.Count);
        ReadOnlySpan<double> arrivals = _arrivals.AsSpan(0, to);
        ReadOnlySpan<double> holds = _holdsOfMeanOne.AsSpan(0, arrivals.Length);
        int late = 0;
        for (int i = from; i < arrivals.Length; i++)
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

    /// <summary>
    /// Fills the times at which requests arrive. A rate that swings is redrawn from a gamma distribution of mean 1 at exponential times of
    /// mean 1 s, and the time between bursts is stretched by it.
    /// </summary>
    private double FillArrivals(ArrivalProcess arrivals)
    {
        double meanBurst = (arrivals.BurstDispersion + 1) / 2;
        bool isBursty = meanBurst > 1.0005;
        double logRest = isBursty ? -Math.Log(1 - (1 / meanBurst)) : double.PositiveInfinity;
        double burstsPerSecond = arrivals.Rate / meanBurst;
        double[]? rented = isBursty ? ArrayPool<double>.Shared.Rent(Arrivals) : null;
        Span<double> times = (rented ?? _arrivals).AsSpan(0, Arrivals);
        TensorPrimitives.Divide(Gaps.Value, burstsPerSecond, times);
        double end = arrivals.RateVariation > SmallestVariation ? Swing(times, arrivals.RateVariation) : Accumulate(times);
        if (rented is null)
            return end;

        end = Repeat(times, logRest);
        ArrayPool<double>.Shared.Return(rented);
        return end;
    }

    /// <summary>Turns the times between bursts into the times of bursts.</summary>
    private static double Accumulate(Span<double> times)
    {
        double now = 0;
        for (int i = 0; i < times.Length; i++)
        {
            times[i] = now += times[i];
        }

        return now;
    }

    /// <summary>The same where the rate swings.</summary>
    private static double Swing(Span<double> times, double rateVariation)
    {
        var random = new RandomStream(Seed, 3);
        double now = 0;
        double rate = 1;
        double left = 0;
        for (int i = 0; i < times.Length; i++)
        {
            double timeAtMeanRate = times[i];
            while (timeAtMeanRate > left * rate)
            {
                timeAtMeanRate -= left * rate;
                now += left;
                rate = random.NextGamma(1 / rateVariation) * rateVariation;
                left = random.NextExponential();
            }

            double passed = timeAtMeanRate / rate;
            left -= passed;
            times[i] = now += passed;
        }

        return now;
    }

    /// <summary>Puts as many requests as each burst has at its time, and returns the time of the last.</summary>
    private double Repeat(ReadOnlySpan<double> times, double logRest)
    {
        Span<double> arrivals = _arrivals.AsSpan(0, Arrivals);
        ReadOnlySpan<double> bursts = Bursts.Value;
        int n = 0;
        for (int burst = 0; n < arrivals.Length; burst++)
        {
            double time = times[burst];
            int size = 1 + (int)(bursts[burst] / logRest);
            arrivals[n++] = time;
            while (--size > 0 && n < arrivals.Length)
            {
                arrivals[n++] = time;
            }
        }

        return arrivals[^1];
    }

    /// <summary>Lognormal holds of mean 1, or 1 for a fixed hold.</summary>
    private static Shape ShapeOf(double logSigma)
    {
        Shape[] known = _shapes;
        int index = Array.FindIndex(known, shape => shape.LogSigma == logSigma);
        if (index >= 0)
            return known[index];

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
        var shape = new Shape(logSigma, holds, TensorPrimitives.Max<double>(holds));
        _shapes = [shape, .. known.Take(MostShapesKept - 1)];
        return shape;
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

    /// <param name="LogSigma">The standard deviation of the logarithm.</param>
    /// <param name="Holds">The hold of each request, of mean 1.</param>
    /// <param name="Longest">The longest of them.</param>
    private sealed record Shape(double LogSigma, double[] Holds, double Longest);
}
