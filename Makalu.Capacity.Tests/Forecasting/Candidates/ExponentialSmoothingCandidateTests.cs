using Makalu.Capacity.Forecasting.Candidates;
using Makalu.Capacity.Numerics;

namespace Makalu.Capacity.Tests.Forecasting.Candidates;

[TestClass]
public class ExponentialSmoothingCandidateTests
{
    [TestMethod]
    public void Forecast_OfTwoSeasonsOnAWanderingLevel_ComesNearTheError_ThatKnowingBothWouldLeave()
    {
        // What is left with both seasons known: the level's walk of 0.02 a step over a day, 0.02·√12 on average, and the noise of 0.05.
        double error = 0;
        const int Runs = 20;
        for (int run = 0; run < Runs; run++)
        {
            var random = new RandomStream(run + 1);
            double level = 5;
            var values = new double[(24 * 84) + 24];
            for (int t = 0; t < values.Length; t++)
            {
                level += 0.02 * random.NextNormal();
                values[t] = level + Seasons(t) + (0.05 * random.NextNormal());
            }

            double[] forecast = Forecast(values[..^24], new SeasonLengths(24, 168), 24);
            error += Enumerable.Range(0, 24).Average(h => Math.Abs(values[^(24 - h)] - forecast[h])) / Runs;
        }

        double known = Math.Sqrt(2 / Math.PI) * Enumerable.Range(1, 24).Average(h => Math.Sqrt((h * 0.02 * 0.02) + (0.05 * 0.05)));
        Assert.IsLessThan(2 * known, error);

        static double Seasons(int t) => Math.Cos(2 * Math.PI * t / 24) + (t % 168 >= 120 ? -0.8 : 0);
    }

    [TestMethod]
    public void Forecast_OfATrendThatStops_DampsIt()
    {
        double[] values = [.. Enumerable.Range(0, 24 * 20).Select(t => (0.05 * t) + Math.Cos(2 * Math.PI * t / 24))];

        double[] forecast = Forecast(values, new SeasonLengths(24, 0), 24 * 60);

        // A trend of 0.05 a step, damped by 0.95 a step, adds at most 0.05 · 0.95 ÷ 0.05 = 0.95 to the level, which itself may lie a day's growth off.
        double last = Enumerable.Range(forecast.Length - 24, 24).Average(h => forecast[h]);
        Assert.IsInRange((0.05 * values.Length) - 2, (0.05 * values.Length) + 2, last);
    }

    private static double[] Forecast(double[] values, SeasonLengths seasons, int horizon)
        => new ExponentialSmoothingCandidate().Forecast(new CandidateInput { Transformed = values, Observed = values, Seasons = seasons, Horizon = horizon });
}
