using System.Diagnostics;
using System.Globalization;
using Makalu.Capacity.Campaigns;
using Makalu.Capacity.Forecasting;
using Makalu.Capacity.Peaks;
using Makalu.Capacity.Series;
using Makalu.Capacity.Sizing;
using Makalu.Capacity.Tests.Campaigns;

namespace Makalu.Capacity.Benchmarks.Campaigns;

/// <summary>
/// What a what-if costs, stage by stage, on the sample, on the World Cup, on daily page views and on a synthetic shop: the median of several
/// rounds in milliseconds, each of them another question, so that no answer is remembered, and the mean processor time of all cores, which
/// hangs less on what else the machine does.
/// </summary>
internal static class WhatIfTiming
{
    public static void Run(string sample, string? data, int rounds, TextWriter output)
    {
        output.WriteLine($"| {"case",-34} | {"what",-40} | median ms | lowest ms | processor ms |");
        Sample(sample, null, rounds, output);
        Sample(sample, "campaigns", rounds, output);
        Shop(rounds, output);
        if (data is not null)
        {
            WorldCup(data, TimeSpan.FromMinutes(5), rounds, output);
            WorldCup(data, TimeSpan.FromMinutes(1), rounds, output);
            Pageviews(data, rounds, output);
        }
    }

    private static void Sample(string directory, string? model, int rounds, TextWriter output)
    {
        RequestHistory history = SeriesFile.Read(Path.Combine(directory, "requests.csv.gz"))[0];
        CampaignCalendar calendar = CampaignData.Calendar(Path.Combine(directory, "calendar.csv"));
        SystemDescription system = SystemDescriptionReader.Read(Path.Combine(directory, "system.json"));
        var options = new CapacityPlannerOptions { Horizon = TimeSpan.FromDays(7), Model = model ?? "auto" };
        Measure($"sample {model ?? "auto"} {history.Requests.Step.TotalMinutes} min", new CapacityPlanner(options), history, calendar, system, calendar.Campaigns[^1], rounds, output);
    }

    private static void Shop(int rounds, TextWriter output)
    {
        TimeSpan step = TimeSpan.FromMinutes(5);
        Campaign At(string name, double day) => new(name, "email", SyntheticShop.Monday.AddDays(day), SyntheticShop.Monday.AddDays(day).AddHours(2));
        Campaign[] past = [.. Enumerable.Range(1, 12).Select(k => At($"past {k}", (2.2 * k) + 0.5))];
        Campaign launch = At("launch", 30.5);
        var history = new RequestHistory
        {
            Requests = SyntheticShop.Rates(SyntheticShop.Monday, step, 28 * 288, t => past.Sum(c => t >= c.StartsAt ? SyntheticShop.Course(c, t) : 0)).Scale(step.TotalSeconds),
            Quality = SeriesQuality.Clean,
        };
        Measure("shop campaigns 5 min", new CapacityPlanner(new CapacityPlannerOptions { Horizon = TimeSpan.FromDays(7), Model = "campaigns" }), history, new CampaignCalendar([.. past, launch]), System(4), launch, rounds, output);
    }

    private static void WorldCup(string data, TimeSpan step, int rounds, TextWriter output)
    {
        RequestHistory history = SeriesFile.Read(Path.Combine(data, "worldcup98", "requests-1m.csv.gz"))[0];
        CampaignCalendar calendar = CampaignData.Calendar(Path.Combine(data, "worldcup98", "calendar.csv"));
        var origin = new DateTimeOffset(1998, 6, 20, 0, 0, 0, TimeSpan.Zero);
        var options = new CapacityPlannerOptions { Horizon = TimeSpan.FromDays(4), Model = "campaigns", Step = step, Origin = origin };
        Measure($"World Cup campaigns {step.TotalMinutes} min", new CapacityPlanner(options), history, calendar, System(8), calendar.Campaigns.First(c => c.StartsAt > origin), rounds, output);
    }

    private static void Pageviews(string data, int rounds, TextWriter output)
    {
        RequestHistory history = SeriesFile.Read(Path.Combine(data, "pageviews", "requests-1d.csv.gz"))[0];
        CampaignCalendar calendar = CampaignData.Calendar(Path.Combine(data, "pageviews", "calendar.csv"));
        var origin = new DateTimeOffset(2013, 12, 15, 0, 0, 0, TimeSpan.Zero);
        var options = new CapacityPlannerOptions { Horizon = TimeSpan.FromDays(60), Model = "campaigns", Origin = origin };
        Measure("page views campaigns 1 day", new CapacityPlanner(options), history, calendar, System(8), calendar.Campaigns.First(c => c.StartsAt > origin), rounds, output);
    }

