using Makalu.Capacity.Campaigns;
using Makalu.Capacity.Numerics;
using Makalu.Capacity.Series;

namespace Makalu.Capacity.Tests.Campaigns;

/// <summary>A shop whose traffic is known by construction: a daily shape, noise with memory, and campaigns of known effect.</summary>
internal static class SyntheticShop
{
    public static DateTimeOffset Monday { get; } = new(2024, 6, 3, 0, 0, 0, TimeSpan.Zero);

    /// <summary>The log baseline: 100 requests per second at the mean, three times that at 14:00 against 02:00.</summary>
    public static double LogBaseline(DateTimeOffset time)
        => Math.Log(100) + (0.55 * Math.Cos(2 * Math.PI * (time.TimeOfDay.TotalHours - 14) / 24)) - (time.DayOfWeek is DayOfWeek.Saturday or DayOfWeek.Sunday ? 0.2 : 0);

    /// <summary>Requests per second, with the true log response to campaigns at a time.</summary>
    public static TimeSeries Rates(DateTimeOffset start, TimeSpan step, int count, Func<DateTimeOffset, double>? logResponse = null, int seed = 1, double noise = 0.05)
    {
        var random = new RandomStream(seed, 77);
        double memory = Math.Exp(-step.TotalHours / 2), slow = random.NextNormal();
        var values = new double[count];
        for (int i = 0; i < count; i++)
        {
            DateTimeOffset time = start + (step * i);
            values[i] = Math.Exp(LogBaseline(time) + (logResponse?.Invoke(time + (step / 2)) ?? 0) + (noise * ((0.9 * slow) + (0.44 * random.NextNormal()))));
            slow = (memory * slow) + (Math.Sqrt(1 - (memory * memory)) * random.NextNormal());
        }

        return new TimeSeries(start, step, values);
    }

    /// <summary>The true course of a response: up over 20 minutes, flat, and down with half an hour after the end.</summary>
    public static double Course(Campaign campaign, DateTimeOffset time)
    {
        double since = (time - campaign.StartsAt).TotalMinutes, after = (time - campaign.EndsAt).TotalMinutes;
        return since < 0 ? 0 : after > 0 ? Math.Exp(-after / 30) : Math.Min(1, since / 20);
    }
}
