using Makalu.Capacity.Campaigns;
using Makalu.Capacity.Numerics;
using Makalu.Capacity.Tests.Forecasting;

namespace Makalu.Capacity.Tests.Campaigns;

[TestClass]
public sealed class AmplitudeComparisonTests
{
    /// <summary>Nothing below a threshold of the audience, a great surge above it: no slope tells that.</summary>
    private static readonly Func<AmplitudeFeatures, double> _threshold = f => f.Logarithms[0] > 0.2 ? 1.9 : 0.4;

    private static readonly Func<AmplitudeFeatures, double> _slope = f => 1 + (0.4 * f.Logarithms[0]) + (f.Weekend ? 0.2 : 0);

    [TestMethod]
    [RequiresLightGbm]
    public void Choose_WhenTheAudienceHasAThreshold_LeavesTheShrinkageRegressionAndCoversNewCampaigns()
    {
        (AmplitudeFeatures[] past, double[] amplitudes) = Draw(1, 120, _threshold, 0.12);
        AmplitudeModel shrinkage = AmplitudeModel.Fit(AmplitudePrior.Default, past, amplitudes);
        (IAmplitudeModel model, AmplitudeChoice choice) = Choose(past, amplitudes);
        Assert.AreNotEqual(AmplitudeComparison.Shrinkage, choice.Chosen);
        Assert.AreEqual(choice.Candidates[0].Model, choice.Chosen);
        Assert.AreEqual(80, choice.Judged);
        Assert.HasCount(3, choice.Candidates);
        Assert.IsLessThan(0.7 * choice.Candidates.Single(c => c.Model == AmplitudeComparison.Shrinkage).MeanAbsoluteError, choice.Candidates[0].MeanAbsoluteError);

        (AmplitudeFeatures[] coming, double[] truth) = Draw(2, 200, _threshold, 0.12);
        double own = 0, other = 0;
        int covered = 0;
        for (int i = 0; i < coming.Length; i++)
        {
            AmplitudeFeatures campaign = coming[i] with { Day = 125 };
            AmplitudeDistribution distribution = model.Predict(campaign);
            own += Math.Abs(distribution.Mean - truth[i]);
            other += Math.Abs(shrinkage.Predict(campaign).Mean - truth[i]);
            covered += truth[i] >= distribution.Quantile(0.05) && truth[i] <= distribution.Quantile(0.95) ? 1 : 0;
        }

        Assert.IsLessThan(0.7 * other, own);
        Assert.IsInRange(0.84, 0.99, covered / 200.0);
    }

    [TestMethod]
    [RequiresLightGbm]
    public void Choose_WhenTheLawIsASlope_KeepsTheShrinkageRegression()
    {
        int left = 0;
        for (int seed = 10; seed < 26; seed++)
        {
            (AmplitudeFeatures[] past, double[] amplitudes) = Draw(seed, 60, _slope, 0.25);
            left += Choose(past, amplitudes).Choice.Chosen == AmplitudeComparison.Shrinkage ? 0 : 1;
        }

        Assert.AreEqual(0, left);
    }

    [TestMethod]
    public void Choose_WithFewCampaigns_SaysHowManyAreNeeded()
    {
        (AmplitudeFeatures[] past, double[] amplitudes) = Draw(3, 35, _threshold, 0.12);
        (IAmplitudeModel model, AmplitudeChoice choice) = Choose(past, amplitudes);
        Assert.IsInstanceOfType<AmplitudeModel>(model);
        Assert.AreEqual(0, choice.Judged);
        Assert.Contains("36 campaigns", choice.Reason);
        Assert.AreEqual(24, Choose([.. past, past[^1]], [.. amplitudes, 1]).Choice.Judged);
    }

    [TestMethod]
    [RequiresLightGbm]
    public void Choose_OnAnyNumberOfThreads_IsTheSameBitForBit()
    {
        (AmplitudeFeatures[] past, double[] amplitudes) = Draw(4, 90, _threshold, 0.2);
        var results = new (double Mean, double Variance, string Chosen, double Loss)[8];
        Parallel.For(0, results.Length, i =>
        {
            (IAmplitudeModel model, AmplitudeChoice choice) = Choose(past, amplitudes);
            AmplitudeDistribution distribution = model.Predict(past[7] with { Day = 100 });
            results[i] = (distribution.Mean, distribution.Variance, choice.Chosen, choice.Candidates[^1].Loss);
        });
        Assert.AreEqual(1, results.Distinct().Count());
    }

