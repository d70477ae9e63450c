namespace Makalu.Capacity.Peaks;

/// <summary>The demand to size for: the peak at the asked quantile, and how bursty the requests are within it.</summary>
public sealed record PeakDemand
{
    /// <summary>The quantile of the maximum that was asked for, a fraction.</summary>
    public required double Quantile { get; init; }

    /// <summary>The peak as an average over the step, in requests per second, at <see cref="Quantile"/>.</summary>
    public required double StepRequestsPerSecond { get; init; }

    /// <summary>The step that <see cref="StepRequestsPerSecond"/> is averaged over.</summary>
    public required TimeSpan Step { get; init; }

    /// <summary>
    /// The busiest second of the peak, in requests per second; equals <see cref="StepRequestsPerSecond"/> × <see cref="BurstFactor"/>.
    /// </summary>
    public double RequestsPerSecond => StepRequestsPerSecond * BurstFactor;

    /// <summary>From step average to busiest second, 1 or more; 1 where the history does not know it.</summary>
    public double BurstFactor { get; init; } = 1;

    /// <summary>Whether <see cref="BurstFactor"/> was measured in the history.</summary>
    public bool BurstFactorMeasured { get; init; }

    /// <summary>The index of dispersion of counts of one second at the peak, 1 for a Poisson stream; null where unknown.</summary>
    public double? DispersionAtOneSecond { get; init; }

    /// <summary>The index of dispersion of counts of a tenth of a second at the peak; null where unknown.</summary>
    public double? DispersionAtTenthOfSecond { get; init; }

    /// <summary>When the peak is most likely, UTC.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>The campaign that causes it, by name, or <see cref="PeakForecast.BaselineCause"/>.</summary>
    public required string Cause { get; init; }
}
