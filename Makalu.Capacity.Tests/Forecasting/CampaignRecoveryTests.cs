using Makalu.Capacity.Campaigns;
using Makalu.Capacity.Forecasting;
using Makalu.Capacity.Peaks;
using Makalu.Capacity.Series;
using Makalu.Capacity.Tests.Campaigns;

namespace Makalu.Capacity.Tests.Forecasting;

/// <summary>Against campaigns whose truth is known. docs/campaigns.md has the same over 200 seeds and more laws.</summary>
[TestClass]
public sealed class CampaignRecoveryTests
{
    private const int Seeds = 24;

    [TestMethod]
    public void Fit_OnKnownCampaigns_RecoversTheirFactorsWithinTheirIntervals()
    {
        int recovered = 0, total = 0;
        double bias = 0;
        for (int seed = 0; seed < Seeds; seed++)
        {
            var truth = new SyntheticCampaigns(seed, 10);
            foreach (CampaignUplift uplift in Fit(truth).Uplifts.Where(u => u.Campaigns.Count == 1))
            {
                double factor = Math.Exp(truth.AmplitudeOf(uplift.Campaigns[0]));
                bias += Math.Log(uplift.Factor / factor);
                recovered += factor >= uplift.FactorLow && factor <= uplift.FactorHigh ? 1 : 0;
                total++;
            }
        }

        Assert.AreEqual(0.9, (double)recovered / total, 0.08);
        Assert.AreEqual(0, bias / total, 0.05);
    }

    [TestMethod]
    public void Predict_AfterTwentyKnownCampaigns_CoversThePeakAndIsNotBiased()
    {
        int covered = 0;
        double bias = 0;
        for (int seed = 100; seed < 100 + Seeds; seed++)
        {
            var truth = new SyntheticCampaigns(seed, 20);
            Forecast forecast = Fit(truth).Predict(new PredictionOptions { Horizon = 2 * 96, Paths = 300, Seed = seed });
            PeakWindow window = PeakFinder.WindowOf(truth.Planned, forecast.Step);
            PeakForecast peak = PeakFinder.Find(forecast, window);
            double actual = Enumerable.Range(0, truth.Traffic.Count).Where(i => truth.Traffic.TimeAt(i) >= window.StartsAt && truth.Traffic.TimeAt(i) < window.EndsAt).Max(i => truth.Traffic[i]);
            covered += actual >= peak.Quantile(0.05) && actual <= peak.Quantile(0.95) ? 1 : 0;
            bias += Math.Log(peak.Quantile(0.5) / actual);
        }

        Assert.IsGreaterThanOrEqualTo(19, covered);
        Assert.AreEqual(0, bias / Seeds, 0.12);
    }

    [TestMethod]
    public void Uplifts_OfACampaignThatTripledTheTraffic_TellFactorRequestsPeakAndLag()
    {
        var campaign = new Campaign("mail", "email", SyntheticShop.Monday.AddDays(16).AddHours(12), SyntheticShop.Monday.AddDays(16).AddHours(15));
        double Response(DateTimeOffset t) => t >= campaign.StartsAt ? Math.Log(3) * SyntheticShop.Course(campaign, t) : 0;
        TimeSeries series = SyntheticShop.Rates(SyntheticShop.Monday, TimeSpan.FromMinutes(5), 28 * 288, Response);
        var model = (ICampaignForecastModel)new CampaignForecaster().Fit(series, new CampaignCalendar([campaign]));
        CampaignUplift uplift = model.Uplifts.Single();
        double requests = 0;
        for (DateTimeOffset t = campaign.StartsAt; t < campaign.EndsAt.AddHours(3); t = t.AddMinutes(5))
            requests += 300 * Math.Exp(SyntheticShop.LogBaseline(t)) * (Math.Exp(Response(t.AddMinutes(2.5))) - 1);
        Assert.AreEqual(3, uplift.Factor, 0.25);
        Assert.IsLessThan(3, uplift.FactorLow);
        Assert.IsGreaterThan(3, uplift.FactorHigh);
        Assert.AreEqual(requests, uplift.ExtraRequests, 0.1 * requests);
        Assert.IsInRange(uplift.ExtraRequestsLow, uplift.ExtraRequestsHigh, requests);
        Assert.AreEqual(3, uplift.PeakRequestsPerSecond / uplift.BaselineAtPeak, 0.5);
        Assert.IsInRange(campaign.StartsAt, campaign.EndsAt, uplift.PeakAt);
        Assert.IsInRange(TimeSpan.FromHours(3), TimeSpan.FromHours(5), uplift.Duration);
        Assert.AreEqual(1, uplift.Observed);
    }

