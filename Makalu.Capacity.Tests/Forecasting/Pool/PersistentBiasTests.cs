using Makalu.Capacity.Campaigns;
using Makalu.Capacity.Forecasting;
using Makalu.Capacity.Forecasting.Pool;
using Makalu.Capacity.Numerics;
using Makalu.Capacity.Series;

namespace Makalu.Capacity.Tests.Forecasting.Pool;

[TestClass]
public class PersistentBiasTests
{
    private const int Cycle = 4;

    private static readonly int[] _counts = [.. Enumerable.Range(0, 12).Select(j => 100 - (j * Cycle))];

    [TestMethod]
    public void Moves_WhereEveryOriginWasWrongByTheSame_IsThat_ForEachDayAhead()
    {
        double[] moves = Bias((_, day) => 0.1 * (day + 1)).Moves(leftOut: -1);

        Assert.HasCount(3, moves);
        Assert.AreEqual(0.1, moves[0], 1e-12);
        Assert.AreEqual(0.3, moves[2], 1e-12);
    }

    [TestMethod]
    public void Moves_WhereErrorsTakeTurns_IsNothing()
        => CollectionAssert.AreEqual((double[])[0, 0, 0], Bias((j, _) => j % 2 == 0 ? 0.3 : -0.2).Moves(leftOut: -1));

    // The mean is 0.2 and its variance that of a single error, 0.01, ÷ 11 cycles, by the positive part of James and Stein's estimator with four times the variance. Weights make the mean and its variance differ a little.
    [TestMethod]
    public void Moves_WhereTheMeanIsUncertain_IsShrunk_AndMoreSoForDaysFurtherAhead()
    {
        double[] moves = Bias((j, _) => j % 2 == 0 ? 0.3 : 0.1).Moves(leftOut: -1);

        Assert.AreEqual(0.2 * (1 - (4 * 0.01 / (11 * 0.04))), moves[0], 0.01);
        Assert.AreEqual(0.2 * (1 - (4 * 0.01 * 3 / (11 * 0.04))), moves[2], 0.02);
    }

    // What origins a day apart see of a day three days ahead hangs together.
    [TestMethod]
    public void Moves_OfAnOrigin_KnowsNeitherItNorThoseWhoseErrorsHangTogetherWithIts()
    {
        PersistentBias bias = Bias((_, _) => 0.1);
        PersistentBias changed = Bias((j, _) => j is 4 or 5 or 6 ? 5 : 0.1);

        Assert.AreEqual(bias.Moves(leftOut: 5)[1], changed.Moves(leftOut: 5)[1], 1e-12);
        Assert.AreEqual(bias.Moves(leftOut: 5)[2], changed.Moves(leftOut: 5)[2], 1e-12);
        Assert.AreNotEqual(bias.Moves(leftOut: 4)[1], changed.Moves(leftOut: 4)[1]);
    }

    [TestMethod]
    public void Of_WhereOriginsAreLessThanACycleApart_IsNone()
        => Assert.IsNull(PersistentBias.Of([[1, 1, 1, 1], [1, 1, 1, 1]], [50, 49], Cycle));

    // Members follow growth of 6 % a day late.
    [TestMethod]
    public void Predict_WhereNoisyTrafficGrowsWithoutEnd_FollowsIt()
    {
        const int Hours = 24 * 35;
        const int Week = 24 * 7;
        var random = new RandomStream(3);
        double[] expected = [.. Enumerable.Range(0, Hours + Week).Select(t => 20 * Math.Exp((0.06 * t / 24) + Math.Cos(2 * Math.PI * t / 24)))];
        double[] values = [.. expected.Take(Hours).Select(level => level * Math.Exp(0.3 * random.NextNormal()))];

        double[] median = new PoolForecaster().Fit(new TimeSeries(DateTimeOffset.UnixEpoch, TimeSpan.FromHours(1), values), CampaignCalendar.Empty)
            .Predict(new PredictionOptions { Horizon = Week }).Quantiles([0.5])[0];

        double ratio = Math.Exp(median.Select((m, h) => Math.Log(m / expected[Hours + h])).Average());
        Assert.IsInRange(0.9, 1.1, ratio);
    }

    private static PersistentBias Bias(Func<int, int, double> error)
        => PersistentBias.Of([.. _counts.Select((_, j) => Enumerable.Range(0, 3 * Cycle).Select(h => h == 1 ? double.NaN : error(j, h / Cycle)).ToArray())], _counts, Cycle)!;
}
