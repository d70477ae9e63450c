using Makalu.Capacity.Numerics;

namespace Makalu.Capacity.Series;

/// <summary>
/// Fills gaps with the season's profile (the median of each step of the week, or of the day where the series is short), scaled to the
/// level of the traffic before and after the gap, from the one to the other in a straight line.
/// </summary>
internal static class SeasonalInterpolation
{
    private const int SeasonsNeeded = 2;

    // The level beside a gap is taken over as many steps as the gap has, but over these at least: a single step is mostly noise.
    private const int LeastStepsForLevel = 12;

    public static TimeSeries Fill(TimeSeries series)
    {
        ReadOnlySpan<double> values = series.Values;
        int first = values.IndexOfAnyExcept(double.NaN);
        int last = values.LastIndexOfAnyExcept(double.NaN);
        if (first < 0 || !values[first..last].Contains(double.NaN))
        {
            return series;
        }

        double[] profile = Profile(series, first, last);
        double[] filled = values.ToArray();
        for (int i = first; i < last; i++)
        {
            if (double.IsNaN(values[i]))
            {
                int end = i + values[i..].IndexOfAnyExcept(double.NaN);
                FillGap(filled, values, profile, i, end, first, last);
                i = end;
            }
        }

        return TimeSeries.FromOwned(series.Start, series.Step, filled);
    }

    private static void FillGap(double[] filled, ReadOnlySpan<double> values, double[] profile, int begin, int end, int first, int last)
    {
        int width = Math.Max(end - begin, LeastStepsForLevel);
        double before = Level(values, profile, Math.Max(first, begin - width), begin);
        double after = Level(values, profile, end, Math.Min(last + 1, end + width));
        for (int i = begin; i < end; i++)
        {
            double part = (i - begin + 1.0) / (end - begin + 1);
            filled[i] = profile[i % profile.Length] * (((1 - part) * before) + (part * after));
        }
    }

    // The traffic as a multiple of the profile; 1 where the profile is silent.
    private static double Level(ReadOnlySpan<double> values, double[] profile, int from, int to)
    {
        double seen = 0;
        double usual = 0;
        for (int i = from; i < to; i++)
        {
            if (!double.IsNaN(values[i]))
            {
                seen += values[i];
                usual += profile[i % profile.Length];
            }
        }

        return usual > 0 ? seen / usual : 1;
    }

    // Indexed by step modulo its length. One value, the median of all, where no season is known at every step.
    private static double[] Profile(TimeSeries series, int first, int last)
    {
        foreach (TimeSpan season in new[] { TimeSpan.FromDays(7), TimeSpan.FromDays(1) })
        {
            long length = Math.DivRem(season.Ticks, series.Step.Ticks, out long remainder);
            if (remainder == 0 && length > 1 && last - first + 1 >= SeasonsNeeded * length && Medians(series.Values, (int)length) is { } medians)
            {
                return medians;
            }
        }

        // A silent median would fill every gap with silence.
        double median = SampleQuantile.Median(series.Values);
        return [median > 0 ? median : 1];
    }

    private static double[]? Medians(ReadOnlySpan<double> values, int length)
    {
        var medians = new double[length];
        var ofStep = new double[(values.Length / length) + 1];
        for (int step = 0; step < length; step++)
        {
            int count = 0;
            for (int i = step; i < values.Length; i += length)
            {
                ofStep[count++] = values[i];
            }

            medians[step] = SampleQuantile.Median(ofStep.AsSpan(0, count));
            if (double.IsNaN(medians[step]))
            {
                return null;
            }
        }

        return medians;
    }
}
