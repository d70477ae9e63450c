using System.Globalization;
using Makalu.Capacity.Peaks;

namespace Makalu.Capacity.Cli.Output;

/// <summary>Whether and when a rate is exceeded, as a line to read.</summary>
internal static class ExceedanceText
{
    public static string Of(RateExceedance exceedance, string series)
    {
        string what = string.Create(CultureInfo.InvariantCulture, $"{(series.Length > 0 ? series + ": " : "")}{exceedance.RequestsPerSecond:#,0.###} requests/s");
        return exceedance.MostLikelyAt is not { } likeliest
            ? $"{what}: exceeded on no simulated path\n"
            : string.Create(CultureInfo.InvariantCulture, $"{what}: exceeded with probability {exceedance.Probability:0.000}; most likely at {Time(likeliest)}, where it happens first at {Time(exceedance.FirstAtMedian!.Value)} (median), for {exceedance.MeanDuration.TotalMinutes / exceedance.Probability:0.#} minutes in all (mean)\n");
    }

    private static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture) + " UTC";
}
