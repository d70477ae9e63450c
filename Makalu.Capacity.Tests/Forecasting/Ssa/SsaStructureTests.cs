using Makalu.Capacity.Forecasting;
using Makalu.Capacity.Forecasting.Ssa;
using Makalu.Capacity.Numerics;

namespace Makalu.Capacity.Tests.Forecasting.Ssa;

[TestClass]
public sealed class SsaStructureTests
{
    [TestMethod]
    public void Grouping_FindsTrendSeasonsAndNoise()
    {
        var random = new RandomStream(3);
        double Trend(int t) => 50 + (0.002 * t);
        double Day(int t) => (8 * Math.Sin(2 * Math.PI * t / 24)) + (3 * Math.Cos(2 * Math.PI * t / 12));
        double Week(int t) => 4 * Math.Sin((2 * Math.PI * t / 168) + 1);
        double[] series = SsaSeries.From(1680, t => Trend(t) + Day(t) + Week(t) + random.NextNormal());
        SsaDecomposition decomposition = SsaDecomposition.Decompose(series, 336, 14);
        SsaGrouping grouping = SsaGrouping.Of(decomposition, 24, 168);
        SsaGroup[] seasons = [.. grouping.Seasons];
        CollectionAssert.AreEqual(new[] { 24.0, 168.0 }, seasons.Select(s => s.Period).ToArray());
        Assert.AreEqual(4, seasons[0].Components.Length);
        Assert.AreEqual(2, seasons[1].Components.Length);
        Assert.IsLessThan(0.5, RootMeanSquare(grouping.Trend.Values, Trend));
        Assert.IsLessThan(0.5, RootMeanSquare(seasons[0].Values, Day));
        Assert.IsLessThan(0.5, RootMeanSquare(seasons[1].Values, Week));
        for (int t = 0; t < series.Length; t++)
        {
            Assert.AreEqual(series[t], grouping.Groups.Sum(g => g.Values[t]), 1e-9);
        }

        Assert.AreEqual(1, grouping.Groups.Sum(g => g.Share), 1e-9);
        Assert.IsLessThan(0.05, Math.Abs(grouping.Correlation(seasons[0].Components[0], seasons[1].Components[0])));
        Assert.AreEqual(1.0 / 24, grouping.Frequency(seasons[0].Components[0]), 1.0 / 2688);
    }

    [TestMethod]
    public void Grouping_OfAWaveThatNoWindowHoldsWhole_IsTrend()
    {
        double Slow(int t) => 30 * Math.Sin(2 * Math.PI * t / 550);
        double Day(int t) => 8 * Math.Sin(2 * Math.PI * t / 24);
        var random = new RandomStream(7);
        SsaGrouping grouping = SsaGrouping.Of(SsaDecomposition.Decompose(SsaSeries.From(1680, t => Slow(t) + Day(t) + random.NextNormal()), 336, 8), 24);
        Assert.AreEqual(24.0, grouping.Seasons.Single().Period);
        Assert.IsLessThan(1.0, RootMeanSquare(grouping.Trend.Values, Slow));
    }

    [TestMethod]
    public void Fill_OfGapsInASeasonalSeries_ErrsByLessThanTheNoise()
    {
        var random = new RandomStream(5);
        double Signal(int t) => 100 + (20 * Math.Sin(2 * Math.PI * t / 24)) + (6 * Math.Cos(2 * Math.PI * t / 7));
        double[] series = SsaSeries.From(600, t => Signal(t) + random.NextNormal());
        for (int t = 0; t < 600; t++)
        {
            if (t is (>= 100 and < 130) or (>= 400 and < 410) || t % 17 == 0)
            {
                series[t] = double.NaN;
            }
        }

        SsaGapFillingResult result = SsaGapFilling.Fill(series);
        double error = 0;
        for (int t = 0; t < 600; t++)
        {
            if (double.IsNaN(series[t]))
            {
                error += Math.Pow(result.Values[t] - Signal(t), 2) / result.Filled;
            }
            else
            {
                Assert.AreEqual(series[t], result.Values[t]);
            }
        }

        Assert.IsLessThan(1.0, Math.Sqrt(error));
        Assert.IsLessThan(0.2 * result.HeldOutSpread, result.HeldOutError);
    }

    [TestMethod]
    public void Fill_OfANoiseFreeSeries_IsExact()
    {
        double[] series = SsaSeries.From(400, t => t is >= 150 and < 165 ? double.NaN : Math.Sin(2 * Math.PI * t / 20));
        SsaGapFillingResult result = SsaGapFilling.Fill(series, new SsaGapFillingOptions { WindowLength = 80, Components = 2, MaxIterations = 500, Tolerance = 1e-9 });
        SsaAssert.Close(SsaSeries.From(400, t => Math.Sin(2 * Math.PI * t / 20)), result.Values, 1e-3);
    }