    [TestMethod]
    [RequiresLightGbm]
    [DataRow("additive-trees")]
    [DataRow("boosted-trees")]
    public void Predict_ByARegression_IsWiderForAKindNeverSeen(string name)
    {
        IAmplitudeRegression regression = AmplitudeComparison.Challengers.Single(c => c.Name == name);
        (AmplitudeFeatures[] past, double[] amplitudes) = Draw(5, 60, _slope, 0.1);
        var model = RegressionAmplitudeModel.Fit(regression, AmplitudePrior.Default, AmplitudeModel.Fit(AmplitudePrior.Default, past, amplitudes), past, amplitudes, 1);
        AmplitudeFeatures known = past[^1] with { Day = 62 };
        Assert.IsGreaterThan(1.3 * model.Predict(known).Variance, model.Predict(known with { Kind = "stunt" }).Variance);
    }

    [TestMethod]
    [RequiresLightGbm]
    [DataRow("additive-trees")]
    [DataRow("boosted-trees")]
    public void Fit_OfARegression_LearnsAThresholdFromTheSide(string name)
    {
        IAmplitudeRegression regression = AmplitudeComparison.Challengers.Single(c => c.Name == name);
        float[][] rows = [.. Enumerable.Range(0, 60).Select(i => new float[] { i % 7, i / 60f })];
        Func<float[], double> fitted = regression.Fit(rows, Array.ConvertAll(rows, r => r[1] > 0.5 ? 2.0 : -1));
        Assert.AreEqual(2, fitted([3, 0.8f]), 0.15);
        Assert.AreEqual(-1, fitted([3, 0.2f]), 0.15);
        Assert.AreEqual(fitted([6, 59f / 60]), fitted([100, 50]), "Beyond the range of the past the nearest step holds.");
    }

    /// <summary>The score is the integral of (F(x) − 1{x ≥ actual})² (Gneiting and Raftery 2007, equation 20).</summary>
    [TestMethod]
    [DataRow(0.3, 0.2, 0.9)]
    [DataRow(1.0, 0.5, 1.0)]
    [DataRow(2.0, 1.5, -1.0)]
    public void Loss_OfANormalForecast_IsTheIntegralOfItsSquaredStepError(double mean, double deviation, double actual)
    {
        double sum = 0;
        for (double x = -20; x < 20; x += 1e-3)
        {
            double f = MathNet.Numerics.Distributions.Normal.CDF(mean, deviation, x + 5e-4) - (x + 5e-4 >= actual ? 1 : 0);
            sum += f * f * 1e-3;
        }

        Assert.AreEqual(sum, AmplitudeComparison.Loss(mean, deviation, actual), 1e-3);
    }

    private static (IAmplitudeModel Model, AmplitudeChoice Choice) Choose(AmplitudeFeatures[] past, double[] amplitudes)
        => AmplitudeComparison.Choose(AmplitudePrior.Default, past, amplitudes, variances: null, AmplitudeModel.Fit(AmplitudePrior.Default, past, amplitudes), AmplitudeComparison.Challengers, CancellationToken.None);

    private static (AmplitudeFeatures[] Past, double[] Amplitudes) Draw(int seed, int count, Func<AmplitudeFeatures, double> law, double scatter)
    {
        var random = new RandomStream(seed, 5);
        AmplitudeFeatures[] past = [.. Enumerable.Range(0, count).Select(day => new AmplitudeFeatures(
            random.NextInt(2) == 0 ? "email" : "tv", day % 7 >= 5, 2 * Math.PI * random.NextInt(24) / 24, 0, day, [], [], [3 * (random.NextDouble() - 0.5)]))];
        return (past, Array.ConvertAll(past, f => law(f) + (scatter * random.NextNormal())));
    }
}
