using Makalu.Capacity.Campaigns;
using Makalu.Capacity.Forecasting;
using Makalu.Capacity.Numerics;
using Makalu.Capacity.Series;

namespace Makalu.Capacity.Tests.Forecasting;

[TestClass]
public sealed class BacktestTests
{
    private static readonly DateTimeOffset Start = new(2024, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [TestMethod]
    public void Run_WhenACandidateIsTheTruth_ChoosesItAndScoresItsErrors()
    {
        TimeSeries series = Hourly(21, noise: 0);
        IForecaster truth = new Level("truth", (t, _) => Shape(t));
        IForecaster half = new Level("half", (t, _) => Shape(t) / 2);

        BacktestReport report = Backtest.Run(series, CampaignCalendar.Empty, [half, truth], new BacktestOptions { Horizon = 24, Origins = 3 })!;

        Assert.AreEqual("truth", report.Chosen);
        Assert.AreEqual(0, report.Candidates[0].Mase, 1e-9);
        Assert.AreEqual(0, report.Candidates[0].PinballLoss, 1e-9);
        Assert.AreEqual(1, report.Candidates[0].Coverage95);
        Assert.AreEqual(0, report.Candidates[1].Coverage95);
        Assert.AreEqual(3, report.Candidates[1].Origins);

        // Half of a flat-quantile forecast errs by half the mean of the shape; the mean pinball weight of 0.5, 0.9, 0.95, 0.99 is 0.835.
        double mean = Enumerable.Range(0, 24).Average(h => Shape(Start.AddHours(h)));
        Assert.AreEqual(mean / 2 * 0.835, report.Candidates[1].PinballLoss, 1e-9);
    }

    [TestMethod]
    public void Run_WhenACandidateLooksAhead_TheSeriesItSeesEndsAtTheOrigin()
    {
        TimeSeries series = Hourly(10, noise: 1);
        List<DateTimeOffset> ends = [];
        IForecaster spy = new Level("spy", (_, past) =>
        {
            lock (ends)
            {
                ends.Add(past.End);
            }

            return 1;
        });
        _ = Backtest.Run(series, CampaignCalendar.Empty, [spy], new BacktestOptions { Horizon = 24, Origins = 2 });
        CollectionAssert.AreEquivalent((DateTimeOffset[])[series.End.AddHours(-24), series.End.AddHours(-48)], ends.Distinct().ToArray());
    }

    [TestMethod]
    public void Run_WhenRunWithOneOrTwoThreads_GivesTheSameBits()
    {
        TimeSeries series = Hourly(28, noise: 1);
        BacktestReport one = Backtest.Run(series, CampaignCalendar.Empty, [new SeasonalNaiveForecaster()], new BacktestOptions { Horizon = 48, MaxDegreeOfParallelism = 1 })!;
        BacktestReport two = Backtest.Run(series, CampaignCalendar.Empty, [new SeasonalNaiveForecaster()], new BacktestOptions { Horizon = 48, MaxDegreeOfParallelism = 2 })!;
        Assert.AreEqual(one.Candidates[0], two.Candidates[0]);
    }

    [TestMethod]
    public void Run_WhenIncidentsLieInTheScoredSpan_DoesNotScoreThem()
    {
        double[] values = Hourly(10, noise: 0).Values.ToArray();
        values.AsSpan(values.Length - 12, 6).Fill(100_000);
        var series = new TimeSeries(Start, TimeSpan.FromHours(1), values);
        var calendar = new CampaignCalendar([new Campaign("attack", "incident", series.End.AddHours(-12), series.End.AddHours(-6))]);
        BacktestReport report = Backtest.Run(series, calendar, [new Level("truth", (t, _) => Shape(t))], new BacktestOptions { Horizon = 24, Origins = 1 })!;
        Assert.AreEqual(0, report.Candidates[0].PinballLoss, 1e-9);
    }

    /// <summary>Losses are proportional to what is missing of the truth: 0.3 ÷ 0.5 and 0.2 ÷ 0.5 of the preferred one's.</summary>
    [TestMethod]
    [DataRow(10, 0.7, "other", DisplayName = "no origin's business but the loss")]
    [DataRow(20, 0.7, "preferred", DisplayName = "no origin knew the campaign")]
    [DataRow(18, 0.7, "preferred", DisplayName = "one origin knew it")]
    [DataRow(20, 0.8, "other", DisplayName = "clear enough all the same")]
    [DataRow(21, 0.7, "other", DisplayName = "it is still to come")]
    public void Run_WhereHardlyAnOriginKnewACampaign_LeavesThePreferredOneForAClearlyBetterOneOnly(int dayOfCampaign, double part, string chosen)
    {
        TimeSeries series = Hourly(21, noise: 0);
        IForecaster preferred = new Level("preferred", (t, _) => Shape(t) / 2), other = new Level("other", (t, _) => Shape(t) * part);
        var calendar = new CampaignCalendar([new Campaign("sale", "sale", Start.AddDays(dayOfCampaign).AddHours(9), Start.AddDays(dayOfCampaign).AddHours(12))]);

        BacktestReport report = Backtest.Run(series, calendar, [preferred, other], new BacktestOptions { Horizon = 48, Origins = 4 })!;

        Assert.AreEqual(chosen, report.Chosen);
    }

    [TestMethod]
    public void Run_WhenTheHistoryIsTooShort_GivesNoReport()
        => Assert.IsNull(Backtest.Run(Hourly(1, 0), CampaignCalendar.Empty, [new SeasonalNaiveForecaster()], new BacktestOptions { Horizon = 24 }));

    [TestMethod]
    public void Run_WhenSeveralOptionsAreWrong_NamesThemAll()
    {
        ArgumentOutOfRangeException error = Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => Backtest.Run(Hourly(10, 0), CampaignCalendar.Empty, [new SeasonalNaiveForecaster()], new BacktestOptions { Horizon = 0, Origins = 0, Paths = 1 }));
        StringAssert.Contains(error.Message, "Horizon 0", StringComparison.Ordinal);
        StringAssert.Contains(error.Message, "Origins 0", StringComparison.Ordinal);
        StringAssert.Contains(error.Message, "Paths 1", StringComparison.Ordinal);
    }

    private static double Shape(DateTimeOffset time) => 100 + (50 * Math.Sin(2 * Math.PI * time.Hour / 24));

    private static TimeSeries Hourly(int days, double noise)
    {
        var random = new RandomStream(5);
        double[] values = [.. Enumerable.Range(0, days * 24).Select(i => Shape(Start.AddHours(i)) + (noise * random.NextNormal()))];
        return new TimeSeries(Start, TimeSpan.FromHours(1), values);
    }

    private sealed class Level(string name, Func<DateTimeOffset, TimeSeries, double> value) : IForecaster
    {
        public string Name => name;

        public IForecastModel Fit(TimeSeries series, CampaignCalendar calendar, CancellationToken cancellationToken = default) => new Model(series, value);

        private sealed class Model(TimeSeries past, Func<DateTimeOffset, TimeSeries, double> value) : IForecastModel
        {
            public Forecast Predict(PredictionOptions options, CancellationToken cancellationToken = default)
            {
                double[] path = [.. Enumerable.Range(0, options.Horizon).Select(h => value(past.End + (past.Step * h), past))];
                return new Forecast(past.End, past.Step, options.Horizon, path);
            }
        }
    }
}
