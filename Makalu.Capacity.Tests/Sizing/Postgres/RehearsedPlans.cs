using Makalu.Capacity.Peaks;
using Makalu.Capacity.Reporting;
using Makalu.Capacity.Sizing;
using Makalu.Capacity.Tests.Reporting;

namespace Makalu.Capacity.Tests.Sizing.Postgres;

/// <summary>Plans small enough to be rehearsed on the machine that runs the tests.</summary>
internal static class RehearsedPlans
{
    /// <summary>
    /// A shop of some instances whose requests hold a connection for 40 ms, nearly all of it asleep, and may wait for 250 ms, which is long
    /// enough for a test machine that does other work besides.
    /// </summary>
    /// <param name="instances">The instances.</param>
    /// <param name="maxConnections">max_connections.</param>
    /// <param name="stretch">
    /// All times, longer by this factor. With as many fewer requests a second the same pools see the same queues (a queue knows no unit of time), but a
    /// machine that is busy otherwise delays them by a smaller part.
    /// </param>
    public static SystemDescription Shop(int instances, int maxConnections, double stretch = 1) => new()
    {
        Database = new DatabaseDescription { Version = "15", CpuCores = 2, MaxConnections = maxConnections, OtherConnections = 2 },
        Services =
        [
            new ServiceDescription
            {
                Name = "shop", Instances = instances, MaxPoolSize = 100,
                DatabaseTimeMean = TimeSpan.FromMilliseconds(40 * stretch), DatabaseTimeP95 = TimeSpan.FromMilliseconds(80 * stretch), DatabaseCpuTimeMean = TimeSpan.FromMilliseconds(0.5),
            },
        ],
        Target = new ServiceTarget { MaxWait = TimeSpan.FromMilliseconds(250 * stretch) },
    };

    public static CapacityPlan Plan(SystemDescription system, double requestsPerSecond)
    {
        CapacityPlan example = ExamplePlan.Create();
        PeakDemand demand = example.Demand with { StepRequestsPerSecond = requestsPerSecond, BurstFactor = 1, DispersionAtOneSecond = 1, DispersionAtTenthOfSecond = 1 };
        return new CapacityPlan
        {
            History = example.History,
            Calendar = example.Calendar,
            System = system,
            Forecast = example.Forecast,
            Peaks = example.Peaks,
            Demand = demand,
            Connections = system.Plan(demand),
            Findings = [],
            Assumptions = [],
        };
    }

    public static string Json(CapacityPlan plan) => PlanJson.ToJson(plan);
}
