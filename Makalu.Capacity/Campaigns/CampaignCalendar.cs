using System.Globalization;

namespace Makalu.Capacity.Campaigns;

/// <summary>The marketing calendar: campaigns past and planned, and the incidents to leave out of fitting.</summary>
/// <remarks>Immutable; safe to share between threads.</remarks>
public sealed class CampaignCalendar
{
    /// <summary>Creates a calendar from its entries, in any order.</summary>
    /// <param name="entries">Campaigns and incidents.</param>
    public CampaignCalendar(IEnumerable<Campaign> entries)
    {
        Campaign[] sorted = [.. entries.OrderBy(c => c.StartsAt).ThenBy(c => c.Name, StringComparer.Ordinal)];
        Campaigns = Array.AsReadOnly(Array.FindAll(sorted, c => !c.IsIncident));
        Incidents = Array.AsReadOnly(Array.FindAll(sorted, c => c.IsIncident));
        string[] columns = [.. Campaigns.SelectMany(c => c.Features.Keys).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        NumericFeatures = Array.AsReadOnly(Array.FindAll(columns, IsNumeric));
        CategoricalFeatures = Array.AsReadOnly(Array.FindAll(columns, c => !IsNumeric(c)));
    }

    /// <summary>A calendar without entries.</summary>
    public static CampaignCalendar Empty { get; } = new([]);

    /// <summary>The campaigns by start, incidents left out.</summary>
    public IReadOnlyList<Campaign> Campaigns { get; }

    /// <summary>The spans of history to leave out of fitting, by start.</summary>
    public IReadOnlyList<Campaign> Incidents { get; }

    /// <summary>The feature columns whose values are all numbers (invariant culture), by name.</summary>
    public IReadOnlyList<string> NumericFeatures { get; }

    /// <summary>The other feature columns, by name.</summary>
    public IReadOnlyList<string> CategoricalFeatures { get; }

    /// <summary>How many entries of the file that this was read from said word for word what one before them said; they count once. 0 where it was not read.</summary>
    public int RepeatedEntries { get; init; }

    private bool IsNumeric(string column) => Campaigns.All(c =>
        !c.Features.TryGetValue(column, out string? text) || double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) && double.IsFinite(value));
}
