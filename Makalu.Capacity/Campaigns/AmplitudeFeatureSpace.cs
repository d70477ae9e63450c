namespace Makalu.Capacity.Campaigns;

/// <summary>
/// Turns clusters into features. The columns of numbers are standardised by the past campaigns, on the logarithm where they are
/// positive and spread over a decade, as audiences and budgets are.
/// </summary>
internal sealed class AmplitudeFeatureSpace
{
    private readonly string[] _categories;
    private readonly NumberScale[] _numbers;
    private readonly DateTimeOffset _firstStart;

    public AmplitudeFeatureSpace(CampaignCalendar calendar, IReadOnlyList<CampaignCluster> past)
    {
        _firstStart = past.Count == 0 ? default : past.Min(c => c.StartsAt);
        _categories = [.. calendar.CategoricalFeatures];
        _numbers = [.. calendar.NumericFeatures.Where(c => !PlannerAssumption.IsColumn(c)).Select(c => NumberScale.Of(c, past))];
    }

    public AmplitudeFeatures Of(CampaignCluster cluster)
    {
        DateTimeOffset start = cluster.StartsAt;
        double hour = start.TimeOfDay.TotalHours + (cluster.Duration.TotalHours / 2);
        return new AmplitudeFeatures(
            cluster.Kind,
            start.DayOfWeek is DayOfWeek.Saturday or DayOfWeek.Sunday,
            2 * Math.PI * hour / 24,
            Math.Log(cluster.Size),
            Math.Max(0, (start - _firstStart).TotalDays),
            Array.ConvertAll(_categories, cluster.Category),
            Array.ConvertAll(_numbers, n => n.Standardise(cluster)));
    }

    private readonly record struct NumberScale(string Column, bool Logarithmic, double Mean, double Deviation)
    {
        public static NumberScale Of(string column, IReadOnlyList<CampaignCluster> past)
        {
            double[] values = Known(column, past, logarithmic: false);
            bool logarithmic = values.Length > 0 && values.All(v => v > 0) && values.Max() >= 10 * values.Min();
            if (logarithmic)
                values = Known(column, past, logarithmic: true);
            if (values.Length < 2)
                return new NumberScale(column, logarithmic, values.Length == 0 ? 0 : values[0], 0);
            double mean = values.Average();
            return new NumberScale(column, logarithmic, mean, Math.Sqrt(values.Sum(v => (v - mean) * (v - mean)) / (values.Length - 1)));
        }

        public double Standardise(CampaignCluster cluster)
            => Deviation > 0 && cluster.Number(Column, Logarithmic) is double value ? (value - Mean) / Deviation : 0;

        private static double[] Known(string column, IReadOnlyList<CampaignCluster> past, bool logarithmic)
            => [.. past.Select(c => c.Number(column, logarithmic)).Where(v => v.HasValue).Select(v => v!.Value)];
    }
}
