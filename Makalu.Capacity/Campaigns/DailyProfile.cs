namespace Makalu.Capacity.Campaigns;

/// <summary>
/// How daily traffic answers campaigns of one kind: a value for each day of its typical length and for the days of decay after
/// it, with a maximum of 1. The days inside a longer or shorter campaign are stretched to the typical length.
/// </summary>
internal sealed class DailyProfile
{
    /// <summary>The days before the first day that may anticipate it.</summary>
    public const int LeadDays = 3;

    /// <summary>The days of decay after the last day.</summary>
    public const int TailDays = 4;

    private const double FirstTail = 0.25;
    private const double Plateau = 0.7;

    private readonly double[] _values;

    private DailyProfile(int typicalDays, double[] values)
    {
        TypicalDays = typicalDays;
        _values = values;
    }

    public int TypicalDays { get; }

    public ReadOnlySpan<double> Values => _values;

    /// <summary>Before any campaign of the kind was seen: 1 on the first day, 0.7 on the others, 0.25 on the day after.</summary>
    public static DailyProfile Prior(int typicalDays)
    {
        var values = new double[LeadDays + typicalDays + TailDays];
        values.AsSpan(LeadDays, typicalDays).Fill(Plateau);
        values[LeadDays] = 1;
        values[LeadDays + typicalDays] = FirstTail;
        return new DailyProfile(typicalDays, values);
    }

    public DailyProfile With(double[] values) => new(TypicalDays, values);

    /// <summary>The UTC-aligned steps of a day that a cluster touches, counted from its first: 1 or more.</summary>
    public static int DaysOf(CampaignCluster cluster, DateTimeOffset seriesStart)
        => DayOf(cluster.EndsAt - TimeSpan.FromTicks(1), seriesStart) - DayOf(cluster.StartsAt, seriesStart) + 1;

    /// <summary>The index of the day that contains a time, which may lie outside the series.</summary>
    public static int DayOf(DateTimeOffset time, DateTimeOffset seriesStart) => (int)Math.Floor((time - seriesStart).TotalDays);

    /// <summary>Which of the values a day is, counted from the cluster's first; −1 outside.</summary>
    public int IndexOf(int day, int clusterDays)
    {
        if (day < -LeadDays || day >= clusterDays + TailDays)
            return -1;
        if (day < 0)
            return LeadDays + day;
        return LeadDays + (day >= clusterDays ? TypicalDays + day - clusterDays : Math.Min(TypicalDays - 1, day * TypicalDays / clusterDays));
    }
}
