using System.Numerics.Tensors;

namespace Makalu.Capacity.Forecasting.Boosting;

/// <summary>The series of a fleet that move together with one of them, as it looked before its earliest judged origin; nothing later has a part in the choice.</summary>
internal sealed class Siblings
{
    /// <summary>The least correlation with the series over the days that are compared.</summary>
    private const double Together = 0.8;

    /// <summary>A series as near as this is the one itself, or a copy that tells nothing.</summary>
    private const double Same = 1 - 1e-9;

    /// <summary>The days (or other short seasons) that are compared, and the fewest.</summary>
    private const int Days = 14;
    private const int FewestDays = 5;

    /// <summary>The most series that share components, those nearest to the series: more tell little more.</summary>
    private const int Most = 12;

    private readonly BoostingSeries[] _series;

    private Siblings(BoostingSeries[] series) => _series = series;

    /// <summary>The number of series beside the one itself.</summary>
    public int Count => _series.Length;

    /// <summary>Chooses by correlation.</summary>
    /// <param name="fleet">The series of one step.</param>
    /// <param name="history">What is known of the one before the time, on its transformed scale, without gaps.</param>
    /// <param name="cycle">The steps of a day (or other short season).</param>
    /// <param name="before">The time.</param>
    public static Siblings Of(IEnumerable<BoostingSeries> fleet, ReadOnlySpan<double> history, int cycle, DateTimeOffset before)
    {
        int compared = Math.Min(Days * cycle, history.Length);
        double[] own = Standardised(history[^compared..], out _, out double deviation);
        if (compared < FewestDays * cycle || deviation == 0)
            return new Siblings([]);

        var near = new List<(double Correlation, BoostingSeries Series)>();
        foreach (BoostingSeries series in fleet)
        {
            double[] other = series.LastBefore(before, compared);
            if (other.Length < FewestDays * cycle)
                continue;

            double[] recent = other.Length == compared ? own : Standardised(history[^other.Length..], out _, out _);
            double correlation = TensorPrimitives.Dot<double>(recent, other) / other.Length;
            if (correlation is >= Together and < Same)
            {
                near.Add((correlation, series));
            }
        }

        // A stable sort: of equals the first of the fleet.
        return new Siblings([.. near.OrderByDescending(n => n.Correlation).Take(Most).Select(n => n.Series)]);
    }

    /// <summary>What lies before a time in each of the series, on a common scale, and the series itself.</summary>
    /// <param name="before">The time.</param>
    /// <param name="own">The series itself before the time, on that scale.</param>
    /// <param name="fewest">The fewest steps with which a sibling counts.</param>
    public List<ReadOnlyMemory<double>> Before(DateTimeOffset before, double[] own, int fewest)
    {
        var known = new List<ReadOnlyMemory<double>> { own };
        foreach (BoostingSeries series in _series)
        {
            double[] values = series.Before(before);
            if (values.Length >= fewest)
            {
                known.Add(Standardised(values, out _, out _));
            }
        }

        return known;
    }

    /// <summary>Values less their mean in their own standard deviation; zeros where they do not vary.</summary>
    public static double[] Standardised(ReadOnlySpan<double> values, out double mean, out double deviation)
    {
        mean = TensorPrimitives.Sum(values) / values.Length;
        var standardised = new double[values.Length];
        TensorPrimitives.Subtract(values, mean, standardised);
        deviation = Math.Sqrt(TensorPrimitives.SumOfSquares<double>(standardised) / values.Length);
        if (deviation > 1e-9 * Math.Max(1, Math.Abs(mean)))
        {
            TensorPrimitives.Divide(standardised, deviation, standardised);
        }
        else
        {
            deviation = 0;
            Array.Clear(standardised);
        }

        return standardised;
    }
}
