using Makalu.Capacity.Campaigns;
using Makalu.Capacity.Forecasting;
using Makalu.Capacity.Numerics;
using Makalu.Capacity.Series;
using Makalu.Capacity.Tests.Campaigns;

namespace Makalu.Capacity.Tests.Forecasting;

[TestClass]
public sealed class PeakSpreadTests
{
    private static readonly TimeSpan _step = TimeSpan.FromMinutes(15);

    [TestMethod]
    public void Calibrate_WhenQuieterDaysHaveLargerCampaigns_Narrows()
        => Assert.IsLessThan(0.6, VarianceRatio(offsetting: true));

    [TestMethod]
    public void Calibrate_WhenCampaignsScatterWithoutRegardToTheDay_LeavesTheWidthAboutAsItIs()
        => Assert.IsInRange(0.75, 1.35, VarianceRatio(offsetting: false));

    [TestMethod]
    public void Calibrate_WithFewCampaigns_ChangesNothing()
        => Assert.AreEqual(1, VarianceRatio(offsetting: true, campaigns: 6), 1e-12);

    [TestMethod]
    public void Calibrate_WhenLevelsAreSteady_LeavesTheScatterToTheAmplitudes()
        => Assert.IsInRange(0.95, 1.05, VarianceRatio(offsetting: false, campaigns: 10, levelDeviation: 0.01, ownDeviation: 0.3));

    /// <summary>The variance of a planned campaign's amplitude after calibration against that before, where each day's level is off, usually by ± 0.2.</summary>
    private static double VarianceRatio(bool offsetting, int campaigns = 28, double levelDeviation = 0.2, double ownDeviation = 0.2)
    {
        var random = new RandomStream(5);
        double[] levels = [.. Enumerable.Range(0, 36).Select(_ => levelDeviation * random.NextNormal())];
        double[] own = [.. Enumerable.Range(0, 36).Select(_ => ownDeviation * random.NextNormal())];
        Campaign[] past = [.. Enumerable.Range(0, campaigns).Select(k => On(35 - campaigns + k))];
        TimeSeries series = SyntheticShop.Rates(SyntheticShop.Monday, _step, 35 * 96, time =>
        {
            int day = (int)(time - SyntheticShop.Monday).TotalDays;
            return levels[day] + (Array.Find(past, c => c.StartsAt.Date == time.Date) is Campaign campaign
                ? SyntheticShop.Course(campaign, time) * (1.2 + (offsetting ? -levels[day] : own[day]))
                : 0);
        });
        var calendar = new CampaignCalendar(past);
        LevelAndShape baseline = LevelAndShape.Fit(series, CampaignMask.Of(series, calendar, new Dictionary<string, ResponseReach>()));
        CampaignResponse response = CampaignResponseFit.Fit(baseline.Deviations(), calendar, AmplitudePrior.Default, baseline.SlowDeviation, new Dictionary<string, ResponseReach>(), ResponseScales.Multiplicative, CancellationToken.None);
        CampaignCluster planned = CampaignCluster.Group([On(35)])[0];
        return PeakSpread.Calibrate(response, baseline, series).AmplitudeOf(planned).Variance / response.AmplitudeOf(planned).Variance;
    }

    private static Campaign On(int day)
    {
        DateTimeOffset start = SyntheticShop.Monday.AddDays(day).AddHours(12);
        return new Campaign(FormattableString.Invariant($"day {day}"), "email", start, start.AddHours(2), []);
    }
}
