using Makalu.Capacity.Campaigns;
using Makalu.Capacity.Forecasting;
using Makalu.Capacity.Peaks;
using Makalu.Capacity.Series;

namespace Makalu.Capacity.Tests;

[TestClass]
public sealed class ForecastFindingsTests
{
    [TestMethod]
    [DataRow("public-holiday", 0, "holiday-unseen")]
    [DataRow("public-holiday", 2, null)]
    [DataRow("sale", 0, "campaign-unseen")]
    [DataRow("sale", 1, null)]
    public void Of_WhenAnEntryWasNeverSeen_TellsWhatItsEffectComesFrom(string kind, int past, string? code)
    {
        DateTimeOffset start = new(2024, 5, 1, 0, 0, 0, TimeSpan.Zero);
        var campaign = new Campaign("May Day 2024", kind, start, start.AddDays(1));
        Forecast forecast = Forecast.FromOwned(start, TimeSpan.FromDays(1), 1, [10], [new CampaignEffect(campaign, 0, [0.8]) { PastCampaignsOfKind = past, PastCampaigns = 3, PeakFactorMedian = 0.8, PeakFactorLow = 0.5, PeakFactorHigh = 1.2 }]);
        var history = new RequestHistory { Requests = new TimeSeries(start.AddDays(-20), TimeSpan.FromDays(1), [.. Enumerable.Repeat(864000.0, 20)]), Quality = SeriesQuality.Clean };
        var demand = new PeakDemand { Quantile = 0.99, StepRequestsPerSecond = 10, Step = TimeSpan.FromDays(1), At = start, Cause = "trend" };
        string[] codes = [.. ForecastFindings.Of(history, forecast, demand, null).Where(f => f.Code.EndsWith("-unseen", StringComparison.Ordinal)).Select(f => f.Code)];
        Assert.AreSequenceEqual(code is null ? [] : [code], codes);
    }
}
