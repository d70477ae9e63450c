using Makalu.Capacity.Forecasting.Candidates;

namespace Makalu.Capacity.Forecasting.Pool;

/// <summary>How much work a pool is given.</summary>
/// <param name="Step">The step of the budget, the first being everything.</param>
/// <param name="Origins">The rolling origins at the most; 0 for the mean of the last seasons, without members.</param>
/// <param name="OnlyLightMembers">Whether the members that take most of the time are left out.</param>
/// <param name="WithFleet">Whether the member that learns from a fleet is tried, where there is one.</param>
/// <param name="Told">What the budget led to, in words; null without a budget.</param>
internal sealed record PoolEffort(int Step, int Origins, bool OnlyLightMembers, bool WithFleet = false, string? Told = null)
{
    private static readonly PoolEffort[] _steps =
    [
        new(1, RollingOrigins.Most, OnlyLightMembers: false, WithFleet: true),
        new(2, 7, OnlyLightMembers: false, WithFleet: true),
        new(3, 4, OnlyLightMembers: false, WithFleet: true),
        new(4, 4, OnlyLightMembers: true),
        new(5, 0, OnlyLightMembers: true),
    ];

    /// <summary>Everything.</summary>
    public static PoolEffort Whole { get; } = _steps[0];

    /// <summary>The first step whose estimated cost is within the budget, or the last one. No clock is asked: the same history, horizon and budget lead to the same step anywhere.</summary>
    /// <param name="budget">The processor time; null for everything.</param>
    /// <param name="values">The working values of the history.</param>
    /// <param name="seasons">The seasons in working steps.</param>
    /// <param name="horizon">The working steps to forecast.</param>
    /// <param name="stepsPerValue">The series' own steps in a working step.</param>
    /// <param name="fleet">What growing the trees of its fleet costs each series; null where it has none.</param>
    public static PoolEffort Within(TimeSpan? budget, int values, SeasonLengths seasons, int horizon, int stepsPerValue, double? fleet = null)
    {
        if (budget is not { } limit)
            return Whole;

        // Within a step the fleet's member goes first: it costs as much as all others together.
        IEnumerable<PoolEffort> steps = _steps.SelectMany(step => step.WithFleet ? new[] { step, step with { WithFleet = false } } : [step]);
        PoolEffort chosen = steps.FirstOrDefault(step => Cost(step) <= limit.TotalMilliseconds) ?? _steps[^1];
        double estimate = Cost(chosen);
        string what = chosen.Origins == 0 ? "the mean of the last seasons, no members" : FormattableString.Invariant($"at most {chosen.Origins} origins{(chosen.OnlyLightMembers ? ", light members only" : fleet is null ? "" : chosen.WithFleet ? ", boosting with its share of the training" : ", without boosting")}");
        return chosen with { Told = FormattableString.Invariant($"step {chosen.Step} of {_steps.Length} for {limit.TotalMilliseconds:0} ms: {what} (estimated {estimate:0} ms of one core)") };

        double Cost(PoolEffort step) => ForecastCost.OfPool(values, seasons, horizon, stepsPerValue, step) + (step.WithFleet && fleet is { } share ? share + ForecastCost.OfBoosting(horizon, step) : 0);
    }
}
