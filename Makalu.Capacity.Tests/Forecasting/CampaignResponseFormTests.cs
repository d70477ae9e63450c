using Makalu.Capacity.Campaigns;
using Makalu.Capacity.Forecasting;
using Makalu.Capacity.Numerics;
using Makalu.Capacity.Tests.Campaigns;

namespace Makalu.Capacity.Tests.Forecasting;

/// <summary>Whether campaigns multiply or add, and how long they last: learned, against truths that are known.</summary>
[TestClass]
public sealed class CampaignResponseFormTests
{
    private const int Days = 42;
    private static readonly TimeSpan _quarter = TimeSpan.FromMinutes(15);

    [TestMethod]
    public void Fit_WhenCampaignsBringTheSameRequestsAtAnyHour_TakesThemAsAdditive()
    {
        Campaign[] past = Random(20, 2);
        ICampaignForecastModel model = Fit(past, t => Math.Log(1 + (past.Sum(c => t >= c.StartsAt ? 250 * SyntheticShop.Course(c, t) : 0) / Math.Exp(SyntheticShop.LogBaseline(t)))));
        Campaign night = At("night", Days + 0.125, 2), noon = At("noon", Days + 1.5, 2);
        Forecast forecast = model.Predict(new PredictionOptions { Horizon = 192, Paths = 500 }, new CampaignCalendar([night, noon]));
        ResponseChoice choice = forecast.Report!.Campaigns!.Response;
        Assert.IsTrue(choice.Additive, choice.Reason);
        Assert.IsLessThan(0.7 * choice.MultiplicativeError, choice.AdditiveError);

        double[] plain = model.Predict(new PredictionOptions { Horizon = 192, Paths = 500 }, CampaignCalendar.Empty).Quantile(0.5), with = forecast.Quantile(0.5);
        double Added(Campaign campaign) => Enumerable.Range(0, 192).Max(h => forecast.TimeAt(h) >= campaign.StartsAt && forecast.TimeAt(h) < campaign.EndsAt ? with[h] - plain[h] : 0);
        Assert.AreEqual(250, Added(night), 40);
        Assert.AreEqual(250, Added(noon), 40);

        // What the table and the effects tell is the factor on the traffic of the time, not one for all.
        foreach (CampaignUplift uplift in model.Uplifts.Where(u => u.Campaigns.Count == 1 && !past.Any(o => o != u.Campaigns[0] && Math.Abs((o.StartsAt - u.Campaigns[0].StartsAt).TotalHours) < 6)))
        {
            double quietest = Enumerable.Range(2, 6).Min(q => SyntheticShop.LogBaseline(uplift.Campaigns[0].StartsAt + (q * _quarter)));
            Assert.AreEqual(Math.Log(1 + (250 / Math.Exp(quietest))), Math.Log(uplift.Factor), 0.25, uplift.Campaigns[0].StartsAt.ToString("O"));
            Assert.IsInRange(uplift.FactorLow, uplift.FactorHigh, uplift.Factor);
        }

        CampaignEffect[] effects = [.. forecast.CampaignEffects];
        Assert.IsGreaterThan(1.5 * effects.Single(e => e.Campaign.Name == "noon").PeakFactorMedian, effects.Single(e => e.Campaign.Name == "night").PeakFactorMedian);
    }

    [TestMethod]
    [DataRow(1)]
    [DataRow(2)]
    [DataRow(3)]
    public void Fit_WhenCampaignsMultiply_TakesThemSo(int seed)
    {
        Campaign[] past = Random(20, 2, seed);
        ResponseChoice choice = Report(Fit(past, t => past.Sum(c => t >= c.StartsAt ? 1.2 * SyntheticShop.Course(c, t) : 0), seed)).Response;
        Assert.IsFalse(choice.Additive, choice.Reason);
        Assert.IsGreaterThan(choice.MultiplicativeError, choice.AdditiveError);
    }

