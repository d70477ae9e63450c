using System.Globalization;
using System.Text;
using CsCheck;
using Makalu.Capacity.Logs;
using Makalu.Capacity.Numerics;
using Makalu.Capacity.Series;

namespace Makalu.Capacity.Tests.Series;

[TestClass]
public class TimeSeriesBuilderTests
{
    private static readonly DateTimeOffset Noon = new(2024, 9, 15, 12, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    [TestMethod]
    public void Build_CountsRequestsTheBusiestSecondAndTheDispersion()
    {
        // Second 0 has 3 requests and second 59 has 1; in the next minute each second has 2.
        RequestHistory history = Build(Minute, [0, 0.1, 0.9, 59.5, .. Enumerable.Range(60, 60).SelectMany(s => new[] { s, s + 0.5 })]);

        Assert.AreEqual(Noon, history.Requests.Start);
        CollectionAssert.AreEqual(new[] { 4.0, 120 }, history.Requests.Values.ToArray());
        CollectionAssert.AreEqual(new[] { 3.0, 2 }, history.PeakRequestsPerSecond!.Values.ToArray());

        // Variance of 60 counts 3, 1 and zeros: (10 − 16/60)/59; mean 4/60.
        Assert.AreEqual((10 - (16 / 60.0)) / 59 / (4 / 60.0), history.DispersionAtOneSecond![0], 1e-12);
        Assert.AreEqual(0.0, history.DispersionAtOneSecond[1]);

        // In tenths 120 of 600 cells hold 1: variance (120 − 120²/600)/599, mean 0.2.
        Assert.AreEqual((120 - 24) / 599.0 / 0.2, history.DispersionAtTenthOfSecond![1], 1e-12);
    }

    [TestMethod]
    public void Build_WhenTimesAreWholeSeconds_KnowsNoDispersionAtTenths()
        => Assert.IsNull(Build(Minute, [0, 1, 2, 3, 30, 59]).DispersionAtTenthOfSecond);

    [TestMethod]
    public void Build_OfAPoissonStream_MeasuresADispersionOfOne()
    {
        var random = new RandomStream(7);
        var builder = new TimeSeriesBuilder();
        double time = 0;
        while (time < 7200)
        {
            time += random.NextExponential() / 40;
            builder.Add(new RequestRecord(Noon.AddSeconds(time)));
        }

        RequestHistory history = builder.Build(Minute);
        Assert.AreEqual(1, history.DispersionAtOneSecond!.Values.ToArray().Average(), 0.05);
        Assert.AreEqual(1, history.DispersionAtTenthOfSecond!.Values.ToArray().Average(), 0.02);
        Assert.AreEqual(1, builder.Build(TimeSpan.FromMinutes(30)).DispersionAtOneSecond!.Values.ToArray().Average(), 0.05);
        Assert.AreEqual(1, builder.Build(TimeSpan.FromSeconds(90)).DispersionAtOneSecond!.Values.ToArray().Average(), 0.05);
    }

    [TestMethod]
    public void Build_WhenTheRateGrowsWithinALongStep_DoesNotTakeItForBurstiness()
    {
        double[] seconds = [.. Enumerable.Range(0, 3600).SelectMany(s => Enumerable.Repeat((double)s, 1 + (s / 60)))];
        Assert.IsLessThan(0.01, Build(TimeSpan.FromHours(1), seconds).DispersionAtOneSecond![0]);
    }

    [TestMethod]
    [DataRow(1)]
    [DataRow(10)]
    [DataRow(60)]
    [DataRow(300)]
    [DataRow(900)]
    public void Build_CountsTheSameAtEveryStep(int stepSeconds)
    {
        double[] seconds = [.. Enumerable.Range(0, 1800).Select(i => (i * 7919L % 18000) / 10.0)];
        RequestHistory history = Build(TimeSpan.FromSeconds(stepSeconds), seconds);
        Assert.AreEqual(1800, history.Requests.Values.ToArray().Sum());
        Assert.AreEqual(seconds.GroupBy(Math.Floor).Max(g => g.Count()), history.PeakRequestsPerSecond!.Values.ToArray().Max());
        Assert.AreEqual(0, history.Requests.Start.UtcTicks % history.Requests.Step.Ticks);
    }

    [TestMethod]
    public void Build_DoesNotDependOnTheOrderNorOnHowTheRecordsAreDivided()
        => Gen.Select(Gen.Int[0, 3_000_000].Array[1, 400], Gen.Int[1, 4], Gen.Int[0, 1000]).Sample((drawn, parts, seed) =>
        {
            // The first and the last make sure that whole steps are covered.
            int[] millis = [0, .. drawn, 3_000_000];
            var whole = new TimeSeriesBuilder();
            foreach (int m in millis)
            {
                whole.Add(Record(m));
            }

            var random = new RandomStream(seed);
            TimeSeriesBuilder[] divided = [.. Enumerable.Range(0, parts).Select(_ => new TimeSeriesBuilder())];
            foreach (int m in millis.OrderBy(_ => random.NextUInt64()))
            {
                divided[random.NextInt(parts)].Add(Record(m));
            }

            for (int i = 1; i < parts; i++)
            {
                divided[0].Merge(divided[i]);
            }

            Assert.AreEqual(Describe(whole), Describe(divided[0]));
        }, iter: 200);

    [TestMethod]
    public void AddLogs_GivesTheSameForAnyNumberOfThreads()
    {
        byte[] log = Encoding.UTF8.GetBytes(Tests.Logs.LogLines.Combined(60_000) + "garbage\n" + Tests.Logs.LogLines.Combined(10));
        string expected = "";
        foreach (int threads in new[] { 1, 2, 5 })
        {
            var builder = new TimeSeriesBuilder();
            using var stream = new MemoryStream(log);
            LogReadReport report = builder.AddLogs(stream, "access.log", new() { MaxDegreeOfParallelism = threads });
            string description = Describe(builder) + FormattableString.Invariant($"{report.Lines} {report.Records} {report.OutOfOrder} {report.ClockJumps} ") + string.Join(' ', report.FirstMalformedLines);
            Assert.AreEqual(threads == 1 ? description : expected, description);
            expected = description;
        }

        Assert.Contains("60011 60010 1 1 access.log, line 60001", expected);
    }

    [TestMethod]
    public void AddLogs_WhenReadingFails_LeavesTheBuilderAsItWas()
    {
        var builder = new TimeSeriesBuilder();
        builder.Add(new RequestRecord(Noon));
        using var stream = new MemoryStream(Encoding.UTF8.GetBytes(Tests.Logs.LogLines.Combined(10) + "bad\nbad\n"));
        Assert.ThrowsExactly<LogFormatException>(() => builder.AddLogs(stream, "access.log"));
        Assert.AreEqual(1, builder.Count);
    }

    [TestMethod]
    public void Build_WhenSecondsOverflowAByte_CountsOn()
    {
        RequestHistory history = Build(TimeSpan.FromSeconds(1), [.. Enumerable.Repeat(5.0, 1000), 5.5, .. Enumerable.Repeat(6.5, 300)]);
        CollectionAssert.AreEqual(new[] { 1001.0, 300 }, history.PeakRequestsPerSecond!.Values.ToArray());
    }

    [TestMethod]
    public void Build_TellsSilenceThatIsPlausibleFromAGap()
    {
        // Two a minute: a minute without any is nothing. Then a hundred a minute: three minutes of silence are not by chance.
        double[] sparse = [.. Enumerable.Range(0, 30).Where(m => m != 12).SelectMany(m => new[] { m * 60.0, (m * 60) + 30 })];
        double[] busy = [.. Enumerable.Range(30, 30).Where(m => m is < 40 or > 42).SelectMany(m => Enumerable.Range(0, 100).Select(i => (m * 60) + (i * 0.6)))];

        RequestHistory history = Build(Minute, [.. sparse, .. busy]);

        Assert.AreEqual(0.0, history.Requests[12]);
        Assert.AreEqual(0.0, history.PeakRequestsPerSecond![12]);
        Assert.IsTrue(double.IsNaN(history.Requests[40]) && double.IsNaN(history.Requests[42]) && double.IsNaN(history.PeakRequestsPerSecond[41]));
        Assert.AreEqual((1, 3, TimeSpan.FromMinutes(3)), (history.Quality.Gaps, history.Quality.MissingSteps, history.Quality.LongestGap));
    }

    [TestMethod]
    public void Build_WhenEveryNightIsSilent_TakesItForQuiet()
    {
        double[] hours = [.. Enumerable.Range(0, 4 * 24).Where(h => h % 24 is >= 7 and < 19 && h != 57).SelectMany(h => Enumerable.Range(0, 120).Select(i => (h * 3600.0) + (i * 30)))];

        RequestHistory history = Build(TimeSpan.FromHours(1), hours);

        Assert.AreEqual(0.0, history.Requests[history.Requests.IndexOf(Noon.AddHours(24 + 3))]);
        Assert.IsTrue(double.IsNaN(history.Requests[history.Requests.IndexOf(Noon.AddHours(57))]), "an hour that is busy on every other day");
        Assert.AreEqual(1, history.Quality.MissingSteps);
    }

    [TestMethod]
    public void Build_WhenTheLogBeginsOrEndsWithinAStep_LeavesThatStepOut()
    {
        double[] seconds = [.. Enumerable.Range(0, 400).Select(i => 25 + (i * 0.5))];
        RequestHistory history = Build(Minute, seconds);
        Assert.AreEqual(Noon.AddMinutes(1), history.Requests.Start);
        CollectionAssert.AreEqual(new[] { 120.0, 120 }, history.Requests.Values.ToArray());
        Assert.AreEqual(2, history.Quality.PartialSteps);
    }

    [TestMethod]
    public void Build_WhenTheLogDoesNotCoverAStep_SaysSo()
        => Assert.Contains(
            "Pass a shorter step",
            Assert.ThrowsExactly<InvalidOperationException>(() => Build(Minute, [.. Enumerable.Range(0, 200).Select(i => 10 + (i * 0.1))])).Message);

    [TestMethod]
    public void Build_WhenThereAreNoRequests_SaysSo()
        => Assert.Contains("no requests", Assert.ThrowsExactly<InvalidOperationException>(() => new TimeSeriesBuilder().Build(Minute)).Message);

    [TestMethod]
    public void Build_WhenAClockWasWrong_RefusesInsteadOfFillingMemory()
    {
        var builder = new TimeSeriesBuilder();
        builder.Add(new RequestRecord(DateTimeOffset.UnixEpoch));
        builder.Add(new RequestRecord(Noon));
        Assert.Contains("wrong clock", Assert.ThrowsExactly<InvalidOperationException>(() => builder.Build(TimeSpan.FromSeconds(1))).Message);
    }

    [TestMethod]
    public void Build_WhenTheStepIsNotWholeSeconds_SaysSo()
    {
        var builder = new TimeSeriesBuilder();
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => builder.Build(TimeSpan.FromMilliseconds(1500)));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => builder.Build(TimeSpan.Zero));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => builder.Build(TimeSpan.FromDays(2)));
    }

    [TestMethod]
    public void Build_MeasuresDurationsWithinOnePercent()
    {
        var random = new RandomStream(3);
        var builder = new TimeSeriesBuilder();
        var seconds = new double[20_000];
        for (int i = 0; i < seconds.Length; i++)
        {
            var duration = TimeSpan.FromSeconds(0.02 * Math.Exp(random.NextNormal()));
            seconds[i] = duration.TotalSeconds;
            builder.Add(new RequestRecord(Noon.AddSeconds(i * 0.01), duration: duration));
        }

        DurationDistribution durations = builder.Build(Minute).Durations!;
        Array.Sort(seconds);
        foreach (double p in new[] { 0.01, 0.5, 0.95, 0.99, 0.9999 })
        {
            double exact = seconds[(int)(p * (seconds.Length - 1))];
            Assert.AreEqual(exact, durations.Quantile(p).TotalSeconds, (0.01 * exact) + 1e-7);
        }

        Assert.AreEqual(seconds.Average(), durations.Mean.TotalSeconds, 1e-6);
        Assert.AreEqual(seconds[^1], durations.Maximum.TotalSeconds, 1e-7);
        Assert.AreEqual(20_000, durations.Count);
    }

    private static RequestHistory Build(TimeSpan step, double[] seconds)
    {
        var builder = new TimeSeriesBuilder();
        foreach (double s in seconds)
        {
            builder.Add(new RequestRecord(Noon.AddSeconds(s)));
        }

        return builder.Build(step);
    }

    private static RequestRecord Record(int milliseconds)
        => new(Noon.AddMilliseconds(milliseconds), duration: TimeSpan.FromTicks(milliseconds * 37L % 10_000_000));

    private static string Describe(TimeSeriesBuilder builder)
    {
        RequestHistory history = builder.Build(TimeSpan.FromMinutes(1));
        using var text = new StringWriter(CultureInfo.InvariantCulture);
        SeriesFile.Write(text, [history]);
        return text + FormattableString.Invariant($"{history.Quality} {history.Durations?.Quantile(0.5)} {history.Durations?.Quantile(0.99)} {history.Durations?.Mean} ");
    }
}
