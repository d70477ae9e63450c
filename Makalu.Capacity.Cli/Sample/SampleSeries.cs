using CsvHelper;

namespace Makalu.Capacity.Cli.Sample;

/// <summary>The sample's series files: the history with its gaps, and what really happened on the day of the launch.</summary>
internal static class SampleSeries
{
    private static readonly CsvWriterOptions Options = new() { NewLine = "\n" };

    public static void WriteHistory(SampleTraffic traffic, Stream stream)
    {
        using var csv = CsvWriter.Create(stream, Options, leaveOpen: true);
        csv.WriteHeader(["timestamp", "requests", "peak_rps"]);
        for (int m = 0; m < SampleTraffic.MinuteOf(SampleCalendar.HistoryEnd); m++)
        {
            DateTimeOffset time = SampleTraffic.TimeOf(m);
            if (!SampleCalendar.Gaps.Any(gap => time >= gap.Start && time < gap.End))
            {
                WriteMinute(csv, traffic, m);
                csv.EndRecord();
            }
        }
    }

    /// <summary>The demand of the day of the launch, and the part of it that was served.</summary>
    public static void WriteActual(SampleTraffic traffic, Stream stream)
    {
        using var csv = CsvWriter.Create(stream, Options, leaveOpen: true);
        csv.WriteHeader(["timestamp", "requests", "peak_rps", "served"]);
        DateTimeOffset? down = null;
        for (int m = SampleTraffic.MinuteOf(SampleCalendar.HistoryEnd); m < traffic.Minutes; m++)
        {
            DateTimeOffset time = SampleTraffic.TimeOf(m);
            WriteMinute(csv, traffic, m);
            if (down is null && SampleSystem.ConnectionsNeeded(traffic.PeakRequestsPerSecond(m)) > SampleSystem.UsableConnections)
            {
                down = time;
            }

            bool isDown = down is DateTimeOffset since && time < since + SampleSystem.OutageDuration;
            csv.WriteField(isDown ? 0 : traffic.Requests(m), "");
            csv.EndRecord();
        }
    }

    private static void WriteMinute(CsvWriter csv, SampleTraffic traffic, int minute)
    {
        csv.WriteField(SampleTraffic.TimeOf(minute), "yyyy-MM-dd'T'HH:mm:ss'Z'");
        csv.WriteField(traffic.Requests(minute), "");
        csv.WriteField(traffic.PeakRequestsPerSecond(minute), "");
    }
}
