namespace Makalu.Capacity.Campaigns;

/// <summary>
/// Turns clusters into features. Columns of positive numbers that spread by a factor of three or more or reach a hundred, as audiences and budgets
/// do, are taken on the logarithm against the mean of their kind, because a viewer is not worth a subscriber; other columns of
/// numbers are standardised by the past campaigns.
/// </summary>
internal sealed class AmplitudeFeatureSpace
{
    private const double LogarithmicSpread = 3;
    private const double LogarithmicSize = 100;

    private readonly string[] _categories;
    private readonly NumberScale[] _numbers;
    private readonly LogarithmScale[] _logarithms;
    private readonly DateTimeOffset? _firstStart;
    private readonly Dictionary<string, CampaignCluster[]> _pastOfKind;

    public AmplitudeFeatureSpace(CampaignCalendar calendar, IReadOnlyList<CampaignCluster> past)
    {
        _firstStart = past.Count == 0 ? null : past.Min(c => c.StartsAt);
        _pastOfKind = past.GroupBy(c => c.Kind, StringComparer.Ordinal).ToDictionary(g => g.Key, g => g.ToArray(), StringComparer.Ordinal);
        _categories = [.. calendar.CategoricalFeatures.Where(c => !PlannerAssumption.IsColumn(c))];
        string[] columns = [.. calendar.NumericFeatures.Where(c => !PlannerAssumption.IsColumn(c))];
        CampaignCluster[] all = [.. calendar.Campaigns.Select(c => CampaignCluster.Group([c])[0])];
        string[] logarithmic = Array.FindAll(columns, c => IsLogarithmic([.. all.Select(k => k.Number(c, logarithmic: false)).OfType<double>()]));
        _logarithms = Array.ConvertAll(logarithmic, c => LogarithmScale.Of(c, past));
        _numbers = [.. columns.Except(logarithmic).Select(c => NumberScale.Of(c, past))];
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
            // Where nothing is past, nothing has drifted since.
            _firstStart is DateTimeOffset first ? Math.Max(0, (start - first).TotalDays) : 0,
            Array.ConvertAll(_categories, cluster.Category),
            Array.ConvertAll(_numbers, n => n.Standardise(cluster)),
            Array.ConvertAll(_logarithms, n => n.Center(cluster)))
        {
            DaysSinceKind = DaysSinceKind(cluster),
        };
    }

    /// <summary>Since past campaigns alone: another one that is planned before it must not lower what is expected of it.</summary>
    private double DaysSinceKind(CampaignCluster cluster)
    {
        if (!_pastOfKind.TryGetValue(cluster.Kind, out CampaignCluster[]? ofKind))
            return double.PositiveInfinity;
        double days = double.PositiveInfinity;
        foreach (CampaignCluster past in ofKind)
        {
            if (past.StartsAt < cluster.StartsAt)
                days = Math.Min(days, Math.Max(0, (cluster.StartsAt - past.EndsAt).TotalDays));
        }

        return days;
    }

    private static bool IsLogarithmic(double[] values)
        => values.Length > 0 && values.All(v => v > 0) && values.Max() >= Math.Min(LogarithmicSpread * values.Min(), LogarithmicSize);

    private readonly record struct NumberScale(string Column, double Mean, double Deviation)
    {
        public static NumberScale Of(string column, IReadOnlyList<CampaignCluster> past)
        {
            double[] values = [.. past.Select(c => c.Number(column, logarithmic: false)).OfType<double>()];
            if (values.Length < 2)
                return new NumberScale(column, 0, 0);
            double mean = values.Average();
            return new NumberScale(column, mean, Math.Sqrt(values.Sum(v => (v - mean) * (v - mean)) / (values.Length - 1)));
        }

        public double Standardise(CampaignCluster cluster)
            => Deviation > 0 && cluster.Number(Column, logarithmic: false) is double value ? (value - Mean) / Deviation : 0;
    }

    private sealed class LogarithmScale
    {
        private readonly string _column;
        private readonly double _mean;
        private readonly Dictionary<string, double> _kindMeans;

        private LogarithmScale(string column, double mean, Dictionary<string, double> kindMeans)
        {
            _column = column;
            _mean = mean;
            _kindMeans = kindMeans;
        }

        public static LogarithmScale Of(string column, IReadOnlyList<CampaignCluster> past)
        {
            (string Kind, double Value)[] known = [.. past.Select(c => (c.Kind, Value: c.Number(column, logarithmic: true))).Where(c => c.Value.HasValue).Select(c => (c.Kind, c.Value!.Value))];
            double mean = known.Length == 0 ? double.NaN : known.Average(k => k.Value);
            return new LogarithmScale(column, mean, known.GroupBy(k => k.Kind, StringComparer.Ordinal).ToDictionary(g => g.Key, g => g.Average(k => k.Value), StringComparer.Ordinal));
        }

        /// <summary>Against the mean of all campaigns for a kind never seen.</summary>
        public double Center(CampaignCluster cluster)
        {
            if (double.IsNaN(_mean) || cluster.Number(_column, logarithmic: true) is not double value)
                return 0;
            return value - (_kindMeans.TryGetValue(cluster.Kind, out double mean) ? mean : _mean);
        }
    }
}
