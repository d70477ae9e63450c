using Makalu.Capacity.Series;

namespace Makalu.Capacity.Backtesting;

/// <summary>What people plan by who have no forecast.</summary>
internal static class RulesOfThumb
{
    public const string YesterdayDoubled = "yesterday's peak x 2";
    public const string LastWeek = "same as last week";

    private static readonly TimeSpan Day = TimeSpan.FromDays(1);
    private static readonly TimeSpan Week = TimeSpan.FromDays(7);

    /// <summary>The rate that each rule plans for at an origin; null where what it repeats is not known.</summary>
    public static IEnumerable<(string Name, double? Rate)> Of(TimeSeries rates, DateTimeOffset origin, TimeSpan inForce)
    {
        yield return (YesterdayDoubled, 2 * Peak(rates, origin - Day, Day));
        long weeks = (inForce.Ticks + Week.Ticks - 1) / Week.Ticks;
        yield return (LastWeek, Peak(rates, origin - (Week * weeks), inForce));
    }

    private static double? Peak(TimeSeries rates, DateTimeOffset from, TimeSpan span)
    {
        int first = rates.IndexOf(from);
        int count = Math.Max(1, (int)(span / rates.Step));
        if (first < 0 || first + count > rates.Count)
        {
            return null;
        }

        double? highest = null;
        foreach (double rate in rates.Values.Slice(first, count))
        {
            highest = !double.IsNaN(rate) && !(rate <= highest) ? rate : highest;
        }

        return highest;
    }
}