    [TestMethod]
    [DataRow(4)]
    [DataRow(5)]
    public void Fit_WhenOneKindMultipliesAndAnotherAdds_TakesEachForWhatItIs(int seed)
    {
        Campaign[] tv = Random(16, 2, seed), push = Random(16, 2, seed + 50, "push");
        Campaign[] past = [.. tv, .. push];
        double Truth(DateTimeOffset t)
        {
            double Course(Campaign[] campaigns) => campaigns.Sum(c => t >= c.StartsAt ? SyntheticShop.Course(c, t) : 0);
            return Math.Log(Math.Exp(1.1 * Course(tv)) + (200 * Course(push) / Math.Exp(SyntheticShop.LogBaseline(t))));
        }

        ICampaignForecastModel model = Fit(past, Truth, seed);
        Campaign[] planned = [At("night tv", Days + 0.125, 2), At("noon tv", Days + 0.5, 2), At("night push", Days + 1.125, 2, "push"), At("noon push", Days + 1.5, 2, "push")];
        Forecast forecast = model.Predict(new PredictionOptions { Horizon = 192, Paths = 500 }, new CampaignCalendar(planned));
        ResponseChoice choice = forecast.Report!.Campaigns!.Response;
        Assert.IsFalse(choice.Kinds.Single(k => k.Kind == "tv").Additive, choice.Reason);
        Assert.IsTrue(choice.Kinds.Single(k => k.Kind == "push").Additive, choice.Reason);
        Assert.Contains(choice.Additive ? "Those of kind 'tv' multiply" : "Those of kind 'push' add", choice.Reason);

        double[] plain = model.Predict(new PredictionOptions { Horizon = 192, Paths = 500 }, CampaignCalendar.Empty).Quantile(0.5), with = forecast.Quantile(0.5);
        IEnumerable<int> During(int campaign) => Enumerable.Range(0, 192).Where(h => forecast.TimeAt(h) >= planned[campaign].StartsAt.AddMinutes(30) && forecast.TimeAt(h) < planned[campaign].EndsAt);
        foreach (int campaign in (ReadOnlySpan<int>)[0, 1])
            Assert.AreEqual(1.1, During(campaign).Average(h => Math.Log(with[h] / plain[h])), 0.15, planned[campaign].Name);
        foreach (int campaign in (ReadOnlySpan<int>)[2, 3])
            Assert.AreEqual(200, During(campaign).Average(h => with[h] - plain[h]), 35, planned[campaign].Name);
    }

    [TestMethod]
    public void Fit_WhenAKindHasTooFewCampaignsToTell_TakesItAsTheHistoryIs()
    {
        Campaign[] tv = Random(20, 2), push = Random(3, 2, 11, "push");
        ResponseChoice choice = Report(Fit([.. tv, .. push], t => tv.Concat(push).Sum(c => t >= c.StartsAt ? 1.2 * SyntheticShop.Course(c, t) : 0))).Response;
        Assert.AreSequenceEqual(new[] { ("push", false), ("tv", false) }, choice.Kinds.Select(k => (k.Kind, k.Additive)).ToArray());
        Assert.IsLessThan(4, choice.Kinds[0].Judged);
    }

    [TestMethod]
    public void Fit_WithFewCampaigns_SaysThatTheyAreTakenToMultiply()
    {
        Campaign[] past = Random(6, 2);
        ResponseChoice choice = Report(Fit(past, t => past.Sum(c => t >= c.StartsAt ? SyntheticShop.Course(c, t) : 0))).Response;
        Assert.IsFalse(choice.Additive);
        Assert.AreEqual(0, choice.Judged);
        Assert.Contains("there are 6", choice.Reason);
    }

    [TestMethod]
    public void Fit_WhenTheDecayLastsLonger_FollowsItAndKeepsTheBaselineClean()
    {
        Campaign[] past = EachFifthDay(7);
        double Slow(DateTimeOffset t) => past.Sum(c => t < c.StartsAt ? 0 : 1.3 * (t < c.EndsAt ? 1 : Math.Exp(-(t - c.EndsAt).TotalHours / 4)));
        ICampaignForecastModel model = Fit(past, Slow);
        Campaign next = At("next", Days + 0.25, 2);
        Forecast forecast = model.Predict(new PredictionOptions { Horizon = 96, Paths = 200 }, new CampaignCalendar([next]));
        CampaignKindReach kind = forecast.Report!.Campaigns!.Kinds.Single();
        Assert.IsTrue(kind.Estimated);
        Assert.IsInRange(TimeSpan.FromHours(7), TimeSpan.FromHours(12), kind.Decay);
        CampaignEffect effect = forecast.CampaignEffects.Single();
        Assert.AreEqual(Math.Exp(1.3 * Math.Exp(-1)), effect.FactorAt((int)((next.EndsAt.AddHours(4) - forecast.Start) / _quarter)), 0.15);
        Assert.IsEmpty(forecast.Report.Campaigns.Unannounced);
    }

