namespace Makalu.Capacity.Series;

/// <summary>
/// What is known of one named series of requests: the requests of each step, and where the source has them the busiest
/// second of each step, the dispersion of the counts, and the durations.
/// </summary>
/// <remarks>Immutable; safe to share between threads.</remarks>
public sealed class RequestHistory
{
    /// <summary>The name of the series; empty where the source has only one.</summary>
    public string Name { get; init; } = "";

    /// <summary>The requests of each step (a count, which may be fractional); NaN where unknown.</summary>
    public required TimeSeries Requests { get; init; }

    /// <summary>
    /// Requests in the busiest second of each step, on the same steps as <see cref="Requests"/>; null where the source does not know it.
    /// </summary>
    public TimeSeries? PeakRequestsPerSecond { get; init; }

    /// <summary>
    /// The index of dispersion (variance ÷ mean) of the counts of the single seconds within each step; null where unknown.
    /// 1 for a Poisson stream.
    /// </summary>
    public TimeSeries? DispersionAtOneSecond { get; init; }

    /// <summary>The index of dispersion of the counts of tenths of a second within each step; null where the log has whole seconds only.</summary>
    public TimeSeries? DispersionAtTenthOfSecond { get; init; }

    /// <summary>What was odd about the source: gaps, duplicates, order, clock jumps.</summary>
    public required SeriesQuality Quality { get; init; }

    /// <summary>The requests of each step as a rate: requests per second, averaged over the step.</summary>
    public TimeSeries RequestsPerSecond => Requests.Scale(1 / Requests.Step.TotalSeconds);
}
