namespace Makalu.Capacity.Campaigns;

/// <summary>Whether campaigns are taken to multiply the traffic or to add to it, and why.</summary>
/// <remarks>Immutable; safe to share between threads.</remarks>
public sealed record ResponseChoice
{
    /// <summary>Whether a campaign adds the same requests at any time of the day; false where it multiplies the traffic of its time.</summary>
    public required bool Additive { get; init; }

    /// <summary>Why, in one sentence.</summary>
    public required string Reason { get; init; }

    /// <summary>The past campaigns whose course was told from those before alone, each way; 0 where they were too few.</summary>
    public int Judged { get; init; }

    /// <summary>The mean of |ln(told ÷ observed traffic)| over those campaigns if campaigns multiply; NaN where not judged.</summary>
    public double MultiplicativeError { get; init; } = double.NaN;

    /// <summary>The same if campaigns add.</summary>
    public double AdditiveError { get; init; } = double.NaN;

    /// <summary>
    /// The same for each kind, by name: a kind with clear evidence of its own may differ from <see cref="Additive"/>, which holds for the others and
    /// for kinds never seen. Empty where nothing was judged.
    /// </summary>
    public IReadOnlyList<KindResponseChoice> Kinds { get; init; } = [];

    /// <summary>Whether a kind is taken to add; as the history is for a kind that was not judged.</summary>
    /// <param name="kind">The kind as the calendar writes it.</param>
    /// <returns>Whether its campaigns add the same requests at any time of the day.</returns>
    public bool IsAdditive(string kind) => Kinds.FirstOrDefault(k => string.Equals(k.Kind, kind, StringComparison.Ordinal))?.Additive ?? Additive;
}
