using Makalu.Capacity.Forecasting;

namespace Makalu.Capacity;

/// <summary>The settings of all stages, validated together.</summary>
/// <remarks>Immutable; safe to share between threads.</remarks>
public sealed record CapacityPlannerOptions
{
    /// <summary>The forecast's origin; nothing at or after it influences anything. Default null: the end of the history.</summary>
    public DateTimeOffset? Origin { get; init; }

    /// <summary>How far to forecast; more than zero, at most 400 days. Default 7 days. Rounded up to whole steps.</summary>
    public TimeSpan Horizon { get; init; } = TimeSpan.FromDays(7);

    /// <summary>The step to forecast at, a whole multiple of the history's step. Default null: the history's own.</summary>
    public TimeSpan? Step { get; init; }

    /// <summary>
    /// The model: one of <see cref="ForecasterCatalog.Names"/>. Default <c>auto</c>, which chooses by rolling origin. Ignored where
    /// <see cref="Forecaster"/> is set.
    /// </summary>
    public string Model { get; init; } = ForecasterCatalog.Auto;

    /// <summary>A forecaster of your own in place of <see cref="Model"/>; default null.</summary>
    public IForecaster? Forecaster { get; init; }

    /// <summary>
    /// The time zone whose local clock <see cref="Model"/> goes by, so that the shape of a day does not move when the clocks change; see
    /// <see cref="LocalClockForecaster"/>. Default null: UTC. A <see cref="Forecaster"/> of your own is left as it is.
    /// </summary>
    public TimeZoneInfo? TimeZone { get; init; }

    /// <summary>
    /// The processor time that forecasting may take, more than zero: <see cref="AutoForecasterOptions.Budget"/>. For fleets of many series. Default null: all that is worth while.
    /// Models other than <c>auto</c> and the pools take no notice of it, nor does a <see cref="Forecaster"/> of your own.
    /// </summary>
    public TimeSpan? Budget { get; init; }

    /// <summary>
    /// The series that are forecast together, from which <see cref="Model"/> learns as one: <c>boosting</c>, and <c>pool</c> and <c>auto</c> by
    /// one further member. Default null: each series is learned from alone.
    /// </summary>
    public BoostingFleet? Fleet { get; init; }

    /// <summary>The number of sample paths, 100 to 100,000. Default 1,000, from which a 99 % quantile has 10 paths beyond it.</summary>
    public int Paths { get; init; } = 1000;

    /// <summary>The seed of all simulations; default 1. The same seed gives the same result bit for bit.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>
    /// The most memory, in bytes, that a <see cref="CapacityModel"/> keeps of its sample paths, so that what-if questions after the first take milliseconds:
    /// 0 or more, default 256 MiB. It takes 13 to 21 bytes for each forecast step of each path; a model that would take more, as all do with 0, keeps
    /// nothing and simulates for each question. With 21, questions about one campaign leave all others as they are however much of the horizon campaigns
    /// reach. The answers are the same.
    /// </summary>
    public long WhatIfMemoryBytes { get; init; } = 256L << 20;

    /// <summary>How many threads work at once at the most, on fits, sample paths, plans and outlooks alike, 1 or more; default the number of processors. The result is the same for any number.</summary>
    public int MaxDegreeOfParallelism { get; init; } = Environment.ProcessorCount;

    /// <summary>Throws when values are out of range, all of them stated together.</summary>
    /// <exception cref="ArgumentException">One or more values are out of range; the message lists each with its rule and remedy.</exception>
    public void Validate()
    {
        List<string> errors = [];
        if (Horizon <= TimeSpan.Zero || Horizon > TimeSpan.FromDays(400))
        {
            errors.Add(FormattableString.Invariant($"Horizon {Horizon:c} must be longer than zero and at most 400 days. Ask for a horizon such as 7.00:00:00 (7d)."));
        }

        if (Step is { } step && step <= TimeSpan.Zero)
        {
            errors.Add(FormattableString.Invariant($"Step {step:c} must be longer than zero. Pass a multiple of the history's step, such as 00:05:00 (5m), or none."));
        }

        if (Forecaster is null && !ForecasterCatalog.Names.Contains(Model, StringComparer.Ordinal))
        {
            errors.Add($"Model '{Model}' is not known. Use one of: {string.Join(", ", ForecasterCatalog.Names)}.");
        }

        if (Budget is { } budget && budget <= TimeSpan.Zero)
        {
            errors.Add(FormattableString.Invariant($"Budget {budget:c} must be longer than zero. Pass a time such as 00:00:00.5 (500ms), or none."));
        }

        if (Paths is < 100 or > 100_000)
        {
            errors.Add(FormattableString.Invariant($"Paths {Paths} must be 100 to 100000. Use 1000 unless a quantile beyond 0.99 is asked."));
        }

        if (WhatIfMemoryBytes < 0)
        {
            errors.Add(FormattableString.Invariant($"WhatIfMemoryBytes {WhatIfMemoryBytes} must be 0 or more. Pass 0 to keep nothing."));
        }

        if (MaxDegreeOfParallelism < 1)
        {
            errors.Add(FormattableString.Invariant($"MaxDegreeOfParallelism {MaxDegreeOfParallelism} must be 1 or more."));
        }

        if (errors.Count > 0)
        {
            throw new ArgumentException(string.Join(" ", errors));
        }
    }
}
