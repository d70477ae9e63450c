using System.Globalization;
using Makalu.Capacity.Campaigns;

namespace Makalu.Capacity.Forecasting;

/// <summary>The steps of a series that a holiday covers, by its hours. Where two holidays meet the one that started first has the step.</summary>
internal sealed class HolidaySteps
{
    private HolidaySteps(Campaign holiday, int first, HolidayHour[] hours, int[] hourOf)
    {
        Holiday = holiday;
        First = first;
        Hours = hours;
        HourOf = hourOf;
    }

    public Campaign Holiday { get; }

    /// <summary>The first step, counted from the start of the series.</summary>
    public int First { get; }

    public HolidayHour[] Hours { get; }

    /// <summary>For each step which of the hours it belongs to; −1 where another holiday has it.</summary>
    public int[] HourOf { get; }

    /// <summary>A stable number of the holiday, the same whatever else is on the calendar, so that its random draws are too.</summary>
    public int StreamKey
    {
        get
        {
            uint hash = 2166136261;
            foreach (char c in string.Create(CultureInfo.InvariantCulture, $"{Holiday.Name}|{Holiday.Kind}|{Holiday.StartsAt.UtcTicks}"))
                hash = (hash ^ c) * 16777619;
            return (int)hash;
        }
    }

    /// <summary>The holidays that reach into a span of steps.</summary>
    /// <param name="holidays">By start.</param>
    /// <param name="start">The start of the series.</param>
    /// <param name="step">Its step.</param>
    /// <param name="from">The first step of the span.</param>
    /// <param name="count">The number of steps.</param>
    /// <param name="ordinary">The ordinary day.</param>
    public static HolidaySteps[] Of(IReadOnlyList<Campaign> holidays, DateTimeOffset start, TimeSpan step, int from, int count, IOrdinaryDay ordinary)
    {
        var taken = new bool[count];
        var found = new List<HolidaySteps>();
        foreach (Campaign holiday in holidays)
        {
            int first = (int)Math.Clamp(Math.Floor((holiday.StartsAt - start) / step), from, from + count);
            int end = (int)Math.Clamp(Math.Ceiling((holiday.EndsAt - start) / step), from, from + count);
            if (end > first && HoursOf(holiday, first, end, from, start, step, ordinary, taken) is { Hours.Length: > 0 } steps)
                found.Add(steps);
        }

        return [.. found];
    }

    private static HolidaySteps HoursOf(Campaign holiday, int first, int end, int from, DateTimeOffset start, TimeSpan step, IOrdinaryDay ordinary, bool[] taken)
    {
        string feast = Holidays.FeastOf(holiday);
        int firstDay = DayOf(holiday.StartsAt);
        var hourOf = new int[end - first];
        var hours = new List<HolidayHour>();
        var steps = new List<int>();
        for (int i = first; i < end; i++)
        {
            hourOf[i - first] = -1;
            if (taken[i - from])
                continue;
            taken[i - from] = true;
            DateTimeOffset time = start + (step * i);
            int day = DayOf(time), hour = step < TimeSpan.FromDays(1) ? time.UtcDateTime.Hour : 0;
            int index = hours.FindLastIndex(h => h.Day == day && h.Hour == hour);
            if (index < 0)
            {
                index = hours.Count;
                hours.Add(new HolidayHour(feast, Math.Max(0, day - firstDay), day, hour, 0));
                steps.Add(0);
            }

            hourOf[i - first] = index;
            steps[index]++;
            hours[index] = hours[index] with { SundayGap = hours[index].SundayGap + ((ordinary.SundayGap(i) - hours[index].SundayGap) / steps[index]) };
        }

        return new HolidaySteps(holiday, first, [.. hours], hourOf);
    }

    private static int DayOf(DateTimeOffset time) => (int)Math.Floor((time - DateTimeOffset.UnixEpoch).TotalDays);
}
