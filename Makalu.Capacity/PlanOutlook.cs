namespace Makalu.Capacity;

/// <summary>How far a plan reaches: the highest peaks that the settings carry, now and as planned, and what if the future is otherwise.</summary>
/// <remarks>Immutable; safe to share between threads.</remarks>
public sealed record PlanOutlook
{
    /// <summary>
    /// The highest peak that the settings as they are now carry, in requests per second averaged over the forecast's step
    /// (<see cref="Sizing.ConnectionPlanner.CarriedRate"/>); null where nothing that is known limits it.
    /// </summary>
    public double? CurrentSettingsCarry { get; init; }

    /// <summary>The same with the plan's settings; null where nothing that is known limits it.</summary>
    public double? PlannedSettingsCarry { get; init; }

    /// <summary>The what-if table; empty where the model could suppose nothing.</summary>
    public IReadOnlyList<ScenarioOutcome> Scenarios { get; init; } = [];
}
