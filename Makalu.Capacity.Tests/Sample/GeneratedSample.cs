using Makalu.Capacity.Campaigns;
using Makalu.Capacity.Cli.Sample;
using Makalu.Capacity.Series;

namespace Makalu.Capacity.Tests.Sample;

/// <summary>The sample of seed 1, generated once for all tests.</summary>
internal static class GeneratedSample
{
    private static readonly Lazy<IReadOnlyDictionary<string, byte[]>> Generated = new(() => Of(MakaluMarket.DefaultSeed));

    private static readonly Lazy<RequestHistory> ReadHistory = new(() => Read("requests.csv.gz"));

    public static IReadOnlyDictionary<string, byte[]> Files => Generated.Value;

    public static RequestHistory History => ReadHistory.Value;

    public static RequestHistory Actual => Read("actual/requests-2024-09-15.csv.gz");

    public static CampaignCalendar Calendar => CampaignCalendarReader.Read(new MemoryStream(Files["calendar.csv"]), "calendar.csv");

    /// <summary>The content of each file of a seed, before compression.</summary>
    public static IReadOnlyDictionary<string, byte[]> Of(int seed) => MakaluMarket.Files(seed).ToDictionary(file => file.Path, Content, StringComparer.Ordinal);

    /// <summary>The content of one file of a seed, before compression.</summary>
    public static byte[] Of(int seed, string path) => Content(MakaluMarket.Files(seed).Single(f => f.Path == path));

    private static byte[] Content(SampleFile file)
    {
        using var content = new MemoryStream();
        file.Write(content);
        return content.ToArray();
    }

    private static RequestHistory Read(string name) => SeriesFile.Read(new MemoryStream(Files[name]), name).Single();
}
