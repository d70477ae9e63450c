using Makalu.Capacity.Numerics;
using Makalu.Capacity.Peaks;
using Makalu.Capacity.Series;

namespace Makalu.Capacity.Tests.Peaks;

[TestClass]
public sealed class BurstFactorTests
{
    private static readonly DateTimeOffset Start = new(2024, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [TestMethod]
    public void Quantile_WhenSecondsArePoisson_PredictsTheBusiestSecondOfLoadsBeyondTheHistory()
    {
        RequestHistory history = Poisson(minutes: 1440, level: i => 20 + (80 * (1 + Math.Sin(i / 229.0)) / 2), seed: 7);
        BurstFactor burst = BurstFactor.Fit(history)!;

        // Simulated minutes of 400 requests a second, four times the highest level of the history.
        RequestHistory peak = Poisson(minutes: 400, level: _ => 400, seed: 8);
        double[] factors = [.. Enumerable.Range(0, 400).Select(i => peak.PeakRequestsPerSecond![i] * 60 / peak.Requests[i])];
        double measured = SampleQuantile.Of(factors, 0.5);

        Assert.AreEqual(measured, burst.Quantile(400, 0.5), 0.02);
        Assert.IsGreaterThan(burst.Quantile(400, 0.5), burst.Quantile(50, 0.5));
        double covered = factors.Count(f => f <= burst.Quantile(400, 0.95)) / 400.0;
        Assert.AreEqual(0.95, covered, 0.05);
    }

    [TestMethod]
    [DataRow(6.0, 0.0, DisplayName = "an index of dispersion of 6 at any level: the factor falls with the load")]
    [DataRow(1.0, 0.3, DisplayName = "a rate that swings by 30 %: the factor stays")]
    public void Quantile_FollowsTheDispersion_ToLoadsBeyondTheHistory(double index, double swing)
    {
        BurstFactor burst = BurstFactor.Fit(Dispersed(1440, i => 20 + (80 * (1 + Math.Sin(i / 229.0)) / 2), index, swing, seed: 11))!;
        RequestHistory peak = Dispersed(400, _ => 400, index, swing, seed: 12);
        double[] factors = [.. Enumerable.Range(0, 400).Select(i => peak.PeakRequestsPerSecond![i] * 60 / peak.Requests[i])];

        Assert.AreEqual(SampleQuantile.Of(factors, 0.5), burst.Quantile(400, 0.5), 0.12 * (SampleQuantile.Of(factors, 0.5) - 1) + 0.04);
        Assert.IsInRange(0.88, 1, factors.Count(f => f <= burst.Quantile(400, 0.95)) / 400.0);

        // Neither falls as a Poisson stream's would from the same height, nor stays where dispersion is the same at all levels.
        double fall = (burst.Quantile(400, 0.5) - 1) / (burst.Quantile(50, 0.5) - 1);
        Assert.IsInRange(swing > 0 ? 0.75 : 0.3, swing > 0 ? 1.0 : 0.5, fall);
    }

    [TestMethod]
    public void Quantile_WhenCountsAndSwingsOfTheRateBothMakeBursts_HoldsAtTenTimesTheLoads()
    {
        // At 20 a second counts make most of the bursts, at 200 a rate that swings by 20 % does: the factor falls, and then stays.
        BurstFactor burst = BurstFactor.Fit(Dispersed(2880, i => 4 + (16 * (1 + Math.Sin(i / 229.0)) / 2), index: 1, swing: 0.2, seed: 21))!;
        RequestHistory peak = Dispersed(1000, _ => 200, index: 1, swing: 0.2, seed: 22);
        double[] factors = [.. Enumerable.Range(0, 1000).Select(i => peak.PeakRequestsPerSecond![i] * 60 / peak.Requests[i])];

        Assert.IsInRange(0.4, 0.65, factors.Count(f => f <= burst.Quantile(200, 0.5)) / 1000.0);
        Assert.IsInRange(0.91, 0.98, factors.Count(f => f <= burst.Quantile(200, 0.95)) / 1000.0);
        Assert.IsInRange(0.96, 1, factors.Count(f => f <= burst.Quantile(200, 0.99)) / 1000.0);
    }

    [TestMethod]
    public void Fit_WhenAllStepsHaveOneLevel_FallsAsAPoissonStreamBeyondIt()
    {
        RequestHistory history = Poisson(minutes: 600, level: _ => 50, seed: 23);
        double level = history.Requests[0];
        var flat = new RequestHistory { Requests = new TimeSeries(Start, TimeSpan.FromMinutes(1), [.. Enumerable.Repeat(level, 600)]), PeakRequestsPerSecond = history.PeakRequestsPerSecond, Quality = SeriesQuality.Clean };

        BurstFactor burst = BurstFactor.Fit(flat)!;

        Assert.AreEqual(0.5, (burst.Quantile(4 * level / 60, 0.5) - 1) / (burst.Quantile(level / 60, 0.5) - 1), 1e-9);
    }

    private static RequestHistory Dispersed(int minutes, Func<int, double> level, double index, double swing, int seed)
    {
        var random = new RandomStream(seed);
        var requests = new double[minutes];
        var busiest = new double[minutes];
        for (int i = 0; i < minutes; i++)
        {
            for (int s = 0; s < 60; s++)
            {
                double mean = level(i) * Math.Exp(swing * random.NextNormal());
                mean = index > 1 ? random.NextGamma(mean / (index - 1)) * (index - 1) : mean;
                double count = random.NextPoisson(mean);
                requests[i] += count;
                busiest[i] = Math.Max(busiest[i], count);
            }
        }

        return new RequestHistory
        {
            Requests = new TimeSeries(Start, TimeSpan.FromMinutes(1), requests),
            PeakRequestsPerSecond = new TimeSeries(Start, TimeSpan.FromMinutes(1), busiest),
            Quality = SeriesQuality.Clean,
        };
    }

    [TestMethod]
    public void Fit_WhenTheHistoryDoesNotKnowTheBusiestSecond_IsNull()
    {
        RequestHistory history = Poisson(100, _ => 10, 1);
        Assert.IsNull(BurstFactor.Fit(new RequestHistory { Requests = history.Requests, Quality = SeriesQuality.Clean }));
    }

    [TestMethod]
    public void Estimate_WhenBurstsAreKnown_TheBusiestSecondIsAQuantileOfTheProductNotAProductOfQuantiles()
    {
        RequestHistory history = Poisson(1440, i => 50 + (10 * Math.Sin(i / 229.0)), 9);
        double[] maxima = [.. Enumerable.Range(1, 1000).Select(i => 100 + (i * 0.1))];
        var window = new PeakWindow { Name = "horizon", Kind = "horizon", StartsAt = Start, EndsAt = Start.AddDays(1) };
        var peak = new PeakForecast(window, maxima, Start, "baseline");

        PeakDemand demand = PeakDemandEstimator.Estimate(history, peak, TimeSpan.FromMinutes(1), 0.99, seed: 1);

        double levelQuantile = peak.Quantile(0.99);
        BurstFactor burst = BurstFactor.Fit(history)!;
        Assert.AreEqual(levelQuantile, demand.StepRequestsPerSecond);
        Assert.IsGreaterThan(levelQuantile * burst.Quantile(levelQuantile, 0.5), demand.RequestsPerSecond);
        Assert.IsLessThan(levelQuantile * burst.Quantile(levelQuantile, 0.99), demand.RequestsPerSecond);
        Assert.IsTrue(demand.BurstFactorMeasured);
    }

    [TestMethod]
    public void Estimate_WhenDispersionGrowsWithTheLoad_ExtrapolatesIt()
    {
        double[] requests = [.. Enumerable.Range(0, 500).Select(i => 60.0 * (10 + (i % 50)))];
        var series = new TimeSeries(Start, TimeSpan.FromMinutes(1), requests);
        var history = new RequestHistory
        {
            Requests = series,
            DispersionAtOneSecond = new TimeSeries(Start, TimeSpan.FromMinutes(1), [.. requests.Select(r => 1 + (0.05 * r / 60))]),
            Quality = SeriesQuality.Clean,
        };
        var peak = new PeakForecast(new PeakWindow { Name = "h", Kind = "h", StartsAt = Start, EndsAt = Start.AddDays(1) }, [200, 200, 200], Start, "baseline");

        PeakDemand demand = PeakDemandEstimator.Estimate(history, peak, TimeSpan.FromMinutes(1), 0.9, seed: 1);

        Assert.AreEqual(11, demand.DispersionAtOneSecond!.Value, 0.2);
        Assert.IsNull(demand.DispersionAtTenthOfSecond);
        Assert.AreEqual(1, demand.BurstFactor);
    }

    private static RequestHistory Poisson(int minutes, Func<int, double> level, int seed)
    {
        var random = new RandomStream(seed);
        var requests = new double[minutes];
        var busiest = new double[minutes];
        for (int i = 0; i < minutes; i++)
        {
            for (int s = 0; s < 60; s++)
            {
                double count = random.NextPoisson(level(i));
                requests[i] += count;
                busiest[i] = Math.Max(busiest[i], count);
            }
        }

        return new RequestHistory
        {
            Requests = new TimeSeries(Start, TimeSpan.FromMinutes(1), requests),
            PeakRequestsPerSecond = new TimeSeries(Start, TimeSpan.FromMinutes(1), busiest),
            Quality = SeriesQuality.Clean,
        };
    }
}