    [TestMethod]
    public void Predict_WithAnotherPlan_EqualsAFitToThatPlan()
    {
        var truth = new SyntheticCampaigns(7, 6);
        ICampaignForecastModel model = Fit(truth);
        var options = new PredictionOptions { Horizon = 3 * 96, Paths = 200 };
        Campaign later = new("planned", truth.Planned.Kind, truth.Planned.StartsAt.AddHours(3), truth.Planned.EndsAt.AddHours(3), truth.Planned.Features);
        var moved = new CampaignCalendar([.. truth.Calendar.Campaigns.Where(c => c != truth.Planned), later]);
        Forecast whatIf = model.Predict(options, moved);
        Forecast refit = new CampaignForecaster().Fit(truth.Traffic.Before(truth.Origin), moved).Predict(options);
        for (int p = 0; p < options.Paths; p++)
            Assert.AreSequenceEqual(refit.Path(p).ToArray(), whatIf.Path(p).ToArray());
        Forecast dropped = model.Predict(options, CampaignCalendar.Empty);
        Assert.IsEmpty(dropped.CampaignEffects);
        Assert.IsLessThan(whatIf.Mean().Max(), dropped.Mean().Max());
    }

    [TestMethod]
    public void Predict_WithTwiceTheAudience_RaisesThePeak()
    {
        var truth = new SyntheticCampaigns(11, 12);
        ICampaignForecastModel model = Fit(truth);
        double audience = double.Parse(truth.Planned.Features["audience"], System.Globalization.CultureInfo.InvariantCulture);
        double once = EffectOf(model, truth.Planned, audience), twice = EffectOf(model, truth.Planned, 2 * audience);

        // The true elasticity is 0.3 ± 0.1: 2^0.3 = 1.23.
        Assert.IsInRange(1.05, 1.5, twice / once);
    }

    [TestMethod]
    public void Predict_ForAKindNeverSeen_SaysSoAndIsNeitherSilentNorNarrow()
    {
        var truth = new SyntheticCampaigns(13, 8);
        var stunt = new Campaign("stunt", "stunt", truth.Planned.StartsAt, truth.Planned.EndsAt);
        CampaignEffect effect = Fit(truth).Predict(new PredictionOptions { Horizon = 192 }, new CampaignCalendar([stunt])).CampaignEffects.Single();
        Assert.AreEqual(0, effect.PastCampaignsOfKind);
        Assert.AreEqual(8, effect.PastCampaigns);
        Assert.IsInRange(1.5, 5, effect.PeakFactorMedian);
        Assert.IsGreaterThan(2.5, effect.PeakFactorHigh / effect.PeakFactorLow);
    }

    /// <summary>The prior over all kinds, as docs/campaigns.md states it; that no campaign is past must not make its drift since the first one endless.</summary>
    [TestMethod]
    [DataRow(15, 28 * 96, 2.0, 10.0, 25.0)]
    [DataRow(1440, 200, Math.E, 17.0, 50.0)]
    public void Predict_ForTheFirstCampaignEver_IsWideButNoWiderThanThePrior(int minutes, int steps, double median, double mostOf95, double mostOf99)
    {
        var step = TimeSpan.FromMinutes(minutes);
        TimeSeries series = SyntheticShop.Rates(SyntheticShop.Monday, step, steps, _ => 0);
        DateTimeOffset start = series.End.AddDays(1).AddHours(minutes < 1440 ? 12 : 0);
        var first = new Campaign("launch", "sale", start, start + TimeSpan.FromHours(minutes < 1440 ? 4 : 24));
        Forecast forecast = ((ICampaignForecastModel)new CampaignForecaster().Fit(series, CampaignCalendar.Empty)).Predict(new PredictionOptions { Horizon = (int)(TimeSpan.FromDays(3) / step), Paths = 4000 }, new CampaignCalendar([first]));
        CampaignEffect effect = forecast.CampaignEffects.Single();
        Assert.IsInRange(0.85 * median, 1.15 * median, effect.PeakFactorMedian);
        Assert.IsInRange(0.8, 1.1, effect.PeakFactorLow);
        Assert.IsInRange(0.6 * mostOf95, mostOf95, effect.PeakFactorHigh);

        double[] peaks = [.. Enumerable.Range(0, forecast.PathCount).Select(p => forecast.Path(p).ToArray().Max()).Order()];
        double ordinary = series.Values.ToArray().Max();
        Assert.IsLessThan(mostOf99 * ordinary, peaks[(int)(0.99 * peaks.Length)]);
    }

    [TestMethod]
    public void Predict_WhenTwoCampaignsStartTogether_AddsRequestsInsteadOfMultiplyingFactors()
    {
        var truth = new SyntheticCampaigns(17, 15);
        ICampaignForecastModel model = Fit(truth);
        var options = new PredictionOptions { Horizon = 192, Paths = 400 };
        var twin = new Campaign("twin", truth.Planned.Kind, truth.Planned.StartsAt, truth.Planned.EndsAt, truth.Planned.Features);
        Forecast one = model.Predict(options, new CampaignCalendar([truth.Planned]));
        Forecast two = model.Predict(options, new CampaignCalendar([truth.Planned, twin]));
        double single = one.CampaignEffects[0].PeakFactorMedian;
        double both = two.CampaignEffects[0].PeakFactorMedian * two.CampaignEffects[1].PeakFactorMedian;
        Assert.IsGreaterThan(single, both);
        Assert.IsLessThan(single * single, both);
    }

