namespace Makalu.Capacity.Cli.Sample;

/// <summary>The embedded sample: the shop Makalu Market before and on 15 September 2024. The same seed gives the same bytes.</summary>
internal static class MakaluMarket
{
    public const int DefaultSeed = 1;

    /// <summary>All files of the sample, ready to be written.</summary>
    public static IReadOnlyList<SampleFile> Files(int seed)
    {
        var traffic = new SampleTraffic(seed);
        return
        [
            new("requests.csv.gz", stream => SampleSeries.WriteHistory(traffic, stream)),
            new("calendar.csv", SampleCalendar.Write),
            new("system.json", SampleSystem.Write),
            .. SampleAccessLog.Hours.Select(hour => new SampleFile("logs/" + SampleAccessLog.FileName(hour), stream => SampleAccessLog.Write(seed, traffic, hour, stream))),
            new("actual/requests-2024-09-15.csv.gz", stream => SampleSeries.WriteActual(traffic, stream)),
        ];
    }
}
