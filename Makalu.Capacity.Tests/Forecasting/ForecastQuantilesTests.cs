using CsCheck;
using Makalu.Capacity.Forecasting;

namespace Makalu.Capacity.Tests.Forecasting;

[TestClass]
public sealed class ForecastQuantilesTests
{
    private static readonly DateTimeOffset Start = new(2024, 9, 15, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Against type 7 by its definition, for horizons on both sides of the number of steps that are sorted at once, whatever was asked before.</summary>
    [TestMethod]
    public void Quantiles_OfAnyHorizon_AreThoseOfEachStepsPaths()
        => Gen.Select(Gen.Int[1, 40], Gen.Int[1, 30], Gen.Double[0.001, 0.999].Array[1, 4], Gen.Int[0, 1000]).Sample((horizon, paths, asked, seed) =>
        {
            var random = new Random(seed);
            double[] values = [.. Enumerable.Range(0, horizon * paths).Select(_ => Math.Round(random.NextDouble() * 100, 1))];
            var forecast = new Forecast(Start, TimeSpan.FromMinutes(5), horizon, values);
            double[][] first = forecast.Quantiles([.. asked, 0.95]);
            double[][] again = forecast.Quantiles([0.95, .. asked]);
            for (int h = 0; h < horizon; h++)
            {
                double[] column = [.. Enumerable.Range(0, paths).Select(p => values[(p * horizon) + h]).Order()];
                for (int q = 0; q < asked.Length; q++)
                {
                    Assert.AreEqual(Type7(column, asked[q]), first[q][h], 1e-9);
                    Assert.AreEqual(first[q][h], again[q + 1][h]);
                }

                Assert.AreEqual(Type7(column, 0.95), again[0][h], 1e-9);
            }
        });

    [TestMethod]
    public void Quantiles_ThatTheCallerChanges_StayAsTheyAre()
    {
        var forecast = new Forecast(Start, TimeSpan.FromMinutes(5), 2, [1, 2, 3, 4]);
        double[] median = forecast.Quantile(0.5);
        median[0] = -1;
        CollectionAssert.AreEqual(new[] { 2.0, 3 }, forecast.Quantile(0.5));
    }

    /// <summary>Hyndman and Fan (1996), definition 7: linear between the order statistics at (n − 1)·p.</summary>
    private static double Type7(double[] sorted, double probability)
    {
        double position = (sorted.Length - 1) * probability;
        double below = sorted[(int)Math.Floor(position)], above = sorted[(int)Math.Ceiling(position)];
        return below + ((position - Math.Floor(position)) * (above - below));
    }
}
