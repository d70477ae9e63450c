using Makalu.Capacity.Forecasting;
using Makalu.Capacity.Monitoring;
using Makalu.Capacity.Numerics;
using Makalu.Capacity.Series;
using Makalu.Capacity.Sizing;

namespace Makalu.Capacity.Tests.Monitoring;

[TestClass]
public sealed class DriftMonitorTests
{
    private const int Nights = 28;
    private const int StepsOfADay = 24;
    private static readonly DateTimeOffset Start = new(2024, 5, 6, 0, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan Step = TimeSpan.FromHours(1);
    private static readonly ForecastRecord[] Records = [.. Enumerable.Range(0, Nights).Select(n => ForecastRecord.Of(Forecast(Start.AddDays(n))))];

    /// <summary>A rate of 20 whose logarithm errs by 0.2, half of it in common to all steps of a day.</summary>
    private static double[] Day(RandomStream random, double spread = 1, double shift = 0)
    {
        double common = random.NextNormal();
        return [.. Enumerable.Range(0, StepsOfADay).Select(_ => 20 * Math.Exp(shift + (0.2 * spread * Math.Sqrt(0.5) * (common + random.NextNormal()))))];
    }

    private static Forecast Forecast(DateTimeOffset origin)
    {
        var random = new RandomStream(17, stream: 1);
        return new Forecast(origin, Step, StepsOfADay, [.. Enumerable.Range(0, 2000).SelectMany(_ => Day(random))]);
    }

    private static DriftReport Examine(int seed, double spread = 1, double shift = 0, int nights = Nights)
    {
        var random = new RandomStream(seed, stream: 2);
        double[] rates = [.. Enumerable.Range(0, nights).SelectMany(_ => Day(random, spread, shift))];
        return new DriftMonitor().Examine(Records[..nights], KnownForecast.History(Start, Step, rates));
    }

    /// <summary>At a significance of 0.01 no more than 1 in 100 true models may be condemned (binomial limit for 300 runs); to watch is asked of about 4 in 100.</summary>
    [TestMethod]
    public void Examine_WhenTheForecastsAreTrue_SeldomRaisesAnAlarm()
    {
        DriftStatus[] statuses = [.. Enumerable.Range(0, 300).Select(seed => Examine(seed).Status)];
        Assert.IsLessThanOrEqualTo(6, statuses.Count(s => s == DriftStatus.Retrain));
        Assert.IsLessThanOrEqualTo(18, statuses.Count(s => s != DriftStatus.Ok));
    }

    [TestMethod]
    public void Examine_WhenTheSpreadIsTwiceWhatIsSaid_AsksToRetrain()
    {
        int found = Enumerable.Range(0, 50).Count(seed => Examine(seed, spread: 2).Status == DriftStatus.Retrain);
        Assert.IsGreaterThanOrEqualTo(45, found);
        Finding finding = Examine(1, spread: 2).Findings[0];
        Assert.AreEqual("forecast-coverage-low", finding.Code);
        Assert.AreEqual(FindingSeverity.Warning, finding.Severity);
        Assert.AreEqual("retrain", finding.Evidence["status"]);
        StringAssert.Contains((string)finding.Evidence["worst1"], "requests/s at 2024-", StringComparison.Ordinal);
    }

    [TestMethod]
    public void Examine_WhenTrafficGrewByAThird_AsksToRetrain_AndTellsTheBias()
    {
        DriftReport report = Examine(3, shift: Math.Log(4.0 / 3));
        Assert.AreEqual(DriftStatus.Retrain, report.Status);
        Assert.AreEqual(-0.25, report.RelativeBias, 0.05);
        Assert.IsGreaterThan(1.5, report.LossToExpected);
    }

    [TestMethod]
    public void Examine_WhenTrafficFellByAThird_AsksToRetrain_ForTheMedianIsTooHigh()
    {
        DriftReport report = Examine(3, shift: Math.Log(2.0 / 3));
        Assert.AreEqual(DriftStatus.Retrain, report.Status);
        Assert.IsTrue(report.Findings.Any(f => f.Code == "forecast-coverage-high" && (double)f.Evidence["quantile"] == 0.5));
    }

    [TestMethod]
    public void Examine_WhenTheSpreadIsAFifthOfWhatIsSaid_OnlyWatches()
    {
        DriftReport report = Examine(3, spread: 0.2);
        Assert.AreEqual(DriftStatus.Watch, report.Status);
        Assert.IsTrue(report.Findings.All(f => f.Code == "forecast-coverage-high" && f.Severity == FindingSeverity.Info));
    }

    [TestMethod]
    public void Examine_OfSixNights_ConcludesNothing_AndSaysSo()
    {
        DriftReport report = Examine(3, spread: 5, nights: 6);
        Assert.AreEqual(DriftStatus.Ok, report.Status);
        Assert.AreEqual("drift-evidence-thin", report.Findings.Single().Code);
    }

    [TestMethod]
    public void Examine_OfNothing_ConcludesNothing()
    {
        DriftReport report = new DriftMonitor().Examine([]);
        Assert.AreEqual(DriftStatus.Ok, report.Status);
        Assert.AreEqual(0, report.Forecasts);
    }

    [TestMethod]
    public void Examine_WhenForecastsOverlap_JudgesEachStepOnce_ByTheNewest()
    {
        ForecastRecord[] records = [.. Enumerable.Range(0, 10).Select(n => ForecastRecord.Of(new KnownForecast(Start.AddDays(n), Step).Predict(new PredictionOptions { Horizon = 3 * StepsOfADay })))];
        double[] rates = [.. Enumerable.Repeat(30.0, 12 * StepsOfADay)];
        DriftReport report = new DriftMonitor().Examine(records.Reverse(), KnownForecast.History(Start, Step, rates));
        Assert.AreEqual((9 * StepsOfADay) + (3 * StepsOfADay), report.Coverage.First(t => t.Subject == "step").Count);
        Assert.AreEqual(12, report.Coverage.First(t => t.Subject == "day").Count);
    }

    [TestMethod]
    public void Examine_OfTwoForecastsFromOneOrigin_IsRefused()
    {
        RequestHistory history = KnownForecast.History(Start, Step, [.. Enumerable.Repeat(1.0, StepsOfADay)]);
        Assert.ThrowsExactly<ArgumentException>(() => new DriftMonitor().Examine([Records[0], Records[0]], history));
    }

    [TestMethod]
    public void Options_OutOfRange_AreToldTogether()
    {
        ArgumentException error = Assert.ThrowsExactly<ArgumentException>(() => new DriftMonitor(new DriftOptions { Forecasts = 1, Significance = 0.7, OddsFactor = 1, LossFactor = double.NaN }));
        foreach (string name in new[] { "Forecasts 1", "Significance 0.7", "OddsFactor 1", "LossFactor NaN" })
        {
            StringAssert.Contains(error.Message, name, StringComparison.Ordinal);
        }
    }
}
