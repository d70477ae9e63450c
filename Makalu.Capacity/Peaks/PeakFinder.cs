using System.Globalization;
using Makalu.Capacity.Campaigns;
using Makalu.Capacity.Forecasting;
using Makalu.Capacity.Numerics;

namespace Makalu.Capacity.Peaks;

/// <summary>
/// Finds the distribution of <b>the maximum</b> within windows of a forecast. The quantile of a maximum is not the maximum of
/// pointwise quantiles: it is read off the maxima of the sample paths.
/// </summary>
public static class PeakFinder
{
    /// <summary>How long before a campaign's start its window begins: 30 minutes.</summary>
    public static readonly TimeSpan Lead = CampaignWindow.Lead;

    /// <summary>How long after a campaign's end its window ends: 90 minutes.</summary>
    public static readonly TimeSpan Aftermath = CampaignWindow.Aftermath;

    /// <summary>A median factor on the baseline below which a campaign is not named as a cause.</summary>
    private const double SmallestFactorNamed = 1.05;

    private static readonly TimeSpan Day = TimeSpan.FromDays(1);

    /// <summary>
    /// The windows of a forecast: the whole horizon, each UTC day that it touches, and each campaign whose window overlaps it
    /// (<see cref="Lead"/> before its start to <see cref="Aftermath"/> after its end; its own UTC days where the step is a day or more).
    /// </summary>
    /// <param name="forecast">The forecast.</param>
    /// <param name="calendar">The calendar; incidents have no window.</param>
    /// <returns>The windows in that order, days and campaigns by time. A window is stated whole also where the horizon cuts it.</returns>
    public static IReadOnlyList<PeakWindow> Windows(Forecast forecast, CampaignCalendar calendar)
    {
        List<PeakWindow> windows = [Horizon(forecast)];
        for (DateTimeOffset day = StartOfDay(forecast.Start); day < forecast.End; day += Day)
        {
            windows.Add(new PeakWindow
            {
                Name = "day " + day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
                Kind = "day",
                StartsAt = day,
                EndsAt = day + Day,
            });
        }

        foreach (Campaign campaign in calendar.Campaigns)
        {
            PeakWindow window = WindowOf(campaign, forecast.Step);
            if (Steps(forecast, window).Count > 0)
            {
                windows.Add(window);
            }
        }

        return windows;
    }

    /// <summary>The window of the whole horizon.</summary>
    internal static PeakWindow Horizon(Forecast forecast) => new() { Name = "horizon", Kind = "horizon", StartsAt = forecast.Start, EndsAt = forecast.End };

    /// <summary>The window of a campaign at a step.</summary>
    /// <param name="campaign">The campaign.</param>
    /// <param name="step">The forecast's step.</param>
    public static PeakWindow WindowOf(Campaign campaign, TimeSpan step)
    {
        bool daily = step >= Day;
        return new PeakWindow
        {
            Name = campaign.Name,
            Kind = campaign.Kind,
            StartsAt = daily ? StartOfDay(campaign.StartsAt) : campaign.StartsAt - Lead,
            EndsAt = daily ? StartOfDay(campaign.EndsAt + Day - TimeSpan.FromTicks(1)) : campaign.EndsAt + Aftermath,
        };
    }

    /// <summary>The peaks of all <see cref="Windows"/>.</summary>
    /// <param name="forecast">The forecast.</param>
    /// <param name="calendar">The calendar.</param>
    public static IReadOnlyList<PeakForecast> Find(Forecast forecast, CampaignCalendar calendar)
    {
        IReadOnlyList<PeakWindow> windows = Windows(forecast, calendar);
        var peaks = new PeakForecast[windows.Count];
        ParallelLoop.For(peaks.Length, i => peaks[i] = Find(forecast, windows[i]));
        return peaks;
    }

