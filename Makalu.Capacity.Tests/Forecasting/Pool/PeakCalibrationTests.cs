using System.Globalization;
using Makalu.Capacity.Campaigns;
using Makalu.Capacity.Forecasting;
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


        // The price of few origins is a width on the safe side: stated quantiles hold at least, and cost at most a quarter more.
        Assert.IsInRange(0.4, 0.85, below[0], "50 %");
        Assert.IsInRange(0.85, 0.995, below[1], "90 %");
        Assert.IsInRange(0.9, 0.999, below[2], "95 %");
        Assert.IsGreaterThan(0.96, below[3], "99 %");
        Assert.IsInRange(0.9, 1.25, width, "Stated ÷ true 95 % quantile.");
    }
}
