using Makalu.Capacity.Forecasting;
using Makalu.Capacity.Numerics;

namespace Makalu.Capacity.Tests.Forecasting;

[TestClass]
public sealed class LevelAtOriginTests
{
    private const double Hour = 1 / 24.0;

    [TestMethod]
    public void Of_ANoisySeriesOfOneLevel_AveragesMoreThanTwoDays()
    {
        double spread = 0;
        for (int seed = 0; seed < 40; seed++)
        {
            var random = new RandomStream(seed);
            double[] values = [.. Enumerable.Range(0, 40).SelectMany(_ => Enumerable.Repeat(random.NextNormal(), 24))];
            spread += Math.Pow(LevelAtOrigin.Of(values, Known(values), Hour), 2) / 40;
        }

        // Exponential weights of half-life h average (1 + d) / (1 − d) days of noise, d = 2^(−1/h): 5.8 days for two.
        Assert.IsLessThan(1 / Math.Sqrt(5.8), Math.Sqrt(spread));
    }

    [TestMethod]
    public void Of_ASeriesThatGrows_LagsLessThanTwoDays()
    {
        double[] values = [.. Enumerable.Range(0, 40 * 24).Select(i => 0.1 * i * Hour)];
        // A fixed half-life of two days lags 1 / ln 2 times as much: 2.9 days.
        Assert.IsInRange(-0.2, 0, LevelAtOrigin.Of(values, Known(values), Hour) - values[^1]);
    }

    [TestMethod]
    public void Of_ASeriesUnknownForYears_IsItsLastKnownLevel()
    {
        double[] values = [.. Enumerable.Range(0, 3000).Select(d => d < 20 ? 7.0 : 0)];
        double[] weights = [.. Enumerable.Range(0, 3000).Select(d => d < 20 ? 1.0 : 0)];
        Assert.AreEqual(7, LevelAtOrigin.Of(values, weights, 1), 1e-9);
    }

    private static double[] Known(double[] values) => Array.ConvertAll(values, _ => 1.0);
}
