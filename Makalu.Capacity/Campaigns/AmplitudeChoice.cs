namespace Makalu.Capacity.Campaigns;

/// <summary>Which amplitude model was chosen for the campaigns to come, and why.</summary>
/// <remarks>Immutable; safe to share between threads.</remarks>
public sealed record AmplitudeChoice
{
    /// <summary>The model that was chosen: <c>shrinkage</c>, <c>additive-trees</c> or <c>boosted-trees</c>.</summary>
    public required string Chosen { get; init; }

    /// <summary>Why, in one sentence.</summary>
    public required string Reason { get; init; }

    /// <summary>The past campaigns whose factor each model told from those before alone; 0 where they were too few to compare.</summary>
    public int Judged { get; init; }

    /// <summary>Each model's error on those campaigns, the least loss first; empty where they were too few to compare.</summary>
    public IReadOnlyList<AmplitudeAccuracy> Candidates { get; init; } = [];
}
