using System.Globalization;
using Makalu.Capacity.Campaigns;
using Makalu.Capacity.Forecasting;
using Makalu.Capacity.Forecasting.Pool;
using Makalu.Capacity.Numerics;
using Makalu.Capacity.Series;

namespace Makalu.Capacity.Tests.Forecasting.Pool;

/// <summary>A stated quantile of the maximum against how often it is truly exceeded, on processes whose law is known.</summary>
[TestClass]
public class PeakCalibrationTests
{
    private const int Futures = 200;
    private static readonly double[] Probabilities = [0.5, 0.9, 0.95, 0.99];

    public required TestContext TestContext { get; set; }

    private static IEnumerable<SimulatedTraffic> Processes =>
    [
        new() { Name = "Poisson, busy", NoonRate = 5 },
        new() { Name = "Poisson, quiet", NoonRate = 0.03 },
        new() { Name = "over-dispersed", NoonRate = 5, Dispersion = 20 },
        new() { Name = "autoregressive", NoonRate = 5, WanderingDeviation = 0.2 },
        new() { Name = "autoregressive over days", NoonRate = 5, WanderingDeviation = 0.2, WanderingMemory = TimeSpan.FromDays(2) },
        new() { Name = "hourly", Step = TimeSpan.FromHours(1), NoonRate = 5, Dispersion = 200, WanderingDeviation = 0.15 },
    ];

    [TestMethod]
    [DataRow("Poisson, busy")]
    [DataRow("Poisson, quiet")]
    [DataRow("over-dispersed")]
    [DataRow("autoregressive")]
    [DataRow("autoregressive over days")]
    [DataRow("hourly")]
    public void Predict_OfAKnownProcess_StatesQuantilesOfTheMaximumThatHold(string name)
    {
        SimulatedTraffic process = Processes.Single(p => p.Name == name);
        int runs = int.Parse(Environment.GetEnvironmentVariable("MAKALU_RUNS") ?? "16", CultureInfo.InvariantCulture);
        int horizon = (int)(TimeSpan.FromDays(3) / process.Step);
        var below = new double[Probabilities.Length];
        double width = 0;
        for (int run = 0; run < runs; run++)
        {
            var random = new RandomStream(run + 1);
            (TimeSeries history, double wandering) = process.History(28, random);
            Forecast forecast = new PoolForecaster().Fit(history, CampaignCalendar.Empty).Predict(new PredictionOptions { Horizon = horizon, Paths = 400, Seed = run });
            double[] stated = [.. Enumerable.Range(0, forecast.PathCount).Select(p => System.Numerics.Tensors.TensorPrimitives.Max(forecast.Path(p)))];
            var truth = new double[Futures];
            for (int f = 0; f < Futures; f++)
            {
                truth[f] = process.FutureMaximum(history.Count, horizon, wandering, random);
            }

            for (int q = 0; q < below.Length; q++)
            {
                double quantile = SampleQuantile.Of(stated, Probabilities[q]);
                below[q] += truth.Count(t => t <= quantile) / (double)Futures / runs;
            }

            width += SampleQuantile.Of(stated, 0.95) / SampleQuantile.Of(truth, 0.95) / runs;
        }

        TestContext.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{process.Name}: {below[0]:0.000} {below[1]:0.000} {below[2]:0.000} {below[3]:0.000}; stated ÷ true 95 % quantile {width:0.000}"));

        // 16 runs tell a probability to about 0.04 (twice the standard error); the rest is what few origins cost.
        Assert.IsInRange(0.38, 0.72, below[0], "50 %");
        Assert.IsInRange(0.82, 0.975, below[1], "90 %");
        Assert.IsInRange(0.89, 0.992, below[2], "95 %");
        Assert.IsGreaterThan(0.94, below[3], "99 %");
        Assert.IsInRange(0.95, 1.16, width, "Stated ÷ true 95 % quantile.");
    }

