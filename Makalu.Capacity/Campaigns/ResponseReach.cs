namespace Makalu.Capacity.Campaigns;

/// <summary>How long a kind's response is followed before a campaign's start and after its end, in minutes.</summary>
/// <param name="LeadMinutes">The anticipation.</param>
/// <param name="TailMinutes">The decay.</param>
internal readonly record struct ResponseReach(double LeadMinutes, double TailMinutes)
{
    /// <summary>What holds until a history tells otherwise: an hour before, and three hours after, a quarter of the duration for campaigns of more than half a day, never over a day.</summary>
    public static ResponseReach Default(double typicalMinutes) => new(60, Math.Clamp(typicalMinutes / 4, 180, 1440));
}
