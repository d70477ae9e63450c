using Makalu.Capacity.Campaigns;
using Makalu.Capacity.Forecasting;
using Makalu.Capacity.Forecasting.Candidates;
using Makalu.Capacity.Forecasting.Pool;
using Makalu.Capacity.Numerics;
using Makalu.Capacity.Series;

namespace Makalu.Capacity.Tests.Forecasting.Pool;

[TestClass]
public class LevelJumpsTests
{
    private static readonly SeasonLengths NoSeason = new(0, 0);

    public required TestContext TestContext { get; set; }

    [TestMethod]
    public void Find_SeveralJumps_CountsEachOnce()
    {
        double[] levels = [1, 2, 1, 2.2];
        var random = new RandomStream(2);
        double[] values = [.. Enumerable.Range(0, 4 * 24 * 12).Select(t => Math.Log(levels[t / (24 * 12)]) + (0.05 * random.NextNormal()))];

        LevelJumps jumps = LevelJumps.Find(values, NoSeason)!;

        Assert.AreEqual(3, jumps.Sizes.Length);
        Assert.AreEqual(Math.Log(2.2), jumps.Sizes[0], 0.05);
        Assert.AreEqual(-Math.Log(2), jumps.Sizes[1], 0.05);
        Assert.AreEqual(Math.Log(2), jumps.Sizes[2], 0.05);
        Assert.AreEqual(3.0 / (values.Length + (7 * 24)), jumps.PerStep, 1e-12);
    }

    [TestMethod]
    public void Find_InSteadyTraffic_IsNone()
    {
        var random = new RandomStream(3);
        double[] values = [.. Enumerable.Range(0, 24 * 90).Select(t => Math.Log(10 - (6 * Math.Cos(2 * Math.PI * t / 24))) + (0.1 * random.NextNormal()))];

        Assert.IsNull(LevelJumps.Find(values, new SeasonLengths(24, 168)));
        Assert.IsNull(LevelJumps.Find(values, new SeasonLengths(24, 0)));
    }

    [TestMethod]
    public void Find_WhereSingleDaysAreBusy_SeldomTakesOneForAJump()
    {
        // Days differ by a tenth, and every seventeenth is 1.45 times as busy: two days before it that happen to be alike must not make a jump of it.
        int found = 0;
        for (int run = 0; run < 30; run++)
        {
            var random = new RandomStream(run);
            double[] days = [.. Enumerable.Range(0, 102).Select(day => (day % 17 == 16 ? Math.Log(1.45) : 0) + (0.1 * random.NextNormal()))];
            double[] values = [.. Enumerable.Range(0, 24 * days.Length).Select(t => days[t / 24] + (0.02 * random.NextNormal()))];
            found += LevelJumps.Find(values, NoSeason)?.Sizes.Length ?? 0;
        }

        // Of 180 busy days; with two days before a jump instead of seven many more.
        TestContext.WriteLine(FormattableString.Invariant($"found {found}"));
        Assert.IsLessThan(8, found);
    }

    [TestMethod]
    public void Predict_WhereTheLevelJumpsNowAndThen_KeepsTheQuantilesTrue()
    {
        // A jump between two levels once in eight days.
        const int Runs = 40;
        const int Horizon = 72;
        int covered = 0;
        int peaks = 0;
        for (int run = 0; run < Runs; run++)
        {
            var random = new RandomStream(run + 1);
            bool high = false;
            double[] values = [.. Enumerable.Range(0, (24 * 56) + Horizon).Select(t => (high ^= random.NextInt(24 * 8) == 0) ? Noisy(20, random) : Noisy(10, random))];
            Forecast forecast = Predict(values.AsSpan(0, values.Length - Horizon), Horizon);
            double[] stated = forecast.Quantile(0.95);
            covered += Enumerable.Range(0, Horizon).Count(h => values[values.Length - Horizon + h] <= stated[h]);
            peaks += values.AsSpan(values.Length - Horizon).ToArray().Max() <= Peak(forecast, 0.95) ? 1 : 0;
        }

        TestContext.WriteLine(FormattableString.Invariant($"steps {covered / (double)(Runs * Horizon):0.000} peaks {peaks / (double)Runs:0.000}"));
        Assert.IsInRange(0.92, 0.985, covered / (double)(Runs * Horizon));
        Assert.IsGreaterThanOrEqualTo(0.9, peaks / (double)Runs);
    }

    [TestMethod]
    public void Predict_LongAfterTheLastOfSeveralJumps_HoldsTheChanceOfAnother()
    {
        // Four jumps in 84 days, the last of them 24 ago: no rolling origin has seen one. In a week another comes with a probability of 0.3.
        var random = new RandomStream(7);
        double[] values = [.. Enumerable.Range(0, 24 * 84).Select(t => t is (>= 24 * 17 and < 24 * 28) or (>= 24 * 47 and < 24 * 60) ? Noisy(20, random) : Noisy(10, random))];

        Forecast forecast = Predict(values, 7 * 24);

        Assert.IsInRange(17, 25, Peak(forecast, 0.9));
        Assert.IsLessThan(13, Peak(forecast, 0.5));
    }

    private static double Noisy(double level, RandomStream random) => level * (1 + (0.05 * random.NextNormal()));

    private static Forecast Predict(ReadOnlySpan<double> values, int horizon)
        => new PoolForecaster().Fit(new TimeSeries(DateTimeOffset.UnixEpoch, TimeSpan.FromHours(1), values), CampaignCalendar.Empty).Predict(new PredictionOptions { Horizon = horizon, Paths = 400 });

    private static double Peak(Forecast forecast, double probability)
        => SampleQuantile.Of([.. Enumerable.Range(0, forecast.PathCount).Select(p => System.Numerics.Tensors.TensorPrimitives.Max(forecast.Path(p)))], probability);
}
