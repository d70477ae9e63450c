using Makalu.Capacity.Campaigns;
using Makalu.Capacity.Series;

namespace Makalu.Capacity.Forecasting;

/// <summary>The steps of the history that say nothing of the baseline.</summary>
internal static class CampaignMask
{
    private static readonly TimeSpan _anticipation = TimeSpan.FromMinutes(30);

    /// <summary>
    /// The steps that campaigns disturb: from half an hour before the start until the decay is over. A campaign that starts at
    /// or after the end of the history masks nothing, so that planning one never changes the baseline.
    /// </summary>
    public static bool[] Of(TimeSeries series, CampaignCalendar calendar)
    {
        var masked = new bool[series.Count];
        foreach (Campaign campaign in calendar.Campaigns)
        {
            if (campaign.StartsAt < series.End)
                Mark(series, campaign.StartsAt - _anticipation, campaign.EndsAt.AddMinutes(ResponseProfile.Tail(campaign.Duration.TotalMinutes)), masked);
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
