namespace Makalu.Capacity.Backtesting;

/// <summary>What it would have meant to provide capacity by one rule, night after night.</summary>
public sealed record DecisionOutcome
{
    /// <summary>The rule in words: <c>quantile 0.99</c>, <c>yesterday's peak x 2</c>, <c>same as last week</c>, <c>what is set now</c>.</summary>
    public required string Rule { get; init; }

    /// <summary>The quantile of the peak that is planned for; null of a rule of thumb.</summary>
    public double? Quantile { get; init; }

    /// <summary>The number of plans judged; fewer than were made where the rule repeats what is not known.</summary>
    public required int Plans { get; init; }

    /// <summary>The number of plans whose capacity was exceeded in at least one step.</summary>
    public required int PlansExceeded { get; init; }

    /// <summary>How long demand was above capacity, in whole steps.</summary>
    public required TimeSpan Exceeded { get; init; }

    /// <summary>How long demand was above what was planned for, headroom aside: of connections, how long the wait target was missed.</summary>
    public required TimeSpan ExceededWithoutHeadroom { get; init; }

    /// <summary>How long plans were in force and demand was known.</summary>
    public required TimeSpan Judged { get; init; }

    /// <summary>The mean capacity over the judged time, in the report's unit.</summary>
    public required double MeanCapacity { get; init; }

    /// <summary>Capacity that lay idle, as a part of all demand: Σ max(0, capacity − demand) ÷ Σ demand over the judged steps.</summary>
    public required double OverProvision { get; init; }

    /// <summary>The geometric mean over the plans of capacity ÷ the highest demand while the plan was in force.</summary>
    public required double CapacityToPeak { get; init; }

    /// <summary>The part of the judged time during which demand was above capacity, a fraction.</summary>
    public double ExceededFraction => Judged > TimeSpan.Zero ? Exceeded / Judged : 0;
}
