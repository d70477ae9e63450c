using System.Text.Json.Nodes;
using Makalu.Capacity.Campaigns;
using Makalu.Capacity.Cli.Output;
using Makalu.Capacity.Forecasting;
using Makalu.Capacity.Reporting;
using Makalu.Capacity.Series;
using Makalu.Capacity.Sizing;
using Makalu.Capacity.Tests.Campaigns;

namespace Makalu.Capacity.Tests;

/// <summary>What past campaigns did, and what no calendar explains, reaches the plan and all that is written of it.</summary>
[TestClass]
public sealed class CampaignReportTests
{
    private static readonly TimeSpan _quarter = TimeSpan.FromMinutes(15);
    private static readonly DateTimeOffset _origin = SyntheticShop.Monday.AddDays(28);
    private static readonly DateTimeOffset _spikeAt = SyntheticShop.Monday.AddDays(17).AddHours(3);

    private static readonly Campaign[] _past = [.. Enumerable.Range(1, 6).Select(k => new Campaign($"mail {k}", "email", SyntheticShop.Monday.AddDays(4 * k).AddHours(12), SyntheticShop.Monday.AddDays(4 * k).AddHours(14)))];

    private static readonly CampaignCalendar _calendar = new([.. _past, new Campaign("launch", "email", _origin.AddHours(12), _origin.AddHours(14))]);

    private static readonly SystemDescription _system = new()
    {
        Database = new DatabaseDescription { MaxConnections = 100, CpuCores = 16, MemoryBytes = 64L << 30, SharedBuffersBytes = 16L << 30 },
        Services = [new ServiceDescription { Name = "web", Instances = 4, DatabaseTimeMean = TimeSpan.FromMilliseconds(20), DatabaseCpuTimeMean = TimeSpan.FromMilliseconds(2), MaxPoolSize = 20 }],
    };

    private static readonly Lazy<CapacityPlan> _plan = new(() => new CapacityPlanner(new CapacityPlannerOptions { Horizon = TimeSpan.FromDays(1), Paths = 200 }).Recommend(History(), _calendar, _system));

    [TestMethod]
    public void Recommend_Json_TellsWhatEachPastCampaignDidAndHow()
    {
        JsonNode plan = JsonNode.Parse(PlanJson.ToJson(_plan.Value))!;
        JsonArray past = plan["pastCampaigns"]!.AsArray();
        Assert.HasCount(6, past);
        JsonNode third = past[2]!;
        Assert.AreEqual("mail 3", third["campaigns"]![0]!.GetValue<string>());
        Assert.AreEqual("2024-06-15T12:00:00Z", third["startsAt"]!.GetValue<string>());
        Assert.AreEqual(3, third["factor"]!.GetValue<double>(), 0.5);
        Assert.IsInRange(third["factorLow"]!.GetValue<double>(), third["factorHigh"]!.GetValue<double>(), 3.0);
        double requests = 0;
        for (DateTimeOffset t = _past[2].StartsAt; t < _past[2].EndsAt; t += _quarter)
            requests += Math.Exp(SyntheticShop.LogBaseline(t)) * 2 * _quarter.TotalSeconds;
        Assert.AreEqual(requests, third["extraRequests"]!.GetValue<double>(), 0.15 * requests);
        Assert.AreEqual(3, third["peakRequestsPerSecond"]!.GetValue<double>() / third["baselineAtPeak"]!.GetValue<double>(), 0.5);
        Assert.IsInRange(_past[2].StartsAt, _past[2].EndsAt, third["peakAt"]!.GetValue<DateTimeOffset>());
        foreach (string duration in (string[])["lagOfPeak", "duration"])
            Assert.IsInRange(TimeSpan.Zero, TimeSpan.FromHours(3), TimeSpan.Parse(third[duration]!.GetValue<string>(), System.Globalization.CultureInfo.InvariantCulture));
        Assert.AreEqual(1, third["observed"]!.GetValue<double>());

        JsonNode model = plan["campaignModel"]!;
        Assert.AreEqual("shrinkage", model["amplitudes"]!.GetValue<string>());
        Assert.IsFalse(model["response"]!["additive"]!.GetValue<bool>());
        Assert.AreEqual("email", model["kinds"]![0]!["kind"]!.GetValue<string>());
        Assert.AreEqual(6, model["kinds"]![0]!["pastCampaigns"]!.GetValue<int>());
    }

