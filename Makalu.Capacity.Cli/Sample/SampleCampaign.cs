namespace Makalu.Capacity.Cli.Sample;

/// <summary>A campaign of the sample: its line in the calendar, and the response that its truth follows.</summary>
internal sealed record SampleCampaign(string Name, string Kind, CampaignResponse Response, DateTimeOffset StartsAt, DateTimeOffset EndsAt, int Audience, int Budget)
{
    /// <summary>The logarithm of the factor at the top that the law expects.</summary>
    public double ExpectedAmplitude => Response.ExpectedAmplitude(Audience, ShopClock.ToLocal(StartsAt).DayOfWeek is DayOfWeek.Saturday or DayOfWeek.Sunday);
}
