using Makalu.Capacity.Numerics;

namespace Makalu.Capacity.Series;

/// <summary>How long the requests took, over all of a log: quantiles within 1 % of their value, mean and maximum exact.</summary>
/// <remarks>
/// Kept as a DDSketch (Masson, Rim and Lee, PVLDB 12, 2019). Immutable; safe to share between threads.
/// </remarks>
public sealed class DurationDistribution
{
    internal const double RelativeAccuracy = 0.01;

    private readonly QuantileSketch _seconds;

    internal DurationDistribution(QuantileSketch seconds, Int128 totalTicks)
    {
        _seconds = seconds;
        Mean = TimeSpan.FromTicks((long)(totalTicks / seconds.Count));
    }

    /// <summary>The number of requests whose duration is known; at least 1.</summary>
    public long Count => _seconds.Count;

    /// <summary>The mean duration.</summary>
    public TimeSpan Mean { get; }

    /// <summary>The longest duration.</summary>
    public TimeSpan Maximum => TimeSpan.FromSeconds(_seconds.Maximum);

    /// <summary>The duration that the given part of the requests did not exceed, within 1 % of its value.</summary>
    /// <param name="probability">Between 0 and 1, both excluded, for example 0.95.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="probability"/> is not between 0 and 1.</exception>
    public TimeSpan Quantile(double probability)
    {
        SampleQuantile.ThrowIfNotProbability(probability);
        return TimeSpan.FromSeconds(_seconds.Quantile(probability));
    }
}
