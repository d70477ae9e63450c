using System.Globalization;

namespace Makalu.Capacity.Plotting;

/// <summary>Round times below a chart, as many as fit.</summary>
internal static class TimeTicks
{
    private static readonly TimeSpan[] Steps =
    [
        TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(15), TimeSpan.FromHours(1), TimeSpan.FromHours(3), TimeSpan.FromHours(6), TimeSpan.FromHours(12),
        TimeSpan.FromDays(1), TimeSpan.FromDays(2), TimeSpan.FromDays(7), TimeSpan.FromDays(14), TimeSpan.FromDays(28), TimeSpan.FromDays(91), TimeSpan.FromDays(364),
    ];

    /// <summary>Days since <paramref name="from"/>, the axis of every chart of time.</summary>
    public static double Days(DateTimeOffset time, DateTimeOffset from) => (time - from).TotalDays;

    public static IReadOnlyList<(double At, string Text)> Between(DateTimeOffset from, DateTimeOffset to, double width)
    {
        double most = Math.Max(2, width / 96);
        TimeSpan step = Steps.FirstOrDefault(s => (to - from) / s <= most, Steps[^1]);
        string format = step < TimeSpan.FromDays(1) ? "MMM d HH:mm" : "MMM d";
        var ticks = new List<(double, string)>();
        long first = (from.UtcTicks + step.Ticks - 1) / step.Ticks * step.Ticks;
        for (var time = new DateTimeOffset(first, TimeSpan.Zero); time <= to; time += step)
        {
            ticks.Add((Days(time, from), time.ToString(format, CultureInfo.InvariantCulture)));
        }

        return ticks;
    }
}
