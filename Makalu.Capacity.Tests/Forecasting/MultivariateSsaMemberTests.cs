using Makalu.Capacity.Campaigns;
using Makalu.Capacity.Forecasting;
using Makalu.Capacity.Forecasting.Boosting;
using Makalu.Capacity.Series;

namespace Makalu.Capacity.Tests.Forecasting;

[TestClass]
public class MultivariateSsaMemberTests
{
    private const int Day = 24;
    private const int Days = 40;
    private const int YoungDays = 13;
    private const int Young = 4;
    private static readonly DateTimeOffset Start = new(2024, 6, 3, 0, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);
    private static readonly double[][] Shops = Rates(10, Days + 2, seed: 1);

    // The week that four young shops have not seen twice is known from the six that are older.
    [TestMethod]
    public void Predict_OfAYoungSeries_BorrowsTheShapesOfThoseThatMoveWithIt()
    {
        (double Together, double Alone, double Pool, double PoolAlone) error = default;
        for (int seed = 1; seed <= 3; seed++)
        {
            double[][] shops = Rates(10, Days + 2, seed);
            BoostingFleet fleet = Fleet(shops);
            for (int i = 0; i < Young; i++)
            {
                error.Together += Error(new MemberForecaster(fleet), shops, i);
                error.Alone += Error(new MemberForecaster((BoostingFleet?)null), shops, i);
                error.Pool += Error(new PoolForecaster(fleet: fleet), shops, i);
                error.PoolAlone += Error(new PoolForecaster(), shops, i);
            }
        }

        Assert.IsLessThan(0.85 * error.Alone, error.Together, $"{error}");
        Assert.IsLessThan(0.8 * error.PoolAlone, error.Together, $"{error}");
        Assert.IsLessThan(0.99 * error.PoolAlone, error.Pool, $"{error}");
    }

    // Neither the choice of the series nor their components, at no origin, may feel what came after it.
    [TestMethod]
    public void Predict_SeesNothingOfAnySeriesAfterItsOrigin()
    {
        TimeSeries early = History(5).Slice(0, Day * (Days - 6));
        double[][] changed = [.. Shops.Select(s => s.Select((v, t) => t >= early.Count ? v * (1 + (t % 7)) : v).ToArray())];
        double[][] cut = [.. Shops.Select(s => s.Select((v, t) => t >= early.Count - (3 * Day) ? v * (1 + (t % 7)) : v).ToArray())];

        double[] before = Predict(new MemberForecaster(Fleet(Shops)), early).Quantile(0.9);
        double[] after = Predict(new MemberForecaster(Fleet(changed)), early).Quantile(0.9);
        double[] felt = Predict(new MemberForecaster(Fleet(cut)), early).Quantile(0.9);

        CollectionAssert.AreEqual(before, after);
        CollectionAssert.AreNotEqual(before, felt, "What the others did before the origin must tell.");
    }

    [TestMethod]
    public void Predict_OfAPool_TriesSharedComponentsOnlyWhereSeriesMoveTogether()
    {
        // The same shops, each with its clock and its week turned by some hours more than the one before.
        double[][] apart = [.. Shops.Select((s, i) => s.Select((_, t) => s[(t + (31 * i)) % s.Length]).ToArray())];

        string[] together = Members(Fleet(Shops), History(7));
        string[] alone = Members(Fleet(apart), new TimeSeries(Start, Hour, apart[7].AsSpan(0, Days * Day)));

        CollectionAssert.Contains(together, "multivariate ssa");
        CollectionAssert.DoesNotContain(alone, "multivariate ssa");

        static string[] Members(BoostingFleet fleet, TimeSeries series)
            => [.. Predict(new PoolForecaster(fleet: fleet), series).Report!.Members.Select(m => m.Name)];
    }

    private static double Error(IForecaster forecaster, double[][] shops, int shop)
    {
        double[] median = Predict(forecaster, History(shop, shops[shop])).Quantile(0.5);
        return median.Select((m, h) => Math.Abs(m - shops[shop][(Days * Day) + h]) / shops[shop][(Days * Day) + h]).Average();
    }

    private static Forecast Predict(IForecaster forecaster, TimeSeries series)
        => forecaster.Fit(series, CampaignCalendar.Empty).Predict(new PredictionOptions { Horizon = 2 * Day, Paths = 200 });

    private static BoostingFleet Fleet(double[][] shops)
        => new([.. shops.Select((s, i) => History(i, s))], null, new NoTrees());

    private static TimeSeries History(int shop, double[]? values = null)
    {
        int from = shop < Young ? (Days - YoungDays) * Day : 0;
        return new TimeSeries(Start + (Hour * from), Hour, (values ?? Shops[shop]).AsSpan(from, (Days * Day) - from));
    }

    /// <summary>A day and a week that all shops share, a course of some days that they share too, and noise of a tenth.</summary>
    private static double[][] Rates(int shops, int days, int seed)
    {
        var random = new Random(seed);
        var common = new double[days * Day];
        double state = 0;
        for (int t = 0; t < common.Length; t++)
        {
            state = (0.96 * state) + (0.06 * Normal(random));
            common[t] = (0.6 * Math.Sin(2 * Math.PI * (t - 9) / Day)) + (0.25 * Math.Sin(4 * Math.PI * (t - 4) / Day)) - (t / Day % 7 >= 5 ? 0.35 : 0) + state;
        }

        return [.. Enumerable.Range(0, shops).Select(_ =>
        {
            double level = 100 * Math.Exp(Normal(random));
            double share = 0.8 + (0.4 * random.NextDouble());
            return common.Select(c => level * Math.Exp((share * c) + (0.1 * Normal(random)))).ToArray();
        })];
    }

    private static double Normal(Random random)
        => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());

    /// <summary>Leaves boosting out, so that what is seen is the work of the shared components.</summary>
    private sealed class NoTrees : ITreeGrower
    {
        public string? WhyNot => "No trees here.";

        public BoostedTrees Grow(BoostingExamples examples, CancellationToken cancellationToken) => BoostedTrees.None;
    }
}
