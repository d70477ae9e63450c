using Makalu.Capacity.Forecasting.Pool;

namespace Makalu.Capacity.Tests.Forecasting.Pool;

[TestClass]
public class OriginErrorsTests
{
    private const int Cycle = 24;
    private const int Horizon = 48;

    // One member is near on the first day, the other on the second: each has the more weight where it is near, and the mean is pooled day by day.
    [TestMethod]
    public void Weights_AreThoseOfEachDayAhead()
    {
        double[] values = [.. Enumerable.Range(0, 400).Select(t => 100 + (t % Cycle))];
        var origins = new RollingOrigins(Horizon, [.. Enumerable.Range(0, 8).Select(j => values.Length - Horizon - (Cycle * j))]);
        double[][][] forecasts = [.. origins.Counts.Select(n => new[] { Off(n, 0.08, 0.12), Off(n, 0.12, 0.08) })];

        var errors = new OriginErrors(values, origins, forecasts, ValueTransform.For(values), [], Cycle);
        double[][] weights = errors.Weights(leftOut: -1);
        double[] pooled = errors.Pooled([Repeat(1), Repeat(2)], weights);

        Assert.HasCount(2, weights);
        Assert.IsGreaterThan(0.6, weights[0][0]);
        Assert.AreEqual(weights[0][0], weights[1][1], 1e-6);
        Assert.AreEqual(weights[0][0] + (2 * weights[0][1]), pooled[0], 1e-12);
        Assert.AreEqual(weights[1][0] + (2 * weights[1][1]), pooled[^1], 1e-12);

        double[] Off(int origin, double first, double second)
            => [.. Enumerable.Range(0, Horizon).Select(h => values[origin + h] * Math.Exp((h < Cycle ? first : second) * (h % 2 == 0 ? 1 : -1)))];

        static double[] Repeat(double value) => [.. Enumerable.Repeat(value, Horizon)];
    }
}
