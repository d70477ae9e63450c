using Makalu.Capacity.Forecasting.Ssa;
using Makalu.Capacity.Numerics;

namespace Makalu.Capacity.Tests.Forecasting.Ssa;

[TestClass]
public sealed class SsaSelectionTests
{
    [TestMethod]
    public void Chosen_HasTheLeastEffectiveRankOfThoseAsGoodAsTheBest()
    {
        var random = new RandomStream(4);
        double[] series = SsaSeries.From(600, t => 20 + (5 * Math.Sin(2 * Math.PI * t / 24)) + random.NextNormal());
        SsaSelection selection = SsaSelection.Select(series);
        Assert.IsGreaterThan(1, selection.Origins);
        Assert.AreEqual(0, selection.WindowLength % 24);
        double least = selection.Candidates[0].RootMeanSquareError;
        CollectionAssert.Contains(selection.Candidates.ToArray(), selection.Chosen);
        foreach (SsaCandidate candidate in selection.Candidates)
        {
            Assert.IsGreaterThanOrEqualTo(least, candidate.RootMeanSquareError);
            if (candidate.RootMeanSquareError <= 1.01 * least)
            {
                Assert.IsLessThanOrEqualTo(candidate.EffectiveRank + 1e-6, selection.Chosen.EffectiveRank);
            }
        }

        Assert.IsLessThan(6.0, selection.Chosen.EffectiveRank, "a sine has two components");
    }

    [TestMethod]
    public void Fit_OfShortSeasons_BeatsRepeatingTheLast()
    {
        double own = 0, naive = 0;
        for (int seed = 1; seed <= 20; seed++)
        {
            var random = new RandomStream(seed);
            double[] week = SsaSeries.From(7, _ => 2 * random.NextNormal());
            double[] series = SsaSeries.From(70 + 12, t => 10 + week[t % 7] + (0.6 * random.NextNormal()));
            double[] forecast = SsaModel.Fit(series.AsSpan(0, 70), new SsaOptions { Horizon = 12 }).Forecast(12);
            for (int h = 0; h < 12; h++)
            {
                own += Math.Pow(forecast[h] - series[70 + h], 2);
                naive += Math.Pow(series[63 + (h % 7)] - series[70 + h], 2);
            }
        }

        Assert.IsLessThan(0.9 * naive, own);
    }

    [TestMethod]
    public void Fit_OfTrendAndNoise_ErrsLittleMoreThanTheLineItself()
    {
        double own = 0, line = 0;
        for (int seed = 1; seed <= 20; seed++)
        {
            var random = new RandomStream(100 + seed);
            double[] series = SsaSeries.From(340, t => 50 + (0.3 * t) + (2 * random.NextNormal()));
            double[] forecast = SsaModel.Fit(series.AsSpan(0, 300), new SsaOptions { Horizon = 40 }).Forecast(40);
            for (int h = 0; h < 40; h++)
            {
                own += Math.Pow(forecast[h] - series[300 + h], 2);
                line += Math.Pow(50 + (0.3 * (300 + h)) - series[300 + h], 2);
            }
        }

        Assert.IsLessThan(1.08 * line, own);
    }

    [TestMethod]
    public void Select_ObeysWhatIsGiven()
    {
        var random = new RandomStream(8);
        double[] series = SsaSeries.From(300, t => Math.Sin(2 * Math.PI * t / 12) + (0.5 * random.NextNormal()));
        SsaSelection ridge = SsaSelection.Select(series, new SsaOptions { Method = SsaForecastMethod.Ridge, Ridge = 0.3 });
        Assert.IsTrue(ridge.Candidates.All(c => c.Method == SsaForecastMethod.Ridge && c.Ridge == 0.3));
        Assert.AreEqual(SsaForecastMethod.Ridge, SsaModel.Fit(series, new SsaOptions { Method = SsaForecastMethod.Ridge, WindowLength = 36 }).Method);
        SsaSelection vector = SsaSelection.Select(series, new SsaOptions { Method = SsaForecastMethod.Vector, Rank = 3, SeasonLengths = [12] });
        Assert.IsTrue(vector.Candidates.All(c => c.Method == SsaForecastMethod.Vector && c.Rank == 3 && c.WindowLength % 12 == 0 && c.Ridge is null));
    }
}