    [TestMethod]
    public void Recommend_Html_HasTheTableOfPastCampaigns()
    {
        using var writer = new StringWriter();
        HtmlReport.Write(writer, _plan.Value);
        Assert.Contains("What past campaigns did", writer.ToString());
        Assert.Contains("mail 6", writer.ToString());
    }

    [TestMethod]
    [DataRow("auto")]
    [DataRow("pool")]
    public void Recommend_WhenASpikeIsOnNoCalendar_FindsItAndSaysWhatToDo(string model)
    {
        CapacityPlan plan = model == "auto" ? _plan.Value : new CapacityPlanner(new CapacityPlannerOptions { Horizon = TimeSpan.FromDays(1), Paths = 200, Model = model }).Recommend(History(), _calendar, _system);
        Finding finding = plan.Findings.Single(f => f.Code == "traffic-unannounced");
        Assert.Contains("2024-06-20T03:00:00Z to 2024-06-20T05:00:00Z", finding.Message);
        Assert.Contains("as a campaign", finding.Message);
        Assert.AreEqual(1, finding.Evidence.Single(e => e.Key == "events").Value);
        Assert.AreEqual("2024-06-20T03:00:00Z", finding.Evidence.Single(e => e.Key == "largestFrom").Value);
        Assert.AreEqual("2024-06-20T05:00:00Z", finding.Evidence.Single(e => e.Key == "largestTo").Value);
        Assert.AreEqual(3.5, (double)finding.Evidence.Single(e => e.Key == "largestFactor").Value, 0.6);
    }

    [TestMethod]
    public void Recommend_Assumptions_NameTheAmplitudeModel()
        => Assert.IsTrue(_plan.Value.Assumptions.Any(a => a.Contains("amplitude model 'shrinkage'", StringComparison.Ordinal)));

    [TestMethod]
    public void Explanation_OfTheForecast_TellsCampaignsKindsAndSpikes()
    {
        string text = ForecastExplanation.Of(_plan.Value.Forecast, "");
        foreach (string part in (string[])["past campaign mail 3 (email, 2024-06-15T12:00:00Z)", "kind email: 6 past", "not on the calendar: 2024-06-20T03:00:00Z", "amplitudes of campaigns:", "responses to campaigns:"])
            Assert.Contains(part, text);
    }

    [TestMethod]
    public void Predict_ByALocalClock_TellsSpikesAndCampaignsInUtc()
    {
        Forecast forecast = new CapacityPlanner(new CapacityPlannerOptions { Horizon = TimeSpan.FromDays(1), Paths = 200, Model = "campaigns", TimeZone = TimeZoneInfo.FindSystemTimeZoneById("Europe/Copenhagen") }).Forecast(History(), _calendar);
        Assert.AreEqual(_spikeAt, forecast.Report!.Campaigns!.Unannounced.Single().StartsAt);
        Assert.AreSame(_past[2], forecast.Report.Campaigns.Uplifts[2].Campaigns[0]);
        Assert.IsInRange(_past[2].StartsAt, _past[2].EndsAt, forecast.Report.Campaigns.Uplifts[2].PeakAt);
    }

    private static RequestHistory History()
    {
        double Response(DateTimeOffset t) => _past.Any(c => t >= c.StartsAt && t < c.EndsAt) ? Math.Log(3) : t >= _spikeAt && t < _spikeAt.AddHours(2) ? Math.Log(3.5) : 0;
        return new RequestHistory { Requests = SyntheticShop.Rates(SyntheticShop.Monday, _quarter, 28 * 96, Response).Scale(_quarter.TotalSeconds), Quality = SeriesQuality.Clean };
    }
}
