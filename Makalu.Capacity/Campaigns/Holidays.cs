using System.Text.RegularExpressions;

namespace Makalu.Capacity.Campaigns;

/// <summary>
/// The calendar's public holidays: entries of a kind that ends in "holiday" or "holidays", of a week at most. They come back under
/// their name, on the dates that the calendar gives, and may lower the traffic.
/// </summary>
internal static partial class Holidays
{
    private static readonly TimeSpan _longest = TimeSpan.FromDays(7);

    public static bool Is(Campaign entry) => entry.Duration <= _longest && HolidayKind().IsMatch(entry.Kind);

    /// <summary>The name without its year or date, so that "Easter Monday 2023" and "Easter Monday 2024" are one feast.</summary>
    public static string FeastOf(Campaign holiday)
    {
        string feast = Separators().Replace(Dates().Replace(holiday.Name, " "), " ").Trim().ToUpperInvariant();
        return feast.Length > 0 ? feast : holiday.Kind.ToUpperInvariant();
    }

    /// <summary>The holidays by start and feast, and the calendar without them.</summary>
    public static (IReadOnlyList<Campaign> Holidays, CampaignCalendar Others) Split(CampaignCalendar calendar)
    {
        Campaign[] holidays = [.. calendar.Campaigns.Where(Is).OrderBy(c => c.StartsAt).ThenBy(FeastOf, StringComparer.Ordinal)];
        return holidays.Length == 0
            ? (holidays, calendar)
            : (holidays, new CampaignCalendar([.. calendar.Campaigns.Where(c => !Is(c)), .. calendar.Incidents]));
    }

    [GeneratedRegex(@"(^|[\s_-])holidays?$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex HolidayKind();

    [GeneratedRegex(@"\b(19|20)\d\d([-/.]\d\d?([-/.]\d\d?)?)?\b", RegexOptions.CultureInvariant)]
    private static partial Regex Dates();

    [GeneratedRegex(@"[\s,;()_-]+", RegexOptions.CultureInvariant)]
    private static partial Regex Separators();
}
