using Makalu.Capacity.Forecasting;
using Makalu.Capacity.Monitoring;

namespace Makalu.Capacity.Backtesting;

/// <summary>What a replay found: how the forecasts did, and what the plans would have meant.</summary>
/// <remarks>Immutable; safe to share between threads.</remarks>
[TypeFormatterSource(TypeFormatterSourceAttribute.Notebook)]
public sealed class CapacityBacktestReport
{
    /// <summary>The settings of the replay.</summary>
    public required CapacityBacktestOptions Options { get; init; }

    /// <summary>The name of the series; empty where the history has only one.</summary>
    public required string Series { get; init; }

    /// <summary>The step of the forecasts.</summary>
    public required TimeSpan Step { get; init; }

    /// <summary>Each forecast against what came, by origin; with the peak of each window.</summary>
    public required IReadOnlyList<ForecastScore> Scores { get; init; }

    /// <summary>How the forecasts did over all origins.</summary>
    public required ReplayAccuracy Accuracy { get; init; }

    /// <summary>What the plans would have meant.</summary>
    public required DecisionReplay Decision { get; init; }

    /// <summary>Whether the forecasts held what they said, by the rule that watches a model in service.</summary>
    public required DriftReport Drift { get; init; }

    /// <summary>What the accuracy was computed from, for joining reports.</summary>
    internal IReadOnlyList<Night> Nights { get; init; } = [];

    /// <summary>The origins at which no forecast could be made, and why.</summary>
    public required IReadOnlyList<SkippedOrigin> Skipped { get; init; }
}
