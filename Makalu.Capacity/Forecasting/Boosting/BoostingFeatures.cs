using System.Numerics.Tensors;
using Makalu.Capacity.Forecasting.Candidates;

namespace Makalu.Capacity.Forecasting.Boosting;

/// <summary>
/// What the trees see of a series at an origin, free of its level and scale so that one model serves many series: lags relative to the
/// same step of the last day, recent levels, how well a day or a week ago would have told, the calendar, and the campaigns.
/// </summary>
internal readonly ref struct BoostingFeatures
{
    /// <summary>The number of features.</summary>
    public const int Count = 36;

    /// <summary>Corrections are learned and believed up to so many scales.</summary>
    private const double MostScales = 6;

    private const int Days = 7;
    private const double LongestHours = 48;

    private readonly ReadOnlySpan<double> _values;
    private readonly int _day;
    private readonly StepTimes _times;
    private readonly double _level;
    private readonly float[] _atOrigin;

    /// <param name="values">The history on the transformed scale, without gaps; at least <see cref="Needs"/> steps.</param>
    /// <param name="seasons">The seasons in steps.</param>
    /// <param name="times">The times of steps, 0 being the first after the history.</param>
    public BoostingFeatures(ReadOnlySpan<double> values, SeasonLengths seasons, StepTimes times)
    {
        _values = values;
        _day = seasons.Cycle;
        _times = times;
        _level = Level(0);
        int week = Days * _day;
        int seen = Math.Min(3 * week, values.Length - _day);
        Scale = Difference(_day, seen) + 1e-9;
        int last = values.Length - 1;
        _atOrigin =
        [
            (float)((_level - Level(1)) / Scale),
            (float)((_level - Level(Days)) / Scale),
            (float)((_level - MeanLevel()) / Scale),
            (float)((values[last] - values[last - _day]) / Scale),
            (float)((values[last] - Back(last, week)) / Scale),
            (float)(Recent(3) / Scale),
            (float)(Recent(6) / Scale),
            (float)(Difference(_day, Math.Min(week, seen)) / Scale),
            (float)(Difference(week, Math.Min(week, values.Length - week)) / Scale),
            (float)(Difference(1, week) / Scale),
            (float)Math.Log2((double)values.Length / week),
            (float)(Surprise(1) / Scale),
            (float)(Surprise(Math.Max(1, _day / 6)) / Scale),
            (float)(Surprise(_day) / Scale),
        ];
    }

    /// <summary>The fewest steps of history.</summary>
    public static int Needs(SeasonLengths seasons) => (Days + 2) * seasons.Cycle;

    /// <summary>The steps ahead that are forecast from one origin.</summary>
    public static int Block(SeasonLengths seasons) => 2 * seasons.Cycle;

    /// <summary>A value as a correction to the last day, in mean absolute differences from one day to the next.</summary>
    public double InScales(double value, int ahead) => Math.Clamp((value - Base(ahead)) / Scale, -MostScales, MostScales);

    /// <summary>The value of a correction.</summary>
    public double FromScales(double correction, int ahead) => Base(ahead) + (Scale * Math.Clamp(correction, -MostScales, MostScales));

    private double Scale { get; }

    private double Base(int ahead) => _values[_values.Length - _day + (ahead % _day)];

    /// <summary>Fills the features of a step ahead, less than <see cref="Block"/>.</summary>
    public void Fill(int ahead, Span<float> features)
    {
        int n = _values.Length;
        int phase = ahead % _day;
        double origin = Base(ahead);
        int weekAgo = n + ahead - (Days * _day);
        DateTimeOffset time = _times.At(ahead);
        _atOrigin.CopyTo(features);
        int f = _atOrigin.Length;
        features[f++] = (float)((double)ahead / _day);
        features[f++] = (float)time.TimeOfDay.TotalHours;
        features[f++] = (int)time.DayOfWeek;
        features[f++] = Relative(_values[n - (2 * _day) + phase], origin);
        features[f++] = Relative(_values[n - (3 * _day) + phase], origin);
        features[f++] = Relative(Back(n + ahead, Days * _day), origin);
        features[f++] = Relative(Back(n + ahead, 2 * Days * _day), origin);
        features[f++] = Relative(Back(n + ahead, 3 * Days * _day), origin);
        features[f++] = Relative(MeanOf(n - _day + phase, _day, Days), origin);
        features[f++] = Relative(MeanOf(weekAgo, Days * _day, 4), origin);

        // What the same two days of earlier weeks differed by at this step.
        double change = Change(ahead, 1);
        double changeBefore = HasChange(ahead, 2) ? Change(ahead, 2) : change;
        features[f++] = (float)(change / Scale);
        features[f++] = (float)(changeBefore / Scale);
        features[f++] = (float)(MeanChange(ahead) / Scale);

        // How the same days of the last week differed from each other, as a level.
        int daysAhead = ahead / _day;
        features[f++] = (float)((Level(Days - 1 - daysAhead) - Level(Days)) / Scale);
        features[f++] = Relative(origin, _level);
        features[f++] = Relative(_values[n - _day + ((phase + 1) % _day)], origin);
        features[f++] = Relative(_values[n - _day + ((phase + _day - 1) % _day)], origin);
        f = FillCampaigns(time, features, f);
        features[f++] = _times.HoursIntoCampaign(_times.At(ahead - (_day * (daysAhead + 1)))) >= 0 ? 1 : 0;
        features[f] = _times.HoursIntoCampaign(_times.At(ahead - (Days * _day))) >= 0 ? 1 : 0;
    }

    private int FillCampaigns(DateTimeOffset time, Span<float> features, int f)
    {
        double into = _times.HoursIntoCampaign(time);
        features[f++] = into >= 0 ? 1 : 0;
        features[f++] = (float)Math.Min(into, LongestHours);
        features[f++] = (float)Math.Min(_times.HoursSinceCampaign(time), LongestHours);
        return f;
    }

    private float Relative(double value, double origin) => (float)Math.Clamp((value - origin) / Scale, -10 * MostScales, 10 * MostScales);

    /// <summary>The value so many steps before one, or as near before it as the history begins, in whole days.</summary>
    private double Back(int step, int steps)
    {
        int at = step - steps;
        while (at < 0)
        {
            at += _day;
        }

        return _values[Math.Min(at, _values.Length - 1)];
    }

    /// <summary>The mean of a day, 0 being the last.</summary>
    private double Level(int daysBack)
    {
        int from = _values.Length - (_day * (daysBack + 1));
        return TensorPrimitives.Sum(_values.Slice(Math.Max(from, 0), _day)) / _day;
    }

    private double MeanLevel()
    {
        int week = Days * _day;
        return TensorPrimitives.Sum(_values[^week..]) / week;
    }

    private double MeanOf(int first, int apart, int most)
    {
        double sum = 0;
        int count = 0;
        for (int at = first; at >= 0 && count < most; at -= apart, count++)
        {
            sum += _values[at];
        }

        return sum / count;
    }

    private double Recent(int steps)
    {
        int n = _values.Length;
        return (TensorPrimitives.Sum(_values[(n - steps)..]) - TensorPrimitives.Sum(_values.Slice(n - steps - _day, steps))) / steps;
    }

    /// <summary>By how much the change over a day was another than a week before, in the mean of the last steps.</summary>
    private double Surprise(int steps)
    {
        int n = _values.Length;
        int week = Days * _day;
        steps = Math.Min(steps, n - week - _day);
        double sum = 0;
        for (int i = n - steps; i < n; i++)
        {
            sum += _values[i] - _values[i - _day] - _values[i - week] + _values[i - week - _day];
        }

        return sum / steps;
    }

    private bool HasChange(int ahead, int weeks) => _values.Length - _day + (ahead % _day) - (weeks * Days * _day) >= 0;

    private double Change(int ahead, int weeks)
    {
        int back = weeks * Days * _day;
        return _values[_values.Length + ahead - back] - _values[_values.Length - _day + (ahead % _day) - back];
    }

    private double MeanChange(int ahead)
    {
        const int most = 4;
        double sum = 0;
        int weeks = 0;
        while (weeks < most && HasChange(ahead, weeks + 1))
        {
            weeks++;
            sum += Change(ahead, weeks);
        }

        return sum / weeks;
    }

    private double Difference(int lag, int count)
    {
        double sum = 0;
        for (int i = _values.Length - count; i < _values.Length; i++)
        {
            sum += Math.Abs(_values[i] - _values[i - lag]);
        }

        return sum / count;
    }
}
