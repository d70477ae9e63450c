using System.Globalization;
using Makalu.Capacity.Sizing;

namespace Makalu.Capacity.Tests.Sizing;

/// <summary>Pools beyond the 200 erlangs that the planner simulates, where the closed form decides alone, against the simulator.</summary>
[TestClass]
public sealed class LargePoolTests
{
    public TestContext TestContext { get; set; } = null!;

    [TestMethod]
    public void Smallest_Beyond200Erlangs_MeetsTheTargetWithoutWaste() => AssertMeetsTargets(count: 10, firstSeed: 300_000, fewestArrivals: 200_000);

    [TestMethod]
    [TestCategory("Long")]
    public void Smallest_On60SystemsBeyond200Erlangs_MeetsTheTargetWithoutWaste()
    {
        if (Environment.GetEnvironmentVariable("MAKALU_LONG_TESTS") != "1")
            Assert.Inconclusive("Takes minutes: set MAKALU_LONG_TESTS=1 to run it. Its figures are in docs/sizing.md.");

        AssertMeetsTargets(count: 60, firstSeed: 310_000, fewestArrivals: 1_000_000);
    }

    private void AssertMeetsTargets(int count, int firstSeed, int fewestArrivals)
    {
        int met = 0;
        int close = 0;
        double surplus = 0;
        foreach (int seed in Enumerable.Range(firstSeed, count))
        {
            RandomSystem system = RandomSystem.Large(seed, fewestArrivals);
            int size = PoolSizer.Smallest(system.Arrivals, system.Hold, system.Wait, system.Probability).Connections;
            met += size >= system.SmallestPool ? 1 : 0;
            close += size - system.SmallestPool <= Math.Max(1, 0.1 * system.SmallestPool) ? 1 : 0;
            surplus += (double)size / system.SmallestPool;
            TestContext.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{system} needed, {size} planned"));
        }

        string figures = string.Create(CultureInfo.InvariantCulture, $"of {count}: met {met}, close {close}, on average {(surplus / count) - 1:0.0 %} more than the least");
        TestContext.WriteLine(figures);
        Assert.IsTrue(met >= 0.97 * count, figures);
        Assert.IsTrue(close >= 0.9 * count, figures);
    }
}
