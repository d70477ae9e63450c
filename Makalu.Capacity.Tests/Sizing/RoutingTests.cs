using Makalu.Capacity.Numerics;
using Makalu.Capacity.Sizing;

namespace Makalu.Capacity.Tests.Sizing;

/// <summary>Pools are sized for requests that go to a random instance. What round-robin and least-connections routing make of the same pools.</summary>
[TestClass]
public sealed class RoutingTests
{
    private const double HoldSeconds = 0.03;
    private const double WaitSeconds = 0.05;
    private const double Probability = 0.01;

    public TestContext TestContext { get; set; } = null!;

    [TestMethod]
    [DataRow(2, 1.0, 1.0)]
    [DataRow(2, 8.0, 4.0)]
    [DataRow(6, 0.5, 1.0)]
    [DataRow(6, 4.0, 1.0)]
    [DataRow(6, 4.0, 4.0)]
    [DataRow(6, 15.0, 4.0)]
    [DataRow(20, 2.0, 4.0)]
    [DataRow(6, 5.0, 2.0)]
    [DataRow(6, 8.0, 1.0)]
    public void PoolsForRandomRouting_ServeEveryOtherRoutingAsWell(int instances, double erlangs, double dispersion)
    {
        HoldTime hold = HoldTime.FromMeanAndP95(HoldSeconds, 0.08);
        ArrivalProcess requests = ArrivalProcess.FromDispersion(instances * erlangs / HoldSeconds, dispersion, dispersion);
        int planned = PoolSizer.Smallest(requests.Thin(1.0 / instances), hold, WaitSeconds, Probability).Connections;
        var system = new RoutedInstances(requests, hold, instances, requestsPerInstance: 60_000, seed: 5);

        double random = system.LateShare(Routing.Random, planned, WaitSeconds);
        double roundRobin = system.LateShare(Routing.RoundRobin, planned, WaitSeconds);
        double leastConnections = system.LateShare(Routing.LeastConnections, planned, WaitSeconds);
        int least = planned;
        while (least > 1 && system.LateShare(Routing.RoundRobin, least - 1, WaitSeconds) <= Probability)
        {
            least--;
        }

        TestContext.WriteLine(FormattableString.Invariant($"{instances} instances of {erlangs} erlangs, dispersion {dispersion}: pool {planned}; late with random routing {random:0.00%}, round robin {roundRobin:0.00%}, least connections {leastConnections:0.00%}; round robin needs {least}"));
        Assert.IsTrue(random <= Probability, FormattableString.Invariant($"random {random}"));
        Assert.IsTrue(roundRobin <= random + 0.0005, FormattableString.Invariant($"round robin {roundRobin}, random {random}"));
        Assert.IsTrue(leastConnections <= random + 0.0005, FormattableString.Invariant($"least connections {leastConnections}, random {random}"));

        // What the assumption of random routing costs at the most.
        Assert.IsTrue(planned - least <= Math.Max(2, 0.35 * planned), FormattableString.Invariant($"planned {planned}, round robin needs {least}"));
    }

    private enum Routing
    {
        Random,
        RoundRobin,
        LeastConnections,
    }

    /// <summary>Instances with a pool each and one stream of requests, event by event; it shares no code with the sizing.</summary>
    private sealed class RoutedInstances
    {
        private readonly int _instances;
        private readonly double[] _arrivals;
        private readonly double[] _holds;
        private readonly int[] _random;

        public RoutedInstances(ArrivalProcess requests, HoldTime hold, int instances, int requestsPerInstance, int seed)
        {
            _instances = instances;
            var random = new RandomStream(seed, 91);
            int count = instances * requestsPerInstance;
            _arrivals = new double[count];
            _holds = new double[count];
            _random = new int[count];
            double meanBurst = (requests.BurstDispersion + 1) / 2;
            double now = 0;
            bool within = false;
            for (int i = 0; i < count; i++)
            {
                now += within ? 0 : random.NextExponential() * meanBurst / requests.Rate;
                within = random.NextDouble() < 1 - (1 / meanBurst);
                _arrivals[i] = now;
                _holds[i] = hold.MeanSeconds * Math.Exp((hold.LogSigma * random.NextNormal()) - (hold.LogSigma * hold.LogSigma / 2));
                _random[i] = random.NextInt(instances);
            }
        }

        public double LateShare(Routing routing, int pool, double wait)
        {
            // Of each instance: when each of its connections is free again, and when each of its requests ends.
            PriorityQueue<int, double>[] free = [.. Enumerable.Range(0, _instances).Select(_ => new PriorityQueue<int, double>(Enumerable.Range(0, pool).Select(c => (c, double.NegativeInfinity))))];
            PriorityQueue<int, double>[] present = [.. Enumerable.Range(0, _instances).Select(_ => new PriorityQueue<int, double>())];
            int late = 0;
            for (int i = 0; i < _arrivals.Length; i++)
            {
                int instance = routing switch
                {
                    Routing.Random => _random[i],
                    Routing.RoundRobin => i % _instances,
                    _ => LeastPresent(present, _arrivals[i], _random[i]),
                };
                free[instance].TryPeek(out int connection, out double freeAt);
                double start = Math.Max(_arrivals[i], freeAt);
                late += start - _arrivals[i] > wait ? 1 : 0;
                double end = start + _holds[i];
                free[instance].DequeueEnqueue(connection, end);
                if (routing == Routing.LeastConnections)
                {
                    present[instance].Enqueue(i, end);
                }
            }

            return (double)late / _arrivals.Length;
        }

        private static int LeastPresent(PriorityQueue<int, double>[] present, double now, int first)
        {
            int best = first;
            for (int k = 0; k < present.Length; k++)
            {
                PriorityQueue<int, double> queue = present[(first + k) % present.Length];
                while (queue.TryPeek(out _, out double end) && end <= now)
                {
                    queue.Dequeue();
                }

                best = queue.Count < present[best].Count ? (first + k) % present.Length : best;
            }

            return best;
        }
    }
}
