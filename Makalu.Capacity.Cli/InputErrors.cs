using Makalu.Capacity.Campaigns;
using Makalu.Capacity.Forecasting;
using Makalu.Capacity.Logs;
using Makalu.Capacity.Postgres;
using Makalu.Capacity.Series;
using Makalu.Capacity.Sizing;

namespace Makalu.Capacity.Cli;

/// <summary>Tells a bad input from a bug, by the exception's type.</summary>
internal static class InputErrors
{
    /// <summary>What to tell the user when the exception is an input's fault; null when it is ours.</summary>
    public static string? Describe(Exception exception) => exception switch
    {
        UsageException or ForecastException or LogFormatException or SeriesFormatException or CalendarFormatException or SystemDescriptionException or DatabaseAccessException => exception.Message,
        FileNotFoundException missing => $"{missing.FileName ?? missing.Message}: there is no such file. Check the name.",
        UnauthorizedAccessException or IOException or InvalidDataException => exception.Message,
        _ => null,
    };
}
