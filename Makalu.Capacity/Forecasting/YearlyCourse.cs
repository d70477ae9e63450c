using System.Numerics.Tensors;
using Makalu.Capacity.Numerics;
using Makalu.Capacity.Series;

namespace Makalu.Capacity.Forecasting;

/// <summary>
/// What the time of the year does to the level of traffic, as a factor on what it is at the origin: the yearly part of <see cref="LevelProcess"/>, learned from the levels of
/// all weeks, with how surely it is known.
/// </summary>
/// <remarks>Immutable; safe to share between threads.</remarks>
internal sealed class YearlyCourse
{
    /// <summary>The days of history from which on a year can be known.</summary>
    private const int FewestDays = 366;

    /// <summary>
    /// The last weeks, in which forecasts are judged at rolling origins: their course is told by the weeks before them alone, or it would have followed them, and the errors
    /// would look smaller than those to come.
    /// </summary>
    private const int WeeksJudged = 10;

    private const int DaysOfWeek = 7;
    private const int StreamKey = 0x59454152;

    private readonly LevelProcess _process;
    private readonly double[] _past;

    private YearlyCourse(LevelProcess process, int weeks)
    {
        _process = process;
        _past = new double[weeks + 1];
        process.PredictYear(0, -weeks, _past, new double[_past.Length * _past.Length]);
        var late = new double[WeeksJudged + 1];
        process.PredictYear(-WeeksJudged, -WeeksJudged, late, new double[late.Length * late.Length]);
        late.CopyTo(_past, weeks - WeeksJudged);
        ToFactors(_past, weeks);
    }

    /// <summary>Whether a history of so many days can know a year.</summary>
    public static bool IsLongEnough(double days) => days >= FewestDays;

    /// <summary>Learns the course; null where steps are longer than a day or do not divide it, or less than a year is known.</summary>
    /// <param name="series">The history without campaigns; NaN where unknown.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public static YearlyCourse? Of(TimeSeries series, CancellationToken cancellationToken)
    {
        long stepsOfDay = TimeSpan.TicksPerDay / series.Step.Ticks;
        if (stepsOfDay == 0 || TimeSpan.TicksPerDay % series.Step.Ticks != 0 || series.Count / stepsOfDay < FewestDays)
            return null;

        double[] days = Days(series.Values, (int)stepsOfDay);
        int first = Array.FindIndex(days, d => !double.IsNaN(d));
        if (first < 0 || days.Length - first < FewestDays || days.Count(d => !double.IsNaN(d)) < FewestDays / 2)
            return null;

        var levels = WeeklyLevels.Of(WithoutWeekdays(days, out double deviation), deviation);
        return new YearlyCourse(LevelProcess.Fit(levels, cancellationToken), levels.Span);
    }

    /// <summary>The factor at a time of the history.</summary>
    /// <param name="days">How many days before the origin.</param>
    public double Before(double days) => WeeklyLevelForecast.At(_past, ((_past.Length - 1) * DaysOfWeek) - days);

    /// <summary>The history as if all of it had been at the origin's time of the year.</summary>
    public TimeSeries Without(TimeSeries series)
    {
        double stepDays = series.Step / TimeSpan.FromDays(1);
        double[] values = series.Values.ToArray();
        for (int i = 0; i < values.Length; i++)
            values[i] /= Before((values.Length - i - 0.5) * stepDays);
        return TimeSeries.FromOwned(series.Start, series.Step, values);
    }

