using Makalu.Capacity.Campaigns;
using Makalu.Capacity.Series;

namespace Makalu.Capacity.Forecasting;

/// <summary>The steps of the history that say nothing of the baseline.</summary>
internal static class CampaignMask
{
    /// <summary>Of an anticipation of the usual length only the last half hour is worth losing.</summary>
    private const double UsualAnticipationMinutes = 30;

    /// <summary>The steps that campaigns disturb, each kind with its default reach.</summary>
    public static bool[] Of(TimeSeries series, CampaignCalendar calendar) => Of(series, calendar, _none);

    private static readonly Dictionary<string, ResponseReach> _none = [];

    /// <summary>
    /// The steps that campaigns disturb: from their anticipation until the decay is over. A campaign that starts at
    /// or after the end of the history masks nothing, so that planning one never changes the baseline.
    /// </summary>
    public static bool[] Of(TimeSeries series, CampaignCalendar calendar, IReadOnlyDictionary<string, ResponseReach> reaches)
    {
        var masked = new bool[series.Count];
        foreach (Campaign campaign in calendar.Campaigns)
        {
            if (campaign.StartsAt >= series.End)
                continue;
            var own = ResponseReach.Default(campaign.Duration.TotalMinutes);
            ResponseReach reach = reaches.TryGetValue(campaign.Kind, out ResponseReach learned) ? learned : own;
            double lead = reach.LeadMinutes > own.LeadMinutes ? reach.LeadMinutes : UsualAnticipationMinutes;
            Mark(series, campaign.StartsAt.AddMinutes(-lead), campaign.EndsAt.AddMinutes(reach.TailMinutes), masked);
        }

        return masked;
    }

    private static void Mark(TimeSeries series, DateTimeOffset from, DateTimeOffset to, bool[] masked)
    {
        int first = (int)Math.Clamp(Math.Floor((from - series.Start) / series.Step), 0, series.Count);
        int last = (int)Math.Clamp(Math.Ceiling((to - series.Start) / series.Step), 0, series.Count);
        if (last > first)
            masked.AsSpan(first, last - first).Fill(true);
    }
}