    [TestMethod]
    public void Fit_WhenVisitorsComeHoursBefore_FollowsTheAnticipation()
    {
        Campaign[] past = EachFifthDay(7);
        double Early(DateTimeOffset t) => past.Sum(c => t >= c.EndsAt ? 0 : t >= c.StartsAt ? 1.3 : 0.9 * Math.Max(0, 1 - ((c.StartsAt - t).TotalHours / 5)));
        CampaignKindReach kind = Report(Fit(past, Early)).Kinds.Single();
        Assert.IsInRange(TimeSpan.FromHours(3), TimeSpan.FromHours(6), kind.Anticipation);
    }

    [TestMethod]
    public void Fit_WhenNothingFollowsTheEnd_ShortensTheDecay()
    {
        Campaign[] past = EachFifthDay(8);
        CampaignKindReach kind = Report(Fit(past, t => past.Any(c => t >= c.StartsAt && t < c.EndsAt) ? 1.3 : 0)).Kinds.Single();
        Assert.IsLessThan(TimeSpan.FromHours(3), kind.Decay);
        Assert.AreEqual(TimeSpan.FromHours(1), kind.Anticipation);
    }

    [TestMethod]
    public void Fit_OfACampaignEachEvening_KeepsTheDefaultLengths()
    {
        // Nothing tells their decay from a livelier night.
        Campaign[] past = [.. Enumerable.Range(0, 30).Select(k => At($"past {k}", 8.8 + k, 1))];
        CampaignKindReach kind = Report(Fit(past, t => past.Sum(c => t < c.StartsAt ? 0 : 1.3 * Math.Exp(-Math.Max(0, (t - c.EndsAt).TotalHours) / 4)))).Kinds.Single();
        Assert.IsFalse(kind.Estimated);
    }

    [TestMethod]
    public void Fit_OfTwoCampaigns_KeepsTheDefaultLengths()
    {
        Campaign[] past = EachFifthDay(2);
        CampaignKindReach kind = Report(Fit(past, t => past.Sum(c => t < c.EndsAt ? 0 : 1.3 * Math.Exp(-(t - c.EndsAt).TotalHours / 4)))).Kinds.Single();
        Assert.IsFalse(kind.Estimated);
        Assert.AreEqual(TimeSpan.FromHours(3), kind.Decay);
        Assert.AreEqual(2, kind.PastCampaigns);
    }

    private static ICampaignForecastModel Fit(Campaign[] past, Func<DateTimeOffset, double> response, int seed = 1)
        => (ICampaignForecastModel)new CampaignForecaster().Fit(SyntheticShop.Rates(SyntheticShop.Monday, _quarter, Days * 96, response, seed), new CampaignCalendar(past));

    private static CampaignReport Report(ICampaignForecastModel model) => model.Predict(new PredictionOptions { Horizon = 4, Paths = 100 }).Report!.Campaigns!;

    private static Campaign[] Random(int count, double hours, int seed = 9, string kind = "tv")
    {
        var random = new RandomStream(seed, 3);
        double apart = Math.Min(1.9, (Days - 4.0) / count);
        return [.. Enumerable.Range(0, count).Select(k => At($"past {k}", 2 + (k * apart) + (random.NextInt(20) / 24.0), hours, kind))];
    }

    private static Campaign[] EachFifthDay(int count) => [.. Enumerable.Range(0, count).Select(k => At($"past {k}", 5 + (4.8 * k), 2))];

    private static Campaign At(string name, double day, double hours, string kind = "tv")
        => new(name, kind, SyntheticShop.Monday.AddDays(day), SyntheticShop.Monday.AddDays(day).AddHours(hours));
}