    /// <summary>Multiplies each path of a forecast of such a history by the course from the origin on, drawn for each by how surely it is known.</summary>
    public Forecast With(Forecast forecast, int seed, CancellationToken cancellationToken)
    {
        double stepDays = forecast.Step / TimeSpan.FromDays(1);

        // From the week before the origin, so that the course goes on from where it is.
        var weeks = new double[(int)Math.Ceiling(forecast.Horizon * stepDays / DaysOfWeek) + 2];
        var covariances = new double[weeks.Length * weeks.Length];
        _process.PredictYear(0, -1, weeks, covariances);
        var course = new WeeklyLevelForecast(weeks, covariances);
        SamplePaths paths = forecast.Paths.With(
            [(0, forecast.Horizon)],
            (p, first, steps) =>
            {
                double[] drawn = course.DrawDeviations(new RandomStream(seed ^ StreamKey, p));
                TensorPrimitives.Add(drawn, weeks, drawn);
                ToFactors(drawn, origin: 1);
                for (int h = 0; h < steps.Length; h++)
                    steps[h] *= WeeklyLevelForecast.At(drawn, DaysOfWeek + ((first + h + 0.5) * stepDays));
            },
            cancellationToken);

        double[] medians = [.. weeks];
        ToFactors(medians, origin: 1);
        double farthest = Enumerable.Range(0, forecast.Horizon).Select(h => WeeklyLevelForecast.At(medians, DaysOfWeek + ((h + 0.5) * stepDays))).MaxBy(f => Math.Abs(Math.Log(f)));
        ForecastReport? report = forecast.Report is { } told ? told with { YearFactor = farthest } : null;
        return Forecast.FromShared(forecast.Start, forecast.Step, paths, forecast.CampaignEffects, forecast.Model, report);
    }

    /// <summary>From logarithms to factors on the level at the origin, which is the start of one of the weeks.</summary>
    private static void ToFactors(double[] weeks, int origin)
    {
        double level = WeeklyLevelForecast.At(weeks, origin * DaysOfWeek);
        for (int w = 0; w < weeks.Length; w++)
            weeks[w] = Math.Exp(weeks[w] - level);
        double factor = WeeklyLevelForecast.At(weeks, origin * DaysOfWeek);
        TensorPrimitives.Divide(weeks, factor, weeks);
    }

    /// <summary>The logarithm of the mean of each day counted back from the end, oldest first; NaN where less than half of it is known.</summary>
    private static double[] Days(ReadOnlySpan<double> values, int stepsOfDay)
    {
        var days = new double[values.Length / stepsOfDay];
        int skipped = values.Length - (days.Length * stepsOfDay);
        for (int d = 0; d < days.Length; d++)
        {
            double sum = 0;
            int known = 0;
            foreach (double value in values.Slice(skipped + (d * stepsOfDay), stepsOfDay))
            {
                sum += double.IsNaN(value) ? 0 : value;
                known += double.IsNaN(value) ? 0 : 1;
            }

            days[d] = 2 * known < stepsOfDay ? double.NaN : sum / known;
        }

        double offset = Math.Max(0.02 * SampleQuantile.Median(days), 1e-9);
        for (int d = 0; d < days.Length; d++)
            days[d] = Math.Log(days[d] + offset);
        return days;
    }

    /// <summary>Takes off each day what its weekday is above the median of the seven days about it.</summary>
    private static double[] WithoutWeekdays(double[] days, out double deviation)
    {
        var about = new double[days.Length];
        for (int d = 0; d < days.Length; d++)
        {
            int first = Math.Clamp(d - (DaysOfWeek / 2), 0, days.Length - DaysOfWeek);
            about[d] = days[d] - SampleQuantile.Median(days.AsSpan(first, DaysOfWeek));
        }

        var effects = new double[DaysOfWeek];
        for (int w = 0; w < DaysOfWeek; w++)
        {
            double effect = SampleQuantile.Median([.. about.Where((_, d) => d % DaysOfWeek == w)]);
            effects[w] = double.IsNaN(effect) ? 0 : effect;
        }

        double mean = effects.Average();
        double[] distances = [.. about.Select((a, d) => Math.Abs(a - effects[d % DaysOfWeek]))];
        deviation = Math.Max(1.4826 * SampleQuantile.Median(distances), 1e-3);
        return [.. days.Select((day, d) => day - effects[d % DaysOfWeek] + mean)];
    }
}
