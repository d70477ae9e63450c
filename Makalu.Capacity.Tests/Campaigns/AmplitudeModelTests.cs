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
        AmplitudePrior prior = AmplitudePrior.Default with { Trend = 0, Recency = 0, Differences = [(1, 1)], Drifts = [(0.5, 1)], Scatters = [1] };
        AmplitudeFeatures[] past = [.. Enumerable.Range(0, 9).Select(k => Features(3 * k, kind: k % 3 == 0 ? "tv" : "email"))];
        double[] amplitudes = [0.6, 1.4, 0.7, 1.3, 0.6, 1.5, 0.6, 1.4, 1.1];
        (double Error, double Variance)[] ahead = AmplitudeModel.Fit(prior, past, amplitudes).OneAhead();
        for (int i = 0; i < past.Length; i++)
        {
            AmplitudeDistribution before = AmplitudeModel.Fit(prior, past.AsSpan(0, i), amplitudes.AsSpan(0, i)).Predict(past[i]);
            Assert.AreEqual(amplitudes[i] - before.Mean, ahead[i].Error, 1e-6);
            Assert.AreEqual(before.Variance, ahead[i].Variance, 1e-6);
        }
    }

    [TestMethod]
    public void Predict_WhenAmplitudesGrowSteadily_GoesOnWithThemAndNotWithoutEnd()
    {
        var random = new RandomStream(5);
        AmplitudeFeatures[] past = [.. Enumerable.Range(0, 24).Select(k => Features(4 * k))];
        double[] amplitudes = [.. Enumerable.Range(0, 24).Select(k => 0.8 + (Math.Log(1.1) * k) + (0.1 * random.NextNormal()))];
        AmplitudeModel model = AmplitudeModel.Fit(AmplitudePrior.Default, past, amplitudes), without = AmplitudeModel.Fit(AmplitudePrior.Default with { Trend = 0 }, past, amplitudes);
        double truth = 0.8 + (Math.Log(1.1) * 25), growth = Math.Log(1.1) * 23;
        Assert.AreEqual(truth, model.Predict(Features(100)).Mean, 0.12);
        Assert.IsLessThan(0.8 * without.Predict(Features(100)).Variance, model.Predict(Features(100)).Variance);
        Assert.IsLessThan(truth + (0.3 * growth), model.Predict(Features(2000)).Mean);
    }

    [TestMethod]
    [DataRow(0.0)]
    [DataRow(0.6)]
    public void Predict_SoonAfterAnotherOfItsKind_IsLowerByWhatPastOnesWere(double fatigue)
    {
        var random = new RandomStream(8);
        double day = 0;
        AmplitudeFeatures[] past = [.. Enumerable.Range(0, 40).Select(_ =>
        {
            double gap = 0.5 * Math.Pow(28, random.NextDouble());
            return Features(day += gap) with { DaysSinceKind = gap };
        })];
        double Law(double gap) => 1.2 - (fatigue * Math.Exp(-gap / 3));
        AmplitudeModel model = AmplitudeModel.Fit(AmplitudePrior.Default, past, Array.ConvertAll(past, p => Law(p.DaysSinceKind) + (0.1 * random.NextNormal())));
        double After(double gap) => model.Predict(Features(day + gap) with { DaysSinceKind = gap }).Mean;
        Assert.AreEqual(Law(9) - Law(1), After(9) - After(1), 0.12);

        // After a longer rest than any before, or with none known, nothing is made of it.
        Assert.AreEqual(After(60), model.Predict(Features(day + 60)).Mean, 1e-12);
        Assert.IsInRange(After(1) - 0.1, After(9) + 0.1, After(60));
    }

    [TestMethod]
    [DataRow(0.0, 0.0)]
    [DataRow(0.03, 0.0)]
    [DataRow(0.0, 0.6)]
    public void Quantiles_WithGrowthOrFatigueOrNeither_HoldNineTenthsOfNewCampaigns(double growth, double fatigue)
    {
        const int Seeds = 300, Past = 20;
        int covered = 0;
        for (int seed = 0; seed < Seeds; seed++)
        {
            var random = new RandomStream(seed, 17);
            double day = 0, mean = 0.9 + (0.3 * random.NextNormal());
            AmplitudeFeatures[] all = [.. Enumerable.Range(0, Past + 1).Select(_ =>
            {
                double gap = 0.5 * Math.Pow(28, random.NextDouble());
                return Features(day += gap) with { DaysSinceKind = gap };
            })];
            double[] amplitudes = Array.ConvertAll(all, f => mean + (growth * f.Day / 4) - (fatigue * Math.Exp(-f.DaysSinceKind / 3)) + (0.2 * random.NextNormal()));
            AmplitudeDistribution predicted = AmplitudeModel.Fit(AmplitudePrior.Default, all.AsSpan(0, Past), amplitudes.AsSpan(0, Past)).Predict(all[Past]);
            covered += amplitudes[Past] >= predicted.Quantile(0.05) && amplitudes[Past] <= predicted.Quantile(0.95) ? 1 : 0;
        }

        Assert.AreEqual(0.9, (double)covered / Seeds, 0.04);
    }

    /// <summary>Few campaigns tell little of their scatter; the interval must not trust that it is the usual one, which is less than half of this.</summary>
    [TestMethod]
    [DataRow(5)]
    [DataRow(10)]
    public void Quantiles_AfterFewCampaignsThatScatterMuch_HoldNineTenthsOfNewOnes(int past)
    {
        const int Seeds = 400;
        int covered = 0;
        for (int seed = 0; seed < Seeds; seed++)
        {
            var random = new RandomStream(seed, 23);
            double mean = 1.6 + (0.3 * random.NextNormal());
            AmplitudeFeatures[] all = [.. Enumerable.Range(0, past + 1).Select(k => Features(7 * k))];
            double[] amplitudes = Array.ConvertAll(all, _ => mean + (0.4 * random.NextNormal()));
            AmplitudeDistribution predicted = AmplitudeModel.Fit(AmplitudePrior.Default, all.AsSpan(0, past), amplitudes.AsSpan(0, past)).Predict(all[past]);
            covered += amplitudes[past] >= predicted.Quantile(0.05) && amplitudes[past] <= predicted.Quantile(0.95) ? 1 : 0;
        }

        Assert.AreEqual(0.9, (double)covered / Seeds, 0.04);
    }

    [TestMethod]
    public void DaysSinceKind_OfAPlannedCampaign_CountsPastOnesAlone()
    {
        Campaign At(string kind, double day) => new(FormattableString.Invariant($"{kind} {day}"), kind, SyntheticShop.Monday.AddDays(day), SyntheticShop.Monday.AddDays(day + 0.25));
        Campaign[] past = [At("tv", 1), At("email", 2), At("tv", 5)];
        var space = new AmplitudeFeatureSpace(new CampaignCalendar(past), CampaignCluster.Group(past));
        double Since(Campaign campaign) => space.Of(CampaignCluster.Group([campaign])[0]).DaysSinceKind;
        Assert.AreEqual(double.PositiveInfinity, Since(past[0]));
        Assert.AreEqual(3.75, Since(past[2]), 1e-9);
        Assert.AreEqual(4.75, Since(At("tv", 10)), 1e-9);
        Assert.AreEqual(0, Since(At("tv", 5.1)), 1e-9);
        Assert.AreEqual(double.PositiveInfinity, Since(At("stunt", 10)));
    }

    /// <summary>The same process with its whole covariance matrix (Rasmussen and Williams 2006, equations 2.25, 2.26 and 5.8).</summary>
    [TestMethod]
    [DataRow(1)]
    [DataRow(2)]
    [DataRow(3)]
    public void Predict_ByColumnsAndWalk_IsThatOfTheWholeCovarianceMatrix(int seed)
    {
        var random = new RandomStream(seed, 12);
        AmplitudePrior prior = AmplitudePrior.Default with { Trend = 0, Recency = 0, Differences = [(0.65, 1)], Drifts = [(0.8, 0.5), (1, 0.5)], Scatters = [1.4, 1.7] };
        AmplitudeFeatures Draw(double day, int kinds) => new(
            FormattableString.Invariant($"kind {random.NextInt(kinds)}"), random.NextInt(3) == 0, 6.28 * random.NextDouble(), Math.Log(1 + random.NextInt(2)), day,
            [random.NextInt(2) == 0 ? null : "red", FormattableString.Invariant($"stage {random.NextInt(kinds)}")], [random.NextNormal()], [random.NextNormal(), random.NextNormal()]);
        AmplitudeFeatures[] past = [.. Enumerable.Range(0, 40).Select(k => Draw(Math.Floor(k * 0.7), 3))];
        double[] amplitudes = Array.ConvertAll(past, p => 1 + (0.3 * random.NextNormal())), extra = Array.ConvertAll(past, p => 0.05 * random.NextDouble());
        AmplitudeModel model = AmplitudeModel.Fit(prior, past, amplitudes, extra);
        AmplitudeFeatures[] planned = [Draw(40, 3), Draw(14.2, 3), Draw(33, 6), Draw(28, 6), past[7]];

        double Covariance(AmplitudeFeatures a, AmplitudeFeatures b, double drift)
        {
            double same = Math.Cos(a.HourAngle - b.HourAngle), differences = (0.2 * 0.2 * same) + (0.35 * 0.35 * a.LogSize * b.LogSize) + (0.3 * 0.3 * a.Numbers[0] * b.Numbers[0]);
            differences += a.Kind == b.Kind ? 0.3 * 0.3 : 0;
            differences += a.Weekend == b.Weekend ? (0.7 * 0.7) + (0.25 * 0.25 * same) : 0;
            differences += 0.3 * 0.3 * a.Categories.Zip(b.Categories, (x, y) => x == y ? 1 : 0).Sum();
            return (0.6 * 0.6) + (0.2 * 0.2 / 2 * a.Logarithms.Zip(b.Logarithms, (x, y) => x * y).Sum()) + (0.65 * 0.65 * differences) + (drift * drift * 0.01 * (Math.Min(a.Day, b.Day) + 1));
        }

        var y = MathNet.Numerics.LinearAlgebra.Vector<double>.Build.Dense(40, i => amplitudes[i] - prior.MeanOf(past[i]));
        var components = new List<(double LogWeight, (double Mean, double Variance)[] Predicted)>();
        foreach (double drift in (ReadOnlySpan<double>)[0.8, 1])
        {
            foreach (double scatter in (ReadOnlySpan<double>)[1.4, 1.7])
            {
                double noise = Math.Pow(0.18 * scatter, 2);
                var matrix = MathNet.Numerics.LinearAlgebra.Matrix<double>.Build.Dense(40, 40, (i, j) => Covariance(past[i], past[j], drift) + (i == j ? noise + 1e-9 + extra[i] : 0));
                var factor = matrix.Cholesky();
                (double, double)[] predicted = Array.ConvertAll(planned, p =>
                {
                    var similar = MathNet.Numerics.LinearAlgebra.Vector<double>.Build.Dense(40, i => Covariance(p, past[i], drift));
                    return (prior.MeanOf(p) + (similar * factor.Solve(y)), noise + Covariance(p, p, drift) - (similar * factor.Solve(similar)));
                });
                components.Add((Math.Log(prior.ScatterWeight(scatter)) - (0.5 * (y * factor.Solve(y))) - (0.5 * factor.DeterminantLn), predicted));
            }
        }

        double highest = components.Max(c => c.LogWeight);
        for (int p = 0; p < planned.Length; p++)
        {
            double total = components.Sum(c => Math.Exp(c.LogWeight - highest)), mean = components.Sum(c => Math.Exp(c.LogWeight - highest) * c.Predicted[p].Mean) / total;
            double squares = components.Sum(c => Math.Exp(c.LogWeight - highest) * (c.Predicted[p].Variance + Math.Pow(c.Predicted[p].Mean, 2))) / total;
            AmplitudeDistribution own = model.Predict(planned[p]);
            Assert.AreEqual(mean, own.Mean, 1e-8);
            Assert.AreEqual(squares - (mean * mean), own.Variance, 1e-8);
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
