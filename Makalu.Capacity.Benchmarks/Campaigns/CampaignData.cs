using System.Globalization;
using Makalu.Capacity.Campaigns;
using Makalu.Capacity.Series;

namespace Makalu.Capacity.Benchmarks.Campaigns;

/// <summary>Reads the series and calendars that the campaign model is judged on.</summary>
internal static class CampaignData
{
    public static TimeSeries Rates(string path, TimeSpan? step = null)
    {
        RequestHistory history = SeriesFile.Read(path)[0];
        if (step is TimeSpan coarser)
        {
            long ticks = coarser.Ticks;
            var end = new DateTimeOffset((history.Requests.End.UtcTicks + ticks - 1) / ticks * ticks, TimeSpan.Zero);
            history = history.PadTo(end).AggregateTo(coarser, end);
        }

        return history.RequestsPerSecond;
    }

    public static CampaignCalendar Calendar(string path)
    {
        string[][] rows = [.. File.ReadLines(path).Select(l => l.Split(','))];
        return new CampaignCalendar(rows.Skip(1).Select(r => new Campaign(r[0], r[1], Time(r[2]), Time(r[3]),
            Enumerable.Range(4, r.Length - 4).Select(c => KeyValuePair.Create(rows[0][c], r[c])))));
    }

    private static DateTimeOffset Time(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);
}
