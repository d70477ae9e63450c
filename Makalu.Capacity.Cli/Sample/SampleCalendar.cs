using CsvHelper;

namespace Makalu.Capacity.Cli.Sample;

/// <summary>What is on the sample's calendar: five past campaigns, the bot attack, and the launch to come.</summary>
internal static class SampleCalendar
{
    private const string Time = "yyyy-MM-dd'T'HH:mm:ss'Z'";

    /// <summary>The end of the history: midnight UTC before the launch.</summary>
    public static DateTimeOffset HistoryEnd { get; } = At(9, 15, 0, 0);

    public static DateTimeOffset HistoryStart { get; } = HistoryEnd.AddDays(-70);

    public static DateTimeOffset AttackStart { get; } = At(8, 22, 6, 10);

    public static DateTimeOffset AttackEnd { get; } = At(8, 22, 7, 25);

    public static SampleCampaign Launch { get; } =
        new("autumn-launch", "email", CampaignResponse.Email, At(9, 15, 14, 0), At(9, 15, 16, 30), Audience: 380_000, Budget: 12_500);

    /// <summary>Past and planned, by start.</summary>
    public static IReadOnlyList<SampleCampaign> Campaigns { get; } =
    [
        new("winter-sale", "email", CampaignResponse.Email, At(7, 21, 15, 0), At(7, 21, 17, 30), Audience: 60_000, Budget: 2_100),
        new("prime-time-spot", "tv", CampaignResponse.Television, At(8, 1, 0, 40), At(8, 1, 1, 40), Audience: 300_000, Budget: 36_000),
        new("unboxing", "influencer", CampaignResponse.Influencer, At(8, 10, 20, 0), At(8, 10, 23, 0), Audience: 220_000, Budget: 18_000),
        new("members-week", "email", CampaignResponse.Email, At(8, 18, 15, 0), At(8, 18, 17, 30), Audience: 140_000, Budget: 4_700),
        new("spring-preview", "email", CampaignResponse.Email, At(9, 1, 15, 0), At(9, 1, 17, 30), Audience: 260_000, Budget: 8_500),
        Launch,
    ];

    /// <summary>Spans of the history whose rows are missing: the collector was down.</summary>
    public static IReadOnlyList<(DateTimeOffset Start, DateTimeOffset End)> Gaps { get; } =
    [
        (At(7, 30, 6, 12), At(7, 30, 8, 47)),
        (At(9, 3, 17, 20), At(9, 3, 18, 5)),
    ];

    public static void Write(Stream stream)
    {
        using var csv = CsvWriter.Create(stream, new CsvWriterOptions { NewLine = "\n" }, leaveOpen: true);
        csv.WriteHeader(["name", "kind", "starts_at", "ends_at", "audience", "budget"]);
        foreach (SampleCampaign campaign in Campaigns.Where(c => c.StartsAt < AttackStart))
        {
            WriteCampaign(csv, campaign);
        }

        WriteSpan(csv, "bot-attack", Makalu.Capacity.Campaigns.Campaign.IncidentKind, AttackStart, AttackEnd);
        csv.WriteField("");
        csv.WriteField("");
        csv.EndRecord();
        foreach (SampleCampaign campaign in Campaigns.Where(c => c.StartsAt >= AttackStart))
        {
            WriteCampaign(csv, campaign);
        }
    }

    private static void WriteCampaign(CsvWriter csv, SampleCampaign campaign)
    {
        WriteSpan(csv, campaign.Name, campaign.Kind, campaign.StartsAt, campaign.EndsAt);
        csv.WriteField(campaign.Audience, "");
        csv.WriteField(campaign.Budget, "");
        csv.EndRecord();
    }

    private static void WriteSpan(CsvWriter csv, string name, string kind, DateTimeOffset start, DateTimeOffset end)
    {
        csv.WriteField(name);
        csv.WriteField(kind);
        csv.WriteField(start, Time);
        csv.WriteField(end, Time);
    }

    private static DateTimeOffset At(int month, int day, int hour, int minute) => new(2024, month, day, hour, minute, 0, TimeSpan.Zero);
}
