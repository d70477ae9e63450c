using System.Globalization;

namespace Makalu.Capacity.Reporting;

/// <summary>How numbers, times and sizes are written for people, the same in every culture.</summary>
internal static class PlanText
{
    /// <summary>A rate with three significant digits or whole requests: <c>0.25</c>, <c>48.3</c>, <c>2,310</c>.</summary>
    public static string Rate(double requestsPerSecond) => requestsPerSecond switch
    {
        >= 100 => requestsPerSecond.ToString("N0", CultureInfo.InvariantCulture),
        >= 10 => requestsPerSecond.ToString("0.#", CultureInfo.InvariantCulture),
        _ => requestsPerSecond.ToString("0.##", CultureInfo.InvariantCulture),
    };

    /// <summary>A fraction as a percentage: <c>70 %</c>, <c>0.4 %</c>, <c>99.9 %</c>.</summary>
    public static string Percent(double fraction) => ((decimal)fraction * 100).ToString("0.##", CultureInfo.InvariantCulture) + " %";

    /// <summary>A percentage that was computed, to one decimal below 10 % and whole above.</summary>
    public static string RoughPercent(double fraction) => (fraction * 100).ToString(fraction < 0.1 ? "0.#" : "0", CultureInfo.InvariantCulture) + " %";

    public static string Factor(double factor) => factor.ToString(factor < 10 ? "0.0#" : "0", CultureInfo.InvariantCulture);

    /// <summary>A number with at most two decimals.</summary>
    public static string Number(double value) => value.ToString("#,0.##", CultureInfo.InvariantCulture);

    /// <summary><c>2024-09-15 14:05 UTC</c>.</summary>
    public static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture) + " UTC";

    /// <summary><c>2024-09-15T14:05:00Z</c>, with a fraction only where there is one.</summary>
    public static string IsoTime(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'", CultureInfo.InvariantCulture);

    /// <summary>A duration in its largest whole unit: <c>7 days</c>, <c>90 minutes</c>, <c>50 ms</c>.</summary>
    public static string Duration(TimeSpan duration)
    {
        (double amount, string unit) = duration.Ticks switch
        {
            >= TimeSpan.TicksPerDay when duration.Ticks % TimeSpan.TicksPerDay == 0 => (duration.TotalDays, "day"),
            >= TimeSpan.TicksPerHour when duration.Ticks % TimeSpan.TicksPerHour == 0 => (duration.TotalHours, "hour"),
            >= TimeSpan.TicksPerMinute when duration.Ticks % TimeSpan.TicksPerMinute == 0 => (duration.TotalMinutes, "minute"),
            >= TimeSpan.TicksPerSecond => (duration.TotalSeconds, "second"),
            _ => (duration.TotalMilliseconds, "ms"),
        };
        string plural = unit == "ms" || amount == 1 ? unit : unit + "s";
        return amount.ToString("0.###", CultureInfo.InvariantCulture) + " " + plural;
    }

    /// <summary>The column of a quantile: <c>p</c> and the percentage, as <c>p50</c> or <c>p99.5</c>.</summary>
    public static string QuantileName(double probability) => "p" + ((decimal)probability * 100).ToString("0.############", CultureInfo.InvariantCulture);

    /// <summary>
    /// A name from outside on one line, so that it cannot break out of a comment: line breaks and other control characters
    /// become spaces.
    /// </summary>
    public static string OneLine(string name)
        => string.Create(name.Length, name, static (span, text) =>
        {
            for (int i = 0; i < span.Length; i++)
            {
                span[i] = char.IsControl(text[i]) || text[i] is '\u2028' or '\u2029' ? ' ' : text[i];
            }
        });

    /// <summary>Rounded to six significant digits: more would feign a precision that no forecast has.</summary>
    public static double Significant(double value)
        => value == 0 || !double.IsFinite(value) ? value : double.Parse(value.ToString("G6", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
}