    [TestMethod]
    [DataRow(-0.6, 0.7)]
    [DataRow(0.4, 1.3)]
    public void Apply_BringsTheMaximaToTheQuantilesThatCame_AndLeavesTheMediansOfTheSteps(double mean, double deviation)
    {
        const int Count = 1000;
        const int Horizon = 48;
        double[] centre = [.. Enumerable.Range(0, Horizon).Select(h => 10 - (8 * Math.Cos(2 * Math.PI * h / 24)))];
        var random = new RandomStream(5);
        var paths = new double[Count * Horizon];
        for (int i = 0; i < paths.Length; i++)
        {
            paths[i] = centre[i % Horizon] * Math.Exp(0.3 * random.NextNormal());
        }

        var before = new Forecast(DateTimeOffset.UnixEpoch, TimeSpan.FromHours(1), Horizon, paths);
        new PeakCalibration(mean, deviation).Apply(paths, centre, 24);
        var after = new Forecast(DateTimeOffset.UnixEpoch, TimeSpan.FromHours(1), Horizon, paths);

        foreach (int first in (int[])[0, 24])
        {
            double[] was = Maxima(before, first);
            double[] isNow = Maxima(after, first);
            foreach (double probability in (double[])[0.5, 0.8, 0.95])
            {
                double score = mean + (deviation * MathNet.Numerics.Distributions.Normal.InvCDF(0, 1, probability));
                Assert.AreEqual(SampleQuantile.Of(was, MathNet.Numerics.Distributions.Normal.CDF(0, 1, score)), SampleQuantile.Of(isNow, probability), 0.01 * was.Max(), $"{probability}");
            }

            // Beyond the highest path the wanted maximum lies on the straight line, in logarithms, through it and the one a deviation below.
            double last = MathNet.Numerics.Distributions.Normal.InvCDF(0, 1, (Count - 0.5) / Count);
            double wanted = mean + (deviation * last);
            double top = was.Max();
            double expected = wanted > last
                ? top * Math.Pow(top / SampleQuantile.Of(was, MathNet.Numerics.Distributions.Normal.CDF(0, 1, last - 1)), wanted - last)
                : SampleQuantile.Of(was, MathNet.Numerics.Distributions.Normal.CDF(0, 1, wanted));
            Assert.AreEqual(expected, isNow.Max(), 0.01 * expected);

            // The higher path stays the higher one, above the centre's own maximum, below which nothing is lowered.
            int[] order = [.. Enumerable.Range(0, Count).Where(p => was[p] > centre.Max() && isNow[p] > centre.Max()).OrderBy(p => was[p])];
            Assert.IsTrue(order.Skip(1).Zip(order, (high, low) => isNow[high] >= isNow[low] - 1e-9).All(rises => rises));
        }

        // About the median of each step: it lies below the base, where nothing is bent, but for rounding at the top of the day.
        double[] medianBefore = before.Quantile(0.5);
        double[] medianAfter = after.Quantile(0.5);
        for (int h = 0; h < Horizon; h++)
        {
            Assert.AreEqual(medianBefore[h], medianAfter[h], 0.02 * medianBefore[h], $"Step {h}.");
        }
    }

    [TestMethod]
    public void Rank_AmongEqualMaxima_CountsHalfOfThem()
    {
        Assert.AreEqual(0.5, PeakCalibration.Rank([3, 3, 3, 3], 3), 1e-12);
        Assert.AreEqual((1 + 1.5 + 0.5) / 6, PeakCalibration.Rank([2, 1, 2, 3, 2], 2), 1e-12);
        Assert.AreEqual(0.5 / 5, PeakCalibration.Rank([2, 3, 4, 5], 1), 1e-12);
        Assert.AreEqual(4.5 / 5, PeakCalibration.Rank([2, 3, 4, 5], 6), 1e-12);
    }

    [TestMethod]
    public void Apply_ToAHorizonThatEndsWithinADay_PutsItsLastWindowRightToo()
    {
        const int Count = 500;
        const int Horizon = 30;
        double[] centre = [.. Enumerable.Repeat(10.0, Horizon)];
        var random = new RandomStream(6);
        double[] paths = [.. Enumerable.Range(0, Count * Horizon).Select(_ => 10 * Math.Exp(0.3 * random.NextNormal()))];
        double[] was = LastMaxima();

        new PeakCalibration(-0.5, 1).Apply(paths, centre, 24);

        Assert.AreEqual(SampleQuantile.Of(was, MathNet.Numerics.Distributions.Normal.CDF(0, 1, -0.5)), SampleQuantile.Of(LastMaxima(), 0.5), 0.01 * was.Max());

        double[] LastMaxima() => [.. Enumerable.Range(0, Count).Select(p => System.Numerics.Tensors.TensorPrimitives.Max<double>(paths.AsSpan((p * Horizon) + 24, 6)))];
    }

    [TestMethod]
    public void Predict_WhereSomeHoursErrLargelyButPeaksDoNot_StatesPeaksNearTheTruth()
    {
        // The day's peak is the same every day; before it, at half the height, traffic is anything between a third of that and twice as much.
        var random = new RandomStream(8);
        double[] values = [.. Enumerable.Range(0, 24 * 42).Select(t => (t % 24) switch
        {
            >= 8 and < 12 => 50 * Math.Exp(0.45 * Math.Clamp(random.NextNormal(), -2, 1)),
            >= 12 and < 15 => 100 * (1 + (0.02 * random.NextNormal())),
            _ => 10 * (1 + (0.05 * random.NextNormal())),
        })];

        Forecast forecast = new PoolForecaster().Fit(new TimeSeries(DateTimeOffset.UnixEpoch, TimeSpan.FromHours(1), values), CampaignCalendar.Empty).Predict(new PredictionOptions { Horizon = 24 });

        // Without the calibration it is 140.
        Assert.IsInRange(100, 128, SampleQuantile.Of(Maxima(forecast, 0), 0.95));
    }

    private static double[] Maxima(Forecast forecast, int first)
        => [.. Enumerable.Range(0, forecast.PathCount).Select(p => System.Numerics.Tensors.TensorPrimitives.Max(forecast.Path(p).Slice(first, Math.Min(24, forecast.Horizon - first))))];
}