    private static SystemDescription System(int instances) => new()
    {
        Database = new DatabaseDescription { MaxConnections = 100, CpuCores = 16, MemoryBytes = 64L << 30, SharedBuffersBytes = 16L << 30 },
        Services = [new ServiceDescription { Name = "web", Instances = instances, DatabaseTimeMean = TimeSpan.FromMilliseconds(20), DatabaseCpuTimeMean = TimeSpan.FromMilliseconds(2), MaxPoolSize = 20 }],
    };

    private static void Measure(string name, CapacityPlanner planner, RequestHistory history, CampaignCalendar calendar, SystemDescription system, Campaign launch, int rounds, TextWriter output)
    {
        CapacityModel model = planner.Fit(history, calendar);
        TimeSpan shift = history.Requests.Step >= TimeSpan.FromDays(1) ? TimeSpan.FromDays(1) : TimeSpan.FromMinutes(30);
        CapacityScenario Moved(int round) => new() { Planned = new CampaignCalendar(calendar.Campaigns.Select(c => c == launch ? new Campaign(c.Name, c.Kind, c.StartsAt + ((round + 1) * shift), c.EndsAt + ((round + 1) * shift), c.Features) : c)) };
        CapacityScenario Larger(int round) => new() { CampaignScales = new Dictionary<string, double> { [launch.Name] = 1.5 + (0.1 * round) } };
        CapacityScenario Busier(int round) => new() { TrafficScale = 1.1 + (0.05 * round) };

        Time("fit", rounds / 4, _ => planner.Fit(history, calendar));
        Time("forecast", rounds, _ => model.Forecast());
        Time("plan", rounds, _ => model.Recommend(system));
        CapacityPlan plan = model.Recommend(system);
        Time("outlook", rounds / 2, _ => model.Outlook(plan));
        Time("forecast, all traffic scaled", rounds, r => model.Forecast(Busier(r)));
        Time("plan, all traffic scaled", rounds, r => model.Recommend(system, Busier(r)));
        if (plan.Forecast.CampaignEffects.Count > 0)
        {
            Time("forecast, campaign moved", rounds, r => model.Forecast(Moved(r)));
            Time("plan, campaign moved", rounds, r => model.Recommend(system, Moved(r)));
            Time("forecast, campaign larger", rounds, r => model.Forecast(Larger(r)));
            Time("plan, campaign larger", rounds, r => model.Recommend(system, Larger(r)));
            Time("plan, campaign moved, the first question", rounds / 2, r => model.WithWhatIfMemory(model.KeptBytes).Recommend(system, Moved(r)));
            CampaignScaling scaling = model.ScalingOf(launch.Name, default);
            Time("plan of the slider", rounds, r => model.Recommend(system, scaling, 1.5 + (0.1 * r), default));
        }

        Forecast forecast = model.Forecast();
        Time("  peaks", rounds, _ => PeakFinder.Find(forecast, calendar));
        Time("  demand", rounds, _ => PeakDemandEstimator.Estimate(history, plan.Peaks[0], forecast.Step, system.Target.PeakQuantile, 1));
        Time("  connections", rounds, r => new ConnectionPlanner().Plan(system, plan.Demand with { StepRequestsPerSecond = plan.Demand.StepRequestsPerSecond * (1 + (0.01 * r)) }));
        Time("  carried rate", rounds / 2, r => ConnectionPlanner.CarriedRate(system, plan.Demand with { StepRequestsPerSecond = plan.Demand.StepRequestsPerSecond * (1 + (0.01 * r)) }));

        void Time(string what, int times, Func<int, object?> work)
        {
            times = Math.Max(times, 2);
            for (int warm = 0; warm < 2; warm++)
                work(times + warm);
            double[] took = new double[times];
            TimeSpan processor = Environment.CpuUsage.TotalTime;
            for (int round = 0; round < times; round++)
            {
                long from = Stopwatch.GetTimestamp();
                work(round);
                took[round] = Stopwatch.GetElapsedTime(from).TotalMilliseconds;
            }

            processor = Environment.CpuUsage.TotalTime - processor;
            Array.Sort(took);
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {name,-34} | {what,-40} | {took[times / 2],9:F1} | {took[0],9:F1} | {processor.TotalMilliseconds / times,12:F1} |"));
        }
    }
}
