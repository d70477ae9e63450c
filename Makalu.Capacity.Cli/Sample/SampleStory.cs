using System.Globalization;
using System.Text;

namespace Makalu.Capacity.Cli.Sample;

/// <summary>What happened to Makalu Market, and the truth that the sample was made from, as lines to read.</summary>
internal static class SampleStory
{
    public static string Of(int seed)
    {
        var traffic = new SampleTraffic(seed);
        SampleCampaign launch = SampleCalendar.Launch;
        var text = new StringBuilder();
        Line(text, $"Makalu Market, seed {seed}: {(SampleCalendar.HistoryEnd - SampleCalendar.HistoryStart).TotalDays:0} days by the minute from {SampleCalendar.HistoryStart:yyyy-MM-dd} to {SampleCalendar.HistoryEnd:yyyy-MM-dd}, and the day after it apart.");
        Line(text, $"  The campaign {launch.Name} goes to {launch.Audience:N0} people on {launch.StartsAt:yyyy-MM-dd HH:mm} UTC. It is on the calendar, and nobody has looked at the database.");
        Line(text, $"  {SampleSystem.UsableConnections} connections are left for the shop, {SampleSystem.UsableConnections / SampleSystem.ConnectionsNeeded(1):N0} requests/s at 40 ms each; the shop was down for {SampleSystem.OutageDuration.TotalHours:0.#} hours.");
        Line(text, $"  The seed is that of the noise, the true factors and the logs; the calendar and the system are the same for every seed.");
        foreach ((SampleCampaign campaign, double amplitude) in SampleCalendar.Campaigns.Zip(traffic.Amplitudes))
        {
            Line(text, $"  {campaign.Name} ({campaign.Kind}, {campaign.Audience:N0} people, {campaign.StartsAt:yyyy-MM-dd HH:mm} UTC): true factor {Math.Exp(amplitude):0.00}, expected {Math.Exp(campaign.ExpectedAmplitude):0.00}");
        }

        Line(text, $"  bots from {SampleCalendar.AttackStart:yyyy-MM-dd HH:mm} to {SampleCalendar.AttackEnd:HH:mm} UTC, marked as an incident");
        foreach ((DateTimeOffset start, DateTimeOffset end) in SampleCalendar.Gaps)
        {
            Line(text, $"  no rows from {start:yyyy-MM-dd HH:mm} to {end:HH:mm} UTC: the collector was down");
        }

        foreach (DateTimeOffset hour in SampleAccessLog.Hours)
        {
            Line(text, $"  logs/{SampleAccessLog.FileName(hour)}: the hour from {hour:yyyy-MM-dd HH:mm} UTC, a line for each request of the series");
        }

        return text.ToString();
    }

    private static void Line(StringBuilder text, FormattableString line) => text.Append(line.ToString(CultureInfo.InvariantCulture)).Append('\n');
}
