using System.Collections.Frozen;

namespace Makalu.Capacity.Campaigns;

/// <summary>An entry of the calendar: a campaign, a release, a match, a holiday, or an incident to leave out of fitting.</summary>
/// <remarks>Immutable; safe to share between threads.</remarks>
public sealed class Campaign
{
    /// <summary>The kind that marks a span of history to leave out of fitting.</summary>
    public const string IncidentKind = "incident";

    /// <summary>Creates a campaign.</summary>
    /// <param name="name">Its name; not empty.</param>
    /// <param name="kind">Its kind: campaigns of one kind share a response profile. Not empty.</param>
    /// <param name="startsAt">Its start; converted to UTC.</param>
    /// <param name="endsAt">Its end, exclusive, later than the start; converted to UTC.</param>
    /// <param name="features">
    /// Further columns of the calendar by name, as written; empty values are unknown and left out. <c>expected_factor</c> and <c>max_factor</c>, what the planner
    /// expects and at most expects, are numbers of 1 or more, the second not below the first.
    /// </param>
    /// <exception cref="ArgumentException">The name or kind is empty, the campaign ends before or when it starts, or its factors are none.</exception>
    public Campaign(string name, string kind, DateTimeOffset startsAt, DateTimeOffset endsAt, IEnumerable<KeyValuePair<string, string>>? features = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentException.ThrowIfNullOrWhiteSpace(kind);
        if (endsAt <= startsAt)
        {
            throw new ArgumentException(FormattableString.Invariant($"Campaign '{name}' ends at {endsAt.UtcDateTime:yyyy-MM-ddTHH:mm:ssZ}, which is not after its start {startsAt.UtcDateTime:yyyy-MM-ddTHH:mm:ssZ}. Give an end later than the start."), nameof(endsAt));
        }

        Name = name;
        Kind = kind;
        StartsAt = startsAt.ToUniversalTime();
        EndsAt = endsAt.ToUniversalTime();
        Features = (features ?? []).Where(f => !string.IsNullOrWhiteSpace(f.Value)).ToFrozenDictionary(StringComparer.Ordinal);
        if (PlannerAssumption.ProblemsOf(Features).Select(p => $"Campaign '{name}': {p.Column} '{p.Value}' {p.Rule} {p.Remedy}").FirstOrDefault() is { } problem)
        {
            throw new ArgumentException(problem, nameof(features));
        }
    }

    /// <summary>The campaign's name, as findings and windows state it.</summary>
    public string Name { get; }

    /// <summary>The campaign's kind; campaigns of one kind share a response profile.</summary>
    public string Kind { get; }

    /// <summary>The start, UTC.</summary>
    public DateTimeOffset StartsAt { get; }

    /// <summary>The end, exclusive, UTC.</summary>
    public DateTimeOffset EndsAt { get; }

    /// <summary>From start to end.</summary>
    public TimeSpan Duration => EndsAt - StartsAt;

    /// <summary>Further columns of the calendar by name, as written; a column that is absent here is unknown.</summary>
    public IReadOnlyDictionary<string, string> Features { get; }

    /// <summary>Whether this is no campaign but a span of history to leave out of fitting.</summary>
    public bool IsIncident => string.Equals(Kind, IncidentKind, StringComparison.OrdinalIgnoreCase);
}
