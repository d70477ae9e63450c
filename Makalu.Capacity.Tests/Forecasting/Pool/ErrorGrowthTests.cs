using Makalu.Capacity.Forecasting.Pool;
using Makalu.Capacity.Numerics;

namespace Makalu.Capacity.Tests.Forecasting.Pool;

[TestClass]
public class ErrorGrowthTests
{
    private const int Cycle = 24;
    private const int Days = 3;

    /// <summary>A day's errors are the same from whatever distance: there is no growth, however much days differ.</summary>
    [TestMethod]
    public void ByDay_WhereADayIsAsHardToForetellFromAfar_DoesNotGrow()
    {
        double[] byDay = Growth(origins: 14, grown: 1);

        Assert.AreEqual(1, byDay[2] / byDay[0], 0.02);
        Assert.AreEqual(1, byDay[4] / byDay[0], 0.03);
    }

    /// <summary>At a variance that grows by 0.757 to the second day and 1.211 to the third the strength is 2: 2 × (1.174² − 1), and 1.6 times that.</summary>
    [TestMethod]
    public void ByDay_WhereErrorsGrow_GrowsAsTheyDo()
    {
        double[] byDay = Growth(origins: 14, grown: Math.Sqrt(1.757), Math.Sqrt(2.211));

        Assert.AreEqual(Math.Sqrt(1.757), byDay[1] / byDay[0], 0.03);
        Assert.AreEqual(Math.Sqrt(2.211), byDay[2] / byDay[0], 0.03);
    }

    /// <summary>Of too few days the usual growth is taken: 1.08 ÷ 0.92 to the second day.</summary>
    [TestMethod]
    public void ByDay_OfFewOrigins_IsTheUsualGrowth()
    {
        double[] byDay = Growth(origins: 3, grown: 1);

        Assert.AreEqual(1.08 / 0.92, byDay[1] / byDay[0], 0.02);
    }

    /// <summary>By days that differ greatly, but each seen with the same errors from one, two and three days before, times what is stated.</summary>
    private static double[] Growth(int origins, double grown, double? twice = null)
    {
        var random = new RandomStream(11);
        double[] days = [.. Enumerable.Range(0, origins + Days).Select(_ => Math.Exp(random.NextNormal()))];
        double[] factors = [1, grown, twice ?? grown];
        int[] counts = [.. Enumerable.Range(0, origins).Select(j => (origins - 1 - j) * Cycle)];
        double[][] residuals = [.. counts.Select(c => Enumerable.Range(0, Days * Cycle).Select(h => days[(c + h) / Cycle] * factors[h / Cycle] * (h % 2 == 0 ? 0.1 : -0.1)).ToArray())];
        return ErrorGrowth.ByDay(residuals, counts, 5 * Cycle, Cycle);
    }
}
