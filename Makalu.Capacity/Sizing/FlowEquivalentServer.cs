using System.Numerics.Tensors;

namespace Makalu.Capacity.Sizing;

/// <summary>
/// The database as one server whose speed depends on how many requests it holds: processors shared by the requests that
/// compute, and a pure delay for what they wait for otherwise.
/// </summary>
/// <remarks>
/// K. M. Chandy, U. Herzog and L. Woo, "Parametric analysis of queuing networks", IBM J. Res. Dev. 19 (1975). With s = processor
/// time, d = time held without a processor, and m(k) = min(k, K)/(1 + κ·max(0, k − K)) cores' worth of work done when k requests
/// compute: G(n) = Σ_j Π_{k≤j} s/m(k) · d^(n−j)/(n−j)!, throughput X(n) = G(n−1)/G(n), by convolution of logarithms. Under arrivals
/// at rate λ and at most C connections the number of requests is a birth–death chain with deaths X(min(n, C)). Safe to share between threads.
/// </remarks>
internal sealed class FlowEquivalentServer
{
    /// <summary>More connections than these are taken as these: no server computes for more at once.</summary>
    public const int LargestConcurrency = 4096;

    private readonly double[] _logComputing = new double[LargestConcurrency + 1];
    private readonly double[] _logDelayedReversed = new double[LargestConcurrency + 1];
    private readonly double[] _terms = new double[LargestConcurrency + 1];
    private readonly double[] _logNormalisation = new double[LargestConcurrency + 1];
    private readonly ProcessorScaling _scaling;
    private readonly Lock _learning = new();
    private volatile int _known;

    public FlowEquivalentServer(double cores, double processorSeconds, double delaySeconds, double contentionPenalty)
        : this(new ProcessorScaling(cores, contentionPenalty), processorSeconds, delaySeconds)
    {
    }

    public FlowEquivalentServer(ProcessorScaling scaling, double processorSeconds, double delaySeconds)
    {
        ProcessorSeconds = processorSeconds;
        DelaySeconds = delaySeconds;
        _scaling = scaling;
        double logDelay = Math.Log(delaySeconds);
        for (int k = 1; k <= LargestConcurrency; k++)
        {
            _logComputing[k] = _logComputing[k - 1] + Math.Log(processorSeconds / scaling.At(k));
            _logDelayedReversed[LargestConcurrency - k] = _logDelayedReversed[LargestConcurrency - k + 1] + logDelay - Math.Log(k);
        }
    }

    public double Cores => _scaling.Cores;

    public double ProcessorSeconds { get; }

    public double DelaySeconds { get; }

    /// <summary>Requests per second that the server completes while it holds a number of requests.</summary>
    public double Throughput(int requests)
    {
        requests = Math.Min(requests, LargestConcurrency);
        Normalise(requests);
        return requests == 0 ? 0 : Math.Exp(_logNormalisation[requests - 1] - _logNormalisation[requests]);
    }

    /// <summary>The concurrency of the highest throughput; null where throughput never falls (no contention).</summary>
    public int? Knee()
    {
        if (!_scaling.Falls)
            return null;

        // Throughput rises to its one maximum and falls after it.
        int best = 1;
        while (best < LargestConcurrency && Throughput(best + 1) > Throughput(best))
        {
            best++;
        }

        return best;
    }

    /// <summary>
    /// The most requests at once at which throughput is still 95 % of its best; null where throughput never falls. What the pools may
    /// open together: a little beyond the knee costs little, far beyond it a stall becomes an outage.
    /// </summary>
    public int? ConcurrencyLimit()
    {
        if (Knee() is not { } knee)
            return null;

        double least = 0.95 * Throughput(knee);
        int limit = knee;
        while (limit < LargestConcurrency && Throughput(limit + 1) >= least)
        {
            limit++;
        }

        return limit == LargestConcurrency ? null : limit;
    }

    /// <summary>The fewest requests at once that keep the processors 95 % busy.</summary>
    public int SaturatingConcurrency()
    {
        double enough = 0.95 * LargestThroughput();
        int requests = 1;
        while (requests < LargestConcurrency && Throughput(requests) < enough)
        {
            requests++;
        }

        return requests;
    }

    /// <summary>The highest throughput at any concurrency, in requests per second.</summary>
    public double LargestThroughput() => Knee() is { } knee ? Throughput(knee) : _scaling.Limit / ProcessorSeconds;

    /// <summary>
    /// The mean time that a request holds its connection under arrivals at a rate with at most a number of connections; infinite
    /// where the server cannot complete as many as arrive.
    /// </summary>
    public double MeanHoldSeconds(double arrivalRate, int connections)
    {
        connections = Math.Min(connections, LargestConcurrency);
        double full = Throughput(connections);
        if (full <= arrivalRate)
            return double.PositiveInfinity;

        // Scaled by the largest weight as the chain climbs, so that nothing overflows.
        double logWeight = 0;
        double logLargest = 0;
        var logWeights = new double[connections + 1];
        for (int n = 1; n <= connections; n++)
        {
            logWeight += Math.Log(arrivalRate / Throughput(n));
            logWeights[n] = logWeight;
            logLargest = Math.Max(logLargest, logWeight);
        }

        double total = 0;
        double busy = 0;
        for (int n = 0; n < connections; n++)
        {
            double weight = Math.Exp(logWeights[n] - logLargest);
            total += weight;
            busy += n * weight;
        }

        double queueing = Math.Exp(logWeights[connections] - logLargest) / (1 - (arrivalRate / full));
        return (busy + (connections * queueing)) / (total + queueing) / arrivalRate;
    }

    private void Normalise(int requests)
    {
        if (requests <= _known)
            return;

        lock (_learning)
            NormaliseFrom(_known + 1, requests);
    }

    private void NormaliseFrom(int first, int last)
    {
        for (int n = first; n <= last; n++)
        {
            Span<double> terms = _terms.AsSpan(0, n + 1);
            TensorPrimitives.Add(_logComputing.AsSpan(0, n + 1), _logDelayedReversed.AsSpan(LargestConcurrency - n, n + 1), terms);
            double largest = TensorPrimitives.Max(terms);
            TensorPrimitives.Subtract(terms, largest, terms);
            TensorPrimitives.Exp(terms, terms);
            _logNormalisation[n] = largest + Math.Log(TensorPrimitives.Sum(terms));
            _known = n;
        }
    }
}
