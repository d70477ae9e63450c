using Makalu.Capacity.Forecasting.Candidates;
using Makalu.Capacity.Numerics;

namespace Makalu.Capacity.Tests.Forecasting.Candidates;

[TestClass]
public class HarmonicRegressionCandidateTests
{
    [TestMethod]
    public void Forecast_OfADayThatChangesOverTheWeek_ContinuesIt()
    {
        var random = new RandomStream(1);
        double[] values = [.. Enumerable.Range(0, 24 * 60).Select(t => Truth(t) + (0.01 * random.NextNormal()))];

        double[] forecast = Forecast(values, new SeasonLengths(24, 168), 7 * 24);

        for (int h = 0; h < forecast.Length; h++)
        {
            Assert.AreEqual(Truth(values.Length + h), forecast[h], 0.04, $"Step {h}.");
        }

        static double Truth(int t) => 5 + ((1 + (0.3 * Math.Sin(2 * Math.PI * t / 168))) * Math.Cos(2 * Math.PI * t / 24)) + (0.2 * Math.Cos(2 * Math.PI * 2 * t / 168));
    }

    [TestMethod]
    public void Forecast_OfDailyDataOverTwoYears_KnowsTheYear()
    {
        var random = new RandomStream(2);
        double[] values = [.. Enumerable.Range(0, 800).Select(t => Truth(t) + (0.02 * random.NextNormal()))];

        double[] forecast = Forecast(values, new SeasonLengths(7, 0, 365.25), 120);

        double error = Enumerable.Range(0, forecast.Length).Average(h => Math.Abs(Truth(values.Length + h) - forecast[h]));
        Assert.IsLessThan(0.08, error);

        static double Truth(int t) => 3 + Math.Sin(2 * Math.PI * t / 365.25) + (0.2 * Math.Cos(2 * Math.PI * t / 7));
    }

    [TestMethod]
    public void Forecast_AfterAnError_ReturnsToTheSeasonAsTheErrorsDo()
    {
        // An autoregression of 0.8 about a day: half a day ahead next to nothing of the last error is left.
        var random = new RandomStream(3);
        var values = new double[24 * 42];
        double rest = 0;
        for (int t = 0; t < values.Length; t++)
        {
            rest = (0.8 * rest) + (0.1 * random.NextNormal());
            values[t] = Math.Cos(2 * Math.PI * t / 24) + rest;
        }

        values[^1] += 1;
        double[] forecast = Forecast(values, new SeasonLengths(24, 0), 24);

        double last = values[^1] - Math.Cos(2 * Math.PI * (values.Length - 1) / 24);
        Assert.AreEqual(0.8 * last, forecast[0] - 1, 0.25);
        Assert.AreEqual(Math.Cos(2 * Math.PI * (values.Length + 18) / 24), forecast[18], 0.25);
    }

    private static double[] Forecast(double[] values, SeasonLengths seasons, int horizon)
        => new HarmonicRegressionCandidate().Forecast(new CandidateInput { Transformed = values, Observed = values, Seasons = seasons, Horizon = horizon });
}
