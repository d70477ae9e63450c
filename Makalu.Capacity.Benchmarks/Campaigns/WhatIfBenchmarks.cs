using BenchmarkDotNet.Attributes;
using Makalu.Capacity.Campaigns;
using Makalu.Capacity.Forecasting;
using Makalu.Capacity.Series;
using Makalu.Capacity.Sizing;
using Makalu.Capacity.Tests.Campaigns;

namespace Makalu.Capacity.Benchmarks.Campaigns;

/// <summary>
/// What a what-if costs beside a fit: four weeks of steps of five minutes with twelve campaigns, a forecast of a week, 1,000 paths;
/// the campaign moved by three hours, another added, half again as large.
/// </summary>
[ShortRunJob]
[MemoryDiagnoser]
public class WhatIfBenchmarks
{
    private static readonly SystemDescription _system = new()
    {
        Database = new DatabaseDescription { MaxConnections = 100, CpuCores = 16, MemoryBytes = 64L << 30, SharedBuffersBytes = 16L << 30 },
        Services = [new ServiceDescription { Name = "web", Instances = 4, DatabaseTimeMean = TimeSpan.FromMilliseconds(20), DatabaseCpuTimeMean = TimeSpan.FromMilliseconds(2), MaxPoolSize = 20 }],
    };

    private readonly CapacityPlanner _planner = new(new CapacityPlannerOptions { Horizon = TimeSpan.FromDays(7), Model = "campaigns" });
    private RequestHistory _history = null!;
    private CampaignCalendar _calendar = null!;
    private CapacityModel _model = null!;
    private CapacityScenario _moved = null!;
    private CapacityScenario _added = null!;
    private CapacityScenario _larger = null!;

    [GlobalSetup]
    public void Setup()
    {
        TimeSpan step = TimeSpan.FromMinutes(5);
        Campaign At(string name, double day) => new(name, "email", SyntheticShop.Monday.AddDays(day), SyntheticShop.Monday.AddDays(day).AddHours(2));
        Campaign[] past = [.. Enumerable.Range(1, 12).Select(k => At($"past {k}", (2.2 * k) + 0.5))];
        Campaign launch = At("launch", 30.5);
        _history = new RequestHistory
        {
            Requests = SyntheticShop.Rates(SyntheticShop.Monday, step, 28 * 288, t => past.Sum(c => t >= c.StartsAt ? SyntheticShop.Course(c, t) : 0)).Scale(step.TotalSeconds),
            Quality = SeriesQuality.Clean,
        };
        _calendar = new CampaignCalendar([.. past, launch]);
        _moved = new CapacityScenario { Planned = new CampaignCalendar([At("launch", 30.625)]) };
        _added = new CapacityScenario { Planned = new CampaignCalendar([launch, At("second", 32.5)]) };
        _larger = new CapacityScenario { CampaignScales = new Dictionary<string, double> { ["launch"] = 1.5 } };
        _model = _planner.Fit(_history, _calendar);
    }

    [Benchmark(Baseline = true)]
    public CapacityModel Fit() => _planner.Fit(_history, _calendar);

    [Benchmark]
    public Forecast ForecastOfAMovedCampaign() => _model.Forecast(_moved);

    [Benchmark]
    public CapacityPlan PlanOfAMovedCampaign() => _model.Recommend(_system, _moved);

    [Benchmark]
    public CapacityPlan PlanOfOneMoreCampaign() => _model.Recommend(_system, _added);

    [Benchmark]
    public CapacityPlan PlanOfALargerCampaign() => _model.Recommend(_system, _larger);
}
