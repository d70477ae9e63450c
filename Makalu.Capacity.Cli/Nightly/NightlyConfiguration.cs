namespace Makalu.Capacity.Cli.Nightly;

/// <summary>What the nightly job does: <c>nightly.json</c>, with its paths resolved against the folder it lies in.</summary>
internal sealed record NightlyConfiguration
{
    /// <summary>The folder that plans, reports and the job's own memory are written to.</summary>
    public required string Output { get; init; }

    /// <summary>How far to forecast; default 14 days.</summary>
    public TimeSpan Horizon { get; init; } = TimeSpan.FromDays(14);

    /// <summary>The seed of all simulations; default 1.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>Whether plans are only recorded, for the report of what following them would have changed; default false.</summary>
    public bool Shadow { get; init; }

    /// <summary>A file for node_exporter's textfile collector; null writes none.</summary>
    public string? MetricsFile { get; init; }

    /// <summary>Where metrics are sent by OTLP over HTTP; null sends none.</summary>
    public Uri? MetricsEndpoint { get; init; }

    /// <summary>How many services are planned at once; default the number of processors. Memory grows with it, results do not depend on it.</summary>
    public int Parallelism { get; init; } = Environment.ProcessorCount;

    /// <summary>The services; at least one, of different names.</summary>
    public required IReadOnlyList<NightlyService> Services { get; init; }
}
