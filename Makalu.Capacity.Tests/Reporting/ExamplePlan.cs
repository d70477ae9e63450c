using Makalu.Capacity.Campaigns;
using Makalu.Capacity.Forecasting;
using Makalu.Capacity.Peaks;
using Makalu.Capacity.Series;
using Makalu.Capacity.Sizing;

namespace Makalu.Capacity.Tests.Reporting;

/// <summary>A plan made by hand, so that what the reports say can be told from it.</summary>
internal static class ExamplePlan
{
    public static readonly DateTimeOffset Origin = new(2024, 9, 15, 0, 0, 0, TimeSpan.Zero);

    public static readonly Campaign Launch = new("autumn-launch", "email", Origin.AddHours(14), Origin.AddHours(16));

    public static CapacityPlan Create(
        Verdict verdict = Verdict.Raise,
        int now = 100,
        int planned = 214,
        bool survives = false,
        string engine = "postgresql",
        string version = "16",
        PoolerPlan? pooler = null,
        BacktestReport? backtest = null,
        IReadOnlyList<Finding>? findings = null)
    {
        Forecast forecast = Forecast();
        PeakForecast[] peaks =
        [
            Peak("horizon", "horizon", Origin, Origin.AddDays(1), Launch.Name),
            Peak("day 2024-09-15", "day", Origin, Origin.AddDays(1), Launch.Name),
            Peak("autumn-launch", "email", Launch.StartsAt.AddMinutes(-30), Launch.EndsAt.AddMinutes(90), Launch.Name),
        ];
        findings ??=
        [
            new Finding("current-limit-exceeded", FindingSeverity.Critical, "100 connections do not survive the peak; 214 do.", [new("needed", 207), new("limit", 100), new("ratio", 2.0700001)]),
            new Finding("burst-factor-unknown", FindingSeverity.Info, "The history has no peak_rps column."),
        ];
        return new CapacityPlan
        {
            History = History(),
            Calendar = new CampaignCalendar([Launch]),
            System = new SystemDescription
            {
                Database = new DatabaseDescription { Engine = engine, Version = version, CpuCores = 8, MemoryBytes = 32L << 30, MaxConnections = now, OtherConnections = 12 },
                Services = [new ServiceDescription { Name = "web", Instances = 6, SurgeInstances = 2, DatabaseTimeMean = TimeSpan.FromMilliseconds(12), MaxPoolSize = 100 }],
            },
            Forecast = forecast,
            Peaks = peaks,
            Demand = new PeakDemand
            {
                Quantile = 0.99,
                StepRequestsPerSecond = 1777.3,
                Step = forecast.Step,
                BurstFactor = 1.3,
                BurstFactorMeasured = true,
                At = Origin.AddHours(14.25),
                Cause = Launch.Name,
            },
            Connections = new ConnectionPlan
            {
                Verdict = verdict,
                MaxConnections = planned,
                RestartRequired = planned != now,
                CurrentSettingsSurvive = survives,
                Services =
                [
                    new ServicePool
                    {
                        Name = "web", MaxPoolSize = 24, MinPoolSize = 9, Instances = 8, OfferedLoad = 3.466, Utilisation = 0.144412345, WaitProbability = 0.004,
                        RequestsPerSecondPerInstance = 288.8, CurrentMaxPoolSize = 100,
                    },
                ],
                Pooler = pooler,
                Database = new DatabaseLoad { CpuUtilisation = 0.58, CpuCoresRequired = verdict == Verdict.Scale ? 23.4 : 6.6, MemoryRequiredBytes = 10_844_792_422, Knee = 96 },
                Findings = findings,
                Assumptions = ["superuser_reserved_connections is 3, PostgreSQL's default."],
            },
            Backtest = backtest,
            Findings = findings,
            Assumptions = ["superuser_reserved_connections is 3, PostgreSQL's default."],
        };
    }

    /// <summary>The same plan for another demand.</summary>
    public static CapacityPlan With(CapacityPlan plan, PeakDemand demand) => With(plan, demand, plan.Peaks);

    /// <summary>The same plan with one peak.</summary>
    public static CapacityPlan With(CapacityPlan plan, PeakForecast peak) => With(plan, plan.Demand, [peak]);

