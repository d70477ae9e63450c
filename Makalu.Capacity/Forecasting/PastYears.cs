using Makalu.Capacity.Numerics;

namespace Makalu.Capacity.Forecasting;

/// <summary>The mean of the same weeks of past years, moved by the difference between the level then and now.</summary>
internal static class PastYears
{
    private const double WeeksPerYear = 52.1775;
    private const int WeeksOfYear = 52;
    private const int LevelWeeks = 4;
    private const int FewestLevelWeeks = 2;

    /// <summary>Forecasts the weeks from the origin on; null without a year of history.</summary>
    /// <param name="levels">The weeks before the origin.</param>
    /// <param name="horizon">How many weeks.</param>
    /// <param name="halfLifeWeeks">In how many weeks the difference of the levels halves; infinite where it stays.</param>
    public static double[]? Forecast(WeeklyLevels levels, int horizon, double halfLifeWeeks)
    {
        double now = Level(levels, 0);
        if (double.IsNaN(now))
            return null;
        var forecast = new double[horizon];
        for (int h = 0; h < horizon; h++)
        {
            double carried = Math.Pow(2, -(h + 1) / halfLifeWeeks), sum = 0;
            int years = 0;

            if (h >= WeeksOfYear)
            {
                forecast[h] = forecast[h - WeeksOfYear];
                continue;
            }

            for (int year = 1; (int)Math.Round(year * WeeksPerYear) <= levels.Span - FewestLevelWeeks; year++)
            {
                int back = (int)Math.Round(year * WeeksPerYear);
                double value = Around(levels, h - back) + (carried * (now - Level(levels, -back)));
                sum += double.IsNaN(value) ? 0 : value;
                years += double.IsNaN(value) ? 0 : 1;
            }

            if (years == 0)
                return null;
            forecast[h] = sum / years;
        }

        return forecast;
    }

    private static double Level(WeeklyLevels levels, int before)
    {
        double[] known = [.. Enumerable.Range(before - LevelWeeks, LevelWeeks).Select(levels.At).Where(v => !double.IsNaN(v))];
        return known.Length < FewestLevelWeeks ? double.NaN : SampleQuantile.Median(known);
    }

    private static double Around(WeeklyLevels levels, int week)
    {
        double[] known = [.. Enumerable.Range(week - 1, 3).Select(levels.At).Where(v => !double.IsNaN(v))];
        return known.Length == 0 ? double.NaN : known.Average();
    }
}
