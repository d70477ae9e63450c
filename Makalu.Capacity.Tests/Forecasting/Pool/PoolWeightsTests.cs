using Makalu.Capacity.Forecasting.Pool;

namespace Makalu.Capacity.Tests.Forecasting.Pool;

[TestClass]
public class PoolWeightsTests
{
    [TestMethod]
    public void FromErrors_TheFewerTheOrigins_TheNearerToEqualWeights()
    {
        double[] errors = [0.1, 0.12, 0.14];
        double before = 1;
        foreach (int origins in (int[])[1, 2, 4, 8, 14, 100])
        {
            double[] weights = PoolWeights.FromErrors(errors, origins);

            Assert.AreEqual(1, weights.Sum(), 1e-12);
            Assert.IsGreaterThan(weights[1], weights[0]);
            double ratio = weights[2] / weights[0];
            Assert.IsLessThan(before, ratio);
            before = ratio;
        }

        // (error ÷ least)^(−6·14 ÷ 16) at the pool's own number of origins.
        double[] whole = PoolWeights.FromErrors(errors, 14);
        Assert.AreEqual(Math.Pow(1.2, -5.25), whole[1] / whole[0], 1e-9);
    }

    [TestMethod]
    public void FromErrors_FarFromTheLeast_CountsForNothing_SoonerWithManyOrigins()
    {
        double[] errors = [0.1, 0.17];

        Assert.IsGreaterThan(0.0, PoolWeights.FromErrors(errors, 2)[1]);
        Assert.AreEqual(0.0, PoolWeights.FromErrors(errors, 14)[1]);
    }

    [TestMethod]
    public void FromErrors_OfExactMembers_AreEqual()
        => CollectionAssert.AreEqual(new[] { 0.5, 0.5, 0 }, PoolWeights.FromErrors([0, 0, 1], 8));

    [TestMethod]
    public void FromErrors_WithAShare_MultipliesTheWeightByIt()
    {
        double[] whole = PoolWeights.FromErrors([0.1, 0.12], 14);
        double[] half = PoolWeights.FromErrors([0.1, 0.12], 14, [1, 0.5]);

        Assert.AreEqual(0.5 * whole[1] / whole[0], half[1] / half[0], 1e-12);
        Assert.AreEqual(1, half.Sum(), 1e-12);
    }

    [TestMethod]
    [DataRow(0, 0)]
    [DataRow(0.1, 0)]
    [DataRow(0.15, 0.5)]
    [DataRow(0.2, 1)]
    [DataRow(3, 1)]
    public void ShareForNoise_RisesFromATenthToAFifth(double leastError, double share)
        => Assert.AreEqual(share, PoolWeights.ShareForNoise(leastError), 1e-12);
}
