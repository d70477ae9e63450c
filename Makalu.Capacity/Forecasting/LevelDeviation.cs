using Makalu.Capacity.Numerics;

namespace Makalu.Capacity.Forecasting;

/// <summary>Standard deviations of a level on the logarithm.</summary>
/// <param name="PerDay">Of the level's change from day to day.</param>
/// <param name="AtOrigin">Of the level at the origin as an estimate of the first day's.</param>
/// <param name="Growth">Of what each day further ahead adds.</param>
internal readonly record struct LevelDeviation(double PerDay, double AtOrigin, double Growth)
{
    private const int JudgedDays = 21;
    private const int JudgedDaysAhead = 7;
    private const int FewestDaysBefore = 5;
    private const double PriorDays = 7;
    private const double MostToPrior = 1.5;

    /// <summary>A day's level may lie this far from what was stated without being taken for a surprise.</summary>
    private const double NeverSuspect = 0.05;

    /// <summary>The deviations of a history.</summary>
    /// <param name="levels">The smoothed level of each step.</param>
    /// <param name="values">The known logarithms without their shape; 0 where unknown or disturbed.</param>
    /// <param name="known">0 where a value is unknown or disturbed, else 1.</param>
    /// <param name="slots">The steps of a day.</param>
    /// <param name="stepDays">The step in days.</param>
    public static LevelDeviation Of(double[] levels, double[] values, double[] known, int slots, double stepDays)
    {
        double perDay = ChangePerDay(levels, slots);
        (double atOrigin, double growth) = OfPastDays(values, known, slots, stepDays, perDay);
        return new LevelDeviation(perDay, atOrigin, growth);
    }

    /// <summary>Robustly from the last three weeks; a prior of 0.1 stands in where there are only a few days.</summary>
    private static double ChangePerDay(double[] levels, int slots)
    {
        var changes = new List<double>();
        for (int i = (slots / 2) + slots; i < levels.Length; i += slots)
            changes.Add(Math.Abs(levels[i] - levels[i - slots]));
        if (changes.Count > 21)
            changes.RemoveRange(0, changes.Count - 21);
        double robust = changes.Count == 0 ? 0 : (1.4826 * SampleQuantile.Median([.. changes])) + 1e-3;
        double prior = Math.Max(0, 7 - changes.Count);
        return Math.Sqrt(((changes.Count * robust * robust) + (prior * 0.01)) / (changes.Count + prior));
    }

    /// <summary>
    /// How far the levels of the past days lay from those that would have been stated the midnight before. The smoothed level knows the days on
    /// both sides and moves too little to tell.
    /// </summary>
    private static (double AtOrigin, double Growth) OfPastDays(double[] values, double[] known, int slots, double stepDays, double perDay)
    {
        double prior = 1.22 * perDay;
        var sums = new double[JudgedDaysAhead];
        var counts = new int[JudgedDaysAhead];
        for (int day = 1; day <= JudgedDays; day++)
        {
            int start = values.Length - (day * slots);
            if (start < FewestDaysBefore * slots)
                break;
            if (!known.AsSpan(0, start).ContainsAnyExcept(0.0))
                continue;
            double level = LevelAtOrigin.Of(values.AsSpan(0, start), known.AsSpan(0, start), stepDays);
            for (int ahead = 0; ahead < Math.Min(day, JudgedDaysAhead); ahead++)
            {
                int first = start + (ahead * slots);
                double mean = 0, count = 0;
                for (int i = first; i < first + slots; i++)
                {
                    mean += known[i] > 0 ? values[i] : 0;
                    count += known[i];
                }

                if (2 * count < slots)
                    continue;
                sums[ahead] += Math.Abs((mean / count) - level);
                counts[ahead]++;
            }
        }

        double sum = sums[0] * ToNewDays(values.Length, slots);
        int days = counts[0];

        // At most half as much again: weeks of growth, whose days were each a surprise, would else widen the level long after.
        double seen = days > 0 ? Math.Min(Math.Sqrt(Math.PI / 2) * sum / days, Math.Max(MostToPrior * prior, NeverSuspect)) : 0;
        double atOrigin = Math.Sqrt(((days * seen * seen) + (PriorDays * prior * prior)) / (days + PriorDays));

        // How much further from it the levels lay for each day ahead.
        double growth = 0, daysAhead = 0;
        for (int ahead = 1; ahead < JudgedDaysAhead && days > 0 && counts[ahead] > 0; ahead++)
        {
            growth += Square(sums[ahead] / counts[ahead]) - Square(sums[0] / days);
            daysAhead += ahead;
        }

        // Forecasts of a week overlap: a third of them are evidence.
        double evidence = daysAhead > 0 ? days / 3.0 : 0;
        double seenGrowth = daysAhead > 0 ? Math.Max(0, growth * Math.PI / 2 / daysAhead) : 0;
        return (atOrigin, Math.Sqrt(((evidence * Math.Min(seenGrowth, Square(Math.Max(MostToPrior * perDay, NeverSuspect)))) + (PriorDays * Square(perDay))) / (evidence + PriorDays)));
    }

    /// <summary>The days were part of what shape and weekdays were learned from: days to come lie further away, by as much as a day had a part in its own weekday.</summary>
    private static double ToNewDays(int steps, int slots)
    {
        double weeks = (double)steps / slots / 7;
        double effective = Math.Max(2, (1 - Math.Pow(2, -weeks / 4)) / (1 - Math.Pow(2, -0.25)));
        return 1 / (1 - (1 / effective));
    }

    private static double Square(double value) => value * value;
}
