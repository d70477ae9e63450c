using Makalu.Capacity.Sizing;

namespace Makalu.Capacity.Monitoring;

/// <summary>Whether past forecasts held what they said, and what speaks for and against it.</summary>
/// <remarks>Immutable; safe to share between threads.</remarks>
public sealed class DriftReport
{
    /// <summary>The verdict.</summary>
    public required DriftStatus Status { get; init; }

    /// <summary>The number of forecasts examined: the latest of which something is known.</summary>
    public required int Forecasts { get; init; }

    /// <summary>The origin of the first forecast examined, UTC; null where there is none.</summary>
    public required DateTimeOffset? From { get; init; }

    /// <summary>The end of the last forecast examined, UTC; null where there is none.</summary>
    public required DateTimeOffset? To { get; init; }

    /// <summary>The tests of each quantile: of the steps, of the days' peaks, and of campaigns' peaks.</summary>
    public required IReadOnlyList<CoverageTest> Coverage { get; init; }

    /// <summary>The pinball loss ÷ what the forecasts themselves lead to expect, near 1 where they are true; NaN where nothing is known.</summary>
    public required double LossToExpected { get; init; }

    /// <summary>The mean of median less actual ÷ mean actual: above 0 where too much was forecast, a fraction; NaN where nothing is known.</summary>
    public required double RelativeBias { get; init; }

    /// <summary>What was found, the most urgent first; empty where all is well.</summary>
    public required IReadOnlyList<Finding> Findings { get; init; }
}
