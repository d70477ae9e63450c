using Makalu.Capacity.Campaigns;
using Makalu.Capacity.Forecasting;
using Makalu.Capacity.Series;

namespace Makalu.Capacity.Tests.Forecasting;

[TestClass]
public class MemberForecasterTests
{
    private static readonly DateTimeOffset Start = new(2024, 3, 4, 0, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    [TestMethod]
    [DataRow("ridge-ssa", "ssa")]
    [DataRow("profile-long-ssa", "profile + long ssa")]
    [DataRow("profile-short-ssa", "profile + short ssa")]
    [DataRow("profile-autoregression", "profile + autoregression")]
    [DataRow("day-profile-ssa", "day profile + ssa")]
    [DataRow("seasonal-naive-drift", "seasonal naive with drift")]
    [DataRow("low-rank-seasons", "low-rank seasons")]
    [DataRow("shrunken-profile", "shrunken profile + autoregression")]
    [DataRow("harmonic-regression", "harmonics + autoregression")]
    [DataRow("learned-level", "shape on a learned level")]
    [DataRow("exponential-smoothing", "exponential smoothing")]
    public void Predict_OfAMemberAlone_HasTheErrorThatItHasInThePool(string model, string member)
    {
        TimeSeries series = Shop(35);

        Forecast alone = Predict(model, series);
        ForecastMember only = alone.Report!.Members.Single();
        ForecastMember inPool = Predict("pool", series).Report!.Members.Single(m => m.Name == member);

        Assert.AreEqual(model, alone.Model);
        Assert.AreEqual(member, only.Name);
        Assert.AreEqual(1, only.Weight);
        Assert.AreEqual(inPool.MeanAbsoluteError, only.MeanAbsoluteError, 1e-12);
        CollectionAssert.Contains(ForecasterCatalog.Names.ToArray(), model);
    }

    [TestMethod]
    public void Predict_OfTheSeasonalMean_IsTheWeightedGeometricMeanOfFourWeeks()
    {
        TimeSeries series = Shop(42);

        double[] median = Predict("seasonal-mean", series).Quantile(0.5);

        double[] weights = [1, 0.8, 0.64, 0.512];
        for (int h = 0; h < 48; h++)
        {
            double expected = Math.Exp(weights.Select((w, c) => w * Math.Log(series[^((168 * (c + 1)) - h)])).Sum() / weights.Sum());
            Assert.AreEqual(expected, median[h], 0.02 * expected);
        }
    }

    [TestMethod]
    public void Predict_WithTooLittleHistoryForAMember_SaysHowMuchItNeeds()
    {
        ForecastException exception = Assert.ThrowsExactly<ForecastException>(() => Predict("low-rank-seasons", Shop(9)));

        // 15 days before the earliest origin, and two to judge.
        StringAssert.Contains(exception.Message, "Model 'low-rank-seasons' needs about 17.00:00:00");
        StringAssert.Contains(exception.Message, "there is 9.00:00:00");
        StringAssert.Contains(exception.Message, "choose the model 'pool'");
    }

    [TestMethod]
    public void Predict_OfAMemberWhoseSeasonIsNotThere_SaysWhatTheHistoryShows()
    {
        // Days, all alike but for their noise: no week.
        ForecastException exception = Assert.ThrowsExactly<ForecastException>(() => Predict("shrunken-profile", Shop(12)));

        StringAssert.Contains(exception.Message, "Model 'shrunken-profile' needs a season that the history does not show; it shows one of 1.00:00:00 and no longer one");
    }

    private static Forecast Predict(string model, TimeSeries series)
        => ForecasterCatalog.Create(model, new AutoForecasterOptions()).Fit(series, CampaignCalendar.Empty).Predict(new PredictionOptions { Horizon = 48 });

    /// <summary>A day and a week with noise of a fifth, so that members for noisy series have a part.</summary>
    private static TimeSeries Shop(int days)
    {
        var random = new Random(7);
        double[] values = [.. Enumerable.Range(0, 24 * days).Select(t =>
            100 * Math.Exp((0.8 * Math.Sin(2 * Math.PI * (t - 9) / 24)) - (t % 168 >= 120 ? 0.4 : 0) + (0.4 * (random.NextDouble() + random.NextDouble() + random.NextDouble() - 1.5))))];
        return new TimeSeries(Start, Hour, values);
    }
}
