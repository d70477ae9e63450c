using Makalu.Capacity.Series;

namespace Makalu.Capacity.Forecasting;

/// <summary>
/// Where the steps of a series lie on the local clock of a zone, counted so that the last step of the history keeps its place: the hour
/// that is skipped when the clocks go forward is an hour without steps, the hour that comes twice has two steps in each place.
/// </summary>
internal sealed class ClockShifts
{
    private readonly TimeSeries _series;
    private readonly TimeZoneInfo _zone;
    private readonly TimeSpan _offset;
    private readonly TimeSpan _label;
    private readonly int _firstPlace;

    /// <param name="series">At least one step.</param>
    /// <param name="zone">The zone.</param>
    public ClockShifts(TimeSeries series, TimeZoneInfo zone)
    {
        _series = series;
        _zone = zone;
        _offset = zone.GetUtcOffset(series.End - series.Step);
        _label = RoundedDown(_offset);
        _firstPlace = PlaceOf(0);
    }

    /// <summary>Whether steps of this length can be told apart on a clock: a day is the same day on any.</summary>
    public static bool Matter(TimeSpan step) => step < TimeSpan.FromDays(1);

    /// <summary>The history by the local clock, as if that were UTC: NaN where the clock skipped, the mean where an hour came twice.</summary>
    public TimeSeries History()
    {
        var sums = new double[_series.Count - _firstPlace];
        var counts = new int[sums.Length];
        for (int i = 0; i < _series.Count; i++)
        {
            // Within the hour that comes twice, its first pass lies ahead of the second on the clock: what is ahead of the origin is left out.
            int place = PlaceOf(i);
            if (place < _series.Count && !double.IsNaN(_series[i]))
            {
                sums[place - _firstPlace] += _series[i];
                counts[place - _firstPlace]++;
            }
        }

        for (int place = 0; place < sums.Length; place++)
        {
            sums[place] = counts[place] > 0 ? sums[place] / counts[place] : double.NaN;
        }

        return TimeSeries.FromOwned(_series.TimeAt(_firstPlace) + _label, _series.Step, sums);
    }

    /// <summary>For each step of a horizon its place in a forecast by the local clock.</summary>
    public int[] Ahead(int horizon)
    {
        int day = (int)Math.Max(1, TimeSpan.FromDays(1) / _series.Step);
        var places = new int[horizon];
        for (int h = 0; h < horizon; h++)
        {
            int place = PlaceOf(_series.Count + h) - _series.Count;

            // The clocks go back at the origin: the hour that comes again is like the same one of the next day.
            places[h] = place < 0 ? place + day : place;
        }

        return places;
    }

    /// <summary>The local time of an instant, labelled as if it were UTC.</summary>
    public DateTimeOffset ToLocal(DateTimeOffset time) => time + ShiftAt(time) + _label;

    /// <summary>The first instant at which the local clock shows a time; the one after the gap for a time that the clock skips.</summary>
    public DateTimeOffset ToUtc(DateTimeOffset local)
    {
        DateTimeOffset estimate = local - _label;
        DateTimeOffset before = estimate - ShiftAt(estimate - TimeSpan.FromDays(1));
        return ToLocal(before) == local ? before : estimate - ShiftAt(estimate);
    }

    private int PlaceOf(int step) => step + (int)(ShiftAt(_series.TimeAt(step)) / _series.Step);

    /// <summary>By how much the clock is ahead of what it showed at the end of the history, in whole steps.</summary>
    private TimeSpan ShiftAt(DateTimeOffset time)
    {
        TimeSpan shift = _zone.GetUtcOffset(time) - _offset;
        return shift.Ticks % _series.Step.Ticks == 0 ? shift : TimeSpan.Zero;
    }

    private TimeSpan RoundedDown(TimeSpan offset) => _series.Step * Math.Floor(offset / _series.Step);
}
