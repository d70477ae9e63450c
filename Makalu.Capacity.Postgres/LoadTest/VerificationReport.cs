namespace Makalu.Capacity.Postgres.LoadTest;

/// <summary>What a load test found, against what the plan said.</summary>
internal sealed record VerificationReport
{
    public int Schema { get; init; } = 1;

    public required bool Passed { get; init; }

    /// <summary>Why it failed; empty where it passed.</summary>
    public required IReadOnlyList<string> Failures { get; init; }

    /// <summary>What to know when reading the figures.</summary>
    public required IReadOnlyList<string> Notes { get; init; }

    public required string Server { get; init; }

    public required string Statement { get; init; }

    public required TimeSpan MaxWait { get; init; }

    public required double AllowedLateShare { get; init; }

    public required int PlannedMaxConnections { get; init; }

    public required IReadOnlyList<LoadReport> Loads { get; init; }
}

/// <summary>The same at one load.</summary>
internal sealed record LoadReport
{
    /// <summary>The load as a fraction of the planned peak.</summary>
    public required double Load { get; init; }

    public required double PeakRequestsPerSecond { get; init; }

    public required int Requests { get; init; }

    public required int Answered { get; init; }

    /// <summary>Answers per second of the requests that were due at the held peak.</summary>
    public required double PeakThroughput { get; init; }

    /// <summary>Refused connections by SQLSTATE.</summary>
    public required IReadOnlyDictionary<string, int> Refused { get; init; }

    /// <summary>What else failed, by kind.</summary>
    public required IReadOnlyDictionary<string, int> Failed { get; init; }

    /// <summary>The 99 % quantile of how late the load generator itself was.</summary>
    public required TimeSpan GeneratorLagP99 { get; init; }

    public required ServerView? ServerView { get; init; }

    public required IReadOnlyList<ServiceReport> Services { get; init; }
}

/// <summary>One service at one load; waits and latencies are of the requests due at the held peak.</summary>
internal sealed record ServiceReport
{
    public required string Name { get; init; }

    public required int Instances { get; init; }

    public required int MaxPoolSize { get; init; }

    public required int Requests { get; init; }

    /// <summary>The part of the requests that waited longer than allowed for a connection, or never got one.</summary>
    public required double LateShare { get; init; }

    /// <summary>What the plan predicted of that at its peak.</summary>
    public required double PlannedLateShare { get; init; }

    public required Quantiles PoolWait { get; init; }

    public required Quantiles Latency { get; init; }

    public required TimeSpan HoldMean { get; init; }

    public required TimeSpan PlannedHoldMean { get; init; }
}

/// <summary>Quantiles and maximum of a time; of the requests that got so far.</summary>
internal sealed record Quantiles(TimeSpan P50, TimeSpan P95, TimeSpan P99, TimeSpan Max)
{
    /// <summary>The quantiles of seconds, NaN left out.</summary>
    public static Quantiles Of(IEnumerable<float> seconds)
    {
        float[] sorted = [.. seconds.Where(value => !float.IsNaN(value))];
        Array.Sort(sorted);
        TimeSpan At(double quantile) => sorted.Length == 0 ? TimeSpan.Zero : Rounded(sorted[Math.Max(0, (int)Math.Ceiling(quantile * sorted.Length) - 1)]);
        return new Quantiles(At(0.5), At(0.95), At(0.99), At(1));
    }

    /// <summary>To the microsecond, which is finer than is measured.</summary>
    public static TimeSpan Rounded(double seconds) => TimeSpan.FromMicroseconds(Math.Round(Math.Max(0, double.IsNaN(seconds) ? 0 : seconds) * 1e6));
}
