using Makalu.Capacity.Numerics;
using Makalu.Capacity.Sizing;

namespace Makalu.Capacity.Tests.Sizing;

/// <summary>
/// The simulation goes through several stretches of its arrivals at once; these tests hold its counts to those of one that goes through
/// every arrival in turn (one line of Kiefer and Wolfowitz 1955: each request takes the connection that is free first).
/// </summary>
[TestClass]
public sealed class PoolSimulationTests
{
    [TestMethod]
    public void CountLate_OfRandomSystems_IsThatOfEveryArrivalInTurn()
    {
        for (int seed = 1; seed <= 24; seed++)
        {
            var random = new RandomStream(seed, 91);
            double load = Math.Exp(Math.Log(0.3) + (random.NextDouble() * Math.Log(500)));
            double seconds = 0.004 + (0.2 * random.NextDouble());
            var arrivals = new ArrivalProcess
            {
                Rate = load / seconds,
                BurstDispersion = 1 + (random.NextInt(3) * random.NextDouble() * 4),
                RateVariation = random.NextInt(2) * random.NextDouble() * 0.3,
            };
            var hold = HoldTime.FromMeanAndP95(seconds, seconds * (random.NextInt(3) == 0 ? 1 : 1.2 + (2.6 * random.NextDouble())));
            double wait = random.NextInt(4) == 0 ? 0 : seconds * 3 * random.NextDouble();
            using var simulation = new PoolSimulation(arrivals, hold);
            foreach (int connections in new[] { 1, (int)load, (int)load + 1, (int)(1.3 * load) + 1, (int)(2 * load) + 3, (int)(4 * load) + 20 }.Where(c => c > 0))
            {
                int limit = random.NextInt(2) == 0 ? PoolSimulation.Arrivals : 1500;
                Assert.AreEqual(EveryArrivalInTurn(simulation, connections, wait, limit), simulation.CountLate(connections, wait, limit));
            }
        }
    }

    /// <summary>Where the pool is about as large as its load, stretches begin in the middle of a queue that they do not know of.</summary>
    [TestMethod]
    [DataRow(6.5, 7)]
    [DataRow(39.5, 40)]
    [DataRow(118, 120)]
    public void CountLate_WhereQueuesLastForLong_IsThatOfEveryArrivalInTurn(double load, int connections)
    {
        using var simulation = new PoolSimulation(new ArrivalProcess { Rate = load / 0.02, BurstDispersion = 2, RateVariation = 0.05 }, HoldTime.FromMeanAndP95(0.02, 0.05));
        int late = EveryArrivalInTurn(simulation, connections, 0.01, PoolSimulation.Arrivals);

        Assert.IsGreaterThan(20_000, late);
        Assert.AreEqual(late, simulation.CountLate(connections, 0.01, PoolSimulation.Arrivals));
        Assert.AreEqual(late, simulation.CountLate(connections, 0.01, late));
        Assert.AreEqual(late, simulation.CountLate(connections, 0.01, late - 1));
    }

    [TestMethod]
    public void CountLate_WithAsManyConnectionsAsArrivals_IsNone()
    {
        using var simulation = new PoolSimulation(new ArrivalProcess { Rate = 100, BurstDispersion = 4 }, HoldTime.FromMeanAndP95(0.05, 0.15));
        Assert.AreEqual(0, simulation.CountLate(PoolSimulation.Arrivals, 0, 0));
    }

    private static int EveryArrivalInTurn(PoolSimulation simulation, int connections, double waitSeconds, int limit)
    {
        var freeAt = new PriorityQueue<int, double>(Enumerable.Range(0, connections).Select(c => (c, double.NegativeInfinity)));
        int late = 0;
        for (int i = 0; i < PoolSimulation.Arrivals; i++)
        {
            freeAt.TryPeek(out _, out double free);
            double start = Math.Max(simulation.ArrivalAt(i), free);
            if (start - simulation.ArrivalAt(i) > waitSeconds && i >= PoolSimulation.Arrivals - PoolSimulation.Counted && ++late > limit)
                break;

            freeAt.DequeueEnqueue(i, start + simulation.HoldOf(i));
        }

        return late;
    }
}
