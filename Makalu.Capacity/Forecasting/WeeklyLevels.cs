using Makalu.Capacity.Numerics;

namespace Makalu.Capacity.Forecasting;

/// <summary>
/// The level of daily traffic in weeks counted back from the origin, on the logarithm, without weekdays and campaigns: a mean of
/// each week's days that a spike hardly moves (Huber, Annals of Mathematical Statistics 35, 1964).
/// </summary>
internal sealed class WeeklyLevels
{
    private const int FewestDays = 2;
    private const int Passes = 3;

    private readonly int[] _weeks;
    private readonly double[] _values;
    private readonly double[] _weights;

    private WeeklyLevels(int[] weeks, double[] values, double[] weights)
    {
        _weeks = weeks;
        _values = values;
        _weights = weights;
    }

    /// <summary>The weeks with enough known days, oldest first: −1 is the week that ends at the origin.</summary>
    public ReadOnlySpan<int> Weeks => _weeks;

    public ReadOnlySpan<double> Values => _values;

    /// <summary>The known days of each week as a part of seven.</summary>
    public ReadOnlySpan<double> Weights => _weights;

    public int Count => _weeks.Length;

    /// <summary>How many weeks lie between the oldest and the origin.</summary>
    public int Span => Count == 0 ? 0 : -_weeks[0];

    /// <summary>Gathers the days.</summary>
    /// <param name="days">The logarithm of each day of the history without its weekday and campaigns; NaN where unknown.</param>
    /// <param name="deviation">The standard deviation of a day about its week.</param>
    public static WeeklyLevels Of(ReadOnlySpan<double> days, double deviation)
    {
        int oldest = -((days.Length + 6) / 7);
        var weeks = new List<int>();
        var values = new List<double>();
        var weights = new List<double>();
        for (int week = oldest; week < 0; week++)
        {
            int from = Math.Max(0, days.Length + (7 * week)), to = days.Length + (7 * (week + 1));
            double[] known = [.. days[from..to].ToArray().Where(d => !double.IsNaN(d))];
            if (known.Length < FewestDays && !(week == -1 && weeks.Count == 0 && known.Length > 0))
                continue;
            weeks.Add(week);
            values.Add(RobustMean(known, deviation));
            weights.Add(known.Length / 7.0);
        }

        return new WeeklyLevels([.. weeks], [.. values], [.. weights]);
    }

    /// <summary>The weeks before one of them, seen from there: it becomes the origin.</summary>
    public WeeklyLevels Before(int week)
    {
        int count = Array.FindIndex(_weeks, w => w >= week);
        count = count < 0 ? Count : count;
        return new WeeklyLevels(Array.ConvertAll(_weeks[..count], w => w - week), _values[..count], _weights[..count]);
    }

    /// <summary>The value of a week; NaN where unknown.</summary>
    public double At(int week)
    {
        int index = Array.BinarySearch(_weeks, week);
        return index < 0 ? double.NaN : _values[index];
    }

    private static double RobustMean(double[] known, double deviation)
    {
        double mean = SampleQuantile.Median(known);
        for (int pass = 0; pass < Passes; pass++)
        {
            double sum = 0, total = 0;
            foreach (double value in known)
            {
                double weight = 1 / Math.Max(1, Math.Abs(value - mean) / deviation);
                sum += weight * value;
                total += weight;
            }

            mean = sum / total;
        }

        return mean;
    }
}