    [TestMethod]
    public void Predict_WhenCampaignsOfDifferentKindsOverlap_AddsTheirRequestsAndNotTheirLogarithms()
    {
        var truth = new SyntheticCampaigns(19, 15);
        ICampaignForecastModel model = Fit(truth);
        var options = new PredictionOptions { Horizon = 192, Paths = 600 };
        KeyValuePair<string, string>[] fourfold = [KeyValuePair.Create("expected_factor", "4"), KeyValuePair.Create("max_factor", "4.2")];
        var first = new Campaign("first", "email", truth.Planned.StartsAt, truth.Planned.EndsAt, fourfold);
        var second = new Campaign("second", "tv", truth.Planned.StartsAt, truth.Planned.EndsAt, fourfold);
        double Peak(params Campaign[] planned) => model.Predict(options, new CampaignCalendar(planned)).Quantile(0.5)[(int)((truth.Planned.StartsAt.AddHours(1) - truth.Origin) / SyntheticCampaigns.Step)];
        double none = Peak(), one = Peak(first), two = Peak(second), both = Peak(first, second);
        Assert.AreEqual(one + two - none, both, 0.05 * both);
        Assert.IsLessThan(0.6 * one * two / none, both);
    }

    [TestMethod]
    public void Fit_WhenCampaignsOfDifferentKindsOverlapped_RecoversEachOnesOwnFactor()
    {
        Campaign[] tv = [.. Enumerable.Range(0, 5).Select(k => new Campaign($"tv {k}", "tv", SyntheticShop.Monday.AddDays(8 + (3 * k)).AddHours(12), SyntheticShop.Monday.AddDays(8 + (3 * k)).AddHours(15)))];
        Campaign[] mail = [.. Enumerable.Range(0, 3).Select(k => new Campaign($"mail {k}", "email", tv[k].StartsAt.AddHours(1), tv[k].EndsAt.AddHours(1)))];
        double Excess(IEnumerable<Campaign> campaigns, double factor, DateTimeOffset t) => campaigns.Where(c => t >= c.StartsAt).Sum(c => Math.Pow(factor, SyntheticShop.Course(c, t)) - 1);
        TimeSeries series = SyntheticShop.Rates(SyntheticShop.Monday, TimeSpan.FromMinutes(15), 28 * 96, t => Math.Log(1 + Excess(tv, 4, t) + Excess(mail, 2.5, t)));
        var model = (ICampaignForecastModel)new CampaignForecaster().Fit(series, new CampaignCalendar([.. tv, .. mail]));
        foreach (CampaignUplift uplift in model.Uplifts)
            Assert.AreEqual(Math.Log(uplift.Campaigns[0].Kind == "tv" ? 4 : 2.5), Math.Log(uplift.Factor), 0.15, uplift.Campaigns[0].Name);
    }

    [TestMethod]
    public void Predict_ForAKindNeverSeen_BorrowsTheCourseOfTheOthers()
    {
        // Past campaigns act only in their second half; the prior profile is up after a third.
        Campaign[] past = [.. Enumerable.Range(0, 8).Select(k => new Campaign($"tv {k}", "tv", SyntheticShop.Monday.AddDays(4 + (3 * k)).AddHours(11), SyntheticShop.Monday.AddDays(4 + (3 * k)).AddHours(15)))];
        TimeSeries series = SyntheticShop.Rates(SyntheticShop.Monday, TimeSpan.FromMinutes(15), 28 * 96, t => past.Any(c => t >= c.StartsAt.AddHours(2) && t < c.EndsAt) ? 1.2 : 0);
        var stunt = new Campaign("stunt", "stunt", SyntheticShop.Monday.AddDays(28).AddHours(10), SyntheticShop.Monday.AddDays(28).AddHours(16));
        CampaignEffect effect = new CampaignForecaster().Fit(series, new CampaignCalendar([.. past, stunt])).Predict(new PredictionOptions { Horizon = 96 }).CampaignEffects.Single();
        Assert.IsLessThan(0.75 * Math.Log(effect.FactorAt((10 + 5) * 4)), Math.Log(effect.FactorAt((10 * 4) + 10)));
    }

    private static double EffectOf(ICampaignForecastModel model, Campaign campaign, double audience)
        => model.Predict(new PredictionOptions { Horizon = 192 }, new CampaignCalendar([new Campaign("planned", campaign.Kind, campaign.StartsAt, campaign.EndsAt,
            [KeyValuePair.Create("audience", FormattableString.Invariant($"{audience}"))])])).CampaignEffects.Single().PeakFactorMedian;

    private static ICampaignForecastModel Fit(SyntheticCampaigns truth)
        => (ICampaignForecastModel)new CampaignForecaster().Fit(truth.Traffic.Before(truth.Origin), truth.Calendar);
}
