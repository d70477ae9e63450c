namespace Makalu.Capacity.Campaigns;

/// <summary>The steps that are a campaign's own: those of its peak, and the only ones that it may lower.</summary>
internal static class CampaignWindow
{
    /// <summary>How long before a campaign's start its window begins, below a day.</summary>
    public static readonly TimeSpan Lead = TimeSpan.FromMinutes(30);

    /// <summary>How long after a campaign's end its window ends, below a day.</summary>
    public static readonly TimeSpan Aftermath = TimeSpan.FromMinutes(90);

    /// <summary>Whether a step is a cluster's own: it starts within the window, or holds all of it; where steps are days or more, it shares time with the cluster.</summary>
    /// <param name="cluster">The cluster.</param>
    /// <param name="at">The start of the step.</param>
    /// <param name="step">Its length.</param>
    public static bool Owns(CampaignCluster cluster, DateTimeOffset at, TimeSpan step)
    {
        if (step >= TimeSpan.FromDays(1))
            return at < cluster.EndsAt && at + step > cluster.StartsAt;
        DateTimeOffset from = cluster.StartsAt - Lead, to = cluster.EndsAt + Aftermath;
        return (at >= from && at < to) || (at < from && at + step >= to);
    }
}
