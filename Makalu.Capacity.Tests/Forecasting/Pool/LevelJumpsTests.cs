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
        Assert.AreEqual(Math.Log(2), jumps.Sizes[0], 0.05);
        Assert.AreEqual(-Math.Log(2), jumps.Sizes[1], 0.05);
        Assert.AreEqual(Math.Log(2.2), jumps.Sizes[2], 0.05);
        Assert.AreEqual(24 * 12, jumps.Count);

        // The second turned the first back: two that came of themselves, and a half, in these days and three more.
        Assert.AreEqual(2.5 / (values.Length + (3 * 24)), jumps.PerStep, 1e-12);
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

        // Of 180 busy days.
        TestContext.WriteLine(FormattableString.Invariant($"found {found}"));
        Assert.IsLessThan(3, found);
    }

    [TestMethod]
    [DataRow(0, 0)]
    [DataRow(24, 0)]
    [DataRow(24, 168)]
    public void Find_WhereEachJumpStayed_ExpectsTheLatestToStayAndWhereEachTurnedBackToTurnBack(int shortSeason, int longSeason)
    {
        var seasons = new SeasonLengths(shortSeason, longSeason);

        LevelJumps forGood = LevelJumps.Find(Logarithms(seasons, [0, 0.6, 1.1, 0.4, 1.3], hoursAgo: 5), seasons)!;
        LevelJumps away = LevelJumps.Find(Logarithms(seasons, [0, 0.8, 0, 0.8, 0, 0.8], hoursAgo: 5), seasons)!;
        LevelJumps back = LevelJumps.Find(Logarithms(seasons, [0, 0.8, 0, 0.8, 0, 0.8, 0], hoursAgo: 5), seasons)!;

        Assert.AreEqual(4, forGood.Sizes.Length);
        Assert.AreEqual(5, forGood.Count);
        Assert.AreEqual(0.9, forGood.Sizes[^1], 0.1);
        Assert.IsLessThan(0.4, forGood.TurnsBack);
        Assert.AreEqual(5, away.Sizes.Length);
        Assert.IsGreaterThan(0.6, away.TurnsBack);
        Assert.AreEqual(0, back.TurnsBack);
    }

    [TestMethod]
    public void Find_WhereOnlyTheLatestHoursLeftTheLevel_IsNone()
        => Assert.IsNull(LevelJumps.Find(Logarithms(NoSeason, [0, 0.8], hoursAgo: 30), NoSeason));

    [TestMethod]
    public void Find_WhereTrafficGrowsByStages_IsNone()
    {
        // By a half every other week, over three days each time: growth, however clear.
        double[] values = [.. Enumerable.Range(0, 56 * 24).Select(t => Math.Log(1.5) * ((t / 336) + Math.Clamp(((t % 336) - 264) / 72.0, 0, 1)))];
        var random = new RandomStream(5);
        double[] noisy = [.. values.Select(v => v + (0.03 * random.NextNormal()))];

        Assert.IsNull(LevelJumps.Find(noisy, NoSeason));
    }

    [TestMethod]
    public void Align_PutsEachLevelOnTheLatestAndANewOneAside()
    {
        var seasons = new SeasonLengths(24, 168);
        double[] values = [.. Logarithms(seasons, [0, 0.6, 1.1, 0.4, 1.3], hoursAgo: 5).Select(Math.Exp)];
        double[] steady = [.. Logarithms(seasons, [1.3], hoursAgo: 5).Select(Math.Exp)];
        var transform = ValueTransform.For(values);
        LevelJumps jumps = LevelJumps.Find([.. values.Select(transform.Forward)], seasons)!;

        double[] aligned = jumps.Align(values, transform, withNew: true);
        double[] onTheOneBefore = jumps.Align(values, transform, withNew: false);

        Assert.AreEqual(0, aligned.Zip(steady, (a, s) => Math.Abs(Math.Log(a / s))).Max(), 0.3);
        Assert.AreEqual(0, aligned.Zip(steady, (a, s) => Math.Abs(Math.Log(a / s))).Average(), 0.1);
        Assert.AreEqual(-0.9, onTheOneBefore.Zip(steady, (a, s) => Math.Log(a / s)).Take(600).Average(), 0.1);
        Assert.AreEqual(values[^1], onTheOneBefore[^1], 1e-12);
    }

    [TestMethod]
    public void Draw_TurnsBackAndJumpsAgainByItsOdds()
    {
        const int Draws = 4000;
        const int Horizon = 96;
        LevelJumps jumps = LevelJumps.Find(Logarithms(NoSeason, [0, 0.8, 0, 0.8, 0, 0.8], hoursAgo: 30), NoSeason)!;
        int away = 0;
        int untouched = 0;
        for (int run = 0; run < Draws; run++)
        {
            var added = new double[Horizon];
            jumps.Draw(new RandomStream(run), added);
            untouched += Array.TrueForAll(added, a => a == 0) ? 1 : 0;
            away += added[^1] < -0.5 ? 1 : 0;
        }

        // 134 hours was each away, and 72 are given; so 30 hours ago the odds were e^(-30/113) of those at once, and in 96 hours more all but e^(-96/113) of them are back.
        double mean = ((2 * 128.4) + 72) / 3;
        double all = 0.675 * Math.Exp(-30 / mean) / ((0.675 * Math.Exp(-30 / mean)) + 0.325 + (1.0 / 4 * Math.Exp(-30.0 / 12)));
        Assert.AreEqual(all, jumps.TurnsBack, 0.05);
        Assert.AreEqual((1 - jumps.TurnsBack + (jumps.TurnsBack * Math.Exp(-Horizon / mean))) * Math.Pow(1 - jumps.PerStep, Horizon), untouched / (double)Draws, 0.05);
        Assert.IsGreaterThan(0.3, away / (double)Draws);
    }

    [TestMethod]
    public void Predict_HoursAfterAJumpOfMany_FollowsItWhereTheyStayedAndTurnsBackWhereTheyDid()
    {
        var seasons = new SeasonLengths(24, 0);
        double[] stayed = [.. Logarithms(seasons, [0, 0.6, 1.1, 0.4, 1.3], hoursAgo: 8).Select(Math.Exp)];
        int[] jumps = [60, 130, 250, 330, 420, 480, 652];
        double[] turned = [.. Logarithms(seasons, [0.4], hoursAgo: 20).Select((v, t) => Math.Exp(v + (jumps.Count(j => j <= t) % 2 == 0 ? 0 : 0.9)))];
        double[] high = [.. Logarithms(seasons, [1.3], hoursAgo: 8).Select(Math.Exp)];

        Forecast following = Predict(stayed, 72);
        Forecast turning = Predict(turned, 168);

        double level = high[^72..].Average();
        Assert.AreEqual(level, following.Quantile(0.5).Average(), 0.15 * level);
        Assert.IsLessThan(0.7 * level, turning.Quantile(0.5)[^24..].Average());
        Assert.IsGreaterThan(0.8 * level, turning.Quantile(0.95)[^24..].Average());
        Assert.IsNotNull(following.Report!.LevelShiftAt);
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

    /// <summary>Levels, each as long as the others but for the latest, with a season.</summary>
    private static double[] Logarithms(SeasonLengths seasons, double[] levels, int hoursAgo)
    {
        const int Hours = 28 * 24;
        var random = new RandomStream(4);
        int length = levels.Length == 1 ? Hours : (Hours - hoursAgo) / (levels.Length - 1);
        return [.. Enumerable.Range(0, Hours).Select(t => levels[t >= Hours - hoursAgo ? levels.Length - 1 : Math.Min(Math.Max(0, levels.Length - 2), t / length)]
            + (seasons.Short > 0 ? Math.Sin(2 * Math.PI * t / 24) : 0) + (seasons.Long > 0 && t / 24 % 7 >= 5 ? -0.5 : 0) + (0.05 * random.NextNormal()))];
    }

    private static double Noisy(double level, RandomStream random) => level * (1 + (0.05 * random.NextNormal()));

    private static Forecast Predict(ReadOnlySpan<double> values, int horizon)
        => new PoolForecaster().Fit(new TimeSeries(DateTimeOffset.UnixEpoch, TimeSpan.FromHours(1), values), CampaignCalendar.Empty).Predict(new PredictionOptions { Horizon = horizon, Paths = 400 });

    private static double Peak(Forecast forecast, double probability)
        => SampleQuantile.Of([.. Enumerable.Range(0, forecast.PathCount).Select(p => System.Numerics.Tensors.TensorPrimitives.Max(forecast.Path(p)))], probability);
}