    /// <summary>The distribution of the maximum step average within a window, its most likely time, and its cause.</summary>
    /// <param name="forecast">The forecast.</param>
    /// <param name="window">A window that overlaps the forecast; steps that start within it belong to it.</param>
    /// <exception cref="ArgumentException">The window does not overlap the forecast.</exception>
    public static PeakForecast Find(Forecast forecast, PeakWindow window)
    {
        (int first, int count) = Steps(forecast, window);
        if (count == 0)
        {
            throw new ArgumentException(
                FormattableString.Invariant($"Window '{window.Name}' from {window.StartsAt.UtcDateTime:yyyy-MM-ddTHH:mm:ssZ} to {window.EndsAt.UtcDateTime:yyyy-MM-ddTHH:mm:ssZ} does not overlap the forecast, which runs from {forecast.Start.UtcDateTime:yyyy-MM-ddTHH:mm:ssZ} to {forecast.End.UtcDateTime:yyyy-MM-ddTHH:mm:ssZ}. Ask for a window within it."),
                nameof(window));
        }

        var maxima = new double[forecast.PathCount];
        var steps = new int[forecast.PathCount];
        for (int p = 0; p < maxima.Length; p++)
        {
            (maxima[p], steps[p]) = forecast.Paths.Highest(p, first, first + count);
        }

        return OfMaxima(forecast, window, first, count, maxima, steps);
    }

    /// <summary>The peak of a window from the maximum of each path and the step where it lies; of the forecast only its steps and campaigns are looked at.</summary>
    internal static PeakForecast OfMaxima(Forecast forecast, PeakWindow window, int first, int count, double[] maxima, int[] steps)
    {
        var sorted = (double[])maxima.Clone();
        Array.Sort(sorted);

        // The high half of the paths: a plan is made for a high peak, whose time and cause need not be those of a quiet path's.
        double median = Numerics.SampleQuantile.OfSorted(sorted, 0.5);
        var votes = new double[count];
        for (int p = 0; p < maxima.Length; p++)
        {
            if (maxima[p] >= median)
            {
                votes[steps[p] - first]++;
            }
        }

        int at = first + MostLikely(votes, Math.Max(0, (int)(TimeSpan.FromMinutes(15) / forecast.Step)));
        return new PeakForecast(window, sorted, forecast.TimeAt(at), Cause(forecast, votes, first));
    }

    /// <summary>The forecast steps that belong to a window: those that start within it, or where it holds no start, that which contains it.</summary>
    internal static (int First, int Count) Steps(Forecast forecast, PeakWindow window) => Steps(forecast.Start, forecast.Step, forecast.Horizon, window);

    /// <summary>The same of a forecast of which only start, step and horizon are at hand.</summary>
    internal static (int First, int Count) Steps(DateTimeOffset start, TimeSpan step, int horizon, PeakWindow window)
    {
        if (window.StartsAt >= start + (step * horizon) || window.EndsAt <= start)
        {
            return (0, 0);
        }

        long first = Math.Max(0, CeilingDivide((window.StartsAt - start).Ticks, step.Ticks));
        long end = Math.Min(horizon, CeilingDivide((window.EndsAt - start).Ticks, step.Ticks));
        return end > first ? ((int)first, (int)(end - first)) : ((int)first - 1, 1);
    }

    private static string Cause(Forecast forecast, double[] votes, int first)
    {
        string cause = PeakForecast.BaselineCause;
        double[] counts = new double[forecast.CampaignEffects.Count + 1];
        for (int i = 0; i < votes.Length; i++)
        {
            if (votes[i] == 0)
            {
                continue;
            }

            int strongest = -1;
            double factor = SmallestFactorNamed;
            for (int e = 0; e < forecast.CampaignEffects.Count; e++)
            {
                double candidate = forecast.CampaignEffects[e].FactorAt(first + i);
                if (candidate > factor)
                {
                    factor = candidate;
                    strongest = e;
                }
            }

            counts[strongest + 1] += votes[i];
        }

        int winner = Array.IndexOf(counts, counts.Max());
        return winner == 0 ? cause : forecast.CampaignEffects[winner - 1].Campaign.Name;
    }

    private static int MostLikely(double[] votes, int radius)
    {
        int best = 0;
        double most = -1;
        for (int i = 0; i < votes.Length; i++)
        {
            double sum = 0;
            for (int j = Math.Max(0, i - radius); j <= Math.Min(votes.Length - 1, i + radius); j++)
            {
                // The nearer votes weigh more, so that a flat top is met in its middle.
                sum += votes[j] * (1 - (Math.Abs(i - j) / (radius + 1.0)));
            }

            if (sum > most)
            {
                most = sum;
                best = i;
            }
        }

        return best;
    }

    private static DateTimeOffset StartOfDay(DateTimeOffset time) => new(time.UtcDateTime.Date, TimeSpan.Zero);

    private static long CeilingDivide(long value, long divisor)
    {
        long quotient = Math.DivRem(value, divisor, out long remainder);
        return remainder > 0 ? quotient + 1 : quotient;
    }
}
