using System.Collections.Concurrent;
using Makalu.Capacity.Campaigns;
using Makalu.Capacity.Forecasting.Candidates;
using Makalu.Capacity.Forecasting.Pool;
using Makalu.Capacity.Series;

namespace Makalu.Capacity.Forecasting.Boosting;

/// <summary>One series of a fleet at its working step.</summary>
internal sealed class BoostingSeries
{
    /// <summary>The steps ahead that are learned from at one origin.</summary>
    private const int StepsPerOrigin = 12;

    private readonly double[] _values;
    private readonly SeasonLengths _seasons;
    private readonly StepTimes _times;
    private readonly ConcurrentDictionary<(DateTimeOffset Before, int Count), double[]> _last = new();

    private BoostingSeries(double[] values, SeasonLengths seasons, StepTimes times)
    {
        _values = values;
        _seasons = seasons;
        _times = times;
    }

    /// <summary>The length of a working step.</summary>
    public TimeSpan Step => _times.Step;

    /// <param name="series">Requests per second; at least one known value.</param>
    /// <param name="campaigns">The campaigns by start.</param>
    public static BoostingSeries Of(TimeSeries series, IReadOnlyList<Campaign> campaigns)
    {
        var working = WorkingSeries.Create(series);
        return new BoostingSeries(working.Values, working.Seasons, new StepTimes(series.End, series.Step * working.StepsPerValue, campaigns));
    }

    /// <summary>The times before which a pool trains the trees for this series: those that are judged, and those for the future; null where it tries none.</summary>
    /// <param name="horizon">The length of the forecast.</param>
    public (DateTimeOffset Judged, DateTimeOffset Whole)? TrainedBefore(TimeSpan horizon)
    {
        SeasonLengths seasons = RollingOrigins.WorthUsing(_seasons, _values.Length);
        RollingOrigins origins = RollingOrigins.Choose(_values.Length, (int)Math.Clamp(Math.Ceiling(horizon / Step), 1, int.MaxValue), seasons);
        if (origins.Counts.Length < 2 || BoostingFeatures.Needs(seasons) > origins.Counts[^1])
            return null;

        DateTimeOffset end = _times.At(0);
        return (end - (Step * (_values.Length - origins.Counts[^1])), end);
    }

    /// <summary>Adds examples from what lies before a time: nothing after it is looked at.</summary>
    /// <param name="before">The time.</param>
    /// <param name="most">The most examples to add, about.</param>
    /// <param name="examples">Gets them.</param>
    public void AddExamples(DateTimeOffset before, int most, BoostingExamples examples)
    {
        double[] transformed = TransformedBefore(before);
        int count = transformed.Length;
        int first = BoostingFeatures.Needs(_seasons);
        int block = BoostingFeatures.Block(_seasons);
        if (count <= first)
            return;

        double[] filled = GapFilling.Fill(transformed, _seasons);
        double stride = Math.Max(1, (count - first) * (double)StepsPerOrigin / most);
        int apart = Math.Max(1, block / StepsPerOrigin);
        int k = 0;
        for (double at = count - 1; at >= first; at -= stride, k++)
        {
            int origin = (int)at;
            var features = new BoostingFeatures(filled.AsSpan(0, origin), _seasons, _times.Earlier(_values.Length - origin));
            for (int ahead = k % apart; ahead < block && origin + ahead < count; ahead += apart)
            {
                if (double.IsNaN(transformed[origin + ahead]))
                    continue;

                features.Fill(ahead, examples.Add((float)features.InScales(filled[origin + ahead], ahead)));
            }
        }
    }

    /// <summary>What lies before a time, on the transformed scale, without gaps; empty where nothing is known.</summary>
    public double[] Before(DateTimeOffset before)
    {
        double[] transformed = TransformedBefore(before);
        return transformed.Length == 0 ? transformed : GapFilling.Fill(transformed, _seasons);
    }

    /// <summary>The last so many steps before a time, or as many as there are, on a common scale: without mean, of unit deviation; empty where the series ends before the time. Kept, because every series of the fleet is compared with them.</summary>
    public double[] LastBefore(DateTimeOffset before, int count) => _last.GetOrAdd((before, count), _ =>
    {
        double[] values = _times.StepsUntil(before) > 0 ? [] : Before(before);
        return values.Length == 0 ? values : Siblings.Standardised(values.AsSpan(Math.Max(0, values.Length - count)), out double _, out double _);
    });

    /// <summary>What lies before a time, on the transformed scale, NaN where unknown; empty where nothing is known.</summary>
    private double[] TransformedBefore(DateTimeOffset before)
    {
        int count = Math.Clamp(_values.Length + _times.StepsUntil(before), 0, _values.Length);
        ReadOnlySpan<double> known = _values.AsSpan(0, count);
        if (!HasKnown(known))
            return [];

        ValueTransform transform = ValueTransform.For(known);
        var transformed = new double[count];
        for (int i = 0; i < count; i++)
        {
            transformed[i] = double.IsNaN(known[i]) ? double.NaN : transform.Forward(known[i]);
        }

        return transformed;
    }

    private static bool HasKnown(ReadOnlySpan<double> values)
    {
        foreach (double value in values)
        {
            if (!double.IsNaN(value))
                return true;
        }

        return false;
    }
}
