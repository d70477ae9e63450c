namespace Makalu.Capacity.Campaigns;

/// <summary>
/// What a campaign has, as columns of a linear model with independent standard normal coefficients: two campaigns are alike by the products of their columns.
/// A value that no past campaign had has no column; it adds its variance.
/// </summary>
/// <remarks>Immutable; safe to share between threads.</remarks>
internal sealed class AmplitudeBasis
{
    /// <summary>A column with so many values, most of them of one campaign, is a name: what it tells of a campaign is that campaign's scatter.</summary>
    private const int FewestNames = 10;

    /// <summary>The part of the history's length over which a trend goes on undamped.</summary>
    private const double TrendMemory = 0.25;

    private readonly AmplitudePrior _prior;
    private readonly string[] _kinds;
    private readonly string?[][] _values;
    private readonly int _logarithms;
    private readonly int _numbers;
    private readonly bool _changes;
    private readonly double _lastDay;
    private readonly double _span;
    private readonly Dictionary<string, RecencyRange> _recencies;

    public AmplitudeBasis(AmplitudePrior prior, ReadOnlySpan<AmplitudeFeatures> past)
    {
        AmplitudeFeatures[] all = past.ToArray();
        _prior = prior;
        _kinds = [.. all.Select(f => f.Kind).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        _values = all.Length == 0 ? [] : [.. Enumerable.Range(0, all[0].Categories.Length).Select(c => Values(all, c))];
        _logarithms = all.Length == 0 ? 0 : all[0].Logarithms.Length;
        _numbers = all.Length == 0 ? 0 : all[0].Numbers.Length;
        _lastDay = all.Length == 0 ? 0 : all.Max(f => f.Day);
        _span = all.Length == 0 ? 0 : _lastDay - all.Min(f => f.Day);
        _changes = all.Length >= prior.FewestForChange && _span > 0;
        _recencies = all.GroupBy(f => f.Kind, StringComparer.Ordinal).ToDictionary(g => g.Key, g => RecencyRange.Of(prior.RecencyDays, [.. g]), StringComparer.Ordinal);
        HasTrend = _changes && prior.Trend > 0;
        HasRecency = _changes && prior.Recency > 0 && _recencies.Values.Any(r => r.Varies);
        Differences = 1 + _logarithms;
        Trend = Differences + 2 + 2 + 4 + 1 + _kinds.Length + _values.Sum(v => v.Length) + _numbers;
        Recency = Trend + (HasTrend ? 1 : 0);
        Count = Recency + (HasRecency ? prior.RecencyDays.Length : 0);
    }

    public bool HasTrend { get; }

    public bool HasRecency { get; }

    /// <summary>The number of columns.</summary>
    public int Count { get; }

    /// <summary>The first column that the scale of differences multiplies; those before it are always there.</summary>
    private int Differences { get; }

    private int Trend { get; }

    private int Recency { get; }

    /// <summary>The columns of a campaign, with the prior's standard deviations.</summary>
    public double[] Of(AmplitudeFeatures campaign)
    {
        var columns = new double[Count];
        int at = 0;
        columns[at++] = _prior.Shared;
        for (int i = 0; i < _logarithms; i++)
            columns[at++] = _prior.LogarithmSlopeDeviation / Math.Sqrt(_logarithms) * campaign.Logarithms[i];
        (double sine, double cosine) = Math.SinCos(campaign.HourAngle);
        columns[at++] = _prior.Hour * sine;
        columns[at++] = _prior.Hour * cosine;
        int day = campaign.Weekend ? 1 : 0;
        columns[at + day] = _prior.Weekend;
        at += 2;
        columns[at + (2 * day)] = _prior.WeekendHour * sine;
        columns[at + (2 * day) + 1] = _prior.WeekendHour * cosine;
        at += 4;
        columns[at++] = _prior.Size * campaign.LogSize;
        Mark(columns, ref at, _kinds, campaign.Kind, _prior.Kind);
        for (int c = 0; c < _values.Length; c++)
            Mark(columns, ref at, _values[c], campaign.Categories[c], _prior.Category);
        for (int i = 0; i < _numbers; i++)
            columns[at++] = _prior.Number * campaign.Numbers[i];
        if (HasTrend)
            columns[at++] = Math.Min(_prior.Trend, _prior.TrendPerDay * _span) * TrendAt(campaign.Day);
        if (HasRecency && _recencies.TryGetValue(campaign.Kind, out RecencyRange? range))
        {
            for (int i = 0; i < _prior.RecencyDays.Length; i++)
                columns[at++] = _prior.Recency * range.At(i, campaign);
        }

        return columns;
    }

    /// <summary>What each column is multiplied by at a point of the grid.</summary>
    public double[] Factors(AmplitudeScales scales)
    {
        var factors = new double[Count];
        factors.AsSpan(0, Differences).Fill(1);
        factors.AsSpan(Differences, Trend - Differences).Fill(scales.Difference);
        factors.AsSpan(Trend, Recency - Trend).Fill(scales.Trend);
        factors.AsSpan(Recency).Fill(scales.Recency);
        return factors;
    }

    /// <summary>The variance of what a campaign has and none before it had, before the scale of differences.</summary>
    public double UnseenVariance(AmplitudeFeatures campaign)
    {
        double variance = _kinds.Contains(campaign.Kind, StringComparer.Ordinal) ? 0 : _prior.Kind * _prior.Kind;
        for (int c = 0; c < campaign.Categories.Length; c++)
        {
            if (c >= _values.Length || (_values[c] is { Length: > 0 } seen && !seen.Contains(campaign.Categories[c], StringComparer.Ordinal)))
                variance += _prior.Category * _prior.Category;
        }

        return variance;
    }

    private static string?[] Values(AmplitudeFeatures[] all, int category)
    {
        IGrouping<string?, AmplitudeFeatures>[] groups = [.. all.GroupBy(f => f.Categories[category], StringComparer.Ordinal).OrderBy(g => g.Key, StringComparer.Ordinal)];
        bool names = groups.Length >= FewestNames && 2 * groups.Count(g => g.Count() == 1) > all.Length;
        return names ? [] : [.. groups.Select(g => g.Key)];
    }

    private static void Mark(double[] columns, ref int at, string?[] values, string? value, double deviation)
    {
        int index = Array.IndexOf(values, value);
        if (index >= 0)
            columns[at + index] = deviation;
        at += values.Length;
    }

    /// <summary>From 0 at the first campaign to 1 at the last, and beyond it ever slower: a quarter of the history's length at the most.</summary>
    private double TrendAt(double day)
    {
        double beyond = (day - _lastDay) / _span;
        return 1 + (beyond <= 0 ? beyond : TrendMemory * (1 - Math.Exp(-beyond / TrendMemory)));
    }

    /// <summary>
    /// What the campaigns of a kind found left by the one before: its mean, and how far it went either way. After a longer rest than any before, others of the kind
    /// are likely to come in between; nothing is made of it.
    /// </summary>
    private sealed class RecencyRange
    {
        private readonly double[] _days;
        private readonly (double Mean, double Low, double High)[] _ranges;

        private RecencyRange(double[] days, (double Mean, double Low, double High)[] ranges)
        {
            _days = days;
            _ranges = ranges;
        }

        public bool Varies => _ranges.Any(r => r.High > r.Low);

        public static RecencyRange Of(double[] memories, AmplitudeFeatures[] past) => new(memories, Array.ConvertAll(memories, days =>
        {
            // The first of a kind may have had others before the history began.
            double[] left = [.. past.Where(f => double.IsFinite(f.DaysSinceKind)).Select(f => Left(f, days))];
            return left.Length == 0 ? (0, 0, 0) : (left.Average(), left.Min(), left.Max());
        }));

        public double At(int column, AmplitudeFeatures campaign)
        {
            (double mean, double low, double high) = _ranges[column];
            double left = Left(campaign, _days[column]);
            return left < low || double.IsInfinity(campaign.DaysSinceKind) ? 0 : Math.Min(left, high) - mean;
        }

        private static double Left(AmplitudeFeatures campaign, double days) => Math.Exp(-campaign.DaysSinceKind / days);
    }
}
