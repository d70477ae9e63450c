namespace Makalu.Capacity.Cli.Sample;

/// <summary>The shop's day and week: demand by local hour relative to a Monday evening, smooth on the log scale.</summary>
internal static class DailyShape
{
    private static readonly double[] WorkingDay =
    [
        0.42, 0.26, 0.16, 0.11, 0.085, 0.08, 0.11, 0.20, 0.34, 0.48, 0.58, 0.64,
        0.70, 0.74, 0.70, 0.66, 0.66, 0.70, 0.78, 0.88, 0.97, 1.00, 0.90, 0.66,
    ];

    private static readonly double[] Weekend =
    [
        0.50, 0.34, 0.22, 0.14, 0.10, 0.085, 0.095, 0.14, 0.25, 0.42, 0.62, 0.78,
        0.86, 0.88, 0.84, 0.80, 0.82, 0.88, 0.95, 1.00, 1.03, 1.00, 0.85, 0.62,
    ];

    // Sunday first, as DayOfWeek counts.
    private static readonly double[] WeekdayFactor = [1.05, 1.00, 0.98, 0.99, 1.00, 0.95, 0.93];

    /// <summary>The natural logarithm of the shape at a time: Catmull–Rom interpolation between the hours.</summary>
    public static double LogAt(DateTimeOffset time)
    {
        DateTimeOffset local = ShopClock.ToLocal(time);
        double hours = (local.DateTime - DateTime.UnixEpoch).TotalHours;
        long hour = (long)Math.Floor(hours);
        double t = hours - hour;
        double p0 = LogOfHour(hour - 1);
        double p1 = LogOfHour(hour);
        double p2 = LogOfHour(hour + 1);
        double p3 = LogOfHour(hour + 2);
        return p1 + (0.5 * t * (p2 - p0 + (t * ((2 * p0) - (5 * p1) + (4 * p2) - p3 + (t * ((3 * (p1 - p2)) + p3 - p0))))));
    }

    private static double LogOfHour(long localHour)
    {
        DateTime local = DateTime.UnixEpoch.AddHours(localHour);
        double[] day = local.DayOfWeek is DayOfWeek.Saturday or DayOfWeek.Sunday ? Weekend : WorkingDay;
        return Math.Log(day[local.Hour] * WeekdayFactor[(int)local.DayOfWeek]);
    }
}
