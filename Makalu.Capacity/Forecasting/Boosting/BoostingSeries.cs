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
        int count = Math.Clamp(_values.Length + _times.StepsUntil(before), 0, _values.Length);
        int first = BoostingFeatures.Needs(_seasons);
        int block = BoostingFeatures.Block(_seasons);
        ReadOnlySpan<double> known = _values.AsSpan(0, count);
        if (count <= first || !HasKnown(known))
            return;

        ValueTransform transform = ValueTransform.For(known);
        var transformed = new double[count];
        for (int i = 0; i < count; i++)
        {
            transformed[i] = double.IsNaN(known[i]) ? double.NaN : transform.Forward(known[i]);
        }

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
