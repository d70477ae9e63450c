using Makalu.Capacity.Campaigns;
using Makalu.Capacity.Numerics;

namespace Makalu.Capacity.Tests.Campaigns;

[TestClass]
public sealed class AmplitudeModelTests
{
    [TestMethod]
    public void Predict_WithoutPastCampaigns_IsTheWidePrior()
    {
        AmplitudeDistribution first = AmplitudeModel.Fit(AmplitudePrior.Default, [], []).Predict(Features(0));
        Assert.AreEqual(AmplitudePrior.Default.Mean, first.Mean, 1e-9);
        Assert.IsGreaterThan(Math.Log(5), first.Quantile(0.95));
        Assert.IsLessThan(Math.Log(30), first.Quantile(0.99));
    }

    [TestMethod]
    [DataRow(0.0)]
    [DataRow(0.3)]
    [DataRow(0.6)]
    [DataRow(1.0)]
    public void Predict_WhenAmplitudesFollowTheAudience_RecoversTheLaw(double elasticity)
    {
        var random = new RandomStream(3);
        AmplitudeFeatures[] past = [.. Enumerable.Range(0, 30).Select(day => Features(2 * day, logarithm: 2 * (random.NextDouble() - 0.5)))];
        double[] amplitudes = Array.ConvertAll(past, f => 1.2 + (elasticity * f.Logarithms[0]) + (0.1 * random.NextNormal()));
        AmplitudeDistribution predicted = AmplitudeModel.Fit(AmplitudePrior.Default, past, amplitudes).Predict(Features(62, logarithm: 1));
        Assert.AreEqual(1.2 + elasticity, predicted.Mean, 0.1);
        Assert.AreEqual(0.1, Math.Sqrt(predicted.Variance), 0.05);
    }

    [TestMethod]
    public void Predict_WhenPastCampaignsAgree_IsNarrowerThanWhenTheyDiffer()
    {
        AmplitudeFeatures[] past = [.. Enumerable.Range(0, 5).Select(k => Features(10 * k))];
        AmplitudeDistribution agreeing = AmplitudeModel.Fit(AmplitudePrior.Default, past, [1, 1.05, 0.95, 1, 1]).Predict(Features(60));
        AmplitudeDistribution differing = AmplitudeModel.Fit(AmplitudePrior.Default, past, [1, 1.9, 0.2, 1.5, 0.4]).Predict(Features(60));
        Assert.IsGreaterThan(2 * agreeing.Variance, differing.Variance);
    }

    [TestMethod]
    public void Predict_ForAKindNeverSeen_IsWiderThanForAKnownOne()
    {
        AmplitudeFeatures[] past = [.. Enumerable.Range(0, 8).Select(k => Features(7 * k, kind: k % 2 == 0 ? "email" : "tv"))];
        AmplitudeModel model = AmplitudeModel.Fit(AmplitudePrior.Default, past, [0.6, 1.4, 0.7, 1.3, 0.6, 1.5, 0.6, 1.4]);
        AmplitudeDistribution known = model.Predict(Features(60));
        AmplitudeDistribution unseen = model.Predict(Features(60, kind: "influencer"));
        Assert.AreEqual(0.65, known.Mean, 0.1);
        Assert.IsGreaterThan(1.5 * known.Variance, unseen.Variance);
        Assert.IsGreaterThan(0.2, unseen.Mean);
    }

    [TestMethod]
    public void OneAhead_WithOneSettingOfTheScales_IsWhatAFitToThoseBeforeTells()
    {
        AmplitudePrior prior = AmplitudePrior.Default with { Differences = [(1, 1)], Drifts = [(0.5, 1)], Scatters = [1] };
        AmplitudeFeatures[] past = [.. Enumerable.Range(0, 9).Select(k => Features(3 * k, kind: k % 3 == 0 ? "tv" : "email"))];
        double[] amplitudes = [0.6, 1.4, 0.7, 1.3, 0.6, 1.5, 0.6, 1.4, 1.1];
        (double Error, double Variance)[] ahead = AmplitudeModel.Fit(prior, past, amplitudes).OneAhead();
        for (int i = 0; i < past.Length; i++)
        {
            AmplitudeDistribution before = AmplitudeModel.Fit(prior, past[..i], amplitudes.AsSpan(0, i)).Predict(past[i]);
            Assert.AreEqual(amplitudes[i] - before.Mean, ahead[i].Error, 1e-6);
            Assert.AreEqual(before.Variance, ahead[i].Variance, 1e-6);
        }
    }

