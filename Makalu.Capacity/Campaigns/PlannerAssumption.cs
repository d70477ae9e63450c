using System.Globalization;

namespace Makalu.Capacity.Campaigns;

/// <summary>
/// What the planner expects of a campaign: the calendar's columns <c>expected_factor</c> (the median factor on the traffic at
/// the campaign's peak) and <c>max_factor</c> (its 99 % quantile).
/// </summary>
internal readonly record struct PlannerAssumption(double Mean, double Deviation)
{
    public const string ExpectedColumn = "expected_factor";
    public const string MaximumColumn = "max_factor";

    /// <summary>The deviation of an expectation without a maximum: about a factor 1.5 either way in one of three cases.</summary>
    private const double DefaultDeviation = 0.4;

    private const double NormalQuantile99 = 2.326;

    public static bool IsColumn(string column) => column is ExpectedColumn or MaximumColumn;

    /// <summary>The assumption of a cluster: excesses over the baseline of its members add up; null where none has any.</summary>
    public static PlannerAssumption? Of(CampaignCluster cluster)
    {
        double expected = 0, maximum = 0;
        bool anyMaximum = false, any = false;
        foreach (Campaign member in cluster.Members)
        {
            double? e = Factor(member, ExpectedColumn);
            double? m = Factor(member, MaximumColumn);
            if (e is null && m is null)
                continue;
            any = true;
            double memberExpected = e ?? Math.Sqrt(m!.Value);
            expected += memberExpected - 1;
            maximum += (m ?? (memberExpected * Math.Exp(NormalQuantile99 * DefaultDeviation))) - 1;
            anyMaximum |= m is not null;
        }

        if (!any)
            return null;
        double mean = Math.Log(1 + expected);
        double deviation = anyMaximum ? (Math.Log(1 + maximum) - mean) / NormalQuantile99 : DefaultDeviation;
        return new PlannerAssumption(mean, Math.Max(deviation, 0.05));
    }

    /// <summary>What is wrong with a campaign's assumption, by column: the value, the rule and the remedy; nothing where it can be taken.</summary>
    /// <param name="features">The campaign's features as written: the last of a name counts, and an empty value is unknown.</param>
    public static IEnumerable<(string Column, string Value, string Rule, string Remedy)> ProblemsOf(IEnumerable<KeyValuePair<string, string>> features)
    {
        string? expected = null, maximum = null;
        foreach ((string name, string value) in features.Where(f => !string.IsNullOrWhiteSpace(f.Value)))
        {
            expected = name == ExpectedColumn ? value : expected;
            maximum = name == MaximumColumn ? value : maximum;
        }

        foreach ((string column, string? text) in ((string, string?)[])[(ExpectedColumn, expected), (MaximumColumn, maximum)])
        {
            if (text is not null && !TryFactor(text, out _))
                yield return (column, text, "must be a number of 1 or more: the factor on the traffic at the campaign's peak.", "Correct it or leave it empty.");
        }

        if (expected is not null && maximum is not null && TryFactor(expected, out double least) && TryFactor(maximum, out double most) && most < least)
            yield return (MaximumColumn, maximum, $"must not be below {ExpectedColumn}, which is {expected}.", "Correct one of them or leave it empty.");
    }

    private static bool TryFactor(string text, out double factor)
        => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out factor) && factor >= 1 && double.IsFinite(factor);

    private static double? Factor(Campaign campaign, string column)
        => campaign.Features.TryGetValue(column, out string? text) && TryFactor(text, out double factor) ? factor : null;
}
