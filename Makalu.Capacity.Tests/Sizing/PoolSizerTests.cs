using System.Globalization;
using Makalu.Capacity.Sizing;

namespace Makalu.Capacity.Tests.Sizing;

[TestClass]
public sealed class PoolSizerTests
{
    public TestContext TestContext { get; set; } = null!;

    [TestMethod]
    public void Smallest_OnRandomSystems_MeetsTheTargetWithoutWaste()
        => AssertMeetsTargets(count: 42, firstSeed: 100_000, fewestArrivals: 80_000, leastMet: 0.95);

    [TestMethod]
    [TestCategory("Long")]
    public void Smallest_On300RandomSystems_MeetsTheTargetWithoutWaste()
    {
        if (Environment.GetEnvironmentVariable("MAKALU_LONG_TESTS") != "1")
            Assert.Inconclusive("Takes minutes: set MAKALU_LONG_TESTS=1 to run it. Its figures are in docs/sizing.md.");

        AssertMeetsTargets(count: 300, firstSeed: 200_000, fewestArrivals: 500_000, leastMet: 0.97);
    }

    [TestMethod]
    public void Smallest_ForPoissonAndExponential_IsNearErlangC()
    {
        foreach (double load in (double[])[0.3, 1, 4, 15, 60])
        {
            HoldTime hold = HoldTime.FromMeanAndP95(0.02, 0.02 * HoldTime.ExponentialRatio);
            PoolSize size = PoolSizer.Smallest(new ArrivalProcess { Rate = load / 0.02, BurstDispersion = 1 }, hold, 0.05, 0.01);
            int servers = 1;
            while (Erlang.WaitProbability(servers, load, TimeSpan.FromMilliseconds(50), TimeSpan.FromMilliseconds(20)) > 0.01)
            {
                servers++;
            }

            Assert.IsTrue(size.Connections >= servers && size.Connections <= servers + Math.Max(1, 0.1 * servers), FormattableString.Invariant($"{load} erlangs: {size.Connections}, Erlang C {servers}"));
        }
    }

    [TestMethod]
    public void Smallest_WithTheSameInput_IsTheSameFromAnyThread()
    {
        var arrivals = new ArrivalProcess { Rate = 300, BurstDispersion = 3, RateVariation = 0.01 };
        HoldTime hold = HoldTime.FromMeanAndP95(0.03, 0.08);
        PoolSize[] sizes = [.. Enumerable.Range(0, 8).AsParallel().Select(_ => PoolSizer.Smallest(arrivals, hold, 0.05, 0.01))];
        Assert.IsTrue(sizes.All(size => size == sizes[0]));
    }

    [TestMethod]
    public void Smallest_WhenBurstsGrow_NeverShrinks()
    {
        HoldTime hold = HoldTime.FromMeanAndP95(0.03, 0.08);
        int before = 0;
        foreach (double dispersion in (double[])[1, 1.5, 2, 4, 8, 16])
        {
            int size = PoolSizer.Smallest(new ArrivalProcess { Rate = 200, BurstDispersion = dispersion }, hold, 0.05, 0.01).Connections;
            Assert.IsTrue(size >= before);
            before = size;
        }
    }

    private void AssertMeetsTargets(int count, int firstSeed, int fewestArrivals, double leastMet)
    {
        int met = 0;
        int close = 0;
        int closedFormMet = 0;
        int closedFormClose = 0;
        int erlangMet = 0;
        foreach (RandomSystem system in Enumerable.Range(firstSeed, count).Select(seed => new RandomSystem(seed, fewestArrivals)))
        {
            int size = PoolSizer.Smallest(system.Arrivals, system.Hold, system.Wait, system.Probability).Connections;
            int closedForm = PoolSizer.ByClosedForm(system.Arrivals, system.Hold, system.Wait, system.Probability).Connections;
            int erlang = 1;
            while (Erlang.WaitProbability(erlang, system.Rate * system.HoldMean, TimeSpan.FromSeconds(system.Wait), TimeSpan.FromSeconds(system.HoldMean)) > system.Probability)
            {
                erlang++;
            }

            met += size >= system.SmallestPool ? 1 : 0;
            close += IsClose(size, system.SmallestPool) ? 1 : 0;
            closedFormMet += closedForm >= system.SmallestPool ? 1 : 0;
            closedFormClose += IsClose(closedForm, system.SmallestPool) ? 1 : 0;
            erlangMet += erlang >= system.SmallestPool ? 1 : 0;
            if (size < system.SmallestPool || !IsClose(size, system.SmallestPool))
            {
                TestContext.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{system} needed, {size} planned, {closedForm} by the closed form"));
            }
        }

        string figures = string.Create(CultureInfo.InvariantCulture, $"of {count}: simulation met {met}, close {close}; closed form met {closedFormMet}, close {closedFormClose}; Erlang C met {erlangMet}");
        TestContext.WriteLine(figures);
        Assert.IsTrue(met >= leastMet * count, figures);
        Assert.IsTrue(close >= 0.9 * count, figures);
        Assert.IsTrue(closedFormMet >= 0.9 * count && closedFormClose >= 0.85 * count, figures);
        Assert.IsTrue(erlangMet < met, figures);
    }

    private static bool IsClose(int size, int smallest) => size - smallest <= Math.Max(1, 0.1 * smallest);
}
