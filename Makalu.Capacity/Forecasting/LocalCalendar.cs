using System.Runtime.CompilerServices;
using Makalu.Capacity.Campaigns;

namespace Makalu.Capacity.Forecasting;

/// <summary>Puts campaigns on the local clock and knows which campaign each of them was.</summary>
internal sealed class LocalCalendar(ClockShifts clock, DateTimeOffset origin)
{
    private readonly ConditionalWeakTable<Campaign, Campaign> _originals = [];

    public CampaignCalendar Of(CampaignCalendar calendar) => new([.. calendar.Campaigns.Concat(calendar.Incidents).Select(Of)]);

    /// <summary>The campaign as the caller knows it.</summary>
    public Campaign Original(Campaign local) => _originals.TryGetValue(local, out Campaign? original) ? original : local;

    private Campaign Of(Campaign campaign)
    {
        DateTimeOffset starts = clock.ToLocal(campaign.StartsAt);
        DateTimeOffset ends = clock.ToLocal(campaign.EndsAt);
        DateTimeOffset localOrigin = clock.ToLocal(origin);

        // What is still to come must stay so where the clocks go back at the origin, and no campaign may end before it starts.
        starts = campaign.StartsAt >= origin && starts < localOrigin ? localOrigin : starts;
        var local = new Campaign(campaign.Name, campaign.Kind, starts, ends > starts ? ends : starts + campaign.Duration, campaign.Features);
        _originals.Add(local, campaign);
        return local;
    }
}
