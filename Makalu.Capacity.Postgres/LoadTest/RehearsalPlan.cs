using System.Text.Json;
using Makalu.Capacity.Reporting;

namespace Makalu.Capacity.Postgres.LoadTest;

/// <summary>What a <c>plan.json</c> asks of a load test.</summary>
internal sealed record RehearsalPlan
{
    public required string Verdict { get; init; }

    public required int MaxConnections { get; init; }

    public required double MaxWaitSeconds { get; init; }

    public required double WaitProbability { get; init; }

    public required double BurstDispersion { get; init; }

    public required double RateVariation { get; init; }

    /// <summary>The forecast around its peak as fractions of the peak.</summary>
    public required double[] Profile { get; init; }

    /// <summary>Whether a pooler stands between, in which requests may wait as well.</summary>
    public required bool HasPooler { get; init; }

    public required IReadOnlyList<RehearsedService> Services { get; init; }

    /// <summary>Reads a plan.</summary>
    /// <exception cref="InvalidDataException">It is not a plan, or one without what a rehearsal needs.</exception>
    public static RehearsalPlan Read(string path)
    {
        try
        {
            using FileStream stream = File.OpenRead(path);
            PlanDocument plan = PlanJson.Read(stream);
            if (plan.Rehearsal is not { } rehearsal)
                throw new InvalidDataException($"{path}: the plan has no field 'rehearsal', which an earlier version did not write. Make the plan again with this version's recommend.");

            return new RehearsalPlan
            {
                Verdict = plan.Verdict,
                MaxConnections = plan.MaxConnections,
                MaxWaitSeconds = rehearsal.MaxWait.TotalSeconds,
                WaitProbability = rehearsal.WaitProbability,
                BurstDispersion = rehearsal.BurstDispersion,
                RateVariation = rehearsal.RateVariation,
                HasPooler = plan.Pooler is not null,
                Profile = [.. rehearsal.PeakProfile],
                Services = [.. rehearsal.Services.Zip(plan.Services, (service, pool) => new RehearsedService
                {
                    Name = service.Name,
                    Instances = service.Instances,
                    MaxPoolSize = pool.MaxPoolSize,
                    MinPoolSize = pool.MinPoolSize,
                    RequestsPerSecondPerInstance = service.RequestsPerSecondPerInstance,
                    ConnectionsPerRequest = service.ConnectionsPerRequest,
                    HoldMeanSeconds = service.DatabaseTimeMean.TotalSeconds,
                    HoldP95Seconds = service.DatabaseTimeP95?.TotalSeconds,
                    ProcessorSeconds = service.DatabaseCpuTimeMean?.TotalSeconds ?? 0,
                    PlannedHoldSeconds = service.PlannedHoldMean.TotalSeconds,
                    PlannedWaitProbability = pool.WaitProbability,
                })],
            };
        }
        catch (JsonException exception)
        {
            throw new InvalidDataException($"{path}: is not a plan: {exception.Message} Name the file that recommend wrote with --output.", exception);
        }
    }
}

/// <summary>One service of a plan, as a load test plays it.</summary>
internal sealed record RehearsedService
{
    public required string Name { get; init; }

    public required int Instances { get; init; }

    public required int MaxPoolSize { get; init; }

    public required int MinPoolSize { get; init; }

    public required double RequestsPerSecondPerInstance { get; init; }

    public required int ConnectionsPerRequest { get; init; }

    public required double HoldMeanSeconds { get; init; }

    public required double? HoldP95Seconds { get; init; }

    public required double ProcessorSeconds { get; init; }

    public required double PlannedHoldSeconds { get; init; }

    public required double PlannedWaitProbability { get; init; }
}
