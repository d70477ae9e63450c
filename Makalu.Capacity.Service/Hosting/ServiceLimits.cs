namespace Makalu.Capacity.Service.Hosting;

/// <summary>What callers may ask at the most, so that none can exhaust the machine.</summary>
public sealed class ServiceLimits
{
    /// <summary>Bytes of a request's body; default 8 MiB. More is answered with 413.</summary>
    public long RequestBytes { get; set; } = 8 << 20;

    /// <summary>Steps of a series; default 600,000, more than a year of minutes. The oldest observations beyond it are dropped.</summary>
    public int SeriesSteps { get; set; } = 600_000;

    /// <summary>Observations in one push; default 100,000.</summary>
    public int ObservationsPerRequest { get; set; } = 100_000;

    /// <summary>Forecast steps times sample paths; default 12,000,000, eight days of minutes with 1,000 paths (96 MB while it is computed).</summary>
    public int ForecastValues { get; set; } = 12_000_000;

    /// <summary>Campaigns in a calendar; default 2,000.</summary>
    public int Campaigns { get; set; } = 2000;

    /// <summary>Registered services; default 1,000.</summary>
    public int Services { get; set; } = 1000;

    /// <summary>Requests a second of one key, on average; default 300.</summary>
    public int RequestsPerSecond { get; set; } = 300;

    /// <summary>Requests of one key at once; default 600.</summary>
    public int Burst { get; set; } = 600;

    /// <summary>Requests a second of one address without a valid key; default 20.</summary>
    public int AnonymousRequestsPerSecond { get; set; } = 20;

    /// <summary>Requests in flight, of all callers; default 64.</summary>
    public int ConcurrentRequests { get; set; } = 64;

    /// <summary>Forecasts and plans that are computed at once; default half the processors, at least 1. What is cached does not count.</summary>
    public int ConcurrentComputations { get; set; } = Math.Max(1, Environment.ProcessorCount / 2);

    /// <summary>Requests that wait for a computation at the most; default 16. More are answered with 429.</summary>
    public int QueuedComputations { get; set; } = 16;

    /// <summary>Bytes of answers that are kept; default 64 MiB.</summary>
    public long CacheBytes { get; set; } = 64 << 20;

    internal IEnumerable<string> Errors()
    {
        foreach ((string name, long value, long most) in new (string, long, long)[]
        {
            (nameof(RequestBytes), RequestBytes, 1L << 30),
            (nameof(SeriesSteps), SeriesSteps, 10_000_000),
            (nameof(ObservationsPerRequest), ObservationsPerRequest, 10_000_000),
            (nameof(ForecastValues), ForecastValues, 1_000_000_000),
            (nameof(Campaigns), Campaigns, 100_000),
            (nameof(Services), Services, 100_000),
            (nameof(RequestsPerSecond), RequestsPerSecond, 1_000_000),
            (nameof(Burst), Burst, 1_000_000),
            (nameof(AnonymousRequestsPerSecond), AnonymousRequestsPerSecond, 1_000_000),
            (nameof(ConcurrentRequests), ConcurrentRequests, 100_000),
            (nameof(ConcurrentComputations), ConcurrentComputations, 1024),
            (nameof(QueuedComputations), QueuedComputations, 100_000),
            (nameof(CacheBytes), CacheBytes, 1L << 36),
        })
        {
            if (value < 1 || value > most)
                yield return FormattableString.Invariant($"Makalu:Limits:{name} {value} must be 1 to {most}.");
        }
    }
}
