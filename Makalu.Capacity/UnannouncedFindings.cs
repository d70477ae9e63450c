using System.Globalization;
using Makalu.Capacity.Campaigns;
using Makalu.Capacity.Forecasting;
using Makalu.Capacity.Series;
using Makalu.Capacity.Sizing;

namespace Makalu.Capacity;

/// <summary>Tells of spikes and drops in the history that nothing on the calendar explains.</summary>
internal static class UnannouncedFindings
{
    private const int MostNamed = 3;

    /// <summary>One finding at most, with the largest of them.</summary>
    /// <param name="all">The spikes and drops.</param>
    /// <param name="wereLeftOut">Whether the baseline was kept from them.</param>
    public static IEnumerable<Finding> Of(IReadOnlyList<UnannouncedEvent> all, bool wereLeftOut)
    {
        if (all.Count == 0)
            yield break;
        UnannouncedEvent[] largest = [.. all.OrderByDescending(e => Math.Abs(Math.Log(e.Factor))).Take(MostNamed)];
        string named = string.Join("; ", largest.Select(e => FormattableString.Invariant(
            $"{Time(e.StartsAt)} to {Time(e.EndsAt)}, {e.Factor:0.0#} times the usual, {Math.Abs(e.ExtraRequests):#,0} requests {(e.ExtraRequests < 0 ? "too few" : "above it")}")));
        yield return new Finding(
            "traffic-unannounced",
            FindingSeverity.Info,
            FormattableString.Invariant($"The history has {all.Count} {(all.Count == 1 ? "spike or drop" : "spikes or drops")} that nothing on the calendar explains{(all.Count > MostNamed ? ", the largest" : "")}: {named}. {(wereLeftOut ? "The baseline was kept from them, and the" : "The")} forecast holds none like them. Put each on the calendar: as a campaign, so that the next of its kind is in the forecast, or as an incident."),
            [
                new("events", all.Count),
                new("largestFrom", Time(largest[0].StartsAt)),
                new("largestTo", Time(largest[0].EndsAt)),
                new("largestFactor", largest[0].Factor),
                new("largestExtraRequests", largest[0].ExtraRequests),
            ]);
    }

    private static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    /// <summary>For models that look at no campaigns, whose own way with such steps is to weigh them down.</summary>
    public static IReadOnlyList<UnannouncedEvent> Find(TimeSeries history, CampaignCalendar calendar)
    {
        TimeSeries series = IncidentMask.Apply(AutoForecaster.Coarsen(history), calendar);
        return series.Step > TimeSpan.FromHours(1) || series.MissingCount == series.Count
            ? []
            : LevelAndShape.Fit(series, CampaignMask.Of(series, calendar)).Unannounced(series);
    }
}
