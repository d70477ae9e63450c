using Makalu.Capacity.Campaigns;
using Makalu.Capacity.Forecasting;
using Makalu.Capacity.Numerics;
using Makalu.Capacity.Series;

namespace Makalu.Capacity.Tests.Forecasting;

[TestClass]
public sealed class HolidayForecastTests
{
    private static readonly DateTimeOffset _start = new(2020, 1, 6, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Good Friday to Easter Monday of 2020 to 2024: the dates of Easter Sunday move between 31 March and 17 April.</summary>
    private static readonly Campaign[] _easters =
    [
        .. new[] { (2020, 4, 12), (2021, 4, 4), (2022, 4, 17), (2023, 4, 9), (2024, 3, 31) }.Select(d => new DateTimeOffset(d.Item1, d.Item2, d.Item3, 0, 0, 0, TimeSpan.Zero))
            .Select(sunday => new Campaign($"Easter {sunday.Year}", "public-holiday", sunday.AddDays(-2), sunday.AddDays(2))),
    ];

    [TestMethod]
    public void Predict_WhenAFeastMovesByWeeks_DropsOnItsDateAndNotOnLastYears()
    {
        TimeSeries history = Daily(_easters, new DateTimeOffset(2024, 3, 15, 0, 0, 0, TimeSpan.Zero), _ => Math.Log(0.5));
        var options = new PredictionOptions { Horizon = 40 };
        double[] with = new CampaignForecaster().Fit(history, new CampaignCalendar(_easters)).Predict(options).Quantile(0.5);
        double[] truth = [.. Enumerable.Range(0, 40).Select(h => Ordinary(history.End.AddDays(h)))];

        // Easter 2024 is 29 March to 1 April; a year of weeks after Easter 2023 lie 5 to 8 April, and its own dates 7 to 10 April.
        Assert.AreEqual(Math.Log(0.5), Enumerable.Range(14, 4).Average(h => Math.Log(with[h] / truth[h])), 0.1);
        Assert.AreEqual(0, Enumerable.Range(21, 6).Average(h => Math.Log(with[h] / truth[h])), 0.08);

        // Without the calendar the drop is looked for where it was.
        double[] without = new CampaignForecaster().Fit(history, CampaignCalendar.Empty).Predict(options).Quantile(0.5);
        Assert.IsGreaterThan(-0.3, Enumerable.Range(14, 4).Average(h => Math.Log(without[h] / truth[h])));
    }

    [TestMethod]
    public void Predict_WhenAHolidayIsPlanned_ChangesItsOwnDaysAlone()
    {
        TimeSeries history = Daily(_easters, new DateTimeOffset(2024, 3, 15, 0, 0, 0, TimeSpan.Zero), _ => Math.Log(0.5));
        var options = new PredictionOptions { Horizon = 40, Paths = 200 };
        Forecast with = new CampaignForecaster().Fit(history, new CampaignCalendar(_easters)).Predict(options);
        Forecast without = new CampaignForecaster().Fit(history, new CampaignCalendar(_easters[..^1])).Predict(options);
        for (int p = 0; p < 200; p++)
        {
            for (int h = 0; h < 40; h++)
            {
                if (h is < 14 or >= 18)
                    Assert.AreEqual(without.Path(p)[h], with.Path(p)[h]);
            }
        }

        CampaignEffect effect = with.CampaignEffects.Single();
        Assert.AreEqual(14, effect.FirstStep);
        Assert.AreEqual(4, effect.Factors.Length);
        Assert.AreEqual(0.5, effect.PeakFactorMedian, 0.06);
        Assert.IsLessThan(effect.PeakFactorHigh, effect.PeakFactorLow);
        Assert.AreEqual(4, effect.PastCampaignsOfKind);
    }

    [TestMethod]
    public void Uplifts_TellOfPastHolidays_WhatTheyTook()
    {
        TimeSeries history = Daily(_easters, new DateTimeOffset(2024, 3, 15, 0, 0, 0, TimeSpan.Zero), _ => Math.Log(0.5));
        var model = (ICampaignForecastModel)new CampaignForecaster().Fit(history, new CampaignCalendar(_easters));
        Assert.HasCount(4, model.Uplifts);
        Assert.AreSequenceEqual(_easters[..4], model.Uplifts.Select(u => u.Campaigns.Single()).ToArray());
        foreach (CampaignUplift uplift in model.Uplifts)
        {
            // Half of Friday, Saturday, Sunday and Monday.
            double taken = -0.5 * Enumerable.Range(0, 4).Sum(d => Ordinary(uplift.Campaigns[0].StartsAt.AddDays(d))) * 86400;
            Assert.AreEqual(0.5, uplift.Factor, 0.1);
            Assert.IsTrue(uplift.FactorLow < uplift.Factor && uplift.Factor < uplift.FactorHigh);
            Assert.AreEqual(taken, uplift.ExtraRequests, 0.2 * Math.Abs(taken));
            Assert.AreEqual(1.0, uplift.Observed);
        }
    }

    [TestMethod]
    public void Predict_WhenFeastsDiffer_GivesEachItsOwn()
    {
        DateTimeOffset On(int year, int month, int day) => new(year, month, day, 0, 0, 0, TimeSpan.Zero);
        Campaign[] feasts =
        [
            .. Enumerable.Range(2020, 5).SelectMany(year => new[]
            {
                new Campaign($"Quiet Day {year}", "holiday", On(year, 5, 1), On(year, 5, 2)),
                new Campaign($"Loud Day {year}", "holiday", On(year, 5, 16), On(year, 5, 17)),
            }),
        ];
        TimeSeries history = Daily(feasts, On(2024, 4, 25), c => c.Name.StartsWith('Q') ? Math.Log(0.4) : Math.Log(1.5));
        IReadOnlyList<CampaignEffect> effects = new CampaignForecaster().Fit(history, new CampaignCalendar(feasts)).Predict(new PredictionOptions { Horizon = 40 }).CampaignEffects;
        Assert.AreEqual(0.4, effects[0].PeakFactorMedian, 0.06);
        Assert.AreEqual(1.5, effects[1].PeakFactorMedian, 0.15);
    }

    [TestMethod]
    public void Predict_WhenTheHistoryEndsWithAHoliday_IsNotDrawnDownByIt()
    {
        TimeSeries history = Daily(_easters, new DateTimeOffset(2023, 4, 11, 0, 0, 0, TimeSpan.Zero), _ => Math.Log(0.3));
        double[] median = new CampaignForecaster().Fit(history, new CampaignCalendar(_easters)).Predict(new PredictionOptions { Horizon = 14 }).Quantile(0.5);
        Assert.AreEqual(0, Enumerable.Range(0, 14).Average(h => Math.Log(median[h] / Ordinary(history.End.AddDays(h)))), 0.05);
    }

    [TestMethod]
    [DataRow(0)]
    [DataRow(1)]
    [DataRow(3)]
    public void Predict_TheMoreOccurrencesAreKnown_TheNearerAndTheSurerIsTheDrop(int known)
    {
        TimeSeries history = Daily(_easters[(4 - known)..], new DateTimeOffset(2024, 3, 15, 0, 0, 0, TimeSpan.Zero), _ => Math.Log(0.5));
        CampaignEffect effect = new CampaignForecaster().Fit(history, new CampaignCalendar(_easters[(4 - known)..])).Predict(new PredictionOptions { Horizon = 40 }).CampaignEffects.Single();

        // Half-way to a Sunday (a quarter less than a weekday here) from the prior alone; most of the drop after one; nearly all after three.
        (double low, double high) = known switch { 0 => (0.8, 1.0), 1 => (0.48, 0.7), _ => (0.47, 0.56) };
        Assert.IsTrue(effect.PeakFactorMedian > low && effect.PeakFactorMedian < high, $"{effect.PeakFactorMedian}");
        Assert.IsTrue(effect.PeakFactorLow < 0.5 || known == 0);
        double width = Math.Log(effect.PeakFactorHigh / effect.PeakFactorLow);
        Assert.IsTrue(known == 0 ? width > 1 : known == 1 ? width is > 0.4 and < 1.2 : width < 0.6, $"{width}");
        Assert.AreEqual(known, effect.PastCampaignsOfKind);
    }

    [TestMethod]
    public void Predict_WhenHolidaysScatter_StatesIntervalsThatHold()
    {
        int within = 0;
        const int Seeds = 60;
        for (int seed = 0; seed < Seeds; seed++)
        {
            var random = new RandomStream(seed);
            (HolidayHour, double)[] past = [.. Enumerable.Range(0, 5).SelectMany(year => new[] { "EASTER", "CHRISTMAS", "MAY DAY" }.Select(feast => (new HolidayHour(feast, 0, (400 * year) + feast.Length, 0, -0.2), (feast.Length * -0.1) + (0.15 * random.NextNormal()))))];
            HolidayEffect effect = HolidayResponse.Fit(past, 0.05).Predict([new HolidayHour("EASTER", 0, 9999, 0, -0.2)]);
            double[] draws = [.. Enumerable.Range(0, 400).Select(p => effect.Draw(new RandomStream(seed + 1000, p))[0]).Order()];
            double actual = -0.6 + (0.15 * random.NextNormal());
            within += actual >= draws[20] && actual <= draws[379] ? 1 : 0;
        }

        // 90 % of 60, within two and a half standard deviations.
        Assert.IsTrue(within is >= 48 and <= 60, $"{within} of {Seeds}");
    }

    /// <summary>A holiday of six tenths of the traffic, at times with a sale that multiplies it by four, or each year with it.</summary>
    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public void Predict_WhenASaleRunsWhollyOnAHoliday_LearnsBoth(bool eachYear)
    {
        DateTimeOffset[] days = [.. Enumerable.Range(0, 10).Select(k => _start.AddDays(10 + (k * 6)))];
        Campaign[] feasts = [.. days.Select((day, k) => new Campaign($"Thanks {2011 + k}", "public holiday", day, day.AddDays(1)))];
        Campaign[] sales = [.. days.Where((_, k) => eachYear || k % 2 == 1).Select(day => new Campaign($"sale {day:MMdd}", "cyber sale", day.AddHours(10), day.AddHours(14)))];
        var random = new RandomStream(6);
        TimeSeries history = new(_start, TimeSpan.FromHours(1), [.. Enumerable.Range(0, 64 * 24).Select(i => _start.AddHours(i)).Select(t =>
            100 * Math.Exp((0.5 * Math.Sin(2 * Math.PI * t.Hour / 24)) + (0.04 * random.NextNormal())) * (feasts.Any(h => h.StartsAt <= t && t < h.EndsAt) ? 0.6 : 1) * (sales.Any(c => c.StartsAt <= t && t < c.EndsAt) ? 4 : 1))]);
        var model = (ICampaignForecastModel)new CampaignForecaster().Fit(history, new CampaignCalendar([.. feasts, .. sales]));

        // The sales of the past are told, each of them seen.
        CampaignUplift[] told = [.. model.Uplifts.Where(u => u.Campaigns[0].Kind == "cyber sale")];
        Assert.HasCount(sales.Count(c => c.StartsAt < history.End), told);
        Forecast forecast = model.Predict(new PredictionOptions { Horizon = 48, Paths = 1000 });
        double[] median = forecast.Quantile(0.5), low = forecast.Quantile(0.05), high = forecast.Quantile(0.95);
        double Truth(int h) => 100 * Math.Exp(0.5 * Math.Sin(2 * Math.PI * forecast.TimeAt(h).Hour / 24)) * 0.6 * 4;
        int[] during = [.. Enumerable.Range(0, 48).Where(h => sales[^1].StartsAt <= forecast.TimeAt(h) && forecast.TimeAt(h) < sales[^1].EndsAt)];
        Assert.HasCount(4, during);
        Assert.AreEqual(0, during.Average(h => Math.Log(median[h] / Truth(h))), 0.2);
        foreach (int h in during)
            Assert.IsTrue(low[h] < Truth(h) && Truth(h) < high[h], $"{low[h]} {Truth(h)} {high[h]}");

        // Where no year is without the sale, the holiday's other hours tell what it does.
        Assert.AreEqual(Math.Log(4), told.Average(u => Math.Log(u.Factor)), 0.15);
    }

    /// <summary>Holidays that differ from year to year, and sales that last all day on every third of them: what the holiday alone would have done is not known.</summary>
    /// <param name="size">How far they differ.</param>
    /// <param name="hourly">The part of the holidays' variance that is another one in each hour, as the model takes two fifths of it to be.</param>
    [TestMethod]
    [DataRow(0.4, 0.12)]
    [DataRow(0.4, 0.18)]
    public void Uplifts_OfSalesOnHolidaysThatDiffer_HoldTheTrueFactorNineTimesOfTen(double hourly, double size)
    {
        const int Seeds = 40;
        int within = 0, told = 0;
        for (int seed = 0; seed < Seeds; seed++)
        {
            var random = new RandomStream(seed, 31);
            DateTimeOffset[] days = [.. Enumerable.Range(0, 10).Select(k => _start.AddDays(8 + (k * 5)))];
            Campaign[] feasts = [.. days.Select((day, k) => new Campaign($"Thanks {2011 + k}", "public holiday", day, day.AddDays(1)))];
            double[][] effects = Array.ConvertAll(days, _ => Effect(random, hourly, size));
            Campaign[] sales = [.. days.Where((_, k) => k % 3 == 1).Select(day => new Campaign($"sale {day:MMdd}", "cyber sale", day.AddHours(1), day.AddHours(23)))];
            double EffectAt(DateTimeOffset t) => Enumerable.Range(0, days.Length).Where(k => t >= days[k] && t < days[k].AddDays(1)).Sum(k => effects[k][t.Hour]);
            TimeSeries history = new(_start, TimeSpan.FromHours(1), [.. Enumerable.Range(0, 58 * 24).Select(i => _start.AddHours(i)).Select(t =>
                100 * Math.Exp((0.5 * Math.Sin(2 * Math.PI * t.Hour / 24)) + (0.04 * random.NextNormal()) + EffectAt(t)) * (sales.Any(c => c.StartsAt <= t && t < c.EndsAt) ? 4 : 1))]);
            var model = (ICampaignForecastModel)new CampaignForecaster().Fit(history, new CampaignCalendar([.. feasts, .. sales]));
            foreach (CampaignUplift uplift in model.Uplifts.Where(u => u.Campaigns[0].Kind == "cyber sale"))
            {
                within += uplift.FactorLow <= 4 && 4 <= uplift.FactorHigh ? 1 : 0;
                told++;
            }
        }

        // 120 intervals of 40 histories; those of one history share what they take for the feast.
        Assert.AreEqual(0.9, (double)within / told, 0.06, $"{within} of {told}");
    }

    /// <summary>−0.3 ± 0.25 in each hour, a smooth course about the day's own level: the model's covariance by its Fourier series.</summary>
    private static double[] Effect(RandomStream random, double hourly, double size)
    {
        double[] shares = [0.425, 0.185, 0.057];
        var effect = new double[24];
        Array.Fill(effect, -0.3 + (size * Math.Sqrt(1 - (hourly * shares.Sum())) * random.NextNormal()));
        for (int k = 0; k < shares.Length; k++)
        {
            double of = size * Math.Sqrt(hourly * shares[k]), sine = of * random.NextNormal(), cosine = of * random.NextNormal();
            for (int h = 0; h < 24; h++)
                effect[h] += (sine * Math.Sin(2 * Math.PI * (k + 1) * h / 24)) + (cosine * Math.Cos(2 * Math.PI * (k + 1) * h / 24));
        }

        return effect;
    }

    [TestMethod]
    public void Predict_BelowADay_LearnsTheHoursOfAHoliday()
    {
        // A holiday without its morning: a third of the traffic before noon, as usual after it.
        static double Factor(DateTimeOffset t) => t.Hour < 12 ? 1.0 / 3 : 1;
        Campaign[] holidays = [.. new[] { 10, 24, 38, 52, 65 }.Select((day, k) => new Campaign($"feast {2020 + k}", "holiday", _start.AddDays(day), _start.AddDays(day + 1)))];
        var random = new RandomStream(4);
        TimeSeries history = new(_start, TimeSpan.FromHours(1), [.. Enumerable.Range(0, 63 * 24).Select(i => _start.AddHours(i)).Select(t =>
            100 * Math.Exp(Math.Sin(2 * Math.PI * t.Hour / 24) + (0.05 * random.NextNormal())) * (holidays.Any(h => h.StartsAt <= t && t < h.EndsAt) ? Factor(t) : 1))]);
        var options = new PredictionOptions { Horizon = 4 * 24, Paths = 400 };
        foreach (CampaignForecaster forecaster in new[] { new CampaignForecaster(), new CampaignForecaster(new SeasonalNaiveForecaster()) })
        {
            double[] with = forecaster.Fit(history, new CampaignCalendar(holidays)).Predict(options).Quantile(0.5);
            double[] without = forecaster.Fit(history, new CampaignCalendar(holidays[..^1])).Predict(options).Quantile(0.5);
            Assert.AreEqual(Math.Log(1.0 / 3), Enumerable.Range(48, 10).Average(h => Math.Log(with[h] / without[h])), 0.15, forecaster.Name);
            Assert.AreEqual(0, Enumerable.Range(62, 10).Average(h => Math.Log(with[h] / without[h])), 0.15, forecaster.Name);
            Assert.AreSequenceEqual(without[..48], with[..48]);
            Assert.AreSequenceEqual(without[72..], with[72..]);
        }
    }

    [TestMethod]
    [DataRow(1, 2.0, 4.6)]
    [DataRow(2, 2.4, 4.5)]
    [DataRow(3, 2.7, 4.4)]
    public void Predict_ABlackFriday_IsLearnedFromOneTwoOrThree(int known, double low, double high)
    {
        // The Friday after the fourth Thursday of November: four times the traffic, half of that gain the day after.
        Campaign[] fridays = [.. new[] { (2020, 27), (2021, 26), (2022, 25), (2023, 24) }.Select(d => new DateTimeOffset(d.Item1, 11, d.Item2, 0, 0, 0, TimeSpan.Zero)).Select(f => new Campaign($"Black Friday {f.Year}", "black-friday", f, f.AddDays(1)))];
        Campaign[] seen = fridays[(3 - known)..];
        TimeSeries history = Daily(seen, new DateTimeOffset(2023, 11, 1, 0, 0, 0, TimeSpan.Zero), _ => Math.Log(4));
        Forecast forecast = new CampaignForecaster().Fit(history, new CampaignCalendar(seen)).Predict(new PredictionOptions { Horizon = 40 });
        CampaignEffect effect = forecast.CampaignEffects.Single();
        Assert.AreEqual(known, effect.PastCampaignsOfKind);
        Assert.IsTrue(effect.PeakFactorMedian > low && effect.PeakFactorMedian < high, $"{effect.PeakFactorMedian}");
        Assert.IsTrue(effect.PeakFactorLow < 4 && effect.PeakFactorHigh > 4, $"{effect.PeakFactorLow} to {effect.PeakFactorHigh}");

        // On its own date, the 24th, and not on last year's, the 25th.
        double[] median = forecast.Quantile(0.5);
        double OnDay(int day) => median[day - 1] / Ordinary(new DateTimeOffset(2023, 11, day, 0, 0, 0, TimeSpan.Zero));
        Assert.IsGreaterThan(low, OnDay(24));
        Assert.IsLessThan(1.6, OnDay(25));
        Assert.IsLessThan(1.15, OnDay(17));
    }

    [TestMethod]
    public void FeastOf_IsTheNameWithoutItsYear()
    {
        Campaign Named(string name, string kind = "holiday", int days = 1) => new(name, kind, _start, _start.AddDays(days));
        Assert.AreEqual("EASTER MONDAY", Holidays.FeastOf(Named("Easter Monday 2024")));
        Assert.AreEqual("EASTER MONDAY", Holidays.FeastOf(Named("2023-04-10 easter-monday")));
        Assert.AreEqual("HOLIDAY", Holidays.FeastOf(Named("2024")));
        Assert.IsTrue(Holidays.Is(Named("x", "Public holiday")));
        Assert.IsTrue(Holidays.Is(Named("x", "bank-holidays")));
        Assert.IsFalse(Holidays.Is(Named("x", "holiday sale")));
        Assert.IsFalse(Holidays.Is(Named("x", "holiday", days: 8)));
    }

    /// <summary>A year, a weekend at three quarters, no trend.</summary>
    private static double Ordinary(DateTimeOffset day)
        => 100 * Math.Exp(0.2 * Math.Sin(2 * Math.PI * day.DayOfYear / 365)) * (day.DayOfWeek is DayOfWeek.Saturday or DayOfWeek.Sunday ? 0.75 : 1);

    private static TimeSeries Daily(Campaign[] entries, DateTimeOffset end, Func<Campaign, double> logFactor)
    {
        var random = new RandomStream(8);
        return new TimeSeries(_start, TimeSpan.FromDays(1), [.. Enumerable.Range(0, (int)(end - _start).TotalDays).Select(i => _start.AddDays(i)).Select(day =>
            Ordinary(day) * Math.Exp((0.05 * random.NextNormal()) + entries.Where(c => c.StartsAt <= day && day < c.EndsAt).Sum(logFactor)))]);
    }
}
