using Makalu.Capacity.Numerics;
using Makalu.Capacity.Sizing;

namespace Makalu.Capacity.Tests.Sizing;

/// <summary>
/// The simulation passes over the times in which nobody waits; these tests hold its counts to those of a simulation that passes over
/// nothing (one line of Kiefer and Wolfowitz 1955: each request takes the connection that is free first).
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
            double load = Math.Exp(Math.Log(0.3) + (random.NextDouble() * Math.Log(100)));
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
