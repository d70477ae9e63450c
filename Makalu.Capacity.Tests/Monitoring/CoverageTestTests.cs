using Makalu.Capacity.Monitoring;
using MathNet.Numerics.Distributions;

namespace Makalu.Capacity.Tests.Monitoring;

[TestClass]
public sealed class CoverageTestTests
{
    /// <summary>
    /// The numbers of exceedances that Kupiec's test does not reject at 95 %: Jorion, "Value at Risk", third edition, table 6-2, for the
    /// probability 0.05 in 255 days 7 to 20, in 510 days 17 to 35, in 1,000 days 38 to 64.
    /// </summary>
    [TestMethod]
    [DataRow(255, 6, false)]
    [DataRow(255, 7, true)]
    [DataRow(255, 20, true)]
    [DataRow(255, 21, false)]
    [DataRow(510, 16, false)]
    [DataRow(510, 17, true)]
    [DataRow(510, 35, true)]
    [DataRow(510, 36, false)]
    [DataRow(1000, 37, false)]
    [DataRow(1000, 38, true)]
    [DataRow(1000, 64, true)]
    [DataRow(1000, 65, false)]
    public void KupiecProbability_AcceptsWhatThePublishedTableAccepts(int days, int exceedances, bool accepted)
    {
        CoverageTest test = Independent(days, exceedances);
        Assert.AreEqual(days, test.EffectiveCount, 0.06 * days);
        Assert.AreEqual(accepted, test.KupiecProbability > 0.05, $"{test.KupiecProbability}");
    }

    [TestMethod]
    public void BandProbabilities_OfIndependentDays_AreBinomial()
    {
        CoverageTest test = Independent(255, 18);
        Assert.AreEqual(19.0 / 21, test.BandLow, 1e-12, "odds of 19 halved");
        Assert.AreEqual(38.0 / 39, test.BandHigh, 1e-12, "odds of 19 doubled");
        Assert.AreEqual(255, test.EffectiveCount, 1e-9);
        Assert.AreEqual(1 - Binomial.CDF(2.0 / 21, 255, 17), test.BelowBandProbability, 1e-9);
        Assert.AreEqual(Binomial.CDF(1.0 / 39, 255, 18), test.AboveBandProbability, 1e-9);
    }

    [TestMethod]
    public void EffectiveCount_WhenStepsOfADayErrTogether_IsNearTheNumberOfDays()
    {
        // Of 400 days of 100 steps each fifth is exceeded as a whole.
        CoverageTest test = CoverageTest.Of("step", 0.8, 2, [.. Enumerable.Range(0, 400).Select(d => (100, d % 5 == 0 ? 0 : 100))]);
        Assert.AreEqual(0.8, test.Coverage, 1e-12);
        Assert.IsTrue(test.EffectiveCount is > 380 and < 450, $"{test.EffectiveCount}");
    }

    [TestMethod]
    public void EffectiveCount_WhenDaysErrInRuns_IsLess()
    {
        CoverageTest apart = Blocks(d => d % 10 == 0);
        CoverageTest inRuns = Blocks(d => d / 10 % 10 == 0);
        Assert.AreEqual(apart.Coverage, inRuns.Coverage);
        Assert.IsLessThan(0.3 * apart.EffectiveCount, inRuns.EffectiveCount);

        static CoverageTest Blocks(Func<int, bool> exceeded) => CoverageTest.Of("day", 0.9, 2, [.. Enumerable.Range(0, 200).Select(d => (1, exceeded(d) ? 0 : 1))]);
    }

    private static CoverageTest Independent(int days, int exceedances)
        => CoverageTest.Of("day", 0.95, 2, [.. Enumerable.Range(0, days).Select(d => (1, (d + 1) * exceedances / days > d * exceedances / days ? 0 : 1))]);
}
