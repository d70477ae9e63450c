using Makalu.Capacity.Forecasting.Pool;

namespace Makalu.Capacity.Tests.Forecasting.Pool;

[TestClass]
public class MemberLossesTests
{
    private const int Cycle = 24;
    private static readonly double[] OriginWeights = [1, 0.9, 0.81, 0.7];

    // By the definition: the quantile is looked for among sorted errors, and the loss of each error is added up.
    [TestMethod]
    [DataRow(-1)]
    [DataRow(0)]
    [DataRow(3)]
    public void Losses_AreTheMeanPinballLosses_HalfAtTheMedian(int leftOut)
    {
        double[][][] residuals = Residuals(seed: 3, steps: 60);
        var losses = new MemberLosses(residuals, OriginWeights, Cycle);

        // The second day takes what is left of the horizon.
        Assert.AreEqual(2, losses.Days);
        for (int m = 0; m < 2; m++)
        {
            Assert.AreEqual(ByDefinition(residuals, m, 0, 60, leftOut), losses.Whole(leftOut)[m], 1e-12);
            Assert.AreEqual(ByDefinition(residuals, m, 0, 24, leftOut), losses.OfDay(0, leftOut)[m], 1e-12);
            Assert.AreEqual(ByDefinition(residuals, m, 24, 60, leftOut), losses.OfDay(1, leftOut)[m], 1e-12);
        }
    }

    [TestMethod]
    public void Losses_DoNotKnowTheOriginLeftOut()
    {
        double[][][] residuals = Residuals(seed: 5, steps: 48);
        double[] before = new MemberLosses(residuals, OriginWeights, Cycle).OfDay(1, leftOut: 2);
        residuals[2][0][30] *= 100;
        residuals[2][1][40] = double.NaN;

        CollectionAssert.AreEqual(before, new MemberLosses(residuals, OriginWeights, Cycle).OfDay(1, leftOut: 2));
        CollectionAssert.AreNotEqual(before, new MemberLosses(residuals, OriginWeights, Cycle).OfDay(1, leftOut: 1));
    }

    [TestMethod]
    public void OfDay_OfADayOfWhichNothingIsKnown_IsNotANumber()
    {
        double[][][] residuals = Residuals(seed: 6, steps: 48);
        foreach (double[][] origin in residuals)
        {
            origin[0].AsSpan(24).Fill(double.NaN);
        }

        var losses = new MemberLosses(residuals, OriginWeights, Cycle);

        Assert.AreEqual(double.NaN, losses.OfDay(1, leftOut: -1)[0]);
        Assert.IsTrue(double.IsFinite(losses.Whole(leftOut: -1)[0]));
    }

    private static double ByDefinition(double[][][] residuals, int member, int from, int to, int leftOut)
    {
        (double Error, double Weight)[] known = [.. residuals.SelectMany((origin, j) => origin[member][from..to].Select(e => (e, j == leftOut ? 0 : OriginWeights[j]))).Where(e => !double.IsNaN(e.e) && e.Item2 > 0)];
        double total = known.Sum(k => k.Weight);
        double upper = 0;
        foreach (double probability in (double[])[0.9, 0.95, 0.99])
        {
            double below = 0;
            double quantile = known.OrderBy(k => Math.Abs(k.Error)).First(k => (below += k.Weight) >= ((2 * probability) - 1) * total).Error;
            quantile = Math.Abs(quantile);
            upper += known.Sum(k => k.Weight * Math.Max(probability * (k.Error - quantile), (probability - 1) * (k.Error - quantile))) / total / 3;
        }

        double median = known.Sum(k => k.Weight * 0.5 * Math.Abs(k.Error)) / total;
        return (0.5 * median) + (0.5 * upper);
    }

    private static double[][][] Residuals(int seed, int steps)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, OriginWeights.Length).Select(j => Enumerable.Range(0, 2).Select(m => Enumerable.Range(0, steps)
            .Select(_ => random.NextDouble() < 0.05 ? double.NaN : (m + 1) * (random.NextDouble() + random.NextDouble() - 0.8)).ToArray()).ToArray())];
    }
}
