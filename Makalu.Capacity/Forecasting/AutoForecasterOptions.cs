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

    /// <summary>
    /// The processor time that a series may take, judging, fit and 1,000 paths; default null: all that is worth while. Candidates are then judged at fewer origins or
    /// not at all (the preferred is taken), and the pool does less (<see cref="PoolForecaster"/>). Campaigns are never left out. Steps are chosen
    /// by the size of the work, never by the clock: the same series and budget give the same bytes on any machine.
    /// </summary>
    public TimeSpan? Budget { get; init; }

    /// <summary>The series that are forecast together, from which <c>pool</c>, <c>boosting</c> and, without campaigns, <c>auto</c> learn as one; default null: each is learned from alone.</summary>
    public BoostingFleet? Fleet { get; init; }

    /// <summary>Told the part of the judging that is done, 0 to 1; default null.</summary>
    public IProgress<double>? Progress { get; init; }

    /// <summary>The fleet by the clock that is gone by.</summary>
    internal BoostingFleet? LocalFleet() => Fleet?.In(TimeZone);
}
