namespace Makalu.Capacity.Campaigns;

/// <summary>
/// Turns features into a row of numbers: a column for each kind and each value of a category, and one for each number. Columns
/// that do not part the past campaigns into groups worth telling apart are left out.
/// </summary>
internal sealed class AmplitudeEncoding
{
    /// <summary>The fewest past campaigns on each side of a split.</summary>
    public const int FewestOfASide = 4;

    private readonly string[] _kinds;
    private readonly (int Category, string Value)[] _values;
    private readonly int[] _columns;

    public AmplitudeEncoding(ReadOnlySpan<AmplitudeFeatures> past)
    {
        AmplitudeFeatures[] all = past.ToArray();
        _kinds = [.. all.Select(f => f.Kind).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        _values = [.. Enumerable.Range(0, all[0].Categories.Length).SelectMany(c => all.Select(f => f.Categories[c]).OfType<string>().Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).Select(v => (c, v)))];
        float[][] rows = Array.ConvertAll(all, Whole);
        _columns = [.. Enumerable.Range(0, rows[0].Length).Where(c => CanBeSplit([.. rows.Select(r => r[c]).Order()]))];
    }

    public float[] Of(AmplitudeFeatures campaign)
    {
        float[] row = Whole(campaign);
        return Array.ConvertAll(_columns, c => row[c]);
    }

    private static bool CanBeSplit(float[] sorted)
    {
        for (int i = FewestOfASide; i <= sorted.Length - FewestOfASide; i++)
        {
            if (sorted[i - 1] < sorted[i])
                return true;
        }

        return false;
    }

    private float[] Whole(AmplitudeFeatures campaign) =>
    [
        campaign.Weekend ? 1 : 0, (float)(campaign.HourAngle / (2 * Math.PI) * 24 % 24), (float)campaign.LogSize, (float)campaign.Day,
        .. _kinds.Select(k => string.Equals(k, campaign.Kind, StringComparison.Ordinal) ? 1f : 0f),
        .. _values.Select(v => string.Equals(v.Value, campaign.Categories[v.Category], StringComparison.Ordinal) ? 1f : 0f),
        .. campaign.Numbers.Select(n => (float)n),
        .. campaign.Logarithms.Select(n => (float)n),
    ];
}
