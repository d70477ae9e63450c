using Makalu.Capacity.Peaks;
using Makalu.Capacity.Sizing;

namespace Makalu.Capacity.Tests.Sizing;

/// <summary>Systems and peaks that the sizing tests start from.</summary>
internal static class SizingCases
{
    /// <summary>The system of the outage: 100 connections, six instances with a pool of 100 each.</summary>
    public static SystemDescription Outage { get; } = new()
    {
        Database = new DatabaseDescription { Version = "16", CpuCores = 8, MemoryBytes = 32L << 30, SharedBuffersBytes = 8L << 30, MaxConnections = 100, OtherConnections = 12 },
        Services =
        [
            new ServiceDescription
            {
                Name = "web", Instances = 6, SurgeInstances = 2, MaxPoolSize = 100,
                DatabaseTimeMean = TimeSpan.FromMilliseconds(45), DatabaseTimeP95 = TimeSpan.FromMilliseconds(150), DatabaseCpuTimeMean = TimeSpan.FromMilliseconds(2),
            },
        ],
    };

    /// <summary>The system of the sample, as data/system.json has it.</summary>
    public static SystemDescription Sample { get; } = Outage.WithService(service => service with
    {
        SurgeInstances = 1,
        DatabaseTimeMean = TimeSpan.FromMilliseconds(40),
        DatabaseTimeP95 = TimeSpan.FromMilliseconds(110),
        DatabaseCpuTimeMean = TimeSpan.FromMilliseconds(1.2),
    });

    public static PeakDemand Peak(double requestsPerSecond, double? dispersion = 1) => new()
    {
        Quantile = 0.99,
        StepRequestsPerSecond = requestsPerSecond,
        Step = TimeSpan.FromMinutes(1),
        DispersionAtOneSecond = dispersion,
        DispersionAtTenthOfSecond = dispersion,
        At = new DateTimeOffset(2024, 9, 15, 14, 5, 0, TimeSpan.Zero),
        Cause = "autumn-launch",
    };

    public static SystemDescription WithDatabase(this SystemDescription system, Func<DatabaseDescription, DatabaseDescription> change) => system with { Database = change(system.Database) };

    public static SystemDescription WithService(this SystemDescription system, Func<ServiceDescription, ServiceDescription> change) => system with { Services = [.. system.Services.Select(change)] };

    public static ConnectionPlan Plan(this SystemDescription system, PeakDemand demand) => new ConnectionPlanner().Plan(system, demand);
}
