using Makalu.Capacity.Forecasting.Candidates;
using Makalu.Capacity.Numerics;

namespace Makalu.Capacity.Tests.Forecasting.Candidates;

[TestClass]
public class LearnedLevelCandidateTests
{
    [TestMethod]
    [DataRow(0, 0.03)]
    [DataRow(0.01, 0.08)]
    public void Forecast_OfAWeekOnALevel_KeepsItsShapeWhateverTheGrowth(double growthPerHour, double tolerance)
    {
        var random = new RandomStream(1);
        double[] values = [.. Enumerable.Range(0, 24 * 42).Select(t => (growthPerHour * t) + Shape(t) + (0.02 * random.NextNormal()))];

        double[] forecast = Forecast(values, new SeasonLengths(24, 168), 168);

        // The shape alone: a level that stops growing is right or wrong by a constant.
        double mean = Enumerable.Range(0, 168).Average(h => forecast[h] - Shape(values.Length + h));
        for (int h = 24; h < forecast.Length; h++)
        {
            Assert.AreEqual(Shape(values.Length + h) + mean, forecast[h], tolerance + 0.03, $"Step {h}.");
        }

        static double Shape(int t) => Math.Cos(2 * Math.PI * t / 24) - (t % 168 >= 120 ? 0.5 : 0);
    }

    [TestMethod]
    public void Forecast_OfALevelThatMovedThreeDaysAgo_StandsNearTheNewOne()
    {
        var random = new RandomStream(2);
        double[] values = [.. Enumerable.Range(0, 24 * 30).Select(t => Math.Cos(2 * Math.PI * t / 24) + (t >= 24 * 27 ? 1 : 0) + (0.1 * random.NextNormal()))];

        double[] forecast = Forecast(values, new SeasonLengths(24, 0), 24);

        Assert.AreEqual(1, forecast.Average(), 0.35);
    }

    private static double[] Forecast(double[] values, SeasonLengths seasons, int horizon)
        => new LearnedLevelCandidate().Forecast(new CandidateInput { Transformed = values, Observed = values, Seasons = seasons, Horizon = horizon });
}
