using Makalu.Capacity.Campaigns;
using Makalu.Capacity.Forecasting;
using Makalu.Capacity.Forecasting.Pool;
using Makalu.Capacity.Numerics;
using Makalu.Capacity.Series;

namespace Makalu.Capacity.Tests.Forecasting.Pool;

/// <summary>Stretches of nothing that no incident of the calendar marks.</summary>
[TestClass]
public sealed class OutagesTests
{
    private const int Days = 42;
    private static readonly DateTimeOffset Start = new(2024, 3, 4, 0, 0, 0, TimeSpan.Zero);

    [TestMethod]
    [DataRow("pool", 60, 10, 1)]
    [DataRow("pool", 60, 14, 7)]
    [DataRow("pool", 60, 1, 1)]
    [DataRow("pool", 5, 10, 1)]
    [DataRow("pool", 5, 14, 7)]
    [DataRow("pool", 5, 1, 1)]
    [DataRow("campaigns", 60, 14, 7)]
    [DataRow("campaigns", 60, 1, 1)]
    [DataRow("campaigns+pool", 60, 14, 7)]
    public void Predict_AfterDaysOfNothing_ForecastsTheTrafficOfOtherDays(string model, int minutes, int daysAgo, int days)
    {
        double[] whole = Traffic(minutes), broken = [.. whole];
        int day = 1440 / minutes;
        broken.AsSpan(broken.Length - (daysAgo * day), days * day).Clear();

        Forecast usual = Fit(model, whole, minutes), forecast = Fit(model, broken, minutes);
        Assert.AreEqual(1, Level(forecast) / Level(usual), 0.06);
        Assert.AreEqual(1, UpperPeak(forecast) / UpperPeak(usual), 0.15);

        UnannouncedEvent outage = forecast.Report!.Outliers.Single();
        Assert.AreEqual(Start.AddDays(Days - daysAgo), outage.StartsAt);
        Assert.AreEqual(TimeSpan.FromDays(days), outage.EndsAt - outage.StartsAt);
        Assert.AreEqual(0, outage.Factor);
        Assert.AreEqual(-whole.AsSpan(whole.Length - (daysAgo * day), days * day).ToArray().Sum() * 60 * minutes, outage.ExtraRequests, 0.1 * Math.Abs(outage.ExtraRequests));
    }

    [TestMethod]
    public void Find_TwoOutages_FindsBoth()
    {
        double[] values = Traffic(60);
        values.AsSpan(values.Length - (20 * 24), 24).Clear();
        values.AsSpan(values.Length - (9 * 24), 10).Clear();
        TimeSeries without = Outages.Find(Series(values, 60)).Without();
        Assert.AreEqual(34, without.MissingCount);
        Assert.IsTrue(Enumerable.Range(0, values.Length).All(i => double.IsNaN(without[i]) == (values[i] == 0)));
    }

    [TestMethod]
    [DataRow("nights")]
    [DataRow("weekends")]
    [DataRow("small counts")]
    [DataRow("one day in five")]
    [DataRow("for good")]
    [DataRow("a few hours")]
    [DataRow("a tenth")]
    public void Find_NothingThatBelongsToTheTraffic_IsNoOutage(string what)
    {
        double[] values = Traffic(60);
        var random = new RandomStream(5, 5);
        for (int i = 0; i < values.Length; i++)
        {
            DateTimeOffset time = Start.AddHours(i);
            bool isNothing = what switch
            {
                "nights" => time.Hour < 8,
                "weekends" => time.DayOfWeek is DayOfWeek.Saturday or DayOfWeek.Sunday,
                "one day in five" => i / 24 % 5 == 0,
                "for good" => i >= values.Length - (4 * 24),
                "a few hours" => i >= values.Length - 200 && i < values.Length - 195,
                _ => false,
            };
            values[i] = isNothing ? 0
                : what == "small counts" ? (random.NextDouble() < 0.3 ? 1.0 / 3600 : 0)
                : what == "a tenth" && i / 24 == 30 ? 0.1 * values[i]
                : values[i];
        }

        TimeSeries series = Series(values, 60);
        Assert.AreEqual(0, Outages.Find(series).Without().MissingCount);
    }

    private static double Level(Forecast forecast) => Math.Exp(forecast.Quantile(0.5).Average(Math.Log));

    private static double UpperPeak(Forecast forecast)
        => SampleQuantile.Of([.. Enumerable.Range(0, forecast.PathCount).Select(p => System.Numerics.Tensors.TensorPrimitives.Max(forecast.Path(p)))], 0.95);

    private static Forecast Fit(string model, double[] values, int minutes)
        => ForecasterCatalog.Create(model, new AutoForecasterOptions()).Fit(Series(values, minutes), CampaignCalendar.Empty).Predict(new PredictionOptions { Horizon = 7 * 1440 / minutes, Paths = 200, Seed = 1 });

    private static TimeSeries Series(double[] values, int minutes) => new(Start, TimeSpan.FromMinutes(minutes), values);

    private static double[] Traffic(int minutes)
    {
        var random = new RandomStream(11, 3);
        var values = new double[Days * 1440 / minutes];
        double level = 0;
        for (int i = 0; i < values.Length; i++)
        {
            DateTimeOffset time = Start.AddMinutes(i * minutes);
            level = time.TimeOfDay == TimeSpan.Zero ? (0.9 * level) + (0.04 * random.NextNormal()) : level;
            double weekday = time.DayOfWeek is DayOfWeek.Saturday or DayOfWeek.Sunday ? -0.3 : 0;
            values[i] = 10 * Math.Exp(level + weekday + (0.7 * Math.Sin(2 * Math.PI * (time.TimeOfDay.TotalHours - 9) / 24)) + (0.05 * random.NextNormal()));
        }

        return values;
    }
}
