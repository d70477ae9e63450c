namespace Makalu.Capacity.Postgres.LoadTest;

/// <summary>How to rehearse a plan.</summary>
internal sealed record VerificationOptions
{
    public required string ConnectionString { get; init; }

    /// <summary>Loads as fractions of the planned peak, one after the other.</summary>
    public IReadOnlyList<double> Loads { get; init; } = [1, 1.5];

    /// <summary>How long the compressed profile takes at each load.</summary>
    public TimeSpan Duration { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How long to let queues empty after each: a quarter of the duration, 1 to 5 s.</summary>
    public TimeSpan Drain => TimeSpan.FromSeconds(Math.Clamp(Duration.TotalSeconds / 4, 1, 5));

    /// <summary>At most so many instances of each service; null for all of the plan.</summary>
    public int? MaxInstances { get; init; }

    /// <summary>Whether requests only sleep, where the test server has fewer cores than the planned one.</summary>
    public bool SleepOnly { get; init; }

    public bool IOwnThisDatabase { get; init; }

    public int Seed { get; init; } = 1;

    /// <summary>The pools to test instead of the plan's, for every service; null for the plan's.</summary>
    public int? MaxPoolSize { get; init; }
}
