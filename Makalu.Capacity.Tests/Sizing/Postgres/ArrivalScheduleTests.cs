using Makalu.Capacity.Postgres.LoadTest;

namespace Makalu.Capacity.Tests.Sizing.Postgres;

[TestClass]
public sealed class ArrivalScheduleTests
{
    private const double Duration = 400;

    [TestMethod]
    public void Of_AnInstance_HasThePlannedRateAtTheHeldPeak()
    {
        double[] due = ArrivalSchedule.Of(Specification(dispersion: 1), 1.5);
        double expected = 50 * 1.5 * Duration / 2;
        Assert.AreEqual(expected, due.Count(time => ArrivalSchedule.IsPeak(time / Duration)), 4 * Math.Sqrt(expected));
        Assert.IsTrue(due.SequenceEqual(due.Order()));
        Assert.IsTrue(due[0] >= 0 && due[^1] < Duration);
    }

    [TestMethod]
    public void Of_AnInstance_HasThePlannedDispersion()
    {
        foreach (double dispersion in (double[])[1, 4])
        {
            double[] counts = [.. ArrivalSchedule.Of(Specification(dispersion), 1)
                .Where(time => ArrivalSchedule.IsPeak(time / Duration)).GroupBy(time => (int)time).Select(second => (double)second.Count())];
            double mean = counts.Average();
            double measured = counts.Sum(count => (count - mean) * (count - mean)) / (counts.Length - 1) / mean;
            Assert.AreEqual(dispersion, measured, 0.45 * dispersion);
        }
    }

    /// <summary>
    /// A rate that swings by a gamma distribution of variance 0.25, redrawn about once a second: the counts of 2 seconds of 100 requests scatter by
    /// about 100 × 0.25 × 1.1 more than Poisson's, and those of two instances go up and down together.
    /// </summary>
    [TestMethod]
    public void Of_Instances_SwingTogetherAsPlanned()
    {
        WorkerSpecification swinging = Specification(dispersion: 1) with { RateVariation = 0.25 };
        double[] first = Counts(ArrivalSchedule.Of(swinging, 1));
        double[] second = Counts(ArrivalSchedule.Of(swinging with { Instance = 1 }, 1));
        double steady = Covariance(Counts(ArrivalSchedule.Of(Specification(dispersion: 1), 1)), Counts(ArrivalSchedule.Of(Specification(dispersion: 1) with { Instance = 1 }, 1)));
        Assert.IsGreaterThan(8, Covariance(first, first) / first.Average());
        Assert.IsGreaterThan(0.6, Covariance(first, second) / Math.Sqrt(Covariance(first, first) * Covariance(second, second)));
        Assert.IsLessThan(0.3, Math.Abs(steady) / first.Average());

        static double[] Counts(double[] due) => [.. Enumerable.Range((int)(Duration / 8), (int)(Duration / 4)).Select(i => (double)due.Count(t => (int)(t / 2) == i))];

        static double Covariance(double[] a, double[] b) => a.Zip(b, (x, y) => (x - a.Average()) * (y - b.Average())).Average();
    }

    [TestMethod]
    public void Of_InstancesWithTheSameSeed_IsReproducibleAndDiffersBetweenThem()
    {
        double[] first = ArrivalSchedule.Of(Specification(2), 1);
        CollectionAssert.AreEqual(first, ArrivalSchedule.Of(Specification(2), 1));
        CollectionAssert.AreNotEqual(first, ArrivalSchedule.Of(Specification(2) with { Instance = 1 }, 1));
        Assert.IsEmpty(ArrivalSchedule.Of(Specification(2) with { RequestsPerSecond = 0 }, 1));
    }

    [TestMethod]
    public void Height_FollowsTheForecast()
    {
        double[] profile = [0.2, 0.6, 1, 0.9, 0.5];
        Assert.AreEqual(0.2, ArrivalSchedule.Height(profile, 0), 1e-12);
        Assert.AreEqual(0.6, ArrivalSchedule.Height(profile, 0.125), 1e-12);
        Assert.AreEqual(1, ArrivalSchedule.Height(profile, 0.25));
        Assert.AreEqual(1, ArrivalSchedule.Height(profile, 0.7));
        Assert.AreEqual(0.9, ArrivalSchedule.Height(profile, 0.875), 1e-12);
        Assert.AreEqual(1, ArrivalSchedule.Height([], 0.1));
    }

    private static WorkerSpecification Specification(double dispersion) => new()
    {
        ConnectionString = "",
        Service = "shop",
        Instance = 0,
        MaxPoolSize = 1,
        MinPoolSize = 1,
        RequestsPerSecond = 50,
        ConnectionsPerRequest = 1,
        BurstDispersion = dispersion,
        RateVariation = 0,
        Profile = [0.1, 1, 0.3],
        DurationSeconds = Duration,
        Loads = [1],
        DrainSeconds = 0,
        Seed = 7,
        Statement = new HoldStatement { MeanSeconds = 0.01, P95Seconds = null, ProcessorSeconds = 0, RowsPerSecond = 1e6, OverheadSeconds = 0 },
    };
}
