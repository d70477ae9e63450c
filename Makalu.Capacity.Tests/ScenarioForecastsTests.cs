using System.Runtime.InteropServices;
using Makalu.Capacity.Campaigns;
using Makalu.Capacity.Forecasting;
using Makalu.Capacity.Peaks;
using Makalu.Capacity.Series;
using Makalu.Capacity.Sizing;

namespace Makalu.Capacity.Tests;

/// <summary>
/// A model that keeps its sample paths answers bit for bit as one that simulates anew for each question: whatever was asked before, from
/// any number of threads, below a day and with days, with holidays, by a local clock that changes, and over any baseline.
/// </summary>
[TestClass]
public sealed class ScenarioForecastsTests
{
    private static readonly DateTimeOffset Start = new(2024, 9, 25, 0, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset Origin = Start.AddDays(31);
    private static readonly Campaign Launch = At("launch", 14);
    private static readonly Campaign Evening = At("evening", 19);

    private static readonly CampaignCalendar Calendar = new(
    [
        .. Enumerable.Range(1, 5).Select(k => At($"mail {k}", (-31 * 24) + (130 * k) + 14)),
        new Campaign("feast 1", "public holiday", Start.AddDays(9), Start.AddDays(10)),
        Launch,
        Evening,
    ]);

    private static readonly Lazy<RequestHistory> History = new(() => Made(TimeSpan.FromMinutes(15)));

    private static CapacityScenario[] Scenarios =>
    [
        new() { Planned = new CampaignCalendar([At("launch", 16), Evening]) },
        new() { Planned = new CampaignCalendar([Launch, Evening, At("extra", 15.5), At("unseen", 30, "tv")]) },
        new() { Planned = new CampaignCalendar([Evening]) },
        new() { Planned = new CampaignCalendar([Launch, Evening, new Campaign("feast 2", "public holiday", Origin.AddDays(1), Origin.AddDays(2))]) },
        new() { TrafficScale = 1.3 },
        new() { CampaignScales = Scale(2) },
        new() { CampaignScales = Scale(0), TrafficScale = 0.7 },
        new() { Planned = new CampaignCalendar([At("launch", 18), Evening, new Campaign("feast 2", "public holiday", Origin, Origin.AddDays(1))]), CampaignScales = new Dictionary<string, double> { ["launch"] = 1.5, ["evening"] = 0.2 } },
        new() { Planned = new CampaignCalendar([At("launch", 16), Evening]) },
        new(),
    ];

    [TestMethod]
    [DataRow("campaigns", null, 15)]
    [DataRow("campaigns", "Europe/Berlin", 15)]
    [DataRow("campaigns+seasonal-naive", null, 15)]
    [DataRow("campaigns", null, 1440)]
    public void Forecast_OfAModelThatKeepsItsPaths_IsThatOfAFreshSimulation(string model, string? zone, int minutes)
    {
        var options = new CapacityPlannerOptions { Horizon = TimeSpan.FromDays(minutes == 15 ? 2 : 10), Model = model, Paths = 100, TimeZone = zone is null ? null : TimeZoneInfo.FindSystemTimeZoneById(zone), Step = TimeSpan.FromMinutes(minutes) };
        CapacityModel keeping = new CapacityPlanner(options).Fit(History.Value, Calendar);
        CapacityModel fresh = keeping.WithWhatIfMemory(0);
        Assert.AreEqual(0, fresh.KeptBytes);
        Assert.IsGreaterThan(0, keeping.KeptBytes);

        CapacityScenario[] scenarios = Scenarios;
        byte[][] expected = [.. scenarios.Select(s => Bytes(fresh.Forecast(s)))];
        Parallel.For(0, 3 * scenarios.Length, i => CollectionAssert.AreEqual(expected[i % scenarios.Length], Bytes(keeping.Forecast(scenarios[i % scenarios.Length])), $"scenario {i % scenarios.Length}"));
        Assert.IsGreaterThan(5, expected.Select(Convert.ToHexString).Distinct().Count(), "the scenarios change nothing, so that nothing is proven");
    }

    /// <summary>The highest steps are found from what is shared, span by span; here from the paths as they are when put together.</summary>
    [TestMethod]
    public void Peaks_OfAForecastThatSharesItsPaths_AreThoseOfItsCopy()
    {
        CapacityModel model = new CapacityPlanner(new CapacityPlannerOptions { Horizon = TimeSpan.FromDays(2), Model = "campaigns", Paths = 100 }).Fit(History.Value, Calendar);
        foreach (CapacityScenario scenario in Scenarios)
        {
            Forecast shared = model.Forecast(scenario);
            CampaignCalendar planned = scenario.Planned ?? Calendar;
            IReadOnlyList<PeakForecast> peaks = PeakFinder.Find(shared, planned);
            for (int w = 0; w < peaks.Count; w++)
            {
                (int first, int count) = PeakFinder.Steps(shared, peaks[w].Window);
                double[] maxima = [.. Enumerable.Range(0, shared.PathCount).Select(p => shared.Path(p).Slice(first, count).ToArray().Max()).Order()];
                CollectionAssert.AreEqual(maxima, peaks[w].SortedMaxima.ToArray(), peaks[w].Window.Name);
            }

            double[] all = [.. Enumerable.Range(0, shared.PathCount).SelectMany(p => shared.Path(p).ToArray())];
            var copy = new Forecast(shared.Start, shared.Step, shared.Horizon, all) { CampaignEffects = shared.CampaignEffects };
            CollectionAssert.AreEqual(peaks.Select(p => (p.At, p.Cause)).ToArray(), PeakFinder.Find(copy, planned).Select(p => (p.At, p.Cause)).ToArray());
        }
    }

    /// <summary>The outlook is taken from the plan's own forecast, and is that of a model that simulates it again.</summary>
    [TestMethod]
    public void Outlook_OfAPlan_IsThatOfAFreshSimulation()
    {
        var system = new SystemDescription
        {
            Database = new DatabaseDescription { MaxConnections = 100, CpuCores = 16, MemoryBytes = 64L << 30, SharedBuffersBytes = 16L << 30 },
            Services = [new ServiceDescription { Name = "web", Instances = 4, DatabaseTimeMean = TimeSpan.FromMilliseconds(20), DatabaseCpuTimeMean = TimeSpan.FromMilliseconds(2), MaxPoolSize = 20 }],
        };
        CapacityModel keeping = new CapacityPlanner(new CapacityPlannerOptions { Horizon = TimeSpan.FromDays(1), Model = "campaigns", Paths = 100 }).Fit(History.Value, Calendar);
        CapacityModel fresh = keeping.WithWhatIfMemory(0);
        PlanOutlook expected = fresh.Outlook(fresh.Recommend(system));
        foreach (PlanOutlook outlook in new[] { keeping.Outlook(keeping.Recommend(system)), keeping.Outlook(fresh.Recommend(system)), fresh.Outlook(keeping.Recommend(system)) })
        {
            Assert.AreEqual(expected.CurrentSettingsCarry, outlook.CurrentSettingsCarry);
            Assert.AreEqual(expected.PlannedSettingsCarry, outlook.PlannedSettingsCarry);
            CollectionAssert.AreEqual(expected.Scenarios.Select(s => (s.Change, s.StepRequestsPerSecond, s.RequestsPerSecond, s.At, s.MaxConnections)).ToArray(), outlook.Scenarios.Select(s => (s.Change, s.StepRequestsPerSecond, s.RequestsPerSecond, s.At, s.MaxConnections)).ToArray());
        }
    }

    [TestMethod]
    public void Validate_WhenTheMemoryIsNegative_Throws()
        => StringAssert.Contains(Assert.ThrowsExactly<ArgumentException>(() => new CapacityPlannerOptions { WhatIfMemoryBytes = -1 }.Validate()).Message, "WhatIfMemoryBytes -1 must be 0 or more");

    private static Dictionary<string, double> Scale(double scale) => new(StringComparer.Ordinal) { [Launch.Name] = scale };

    private static byte[] Bytes(Forecast forecast)
        => [.. Enumerable.Range(0, forecast.PathCount).SelectMany(p => MemoryMarshal.AsBytes(forecast.Path(p)).ToArray()), .. forecast.CampaignEffects.SelectMany(e => BitConverter.GetBytes(e.PeakFactorHigh + e.FirstStep).Concat(MemoryMarshal.AsBytes(e.Factors).ToArray()))];

    private static Campaign At(string name, double hours, string kind = "email") => new(name, kind, Origin.AddHours(hours), Origin.AddHours(hours + 2));

    private static RequestHistory Made(TimeSpan step)
    {
        double[] requests = new double[(int)((Origin - Start) / step)];
        for (int i = 0; i < requests.Length; i++)
        {
            DateTimeOffset time = Start + (step * i);
            double level = 100 + (60 * Math.Sin(2 * Math.PI * time.TimeOfDay.TotalDays)) + (5 * Math.Sin(i * 12.9898));
            double factor = Calendar.Campaigns.Any(c => time >= c.StartsAt && time < c.EndsAt) ? 2.5 : 1;
            requests[i] = level * factor * step.TotalSeconds;
        }

        return new RequestHistory { Requests = new TimeSeries(Start, step, requests), Quality = SeriesQuality.Clean };
    }
}
