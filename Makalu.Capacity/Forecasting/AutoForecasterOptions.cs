namespace Makalu.Capacity.Forecasting;

/// <summary>How <see cref="AutoForecaster"/> judges its candidates.</summary>
public sealed record AutoForecasterOptions
{
    /// <summary>The horizon that the choice is made for; default 7 days. Longer ones are judged over their first 7 days, unless the steps are days.</summary>
    public TimeSpan Horizon { get; init; } = TimeSpan.FromDays(7);

    /// <summary>The number of origins at the most, 1 or more; default 6.</summary>
    public int Origins { get; init; } = 6;

    /// <summary>The seed of the simulations; default 1.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>How many forecasts are made at once; default 1. The result is the same for any number.</summary>
    public int MaxDegreeOfParallelism { get; init; } = 1;

    /// <summary>The time zone whose local clock the library's own candidates go by; default null: UTC. Candidates of your own are left as they are.</summary>
    public TimeZoneInfo? TimeZone { get; init; }

    /// <summary>Told the part of the judging that is done, 0 to 1; default null.</summary>
    public IProgress<double>? Progress { get; init; }
}
