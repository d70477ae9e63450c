using Makalu.Capacity.Forecasting;
using Makalu.Capacity.Monitoring;

namespace Makalu.Capacity.Backtesting;

/// <summary>How to replay a history, validated together.</summary>
/// <remarks>Immutable; safe to share between threads.</remarks>
public sealed record CapacityBacktestOptions
{
    /// <summary>The origins that are replayed where neither <see cref="Origins"/> nor <see cref="From"/> says otherwise: 14.</summary>
    public const int DefaultOrigins = 14;

    /// <summary>How far each plan looks; more than zero, at most 400 days. Default 1 day. Rounded up to whole steps.</summary>
    public TimeSpan Horizon { get; init; } = TimeSpan.FromDays(1);

    /// <summary>The step to forecast at, a whole multiple of the history's step. Default null: the history's own.</summary>
    public TimeSpan? Step { get; init; }

    /// <summary>The time from one plan to the next, more than zero; default 1 day. A plan is in force until the next, at most over its horizon.</summary>
    public TimeSpan Every { get; init; } = TimeSpan.FromDays(1);

    /// <summary>The number of plans, 1 or more, the last of which ends with the history. Default null: 14, or what <see cref="From"/> says.</summary>
    public int? Origins { get; init; }

    /// <summary>The first origin; default null. Not together with <see cref="Origins"/>.</summary>
    public DateTimeOffset? From { get; init; }

    /// <summary>The last origin at the latest; default null: as late as the history allows. Needs <see cref="From"/>.</summary>
    public DateTimeOffset? To { get; init; }

    /// <summary>The model: one of <see cref="ForecasterCatalog.Names"/>. Default <c>auto</c>. Ignored where <see cref="Forecaster"/> is set.</summary>
    public string Model { get; init; } = ForecasterCatalog.Auto;

    /// <summary>A forecaster of your own in place of <see cref="Model"/>; default null.</summary>
    public IForecaster? Forecaster { get; init; }

    /// <summary>The time zone whose local clock <see cref="Model"/> goes by; default null: UTC.</summary>
    public TimeZoneInfo? TimeZone { get; init; }

    /// <summary>The quantiles whose coverage is told; default 0.5, 0.9, 0.95 and 0.99. The median is always among them.</summary>
    public IReadOnlyList<double> Quantiles { get; init; } = ForecastRecord.DefaultQuantiles;

    /// <summary>The quantiles of the peak that the cost–risk curve plans for; default 0.5 to 0.999.</summary>
    public IReadOnlyList<double> DecisionQuantiles { get; init; } = [0.5, 0.75, 0.9, 0.95, 0.98, 0.99, 0.995, 0.999];

    /// <summary>The quantile of the peak that the plan would be made for where no system says its own; default 0.99.</summary>
    public double TargetQuantile { get; init; } = 0.99;

    /// <summary>The number of sample paths, 100 to 100,000; default 1,000.</summary>
    public int Paths { get; init; } = 1000;

    /// <summary>The seed of all simulations; default 1. The same seed gives the same result bit for bit.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>How many threads work at once at the most, on one plan or several, 1 or more; default the number of processors. The result is the same for any number.</summary>
    public int MaxDegreeOfParallelism { get; init; } = Environment.ProcessorCount;

    /// <summary>Throws when values are out of range, all of them stated together.</summary>
    /// <exception cref="ArgumentException">One or more values are out of range; the message lists each with its rule and remedy.</exception>
    public void Validate()
    {
        List<string> errors = [];
        try
        {
            Planner(origin: null).Validate();
        }
        catch (ArgumentException exception)
        {
            errors.Add(exception.Message);
        }

        if (Every <= TimeSpan.Zero)
        {
            errors.Add(FormattableString.Invariant($"Every {Every:c} must be longer than zero. Pass the time between two plans, such as 1.00:00:00 (1d)."));
        }

        if (Origins is < 1)
        {
            errors.Add(FormattableString.Invariant($"Origins {Origins} must be 1 or more."));
        }

        if (Origins is not null && (From is not null || To is not null))
        {
            errors.Add("Origins counts back from the history's end and cannot be joined with From and To. Give either.");
        }

        if (To is not null && From is null)
        {
            errors.Add("To needs From. Name the first origin too.");
        }

        if (From is { } from && To is { } to && to < from)
        {
            errors.Add(FormattableString.Invariant($"To {to.UtcDateTime:yyyy-MM-ddTHH:mm:ssZ} must not be before From {from.UtcDateTime:yyyy-MM-ddTHH:mm:ssZ}."));
        }

        CheckQuantiles(errors, nameof(Quantiles), Quantiles);
        CheckQuantiles(errors, nameof(DecisionQuantiles), DecisionQuantiles);
        CheckQuantiles(errors, nameof(TargetQuantile), [TargetQuantile]);
        if (errors.Count > 0)
        {
            throw new ArgumentException(string.Join(" ", errors));
        }
    }

    /// <summary>The planner that stands at an origin.</summary>
    internal CapacityPlannerOptions Planner(DateTimeOffset? origin) => new()
    {
        Origin = origin,
        Horizon = Horizon,
        Step = Step,
        Model = Model,
        Forecaster = Forecaster,
        TimeZone = TimeZone,
        Paths = Paths,
        Seed = Seed,
        MaxDegreeOfParallelism = MaxDegreeOfParallelism,
    };

    private static void CheckQuantiles(List<string> errors, string name, IReadOnlyList<double> quantiles)
    {
        if (quantiles.Count == 0)
        {
            errors.Add($"{name} is empty. Name at least one quantile, such as 0.95.");
        }

        foreach (double quantile in quantiles.Where(q => !(q > 0 && q < 1)))
        {
            errors.Add(FormattableString.Invariant($"{name} {quantile} must lie between 0 and 1, both excluded."));
        }
    }
}
