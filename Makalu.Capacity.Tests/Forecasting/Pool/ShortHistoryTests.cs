using System.Numerics.Tensors;
using Makalu.Capacity.Campaigns;
using Makalu.Capacity.Forecasting;
using Makalu.Capacity.Numerics;
using Makalu.Capacity.Series;

namespace Makalu.Capacity.Tests.Forecasting.Pool;

/// <summary>What is stated of two days when hardly more than hours are known.</summary>
[TestClass]
public sealed class ShortHistoryTests
{
    private const int Runs = 100;
    private const int Ahead = 48;

    private static readonly DateTimeOffset Start = new(2024, 3, 4, 0, 0, 0, TimeSpan.Zero);

    [TestMethod]
    [DataRow(3)]
    [DataRow(10)]
    [DataRow(30)]
    [DataRow(47)]
    public void Predict_OfAFewHours_StatesPeaksThatHold(int hours)
    {
        int belowMedian = 0, below95 = 0, below99 = 0;
        for (int run = 0; run < Runs; run++)
        {
            double[] values = Traffic(hours + Ahead, run);
            double actual = TensorPrimitives.Max<double>(values.AsSpan(hours));
            Forecast forecast = new PoolForecaster().Fit(new TimeSeries(Start, TimeSpan.FromHours(1), values.AsSpan(0, hours)), CampaignCalendar.Empty)
                .Predict(new PredictionOptions { Horizon = Ahead, Paths = 200, Seed = run });
            double[] maxima = [.. Enumerable.Range(0, forecast.PathCount).Select(p => TensorPrimitives.Max(forecast.Path(p)))];
            belowMedian += actual <= SampleQuantile.Of(maxima, 0.5) ? 1 : 0;
            below95 += actual <= SampleQuantile.Of(maxima, 0.95) ? 1 : 0;
            below99 += actual <= SampleQuantile.Of(maxima, 0.99) ? 1 : 0;
        }

        Assert.IsInRange(0.2, 0.8, belowMedian / (double)Runs);
        Assert.IsGreaterThanOrEqualTo(0.88, below95 / (double)Runs);
        Assert.IsGreaterThanOrEqualTo(0.94, below99 / (double)Runs);
    }

    /// <summary>A day's swing of a factor of 2 to 7 between its least and its highest hour, begun at any hour, on a level that wanders.</summary>
    private static double[] Traffic(int count, int seed)
    {
        var random = new RandomStream(seed, stream: 77);
        double swing = 0.35 + (0.65 * random.NextDouble());
        double phase = 24 * random.NextDouble();
        double level = 0;
        var values = new double[count];
        for (int h = 0; h < count; h++)
        {
            level = (0.98 * level) + (0.03 * random.NextNormal());
            values[h] = 100 * Math.Exp((swing * Math.Sin(2 * Math.PI * (h + phase) / 24)) + level + (0.05 * random.NextNormal()));
        }

        return values;
    }
}
