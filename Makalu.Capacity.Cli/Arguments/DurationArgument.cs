using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;

namespace Makalu.Capacity.Cli.Arguments;

/// <summary>Durations as the command line writes them: <c>90s</c>, <c>5m</c>, <c>72h</c>, <c>14d</c>.</summary>
internal static class DurationArgument
{
    private const string Rule = "Write a number and a unit (ms, s, m, h or d), for example 90s, 5m, 72h or 14d.";

    /// <summary>Parses a duration that must be greater than zero.</summary>
    /// <param name="text">For example <c>72h</c> or <c>0.5d</c>.</param>
    /// <param name="duration">The duration.</param>
    /// <param name="error">What is wrong and how to write it; null when it parsed.</param>
    public static bool TryParse(string text, out TimeSpan duration, out string? error)
    {
        duration = default;
        bool milliseconds = text.EndsWith("ms", StringComparison.Ordinal);
        double seconds = milliseconds ? 0.001 : text.Length == 0 ? 0 : text[^1] switch { 's' => 1, 'm' => 60, 'h' => 3600, 'd' => 86400, _ => 0 };
        if (seconds == 0 || !decimal.TryParse(text.AsSpan(0, text.Length - (milliseconds ? 2 : 1)), NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out decimal amount))
        {
            error = $"'{text}' is not a duration. {Rule}";
            return false;
        }

        decimal ticks = decimal.Round(amount * (decimal)seconds * TimeSpan.TicksPerSecond);
        if (ticks <= 0)
        {
            error = $"'{text}' must be longer than zero. {Rule}";
            return false;
        }

        if (ticks > TimeSpan.FromDays(3660).Ticks)
        {
            error = $"'{text}' is longer than ten years (3660d), the longest that is accepted. {Rule}";
            return false;
        }

        duration = TimeSpan.FromTicks((long)ticks);
        error = null;
        return true;
    }

    /// <summary>Writes a duration as it would be typed, in the largest unit that divides it.</summary>
    public static string Format(TimeSpan duration)
    {
        (long unit, char letter) = duration.Ticks switch
        {
            var t when t % TimeSpan.TicksPerDay == 0 => (TimeSpan.TicksPerDay, 'd'),
            var t when t % TimeSpan.TicksPerHour == 0 => (TimeSpan.TicksPerHour, 'h'),
            var t when t % TimeSpan.TicksPerMinute == 0 => (TimeSpan.TicksPerMinute, 'm'),
            _ => (TimeSpan.TicksPerSecond, 's'),
        };
        return string.Create(CultureInfo.InvariantCulture, $"{(decimal)duration.Ticks / unit}{letter}");
    }

    /// <summary>An option that takes a duration; null where it is not given and has no default.</summary>
    public static Option<TimeSpan?> Option(string name, string description) => new(name)
    {
        Description = description,
        HelpName = "duration",
        CustomParser = result => Parse(name, result),
    };

    /// <summary>An option that takes a duration and has a default.</summary>
    public static DefaultedOption<TimeSpan> Option(string name, string description, TimeSpan whenAbsent) => new(name, description, whenAbsent, Format(whenAbsent))
    {
        HelpName = "duration",
        CustomParser = result => Parse(name, result) ?? default,
    };

    private static TimeSpan? Parse(string name, ArgumentResult result)
    {
        if (TryParse(result.Tokens[0].Value, out TimeSpan duration, out string? error))
        {
            return duration;
        }

        result.AddError($"{name}: {error}");
        return null;
    }
}
