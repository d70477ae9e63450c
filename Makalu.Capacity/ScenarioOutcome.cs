using Makalu.Capacity.Sizing;

namespace Makalu.Capacity;

/// <summary>What the peak and the plan would be if the future were otherwise: a row of the what-if table.</summary>
/// <remarks>Immutable; safe to share between threads.</remarks>
public sealed record ScenarioOutcome
{
    /// <summary>What is supposed, in a few words: <c>autumn-launch twice as large</c>.</summary>
    public required string Change { get; init; }

    /// <summary>What is supposed, to be asked again.</summary>
    public required CapacityScenario Scenario { get; init; }

    /// <summary>The peak under it, averaged over a step, in requests per second, at the quantile that is planned for.</summary>
    public required double StepRequestsPerSecond { get; init; }

    /// <summary>The busiest second of that peak, in requests per second.</summary>
    public required double RequestsPerSecond { get; init; }

    /// <summary>When that peak is most likely, UTC.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>The verdict, were it planned for.</summary>
    public required Verdict Verdict { get; init; }

    /// <summary><c>max_connections</c>, were it planned for.</summary>
    public required int MaxConnections { get; init; }

    /// <summary>Each service's pool per instance, were it planned for, in the order of the system's services.</summary>
    public required IReadOnlyList<int> MaxPoolSizes { get; init; }

    /// <summary>Whether the settings as they are now would survive it; a stall of the database is left aside.</summary>
    public required bool CurrentSettingsCarry { get; init; }

    /// <summary>Whether the plan's settings, made for the forecast, would survive it as well; a stall of the database is left aside.</summary>
    public required bool PlannedSettingsCarry { get; init; }
}
