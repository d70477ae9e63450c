namespace Makalu.Capacity.Forecasting;

/// <summary>What to forecast.</summary>
public sealed record PredictionOptions
{
    /// <summary>The number of steps to forecast; 1 or more.</summary>
    public required int Horizon { get; init; }

    /// <summary>The number of sample paths; default 1,000, at least 100.</summary>
    public int Paths { get; init; } = 1000;

    /// <summary>The seed of the simulation; default 1. The same seed gives the same paths bit for bit.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>Throws when a value is out of range.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Horizon is below 1 or Paths below 100.</exception>
    public void Validate()
    {
        if (Horizon < 1)
        {
            throw new ArgumentOutOfRangeException(nameof(Horizon), Horizon, FormattableString.Invariant($"Horizon {Horizon} must be 1 step or more. Lengthen the horizon to at least one step."));
        }

        if (Paths < 100)
        {
            throw new ArgumentOutOfRangeException(nameof(Paths), Paths, FormattableString.Invariant($"Paths {Paths} must be 100 or more, or the outer quantiles are not known. Raise Paths."));
        }
    }
}
