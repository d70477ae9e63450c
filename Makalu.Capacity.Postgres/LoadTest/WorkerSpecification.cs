namespace Makalu.Capacity.Postgres.LoadTest;

/// <summary>What one worker process, which plays one instance of a service, is told on its standard input.</summary>
internal sealed record WorkerSpecification
{
    public required string ConnectionString { get; init; }

    public required string Service { get; init; }

    public required int Instance { get; init; }

    public required int MaxPoolSize { get; init; }

    public required int MinPoolSize { get; init; }

    public required double RequestsPerSecond { get; init; }

    public required int ConnectionsPerRequest { get; init; }

    public required double BurstDispersion { get; init; }

    public required double RateVariation { get; init; }

    public required double[] Profile { get; init; }

    public required double DurationSeconds { get; init; }

    public required double[] Loads { get; init; }

    public required double DrainSeconds { get; init; }

    public required int Seed { get; init; }

    public required HoldStatement Statement { get; init; }
}

/// <summary>What a worker saw at one load, on its standard output: an entry for each request, in the order of arrival.</summary>
internal sealed record WorkerResult
{
    public required double Load { get; init; }

    /// <summary>Seconds from the start at which each request was due.</summary>
    public required double[] Due { get; init; }

    /// <summary>Seconds from then until its connections were there; NaN where they never were.</summary>
    public required float[] PoolWait { get; init; }

    /// <summary>Seconds from then until its answer was there; NaN where it never was.</summary>
    public required float[] Latency { get; init; }

    /// <summary>Seconds for which it held its connections.</summary>
    public required float[] Hold { get; init; }

    /// <summary>Seconds by which it was started late, which is the load generator's own fault.</summary>
    public required float[] Lag { get; init; }

    /// <summary>How many requests failed, by SQLSTATE or by what happened.</summary>
    public required Dictionary<string, int> Failures { get; init; }
}
