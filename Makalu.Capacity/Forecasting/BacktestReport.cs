namespace Makalu.Capacity.Forecasting;

/// <summary>How the candidates did by rolling origin on the history itself, and which was chosen.</summary>
/// <remarks>Immutable; safe to share between threads.</remarks>
[TypeFormatterSource(TypeFormatterSourceAttribute.Notebook)]
public sealed class BacktestReport
{
    /// <summary>The accuracy of each candidate, best first.</summary>
    public required IReadOnlyList<ForecastAccuracy> Candidates { get; init; }

    /// <summary>The name of the candidate that was chosen.</summary>
    public required string Chosen { get; init; }

    /// <summary>Why, in one sentence.</summary>
    public required string Reason { get; init; }
}
