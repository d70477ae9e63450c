using System.CommandLine;

namespace Makalu.Capacity.Cli.Arguments;

/// <summary>Time zones by their IANA names, as <c>America/Santiago</c>.</summary>
internal static class TimeZoneArgument
{
    /// <summary>Finds a zone by its name.</summary>
    public static bool TryParse(string name, out TimeZoneInfo? zone, out string? error)
    {
        if (TimeZoneInfo.TryFindSystemTimeZoneById(name, out zone))
        {
            error = null;
            return true;
        }

        error = $"{name}: there is no such zone. Write its name as in Europe/Berlin, America/New_York or UTC.";
        return false;
    }

    /// <summary>An option <c>--time-zone</c>; null where it is not given.</summary>
    public static Option<TimeZoneInfo?> Option(string description) => new("--time-zone")
    {
        Description = description,
        HelpName = "zone",
        CustomParser = result =>
        {
            if (!TryParse(result.Tokens[0].Value, out TimeZoneInfo? zone, out string? error))
            {
                result.AddError($"--time-zone {error}");
            }

            return zone;
        },
    };
}