    [TestMethod]
    public void WithSpread_OfHalf_NarrowsTheScatterAndNotWhatIsUnseen()
    {
        AmplitudeFeatures[] past = [.. Enumerable.Range(0, 20).Select(k => Features(2 * k))];
        AmplitudeModel model = AmplitudeModel.Fit(AmplitudePrior.Default, past, Array.ConvertAll(past, f => 1 + (0.3 * Math.Cos(5 * f.Day))));
        AmplitudeModel narrowed = model.WithSpread(0.5, 0);
        double known = model.Predict(Features(42)).Variance, unseen = model.Predict(Features(42, kind: "tv")).Variance;
        double narrowedKnown = narrowed.Predict(Features(42)).Variance, narrowedUnseen = narrowed.Predict(Features(42, kind: "tv")).Variance;
        Assert.IsLessThan(0.5 * known, narrowedKnown);
        Assert.AreEqual(unseen - known, narrowedUnseen - narrowedKnown, 1e-9);
        Assert.AreEqual(known, model.WithSpread(1, 0.04).Predict(Features(42)).Variance, 1e-12);
    }

    [TestMethod]
    public void Quantile_OfAMixture_IsThatOfItsDraws()
    {
        var mixture = new AmplitudeDistribution([(0.3, 1, 0.2), (0.7, 2, 0.5)], 10);
        var random = new RandomStream(9);
        double[] draws = [.. Enumerable.Range(0, 40_000).Select(_ => mixture.Draw(random)).Order()];
        foreach (double probability in (ReadOnlySpan<double>)[0.05, 0.5, 0.95])
            Assert.AreEqual(SampleQuantile.OfSorted(draws, probability), mixture.Quantile(probability), 0.02);
        Assert.AreEqual(1.7, mixture.Mean, 1e-12);
        Assert.AreEqual((0.3 * 0.04) + (0.7 * 0.25) + (0.3 * 0.49) + (0.7 * 0.09), mixture.Variance, 1e-12);
    }

    [TestMethod]
    public void Draw_FromAnUnboundedPrior_StaysBetweenZeroAndTheCap()
    {
        AmplitudeDistribution prior = AmplitudeModel.Fit(AmplitudePrior.Default with { Shared = 50 }, [], []).Predict(Features(0));
        var random = new RandomStream(2);
        for (int i = 0; i < 1000; i++)
            Assert.IsInRange(0, Math.Log(100), prior.Draw(random));
    }

    [TestMethod]
    public void JoinedWith_APlannersExpectation_LiesBetweenAndTightens()
    {
        AmplitudeDistribution learned = AmplitudeModel.Fit(AmplitudePrior.Default, [], []).Predict(Features(0));
        AmplitudeDistribution joined = learned.JoinedWith(Assumption(expected: "3", maximum: "6"));
        Assert.IsInRange(2.5, 3, Math.Exp(joined.Quantile(0.5)));
        Assert.IsInRange(4.5, 8, Math.Exp(joined.Quantile(0.99)));
        Assert.IsLessThan(learned.Variance, joined.Variance);
    }

    [TestMethod]
    public void JoinedWith_AContradiction_CoversBothSides()
    {
        var learned = new AmplitudeDistribution([(1, Math.Log(2), 0.2)], 10);
        AmplitudeDistribution joined = learned.JoinedWith(Assumption(expected: "8", maximum: "12"));
        Assert.IsGreaterThan(learned.Variance, joined.Variance);
        Assert.IsGreaterThan(Math.Log(8), joined.Quantile(0.95));
        Assert.IsLessThan(Math.Log(3.5), joined.Quantile(0.05));
    }

    [TestMethod]
    public void PlannerAssumption_ThatIsNoFactor_NamesCampaignAndRemedy()
    {
        ArgumentException exception = Assert.ThrowsExactly<ArgumentException>(() => Assumption(expected: "lots", maximum: ""));
        Assert.Contains("'launch'", exception.Message);
        Assert.Contains("expected_factor", exception.Message);
    }

    private static PlannerAssumption? Assumption(string expected, string maximum)
        => PlannerAssumption.Of(CampaignCluster.Group([new Campaign("launch", "tv", SyntheticShop.Monday, SyntheticShop.Monday.AddHours(1),
            [KeyValuePair.Create("expected_factor", expected), KeyValuePair.Create("max_factor", maximum)])])[0]);

    private static AmplitudeFeatures Features(double day, string kind = "email", double logarithm = 0)
        => new(kind, false, 0, 0, day, [], [], [logarithm]);
}
