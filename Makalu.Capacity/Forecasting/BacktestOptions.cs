namespace Makalu.Capacity.Forecasting;

/// <summary>How to judge candidates by rolling origin.</summary>
public sealed record BacktestOptions
{
    /// <summary>The number of steps forecast from each origin; 1 or more.</summary>
    public required int Horizon { get; init; }

    /// <summary>The number of origins at the most; default 6. Fewer are used where the history is short.</summary>
    public int Origins { get; init; } = 6;

    /// <summary>The steps from one origin to the next; default the horizon, so that no step is judged twice.</summary>
    public int? Spacing { get; init; }

    /// <summary>Sample paths for each forecast; default 200, at least 100.</summary>
    public int Paths { get; init; } = 200;

    /// <summary>The seed of the simulations; default 1.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>How many forecasts are made at once; default 1. The result is the same for any number.</summary>
    public int MaxDegreeOfParallelism { get; init; } = 1;

    /// <summary>Throws when values are out of range, all of them stated together.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A value is out of range.</exception>
    public void Validate()
    {
        List<string> errors = [];
        Require(Horizon >= 1, FormattableString.Invariant($"Horizon {Horizon} must be 1 step or more."));
        Require(Origins >= 1, FormattableString.Invariant($"Origins {Origins} must be 1 or more."));
        Require(Spacing is null or >= 1, FormattableString.Invariant($"Spacing {Spacing} must be 1 step or more."));
        Require(Paths >= 100, FormattableString.Invariant($"Paths {Paths} must be 100 or more, or the outer quantiles are not known."));
        Require(MaxDegreeOfParallelism >= 1, FormattableString.Invariant($"MaxDegreeOfParallelism {MaxDegreeOfParallelism} must be 1 or more."));
        if (errors.Count > 0)
        {
            throw new ArgumentOutOfRangeException(nameof(BacktestOptions), string.Join(" ", errors));
        }

        void Require(bool holds, string error)
        {
            if (!holds)
            {
                errors.Add(error);
            }
        }
    }
}
