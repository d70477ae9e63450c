namespace Makalu.Capacity.Backtesting;

/// <summary>One plan of a replay, while it was in force.</summary>
public sealed record PlanOutcome
{
    /// <summary>When the plan was made, UTC.</summary>
    public required DateTimeOffset Origin { get; init; }

    /// <summary>The model that made its forecast.</summary>
    public required string Model { get; init; }

    /// <summary>The capacity that it provided, in the report's unit.</summary>
    public required double Capacity { get; init; }

    /// <summary>The highest demand that came, in the report's unit; NaN where nothing is known.</summary>
    public required double HighestDemand { get; init; }

    /// <summary>How long demand was above capacity, in whole steps.</summary>
    public required TimeSpan Exceeded { get; init; }
}
