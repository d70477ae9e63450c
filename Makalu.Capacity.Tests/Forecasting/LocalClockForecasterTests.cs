using Makalu.Capacity.Campaigns;
using Makalu.Capacity.Cli.Sample;
using Makalu.Capacity.Forecasting;
using Makalu.Capacity.Numerics;
using Makalu.Capacity.Peaks;
using Makalu.Capacity.Series;
using Makalu.Capacity.Tests.Sample;

namespace Makalu.Capacity.Tests.Forecasting;

[TestClass]
public class LocalClockForecasterTests
{
    private static readonly TimeSpan HalfHour = TimeSpan.FromMinutes(30);

    // Two hours from 31 March, 01:00 UTC; one again from 27 October, 01:00 UTC: written out, so that the tests need no time zones installed.
    private static readonly TimeZoneInfo Berlin = Zone("Test/Berlin", TimeSpan.FromHours(1), TimeSpan.FromHours(1));
    private static readonly DateTimeOffset Spring = new(2024, 3, 31, 1, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset Autumn = new(2024, 10, 27, 1, 0, 0, TimeSpan.Zero);

    [TestMethod]
    [DataRow("pool", 2)]
    [DataRow("pool", -1)]
    [DataRow("seasonal-naive", 2)]
    [DataRow("campaigns", 2)]
    [DataRow("auto", 2)]
    public void Predict_AcrossAChangeOfClocks_KeepsTheShapeOfTheLocalDay(string model, int daysAfter)
    {
        foreach (DateTimeOffset change in new[] { Spring, Autumn })
        {
            DateTimeOffset origin = change.AddHours(-1).AddDays(daysAfter);
            TimeSeries history = LocalDays(origin.AddDays(-35), origin);

            double byUtc = Error(ForecasterCatalog.Create(model, new AutoForecasterOptions()), history, CampaignCalendar.Empty);
            double byClock = Error(ForecasterCatalog.Create(model, new AutoForecasterOptions { TimeZone = Berlin }), history, CampaignCalendar.Empty);

            Assert.IsLessThan(0.02, byClock, $"{model} {change:u}");
            Assert.IsGreaterThan(3 * byClock, byUtc, $"{model} {change:u}");
        }
    }

    [TestMethod]
    public void Predict_WhenTheClocksStay_IsThatOfTheForecasterWithin()
    {
        DateTimeOffset origin = new(2024, 6, 20, 12, 0, 0, TimeSpan.Zero);
        TimeSeries history = LocalDays(origin.AddDays(-30), origin);
        var options = new PredictionOptions { Horizon = 96, Paths = 100 };

        Forecast plain = new PoolForecaster().Fit(history, CampaignCalendar.Empty).Predict(options);
        Forecast local = new LocalClockForecaster(new PoolForecaster(), Berlin).Fit(history, CampaignCalendar.Empty).Predict(options);

        Assert.AreEqual(plain.Start, local.Start);
        for (int p = 0; p < 100; p++)
        {
            CollectionAssert.AreEqual(plain.Path(p).ToArray(), local.Path(p).ToArray());
        }
    }

    [TestMethod]
    [DataRow("auto")]
    [DataRow("pool")]
    public void Forecast_NearAChangeOfClocks_HasThePeaksThatItHasWithoutTheDaysAfterItsOrigin(string model)
    {
        foreach (DateTimeOffset change in new[] { Spring, Autumn })
        {
            TimeSeries whole = LocalDays(change.AddDays(-24), change.AddDays(2));
            foreach (int back in new[] { -3, 1, 20 })
            {
                DateTimeOffset origin = change - (HalfHour * back);
                double[] values = [.. whole.Values.ToArray().Select((v, i) => whole.TimeAt(i) < origin ? v : 50 * v)];
                var options = new CapacityPlannerOptions { Origin = origin, Horizon = TimeSpan.FromDays(1), TimeZone = Berlin, Model = model, Paths = 100 };

                double[][] known = Peaks(whole.Before(origin).Values.ToArray());
                double[][] later = Peaks(values);

                Assert.HasCount(known.Length, later);
                for (int w = 0; w < known.Length; w++)
                {
                    CollectionAssert.AreEqual(known[w], later[w], FormattableString.Invariant($"{change:u}, {back} back, window {w}"));
                }

                double[][] Peaks(double[] rates)
                {
                    var history = new RequestHistory { Requests = new TimeSeries(whole.Start, whole.Step, rates).Scale(whole.Step.TotalSeconds), Quality = SeriesQuality.Clean };
                    return [.. PeakFinder.Find(new CapacityPlanner(options).Forecast(history, CampaignCalendar.Empty), CampaignCalendar.Empty).Select(p => (double[])[p.Quantile(0.5), p.Quantile(0.95), p.Quantile(0.99)])];
                }
            }
        }
    }

    // Each origin around the changes, by half-hours: also the hour that comes twice and the origin at the change itself.
    [TestMethod]
    public void Predict_FromAnyOriginNearAChange_StatesEveryStep()
    {
        var zone = new LocalClockForecaster(new SeasonalNaiveForecaster(), Berlin);
        foreach (DateTimeOffset change in new[] { Spring, Autumn })
        {
            TimeSeries whole = LocalDays(change.AddDays(-20), change.AddDays(3));
            for (int back = -4; back <= 6; back++)
            {
                TimeSeries history = whole.Before(change - (HalfHour * back));

                Forecast forecast = zone.Fit(history, CampaignCalendar.Empty).Predict(new PredictionOptions { Horizon = 60, Paths = 100 });

                Assert.AreEqual(history.End, forecast.Start);
                double[] median = forecast.Quantile(0.5);
                for (int h = 0; h < median.Length; h++)
                {
                    double truth = Rate(history.TimeAt(history.Count + h));
                    Assert.IsInRange(0.75 * truth, 1.35 * truth, median[h], FormattableString.Invariant($"{change:u}, {back} back, step {h}"));
                }
            }
        }
    }

    [TestMethod]
    public void Predict_WithCampaigns_TellsThemAsTheCallerKnowsThem()
    {
        DateTimeOffset origin = new(2024, 3, 30, 12, 0, 0, TimeSpan.Zero);
        Campaign[] sales = [.. new[] { 28, 21, 14, 7, -1 }.Select(d => new Campaign($"sale {d}", "sale", origin.AddDays(-d).AddHours(3), origin.AddDays(-d).AddHours(5)))];
        var calendar = new CampaignCalendar(sales);
        TimeSeries history = LocalDays(origin.AddDays(-35), origin, sales);

        var model = (ICampaignForecastModel)new LocalClockForecaster(new CampaignForecaster(), Berlin).Fit(history, calendar);
        Forecast forecast = model.Predict(new PredictionOptions { Horizon = 2 * 48, Paths = 200 });

        CampaignEffect effect = forecast.CampaignEffects.Single();
        Assert.AreSame(sales[^1], effect.Campaign);
        Assert.IsTrue(model.Uplifts.SelectMany(u => u.Campaigns).All(c => sales.Contains(c)));

        // A day and three hours after the origin in UTC, across the skipped hour.
        int first = (int)((sales[^1].StartsAt - origin) / HalfHour);
        double[] median = forecast.Quantile(0.5);
        Assert.IsInRange(1.5, 2.6, effect.FactorAt(first + 1));
        Assert.IsLessThan(1.3, effect.FactorAt(first - 2));
        Assert.IsGreaterThan(1.5 * Rate(forecast.TimeAt(first + 1)), median[first + 1]);
        Assert.IsLessThan(1.3 * Rate(forecast.TimeAt(first - 2)), median[first - 2]);
        foreach (CampaignUplift uplift in model.Uplifts)
        {
            Assert.IsTrue(uplift.PeakAt >= uplift.Campaigns[0].StartsAt - HalfHour && uplift.PeakAt <= uplift.Campaigns[0].EndsAt + HalfHour, $"{uplift.PeakAt:u}");
        }
    }

    // The clocks of Santiago went forward on 8 September 2024. The day after, repeating UTC is an hour off.
    [TestMethod]
    public void Predict_OfTheSample_TheDayAfterItsClocksChange_IsTwiceAsNear()
    {
        TimeZoneInfo santiago;
        try
        {
            santiago = TimeZoneInfo.FindSystemTimeZoneById(ShopClock.TimeZone);
        }
        catch (TimeZoneNotFoundException)
        {
            Assert.Inconclusive("The time zones are not installed (tzdata).");
            return;
        }

        DateTimeOffset origin = ShopClock.ClockChange.AddDays(1);
        TimeSeries whole = GeneratedSample.History.AggregateTo(TimeSpan.FromMinutes(15), origin.AddDays(1)).RequestsPerSecond;
        TimeSeries history = whole.Before(origin);
        var calendar = new CampaignCalendar(GeneratedSample.Calendar.Incidents);

        double byUtc = Error(null);
        double byClock = Error(santiago);

        Assert.IsLessThan(0.5 * byUtc, byClock);

        double Error(TimeZoneInfo? zone)
        {
            double[] median = LocalClockForecaster.In(zone, new PoolForecaster()).Fit(history, calendar).Predict(new PredictionOptions { Horizon = 96, Paths = 200 }).Quantile(0.5);
            return Enumerable.Range(0, 96).Average(h => Math.Abs(median[h] - whole[history.Count + h]));
        }
    }

    [TestMethod]
    public void Predict_OfDays_IsThatOfTheForecasterWithin()
    {
        var days = new TimeSeries(new DateTimeOffset(2024, 1, 1, 0, 0, 0, TimeSpan.Zero), TimeSpan.FromDays(1), [.. Enumerable.Range(0, 120).Select(d => 100 + (10.0 * (d % 7)))]);
        var options = new PredictionOptions { Horizon = 14, Paths = 100 };

        CollectionAssert.AreEqual(
            new PoolForecaster().Fit(days, CampaignCalendar.Empty).Predict(options).Quantile(0.9),
            new LocalClockForecaster(new PoolForecaster(), Berlin).Fit(days, CampaignCalendar.Empty).Predict(options).Quantile(0.9));
    }

    private static double Error(IForecaster forecaster, TimeSeries history, CampaignCalendar calendar)
    {
        double[] median = forecaster.Fit(history, calendar).Predict(new PredictionOptions { Horizon = 2 * 48, Paths = 200 }).Quantile(0.5);
        double error = 0, level = 0;
        for (int h = 0; h < median.Length; h++)
        {
            double truth = Rate(history.TimeAt(history.Count + h));
            error += Math.Abs(median[h] - truth);
            level += truth;
        }

        return error / level;
    }

    private static TimeSeries LocalDays(DateTimeOffset from, DateTimeOffset to, params Campaign[] sales)
    {
        var random = new RandomStream(5, 0);
        var values = new double[(int)((to - from) / HalfHour)];
        for (int i = 0; i < values.Length; i++)
        {
            DateTimeOffset time = from + (HalfHour * i);
            double factor = sales.Any(s => time >= s.StartsAt && time < s.EndsAt) ? 2 : 1;
            values[i] = factor * Rate(time) * (1 + (0.01 * random.NextNormal()));
        }

        return new TimeSeries(from, HalfHour, values);
    }

    /// <summary>Quiet by night, steep in the morning, by the local clock.</summary>
    private static double Rate(DateTimeOffset time)
    {
        double hour = (time + Berlin.GetUtcOffset(time)).TimeOfDay.TotalHours;
        return 100 * Math.Exp(1.1 * Math.Sin((hour - 9) * Math.PI / 12) + (0.3 * Math.Sin((hour - 4) * Math.PI / 6)));
    }

    private static TimeZoneInfo Zone(string id, TimeSpan offset, TimeSpan summer)
    {
        // Last Sundays, at 02:00 standard and 03:00 summer time.
        var spring = TimeZoneInfo.TransitionTime.CreateFloatingDateRule(new DateTime(1, 1, 1, 2, 0, 0), 3, 5, DayOfWeek.Sunday);
        var autumn = TimeZoneInfo.TransitionTime.CreateFloatingDateRule(new DateTime(1, 1, 1, 3, 0, 0), 10, 5, DayOfWeek.Sunday);
        var rule = TimeZoneInfo.AdjustmentRule.CreateAdjustmentRule(DateTime.MinValue.Date, DateTime.MaxValue.Date, summer, spring, autumn);
        return TimeZoneInfo.CreateCustomTimeZone(id, offset, id, id, id, [rule]);
    }
}
