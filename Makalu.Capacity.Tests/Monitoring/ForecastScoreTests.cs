using Makalu.Capacity.Campaigns;
using Makalu.Capacity.Forecasting;
using Makalu.Capacity.Monitoring;

namespace Makalu.Capacity.Tests.Monitoring;

[TestClass]
public sealed class ForecastScoreTests
{
    private static readonly DateTimeOffset Start = new(2024, 5, 6, 0, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan Step = TimeSpan.FromHours(6);

    /// <summary>Quantiles 50, 90 and 95 at every step; what came is 40, 93, 95 and 96.</summary>
    [TestMethod]
    public void Score_OfAHandComputedExample()
    {
        ForecastScore score = ForecastScore.Of(Record(4), KnownForecast.History(Start, Step, 40, 93, 95, 96));
        Assert.AreEqual(4, score.Steps);
        Assert.AreEqual((10 + 43 + 45 + 46) / 4.0, score.MeanAbsoluteError, 1e-12);
        Assert.AreEqual((10 - 43 - 45 - 46) / 4.0, score.Bias, 1e-12);
        Assert.AreEqual(324 / 4.0, score.MeanActual, 1e-12);
        Assert.AreEqual(((2 * 10 / 90.0) + (2 * 43 / 143.0) + (2 * 45 / 145.0) + (2 * 46 / 146.0)) / 4, score.SymmetricError, 1e-12);
        CollectionAssert.AreEqual(new[] { 1, 1, 3 }, new[] { 0, 1, 2 }.Select(score.StepsCovered).ToArray());

        // Of 50: ½·|error|; of 90: 0.1·50, 0.9·3, 0.9·5, 0.9·6; of 95: 0.05·55, 0.05·2, 0, 0.95·1.
        double pinball = ((0.5 * (10 + 43 + 45 + 46)) + 5 + 2.7 + 4.5 + 5.4 + 2.75 + 0.1 + 0 + 0.95) / 12;
        Assert.AreEqual(pinball, score.PinballLoss, 1e-12);
    }

    [TestMethod]
    public void ExpectedPinballLoss_IsThatOfTheForecastsOwnPaths()
    {
        // The paths are 0, 1, … 100: the mean loss against 50 is ½·2·(1 + … + 50)/101.
        double median = 0.5 * 2 * (50 * 51 / 2) / 101.0;
        double upper = ((0.1 * Enumerable.Range(0, 91).Sum(p => 90 - p)) + (0.9 * Enumerable.Range(91, 10).Sum(p => p - 90))) / 101;
        double highest = ((0.05 * Enumerable.Range(0, 96).Sum(p => 95 - p)) + (0.95 * Enumerable.Range(96, 5).Sum(p => p - 95))) / 101;
        Assert.AreEqual((median + upper + highest) / 3, Record(4).ExpectedPinballLoss[3], 1e-9);
    }

    [TestMethod]
    public void Score_LeavesOutWhatIsUnknown_AndIncidents()
    {
        var incident = new CampaignCalendar([new Campaign("attack", "incident", Start + Step, Start + (2 * Step))]);
        ForecastScore score = ForecastScore.Of(Record(4), KnownForecast.History(Start, Step, 40, 5000, double.NaN, 60), incident);
        Assert.AreEqual(2, score.Steps);
        Assert.AreEqual(50, score.MeanActual, 1e-12);
        Assert.IsEmpty(score.Peaks, "half the day's steps are unknown, so its peak is");
    }

    [TestMethod]
    public void Score_OfAHistoryThatEndsWithinTheHorizon_IsOfWhatHasCome()
    {
        ForecastScore score = ForecastScore.Of(Record(8), KnownForecast.History(Start - Step, Step, 1, 40, 40, 40, 70, 40));
        Assert.AreEqual(5, score.Steps);
        PeakScore day = score.Peaks.Single();
        Assert.AreEqual("day 2024-05-06", day.Window.Name);
        Assert.AreEqual(70, day.ActualRequestsPerSecond, 1e-9);
        Assert.AreEqual(Start + (3 * Step), day.ActualAt);
        Assert.IsFalse(day.IsCovered(0));
        Assert.IsTrue(day.IsCovered(1));
    }

    [TestMethod]
    public void Score_OfFinerObservations_AddsThemUp()
    {
        double[] hours = [.. Enumerable.Range(0, 24).Select(h => h < 6 ? 10.0 * h : 30)];
        ForecastScore score = ForecastScore.Of(Record(4), KnownForecast.History(Start, TimeSpan.FromHours(1), hours));
        Assert.AreEqual((25 + 30 + 30 + 30) / 4.0, score.MeanActual, 1e-9);
    }

    [TestMethod]
    public void Score_OfAForecastOfWhichNothingHasCome_HasNoSteps()
    {
        ForecastScore score = ForecastScore.Of(Record(4), KnownForecast.History(Start - (9 * Step), Step, 1, 2, 3));
        Assert.AreEqual(0, score.Steps);
        Assert.IsTrue(double.IsNaN(score.MeanAbsoluteError));
        Assert.IsEmpty(score.Peaks);
    }

    [TestMethod]
    public void Campaign_ThatTheHorizonCuts_IsNotWhole()
    {
        var calendar = new CampaignCalendar(
        [
            new Campaign("inside", "email", Start.AddHours(7), Start.AddHours(9)),
            new Campaign("cut", "email", Start.AddHours(20), Start.AddHours(40)),
        ]);
        ForecastRecord record = ForecastRecord.Of(Forecast(4), calendar, [0.9]);
        ForecastScore score = ForecastScore.Of(record, KnownForecast.History(Start, Step, 1, 2, 3, 4), calendar);
        CollectionAssert.AreEqual(new[] { true, false }, score.Peaks.Where(p => p.Window.Kind == "email").Select(p => p.IsWhole).ToArray());
    }

    private static ForecastRecord Record(int horizon) => ForecastRecord.Of(Forecast(horizon), quantiles: [0.95, 0.9]);

    private static Forecast Forecast(int horizon) => new KnownForecast(Start, Step).Predict(new PredictionOptions { Horizon = horizon });
}
