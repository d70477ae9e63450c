namespace Makalu.Capacity.Forecasting;

/// <summary>How much higher than what was learned the latest weekends lay, against the days beside them.</summary>
internal static class WeekendGap
{
    private const double HalfLifeDays = 7;
    private const double Prior = 1;
    private const double OneSided = 0.5;
    private const double FewestOfDay = 0.125;

    /// <summary>The difference on the logarithm, drawn to none by one weekend's worth of belief.</summary>
    /// <param name="sums">The sum of each day's known deviations from its shape, the last day last.</param>
    /// <param name="counts">How many of each day are known.</param>
    /// <param name="isWeekend">Whether each day is of a weekend.</param>
    /// <param name="slots">The steps of a day.</param>
    public static double Of(double[] sums, double[] counts, bool[] isWeekend, int slots)
    {
        int days = sums.Length - 1;
        double total = 0, weights = Prior;
        for (int day = 1; day <= days; day++)
        {
            if (!isWeekend[day] || isWeekend[day - 1])
                continue;
            double? weekend = Mean(sums, counts, slots, day, day + 2);
            double? before = Mean(sums, counts, slots, day - 2, day), after = Mean(sums, counts, slots, day + 2, day + 4);
            if (weekend is not double own || (before ?? after) is null)
                continue;
            double beside = before is double b && after is double a ? (a + b) / 2 : (before ?? after)!.Value;
            double weight = Math.Pow(2, -(days - day) / HalfLifeDays) * (before is null || after is null ? OneSided : 1);
            total += weight * (own - beside);
            weights += weight;
        }

        return total / weights;
    }

    /// <summary>The mean of the days' means, days from one to before another, of which at least an eighth is known; null without one.</summary>
    private static double? Mean(double[] sums, double[] counts, int slots, int from, int to)
    {
        double sum = 0, count = 0;
        for (int day = Math.Max(from, 0); day < Math.Min(to, sums.Length); day++)
        {
            if (counts[day] < FewestOfDay * slots)
                continue;
            sum += sums[day] / counts[day];
            count++;
        }

        return count == 0 ? null : sum / count;
    }
}
