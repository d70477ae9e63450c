using Makalu.Capacity.Forecasting.Candidates;
using Makalu.Capacity.Numerics;
using Makalu.Capacity.Series;

namespace Makalu.Capacity.Forecasting.Pool;

/// <summary>
/// The series at the step at which the pool works: about an hour for finer series, otherwise its own step; and the way back
/// from a path at that step to one at the series' own.
/// </summary>
internal sealed class WorkingSeries
{
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);

    /// <summary>A history of fewer working steps than this is worked on at a finer one.</summary>
    private const int FewestValues = 48;

    private readonly FineVariation? _variation;

    private WorkingSeries(double[] values, SeasonLengths seasons, Outliers outliers, OngoingOutlier? ongoing, int stepsPerValue, FineVariation? variation, double? constant)
    {
        Outliers = outliers;
        Ongoing = ongoing;
        Constant = constant;
        Values = values;
        Seasons = seasons;
        StepsPerValue = stepsPerValue;
        _variation = variation;
    }

    /// <summary>The values, NaN where unknown, counted back from the end of the series so that the last one is whole.</summary>
    public double[] Values { get; }

    /// <summary>The seasons in working steps.</summary>
    public SeasonLengths Seasons { get; }

    /// <summary>The values that stand far outside; they are among <see cref="Values"/> as they were.</summary>
    public Outliers Outliers { get; }

    /// <summary>The outlier that had not come back at the end; null without one.</summary>
    public OngoingOutlier? Ongoing { get; }

    /// <summary>The number of the series' steps in a working step.</summary>
    public int StepsPerValue { get; }

    /// <summary>The value of every known step, where they are all the same over two cycles or more; null otherwise.</summary>
    public double? Constant { get; }

    /// <param name="series">At least one known value.</param>
    public static WorkingSeries Create(TimeSeries series)
    {
        int stepsPerValue = ChooseStepsPerValue(series);
        double[] values = StepAggregation.Means(series.Values, stepsPerValue);
        TimeSpan step = series.Step * stepsPerValue;

        // Outliers hide seasons, and without a season what repeats with it looks like outliers: the calendar's are assumed first.
        SeasonLengths assumed = SeasonDetection.OfCalendar(step);
        var outliers = Outliers.Find(values, assumed);
        SeasonLengths seasons = SeasonDetection.Detect(outliers.Without(values), step);
        if (seasons != assumed)
        {
            outliers = Outliers.Find(values, seasons);
        }

        FineVariation? variation = stepsPerValue > 1 ? VariationOf(series, values, outliers, stepsPerValue, seasons) : null;
        return new WorkingSeries(values, seasons, outliers, OngoingOutlier.Of(series.Values, values, outliers, stepsPerValue, seasons), stepsPerValue, variation, ConstantOf(series, 2 * seasons.Cycle * stepsPerValue));
    }

    /// <summary>What happens within the working steps, without absurd outliers.</summary>
    private static FineVariation VariationOf(TimeSeries series, double[] values, Outliers outliers, int stepsPerValue, SeasonLengths seasons)
    {
        double[] known = outliers.Judged(values);
        if (known.AsSpan().SequenceEqual(values))
            return FineVariation.Learn(series.Values, values, stepsPerValue, seasons.Short);

        double[] fine = series.Values.ToArray();
        double[] means = [.. values];
        double[] filled = GapFilling.Fill(known, seasons);
        for (int g = 0; g < values.Length; g++)
        {
            if (!double.IsNaN(values[g]) && double.IsNaN(known[g]))
            {
                means[g] = Math.Max(filled[g], 0);
                fine.AsSpan(fine.Length - ((values.Length - g) * stepsPerValue), stepsPerValue).Fill(double.NaN);
            }
        }

        return FineVariation.Learn(fine, means, stepsPerValue, seasons.Short);
    }

    public int HorizonFor(int horizon) => (horizon + StepsPerValue - 1) / StepsPerValue;

    /// <summary>Fills a path at the series' own step from one at the working step.</summary>
    /// <param name="workingPath">The path to refine.</param>
    /// <param name="start">The working steps before the path's start: those of the history, or fewer for a path from an origin within it.</param>
    /// <param name="random">Draws the noise of the single steps; null for a path without any.</param>
    /// <param name="path">The refined path.</param>
    public void Refine(ReadOnlySpan<double> workingPath, int start, RandomStream? random, Span<double> path)
    {
        if (_variation is null)
        {
            workingPath[..path.Length].CopyTo(path);
        }
        else
        {
            _variation.Refine(workingPath, start - Values.Length, random, path);
        }
    }

    private static double? ConstantOf(TimeSeries series, int fewest)
    {
        double first = double.NaN;
        int known = 0;
        foreach (double value in series.Values)
        {
            if (double.IsNaN(value))
                continue;

            first = known == 0 ? value : first;
            known++;
            if (value != first)
                return null;
        }

        return known >= fewest ? first : null;
    }

    private static int ChooseStepsPerValue(TimeSeries series)
    {
        long most = Hour.Ticks / series.Step.Ticks;
        long byCount = series.Count / FewestValues;
        int limit = (int)Math.Clamp(Math.Min(most, byCount), 1, int.MaxValue);
        for (int steps = limit; steps > Math.Max(1, limit / 2); steps--)
        {
            if (Day.Ticks % (series.Step.Ticks * steps) == 0)
                return steps;
        }

        return limit;
    }
}
