using Makalu.Capacity.Numerics;
using Makalu.Capacity.Sizing;

namespace Makalu.Capacity.Tests.Sizing;

[TestClass]
public sealed class FlowEquivalentServerTests
{
    [TestMethod]
    public void Throughput_OfOneRequest_IsOneOverItsTime()
        => Assert.AreEqual(1 / 0.015, new FlowEquivalentServer(4, 0.005, 0.010, 0.002).Throughput(1), 1e-9);

    [TestMethod]
    public void Throughput_WithoutContention_RisesToTheProcessorsLimit()
    {
        var server = new FlowEquivalentServer(8, 0.004, 0.008, 0);
        for (int n = 1; n < 200; n++)
        {
            Assert.IsTrue(server.Throughput(n + 1) >= server.Throughput(n) * (1 - 1e-12));
        }

        Assert.AreEqual(2000, server.Throughput(400), 0.01);
        Assert.IsNull(server.Knee());
    }

    /// <summary>
    /// Exact mean value analysis of a single processor with delay (M. Reiser and S. S. Lavenberg, "Mean-value analysis of closed multichain
    /// queuing networks", J. ACM 27, 1980): R(n) = s(1 + Q(n − 1)), X(n) = n/(d + R(n)), Q(n) = X(n)·R(n).
    /// </summary>
    [TestMethod]
    public void Throughput_OfOneCore_EqualsMeanValueAnalysis()
    {
        const double S = 0.004;
        const double D = 0.030;
        var server = new FlowEquivalentServer(1, S, D, 0);
        double queue = 0;
        for (int n = 1; n <= 60; n++)
        {
            double response = S * (1 + queue);
            double throughput = n / (D + response);
            queue = throughput * response;
            Assert.AreEqual(throughput, server.Throughput(n), throughput * 1e-9);
        }
    }

    /// <summary>The design's example: 16 cores, 5 ms computing, 10 ms delay, κ = 0.002.</summary>
    [TestMethod]
    public void Knee_OfTheDesignsExample_IsNear57AndThroughputFallsBeyond()
    {
        var server = new FlowEquivalentServer(16, 0.005, 0.010, 0.002);
        Assert.AreEqual(57, server.Knee()!.Value, 1);
        Assert.AreEqual(0.889, server.Throughput(120) / server.LargestThroughput(), 0.002);
        Assert.AreEqual(0.777, server.Throughput(200) / server.LargestThroughput(), 0.002);
        Assert.AreEqual(85, server.ConcurrencyLimit()!.Value, 1);
    }

    [TestMethod]
    public void Throughput_WhenManyHoldButFewCompute_SuffersNoContention()
    {
        // 200 held for 40 ms of which 1.2 ms compute: about 6 of 8 cores at work.
        var contended = new FlowEquivalentServer(8, 0.0012, 0.0388, 0.002);
        var free = new FlowEquivalentServer(8, 0.0012, 0.0388, 0);
        Assert.AreEqual(free.Throughput(200), contended.Throughput(200), free.Throughput(200) * 0.01);
    }

    [TestMethod]
    public void MeanHold_AgainstSimulation_AgreesWithin5Percent()
    {
        foreach ((int cores, double utilisation, double delayRatio, int connections) in (IEnumerable<(int, double, double, int)>)[(4, 0.5, 1, 40), (8, 0.7, 4, 90), (16, 0.85, 2, 120), (4, 0.85, 1, 24)])
        {
            const double Processor = 0.004;
            double rate = utilisation * cores / Processor;
            double simulated = SimulatedHold(cores, Processor, Processor * delayRatio, rate, connections, requests: 150_000);
            double model = new FlowEquivalentServer(cores, Processor, Processor * delayRatio, 0).MeanHoldSeconds(rate, connections);
            Assert.AreEqual(simulated, model, 0.05 * simulated, FormattableString.Invariant($"{cores} cores at {utilisation}: simulated {simulated * 1000:0.00} ms, model {model * 1000:0.00} ms"));
        }
    }

    /// <summary>
    /// An event by event simulation with lognormal processor time under processor sharing and a lognormal delay before it: at most a number of
    /// requests inside, the others queue outside in order.
    /// </summary>
    private static double SimulatedHold(int cores, double processor, double delay, double rate, int connections, int requests)
    {
        var random = new RandomStream(5, cores);
        var waiting = new Queue<int>();
        var delayed = new PriorityQueue<int, double>();
        var computing = new PriorityQueue<int, double>(); // by the work done per request at which it completes
        var entered = new double[requests];
        double now = 0;
        double workPerRequest = 0;
        double nextArrival = random.NextExponential() / rate;
        int inside = 0;
        int arrived = 0;
        int completed = 0;
        double held = 0;
        while (completed < requests)
        {
            double speed = computing.Count == 0 ? 0 : Math.Min(1, (double)cores / computing.Count);
            double nextDelayed = delayed.TryPeek(out _, out double until) ? until : double.PositiveInfinity;
            double nextComputed = computing.TryPeek(out _, out double at) ? now + ((at - workPerRequest) / speed) : double.PositiveInfinity;
            double arrival = arrived < requests ? nextArrival : double.PositiveInfinity;
            double next = Math.Min(arrival, Math.Min(nextDelayed, nextComputed));
            workPerRequest += (next - now) * speed;
            now = next;
            if (next == nextComputed)
            {
                int done = computing.Dequeue();
                held += now - entered[done];
                completed++;
                inside--;
                if (waiting.TryDequeue(out int queued))
                {
                    Enter(queued);
                }
            }
            else if (next == nextDelayed)
            {
                computing.Enqueue(delayed.Dequeue(), workPerRequest + Lognormal(processor));
            }
            else
            {
                nextArrival += random.NextExponential() / rate;
                int request = arrived++;
                if (inside < connections)
                {
                    Enter(request);
                }
                else
                {
                    waiting.Enqueue(request);
                }
            }
        }

        return held / requests;

        void Enter(int request)
        {
            inside++;
            entered[request] = now;
            delayed.Enqueue(request, now + Lognormal(delay));
        }

        double Lognormal(double mean) => mean * Math.Exp((0.7 * random.NextNormal()) - 0.245);
    }
}