    [TestMethod]
    public void Fill_WhenTooLittleIsKnown_SaysSo()
    {
        double[] series = SsaSeries.From(50, t => t < 5 ? t : double.NaN);
        ForecastException thrown = Assert.ThrowsExactly<ForecastException>(() => SsaGapFilling.Fill(series));
        StringAssert.Contains(thrown.Message, "Supply 3 more", StringComparison.Ordinal);
    }

    [TestMethod]
    public void Multivariate_ASeriesWithTwoWeeks_BorrowsFromItsSiblings()
    {
        static double Shape(int t) => Math.Sin(2 * Math.PI * t / 24) + (0.5 * Math.Sin((2 * Math.PI * t / 168) + 1)) + (0.4 * Math.Cos(2 * Math.PI * t / 12));
        var random = new RandomStream(6);
        double[] first = SsaSeries.From(2000, t => 500 + (100 * Shape(t)) + (25 * random.NextNormal()));
        double[] second = SsaSeries.From(1500, t => 80 + (12 * Shape(t)) + (3 * random.NextNormal()));
        double[] young = SsaSeries.From(336, t => 30 + (6 * Shape(t)) + (2 * random.NextNormal()));
        double[] actual = SsaSeries.From(168, h => 30 + (6 * Shape(336 + h)));
        MultivariateSsa together = MultivariateSsa.Fit([first, second, young], 168, 6);
        double[] alone = SsaModel.Fit(young, new SsaOptions { WindowLength = 168, Rank = 6 }).Forecast(168);
        double Error(double[] forecast) => Math.Sqrt(forecast.Zip(actual, (f, a) => (f - a) * (f - a)).Average());
        double borrowed = Error(together.Forecast(2, 168));
        Assert.IsLessThan(0.7 * Error(alone), borrowed);
        Assert.IsLessThan(1.0, borrowed, "half the noise");
        SsaAssert.Close(first, [.. together.Reconstruction(0).Zip(together.Residuals(0), (a, b) => a + b)], 1e-9);
    }

    [TestMethod]
    public void Multivariate_InAnotherUnit_ForecastsTheSame()
    {
        var random = new RandomStream(8);
        double[] first = SsaSeries.From(600, t => 500 + (100 * Math.Sin(2 * Math.PI * t / 24)) + (25 * random.NextNormal()));
        double[] second = SsaSeries.From(400, t => 80 + (12 * Math.Cos(2 * Math.PI * t / 24)) + (8 * Math.Sin(2 * Math.PI * t / 12)) + (3 * random.NextNormal()));
        MultivariateSsa inSeconds = MultivariateSsa.Fit([first, second], 96, 4);
        MultivariateSsa inHours = MultivariateSsa.Fit([first, second.Select(value => 3600 * value).ToArray()], 96, 4);
        SsaAssert.Close(inSeconds.Forecast(0, 48), inHours.Forecast(0, 48), 1e-7);
        SsaAssert.Close(inSeconds.Forecast(1, 48), [.. inHours.Forecast(1, 48).Select(value => value / 3600)], 1e-7);
    }

    [TestMethod]
    public void Multivariate_OfOneSeries_IsThatSeriesAlone()
    {
        double[] series = SsaSeries.From(300, t => 5 + Math.Sin(2 * Math.PI * t / 24) + (0.01 * t));
        SsaAssert.Close(SsaModel.Fit(series, new SsaOptions { WindowLength = 96, Rank = 4 }).Forecast(48), MultivariateSsa.Fit([series], 96, 4).Forecast(0, 48), 1e-8);
    }

    [TestMethod]
    public void Multivariate_NamesTheSeriesAtFault()
    {
        ArgumentException thrown = Assert.ThrowsExactly<ArgumentException>(() => MultivariateSsa.Fit([new double[100], new double[10]], 48, 3));
        StringAssert.StartsWith(thrown.Message, "Series 1: WindowLength 48 needs at least 49 observations; got 10.", StringComparison.Ordinal);
    }

    private static double RootMeanSquare(ReadOnlySpan<double> values, Func<int, double> expected)
    {
        double sum = 0;
        for (int t = 0; t < values.Length; t++)
        {
            sum += Math.Pow(values[t] - expected(t), 2);
        }

        return Math.Sqrt(sum / values.Length);
    }
}
