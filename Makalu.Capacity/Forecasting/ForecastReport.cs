namespace Makalu.Capacity.Forecasting;

/// <summary>How a forecast came about: what was tried, each one's error, what was found in the history, and why the winner won.</summary>
/// <remarks>Immutable; safe to share between threads.</remarks>
public sealed record ForecastReport
{
    /// <summary>The members that were tried, the one with the least pinball loss first; empty where the history is too short to judge any.</summary>
    public IReadOnlyList<ForecastMember> Members { get; init; } = [];

    /// <summary>The number of rolling origins at which the members were judged; 0 where the history is too short.</summary>
    public int Origins { get; init; }

    /// <summary>How far ahead the members were judged: the horizon, or less where the history is short.</summary>
    public TimeSpan JudgedHorizon { get; init; }

    /// <summary>The step at which the members work; finer series are averaged to it, and their own step is simulated within it.</summary>
    public TimeSpan WorkingStep { get; init; }

    /// <summary>The shorter season that was found, usually the day; null without one.</summary>
    public TimeSpan? ShortSeason { get; init; }

    /// <summary>The longer season that was used, usually the week; null without one.</summary>
    public TimeSpan? LongSeason { get; init; }

    /// <summary>The scale on which the members forecast and are judged, in words.</summary>
    public string Transform { get; init; } = "";

    /// <summary>When the level jumped within the last weeks, the latest time; null where no jump was found. The history before it is used as if it had been at the new level; where the level was left less than three days ago the paths hold the chance that it turns back.</summary>
    public DateTimeOffset? LevelShiftAt { get; init; }

    /// <summary>The level after the jump ÷ that before it; 1 without one.</summary>
    public double LevelShiftFactor { get; init; } = 1;

    /// <summary>The factor that the time of the year brings to the level within the horizon, where it is farthest from the level at the origin, in the median; 1 where less than a year of steps of a day or finer is known.</summary>
    public double YearFactor { get; init; } = 1;

    /// <summary>
    /// The spikes and drops of a few steps far outside what the history does otherwise, oldest first, which the members of the pool did not see; times are those of the working step. One that ends with the history had not come
    /// back: the medians do not follow it, and the paths hold the chance that it lasts. Longer stretches of next to nothing, where traffic is never near it otherwise, are outages: they are unknown to all of the model, one of up to three days at
    /// the end too.
    /// </summary>
    public IReadOnlyList<UnannouncedEvent> Outliers { get; init; } = [];

    /// <summary>The step of the fall-back that a short history led to, in words; null where none was needed.</summary>
    public string? FallBack { get; init; }

    /// <summary>A member that was left out because this machine cannot run it, and why, in words; null where none was.</summary>
    public string? LeftOut { get; init; }

    /// <summary>The step that a budget led to, in words, with its estimated cost; null without a budget.</summary>
    public string? Budget { get; init; }

    /// <summary>Why the forecast is as it is, in one sentence.</summary>
    public required string Reason { get; init; }

    /// <summary>What was learned from past campaigns; null where the model looks at none.</summary>
    public CampaignReport? Campaigns { get; init; }

    /// <summary>How <see cref="AutoForecaster"/> chose between whole forecasters; null where nothing was to be chosen.</summary>
    public BacktestReport? Choice { get; init; }
}