    public static CapacityPlan With(CapacityPlan plan, PeakDemand demand, IReadOnlyList<PeakForecast> peaks) => new()
    {
        History = plan.History,
        Calendar = plan.Calendar,
        System = plan.System,
        Forecast = plan.Forecast,
        Peaks = peaks,
        Demand = demand,
        Connections = plan.Connections,
        Backtest = plan.Backtest,
        Findings = plan.Findings,
        Assumptions = plan.Assumptions,
    };

    /// <summary>The same plan with another calendar.</summary>
    public static CapacityPlan WithCalendar(CapacityPlan plan, CampaignCalendar calendar) => new()
    {
        History = plan.History,
        Calendar = calendar,
        System = plan.System,
        Forecast = plan.Forecast,
        Peaks = plan.Peaks,
        Demand = plan.Demand,
        Connections = plan.Connections,
        Findings = plan.Findings,
        Assumptions = plan.Assumptions,
    };

    public static PlanOutlook Outlook() => new()
    {
        CurrentSettingsCarry = 870.4,
        PlannedSettingsCarry = 1801.2,
        Scenarios =
        [
            new ScenarioOutcome
            {
                Change = "autumn-launch twice as large", Scenario = new CapacityScenario(), StepRequestsPerSecond = 3500.2, RequestsPerSecond = 4550.3, At = Origin.AddHours(14.25),
                Verdict = Verdict.Scale, MaxConnections = 400, MaxPoolSizes = [48], CurrentSettingsCarry = false, PlannedSettingsCarry = false,
            },
        ],
    };

    public static BacktestReport Backtest() => new()
    {
        Chosen = "ssa",
        Reason = "ssa has the lowest pinball loss over 4 origins.",
        Candidates =
        [
            new ForecastAccuracy { Model = "ssa", Origins = 4, Mase = 0.61, PinballLoss = 12.5, RelativePinballLoss = 1, Coverage95 = 0.94, PeakCoverage95 = 1 },
            new ForecastAccuracy { Model = "seasonal-naive", Origins = 4, Mase = double.NaN, PinballLoss = 19.25, RelativePinballLoss = 1.5, Coverage95 = 0.9, PeakCoverage95 = 0.75 },
        ],
    };

    public static PoolerPlan Pooler() => new() { Kind = "pgbouncer", Replicas = 2, Mode = "transaction", PoolSize = 30, ReservePoolSize = 5, MaxClientConnections = 500 };

    /// <summary>One day in quarters of an hour: 200 paths of 100 requests per second, five times as many during the launch.</summary>
    private static Forecast Forecast()
    {
        const int Horizon = 96;
        const int Paths = 200;
        var paths = new double[Paths * Horizon];
        var factors = new double[10];
        Array.Fill(factors, 5);
        for (int p = 0; p < Paths; p++)
        {
            for (int h = 0; h < Horizon; h++)
            {
                paths[(p * Horizon) + h] = (100 + (0.5 * p)) * (h is >= 56 and < 66 ? 5 : 1);
            }
        }

        return Makalu.Capacity.Forecasting.Forecast.FromOwned(
            Origin,
            TimeSpan.FromMinutes(15),
            Horizon,
            paths,
            [new CampaignEffect(Launch, 56, factors) { PastCampaignsOfKind = 2, PastCampaigns = 5, PeakFactorMedian = 5, PeakFactorLow = 3.1, PeakFactorHigh = 8.2 }],
            "ssa");
    }

    private static RequestHistory History()
    {
        var counts = new double[96 * 3];
        for (int i = 0; i < counts.Length; i++)
        {
            counts[i] = 90_000 * (1 + (0.5 * Math.Sin(i * Math.Tau / 96)));
        }

        counts[100] = double.NaN;
        return new RequestHistory
        {
            Requests = new TimeSeries(Origin.AddDays(-3), TimeSpan.FromMinutes(15), counts),
            Quality = new SeriesQuality { Gaps = 1, MissingSteps = 1, LongestGap = TimeSpan.FromMinutes(15) },
        };
    }

    private static PeakForecast Peak(string name, string kind, DateTimeOffset from, DateTimeOffset to, string cause)
    {
        double[] maxima = [.. Enumerable.Range(0, 1001).Select(i => 500.0 + i)];
        return new PeakForecast(new PeakWindow { Name = name, Kind = kind, StartsAt = from, EndsAt = to }, maxima, Origin.AddHours(14.25), cause);
    }
}
