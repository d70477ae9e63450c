using Makalu.Capacity.Campaigns;
using Makalu.Capacity.Forecasting;
using Makalu.Capacity.Numerics;
using Makalu.Capacity.Series;

namespace Makalu.Capacity.Tests.Forecasting;

/// <summary>Traffic that rises for December: what a year of history, and nothing shorter, tells of the weeks to come.</summary>
[TestClass]
public sealed class YearlyCourseTests
{
    private static readonly DateTimeOffset Start = new(2021, 9, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>12 December: the middle of the rise.</summary>
    private const int Busiest = 345;

    [TestMethod]
    [DataRow(24)]
    [DataRow(1)]
    public void Of_TwoYearsWithABusyDecember_KnowsTheCourse(int hours)
    {
        // 15 November: the next rise begins, the last one is known whole.
        TimeSeries history = Traffic(hours, days: 805);
        YearlyCourse course = YearlyCourse.Of(history, CancellationToken.None)!;

        Assert.AreEqual(1, course.Before(0), 1e-12);
        double origin = Year(history.End);
        foreach (int before in (int[])[28, 100, 200, 320, 338, 365, 500, 700])
            Assert.AreEqual(Year(history.End.AddDays(-before)) - origin, Math.Log(course.Before(before)), 0.12, $"{before} days before");
    }

    [TestMethod]
    public void Of_LessThanAYear_IsNull() => Assert.IsNull(YearlyCourse.Of(Traffic(24, days: 365), CancellationToken.None));

    [TestMethod]
    public void Of_AYearOfWhichLittleIsKnown_IsNull()
    {
        TimeSeries whole = Traffic(24, days: 500);
        double[] values = [.. whole.Values.ToArray().Select((v, i) => i is > 100 and < 499 ? double.NaN : v)];
        Assert.IsNull(YearlyCourse.Of(new TimeSeries(whole.Start, whole.Step, values), CancellationToken.None));
    }

    [TestMethod]
    [DataRow(7 * 24)]
    [DataRow(5)]
    public void Of_StepsThatAreLongerThanADayOrDoNotDivideIt_IsNull(int hours)
        => Assert.IsNull(YearlyCourse.Of(Traffic(hours, days: 800), CancellationToken.None));

    [TestMethod]
    [DataRow("pool", 24, 805)]
    [DataRow("pool", 1, 805)]
    [DataRow("auto", 24, 805)]
    [DataRow("campaigns", 1, 805)]
    [DataRow("campaigns+pool", 1, 805)]

    // One December alone is known, and the autumns of two years.
    [DataRow("pool", 24, 441)]
    public void Predict_BeforeABusyDecember_SeesItComing(string model, int hours, int days)
    {
        TimeSeries history = Traffic(hours, days);
        int horizon = 40 * 24 / hours;
        Forecast forecast = ForecasterCatalog.Create(model, new AutoForecasterOptions { Horizon = TimeSpan.FromDays(40) }).Fit(history, CampaignCalendar.Empty).Predict(new PredictionOptions { Horizon = horizon, Paths = 200, Seed = 1 });

        // From 15 November on, day 27 is the busiest: e^0.9 ÷ e^0.1 of the traffic at the origin.
        double middle = LogMean(forecast, first: 25 * 24 / hours, count: 5 * 24 / hours);
        double expected = LogMeanOf(Traffic(hours, days + 40), first: history.Count + (25 * 24 / hours), count: 5 * 24 / hours);
        Assert.AreEqual(expected, middle, 0.2);
        Assert.AreEqual(Math.Exp(Year(history.End.AddDays(27)) - Year(history.End)), forecast.Report!.YearFactor, 0.4);
    }

    [TestMethod]
    public void Predict_WithCampaigns_CountsTheirRequestsAsTheyCame_AndForecastsTheNextOnTheYear()
    {
        // A sale of twice the traffic for six hours each month, once in the middle of December, and one to come there.
        Campaign[] sales = [.. Enumerable.Range(0, 27).Select(m => Sale(Start.AddDays(11).AddMonths(m).AddHours(10)))];
        TimeSeries ordinary = Traffic(1, days: 805);
        double[] values = [.. ordinary.Values.ToArray().Select((v, i) => sales.Any(s => s.StartsAt <= ordinary.TimeAt(i) && ordinary.TimeAt(i) < s.EndsAt) ? 2 * v : v)];
        var history = new TimeSeries(Start, ordinary.Step, values);
        var calendar = new CampaignCalendar([.. sales, Sale(Start.AddDays(832).AddHours(10))]);
        var model = (ICampaignForecastModel)new CampaignForecaster().Fit(history, calendar);

        CampaignUplift december = model.Uplifts.Single(u => u.Campaigns[0].StartsAt.Year == 2022 && u.Campaigns[0].StartsAt.Month == 12);
        int step = history.IndexOf(december.PeakAt);
        Assert.AreEqual(history[step], december.PeakRequestsPerSecond, 1e-6 * history[step]);
        Assert.AreEqual(ordinary[step], december.BaselineAtPeak, 0.15 * ordinary[step]);

        Forecast forecast = model.Predict(new PredictionOptions { Horizon = 40 * 24, Paths = 200, Seed = 1 });
        int first = (27 * 24) + 10;
        double expected = Math.Log(2) + LogMeanOf(Traffic(1, days: 845), history.Count + first, count: 6);
        Assert.AreEqual(expected, LogMean(forecast, first, count: 6), 0.2);

        // Another plan is the same but for the sale.
        Forecast without = model.Predict(new PredictionOptions { Horizon = 40 * 24, Paths = 200, Seed = 1 }, CampaignCalendar.Empty);
        Assert.AreEqual(expected - Math.Log(2), LogMean(without, first, count: 6), 0.2);
        Assert.AreSequenceEqual(forecast.Path(3)[..100].ToArray(), without.Path(3)[..100].ToArray());
    }

    [TestMethod]
    public void Predict_WithABudgetThatTheYearWouldEat_LeavesItOutAndSaysSo()
    {
        TimeSeries history = Traffic(24, days: 805);
        Forecast small = new PoolForecaster(TimeSpan.FromMilliseconds(50)).Fit(history, CampaignCalendar.Empty).Predict(new PredictionOptions { Horizon = 40, Paths = 100 });
        Forecast large = new PoolForecaster(TimeSpan.FromSeconds(5)).Fit(history, CampaignCalendar.Empty).Predict(new PredictionOptions { Horizon = 40, Paths = 100 });

        StringAssert.Contains(small.Report!.Budget, "the time of the year left out");
        Assert.AreEqual(1, small.Report.YearFactor);
        Assert.DoesNotContain("year", large.Report!.Budget!);
        Assert.IsGreaterThan(1.5, large.Report.YearFactor);
    }

    private static Campaign Sale(DateTimeOffset starts) => new("sale " + starts.ToString("yyyy-MM", System.Globalization.CultureInfo.InvariantCulture), "sale", starts, starts.AddHours(6));

    private static double LogMean(Forecast forecast, int first, int count) => forecast.Quantile(0.5).Skip(first).Take(count).Average(Math.Log);

    private static double LogMeanOf(TimeSeries series, int first, int count) => series.Values.ToArray().Skip(first).Take(count).Average(Math.Log);

    /// <summary>The logarithm of what the time of the year does: ×e^0.9 about 12 December.</summary>
    private static double Year(DateTimeOffset time)
    {
        double from = ((time.DayOfYear + (time.Hour / 24.0) - Busiest + 182 + 365) % 365) - 182;
        return 0.9 * Math.Exp(-Math.Pow(from / 20, 2));
    }

    private static TimeSeries Traffic(int hours, int days)
    {
        var random = new RandomStream(7, hours);
        var values = new double[days * 24 / hours];
        for (int i = 0; i < values.Length; i++)
        {
            DateTimeOffset time = Start.AddHours(i * hours);
            double day = hours < 24 ? 0.5 * Math.Sin(2 * Math.PI * (time.Hour - 9) / 24) : 0;
            double weekday = time.DayOfWeek is DayOfWeek.Saturday or DayOfWeek.Sunday ? -0.2 : 0;
            values[i] = 100 * Math.Exp(Year(time) + day + weekday + (0.05 * random.NextNormal()));
        }

        return new TimeSeries(Start, TimeSpan.FromHours(hours), values);
    }
}
