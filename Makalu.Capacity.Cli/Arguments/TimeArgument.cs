using System.CommandLine;
using System.Globalization;

namespace Makalu.Capacity.Cli.Arguments;

/// <summary>Times as the command line writes them: ISO 8601 with <c>Z</c>.</summary>
internal static class TimeArgument
{
    private static readonly string[] Formats = ["yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK", "yyyy-MM-dd'T'HH:mmK"];

    /// <summary>Parses a time that names its offset.</summary>
    public static bool TryParse(string text, out DateTimeOffset time, out string? error)
    {
        bool namesOffset = text.EndsWith('Z') || (text.Length > 6 && text[^6] is '+' or '-' && text[^3] == ':');
        if (namesOffset && DateTimeOffset.TryParseExact(text, Formats, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out time))
        {
            error = null;
            return true;
        }

        time = default;
        error = $"'{text}' is not a time in UTC. Write it in ISO 8601 with Z, for example 2024-09-15T14:00:00Z.";
        return false;
    }

    /// <summary>An option that takes a time; null where it is not given.</summary>
    public static Option<DateTimeOffset?> Option(string name, string description) => new(name)
    {
        Description = description,
        HelpName = "time",
        CustomParser = result =>
        {
            if (TryParse(result.Tokens[0].Value, out DateTimeOffset time, out string? error))
            {
                return time;
            }

            result.AddError($"{name}: {error}");
            return null;
        },
    };
}
