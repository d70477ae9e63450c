using System.Globalization;
using System.Text;
using Makalu.Capacity.Campaigns;

namespace Makalu.Capacity.Forecasting;

/// <summary>All that is known of a cluster of campaigns as one text: two with the same have the same response.</summary>
internal static class ClusterIdentity
{
    public static string Of(CampaignCluster cluster)
    {
        var key = new StringBuilder();
        foreach (Campaign member in cluster.Members)
        {
            key.Append(CultureInfo.InvariantCulture, $"{member.Name}\u001f{member.Kind}\u001f{member.StartsAt.UtcTicks}\u001f{member.EndsAt.UtcTicks}\u001f");
            foreach ((string column, string value) in member.Features.OrderBy(f => f.Key, StringComparer.Ordinal))
                key.Append(column).Append('\u001e').Append(value).Append('\u001f');
            key.Append('\u001d');
        }

        return key.ToString();
    }
}
