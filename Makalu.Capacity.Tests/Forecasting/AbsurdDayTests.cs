using Makalu.Capacity.Campaigns;
using Makalu.Capacity.Forecasting;
using Makalu.Capacity.Numerics;
using Makalu.Capacity.Series;

namespace Makalu.Capacity.Tests.Forecasting;

/// <summary>A day of fifty times the usual in a daily history, with and without a campaign on it.</summary>
[TestClass]
public sealed class AbsurdDayTests
{
    private const int Days = 200;
    private static readonly DateTimeOffset Start = new(2023, 1, 2, 0, 0, 0, TimeSpan.Zero);

    [TestMethod]
    [DataRow(24)]
    [DataRow(60)]
    [DataRow(1)]
    public void Predict_AfterADayOfBotsThatNoCalendarHas_DoesNotReplayIt(int daysAgo)
    {
        double usual = UpperPeak(Fit(Traffic(daysAgo: 0), CampaignCalendar.Empty));
        Forecast forecast = Fit(Traffic(daysAgo), CampaignCalendar.Empty);
        Assert.AreEqual(1, UpperPeak(forecast) / usual, 0.1);

        UnannouncedEvent bots = forecast.Report!.Outliers.Single();
        Assert.AreEqual(Start.AddDays(Days - daysAgo), bots.StartsAt);
        Assert.AreEqual(50, bots.Factor, 10);
    }

    [TestMethod]
    public void Fit_WhereACampaignBroughtTheDay_LearnsFromIt()
    {
        DateTimeOffset day = Start.AddDays(Days - 24);
        var sale = new Campaign("sale", "sale", day, day.AddDays(1));
        var model = (ICampaignForecastModel)new CampaignForecaster().Fit(Traffic(daysAgo: 24), new CampaignCalendar([sale]));
        Assert.IsGreaterThan(10, model.Uplifts.Single().Factor);
        Assert.IsEmpty(model.Predict(new PredictionOptions { Horizon = 28, Paths = 100 }).Report!.Outliers);
    }

    [TestMethod]
    public void Predict_WhereTheCalendarKnowsTheDayAsAnIncident_TellsNothing()
    {
        DateTimeOffset day = Start.AddDays(Days - 24);
        var bots = new Campaign("bots", Campaign.IncidentKind, day, day.AddDays(1));
        Assert.IsEmpty(Fit(Traffic(daysAgo: 24), new CampaignCalendar([bots])).Report!.Outliers);
    }

    private static Forecast Fit(TimeSeries history, CampaignCalendar calendar)
        => new CampaignForecaster().Fit(history, calendar).Predict(new PredictionOptions { Horizon = 28, Paths = 400, Seed = 1 });

    private static double UpperPeak(Forecast forecast)
        => SampleQuantile.Of([.. Enumerable.Range(0, forecast.PathCount).Select(p => System.Numerics.Tensors.TensorPrimitives.Max(forecast.Path(p)))], 0.95);

    private static TimeSeries Traffic(int daysAgo)
    {
        var random = new RandomStream(3, 1);
        var values = new double[Days];
        double level = 0;
        for (int i = 0; i < Days; i++)
        {
            level = (0.9 * level) + (0.04 * random.NextNormal());
            double weekday = Start.AddDays(i).DayOfWeek is DayOfWeek.Saturday or DayOfWeek.Sunday ? -0.3 : 0;
            values[i] = 10 * Math.Exp(level + weekday + (0.06 * random.NextNormal())) * (Days - i == daysAgo ? 50 : 1);
        }

        return new TimeSeries(Start, TimeSpan.FromDays(1), values);
    }
}
