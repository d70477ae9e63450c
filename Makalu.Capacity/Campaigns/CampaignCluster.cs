using System.Globalization;

namespace Makalu.Capacity.Campaigns;

/// <summary>
/// Campaigns of one kind that start together and overlap. Each step of a cluster sees one surge, so that its members cannot be
/// told apart: the cluster has one amplitude, which grows with its size.
/// </summary>
internal sealed class CampaignCluster
{
    private static readonly TimeSpan _together = TimeSpan.FromMinutes(15);

    private CampaignCluster(List<Campaign> members)
    {
        Members = members.AsReadOnly();
        Kind = members[0].Kind;
        StartsAt = members[0].StartsAt;
        EndsAt = members.Max(c => c.EndsAt);
    }

    public IReadOnlyList<Campaign> Members { get; }

    public string Kind { get; }

    public DateTimeOffset StartsAt { get; }

    public DateTimeOffset EndsAt { get; }

    public int Size => Members.Count;

    public TimeSpan Duration => EndsAt - StartsAt;

    public DateTimeOffset Middle => StartsAt + (Duration / 2);

    /// <summary>A stable number of the cluster, the same whatever else is on the calendar, so that its random draws are too.</summary>
    public int StreamKey
    {
        get
        {
            uint hash = 2166136261;
            foreach (char c in string.Create(CultureInfo.InvariantCulture, $"{Members[0].Name}|{Kind}|{StartsAt.UtcTicks}"))
                hash = (hash ^ c) * 16777619;
            return (int)hash;
        }
    }

    /// <summary>Groups campaigns of one kind whose starts lie within 15 minutes of the cluster's first and which overlap it.</summary>
    public static List<CampaignCluster> Group(IEnumerable<Campaign> campaigns)
    {
        var clusters = new List<CampaignCluster>();
        foreach (var kind in campaigns.GroupBy(c => c.Kind, StringComparer.Ordinal))
        {
            var members = new List<Campaign>();
            DateTimeOffset end = default;
            foreach (Campaign campaign in kind.OrderBy(c => c.StartsAt).ThenBy(c => c.Name, StringComparer.Ordinal))
            {
                if (members.Count > 0 && (campaign.StartsAt - members[0].StartsAt > _together || campaign.StartsAt >= end))
                {
                    clusters.Add(new CampaignCluster(members));
                    members = [];
                }

                end = members.Count == 0 || campaign.EndsAt > end ? campaign.EndsAt : end;
                members.Add(campaign);
            }

            clusters.Add(new CampaignCluster(members));
        }

        clusters.Sort((a, b) => a.StartsAt != b.StartsAt ? a.StartsAt.CompareTo(b.StartsAt) : string.CompareOrdinal(a.Kind, b.Kind));
        return clusters;
    }

    /// <summary>The category in a column: that of the first member that has one; null where unknown.</summary>
    public string? Category(string column)
    {
        foreach (Campaign member in Members)
        {
            if (member.Features.TryGetValue(column, out string? text))
                return text;
        }

        return null;
    }

    /// <summary>The number in a column, averaged over the members that have one; null where unknown.</summary>
    /// <param name="column">A column of numbers.</param>
    /// <param name="logarithmic">Whether to average the logarithms and return their mean.</param>
    public double? Number(string column, bool logarithmic)
    {
        double sum = 0;
        int count = 0;
        foreach (Campaign member in Members)
        {
            if (member.Features.TryGetValue(column, out string? text) && double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) && double.IsFinite(value) && (!logarithmic || value > 0))
            {
                sum += logarithmic ? Math.Log(value) : value;
                count++;
            }
        }

        return count == 0 ? null : sum / count;
    }
}
