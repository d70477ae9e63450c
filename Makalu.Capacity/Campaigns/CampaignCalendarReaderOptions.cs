namespace Makalu.Capacity.Campaigns;

/// <summary>How far <see cref="CampaignCalendarReader"/> expands the repeating events of iCalendar files.</summary>
/// <remarks>Immutable; safe to share between threads. Entries that do not repeat are read whatever their time.</remarks>
public sealed record CampaignCalendarReaderOptions
{
    /// <summary>Repetitions that end at or before this time are left out; null (the default) for none.</summary>
    public DateTimeOffset? RepetitionsFrom { get; init; }

    /// <summary>Repetitions that start at or after this time are left out; null (the default) for 20 years after the first.</summary>
    public DateTimeOffset? RepetitionsUntil { get; init; }
}
