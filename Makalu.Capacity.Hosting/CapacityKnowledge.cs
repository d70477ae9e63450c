using Makalu.Capacity.Campaigns;
using Makalu.Capacity.Series;

namespace Makalu.Capacity.Hosting;

/// <summary>What a model learns from.</summary>
/// <param name="History">What was observed, in whole steps.</param>
/// <param name="Calendar">Campaigns past and planned, and incidents to leave out; <see cref="CampaignCalendar.Empty"/> for none.</param>
public sealed record CapacityKnowledge(RequestHistory History, CampaignCalendar Calendar);
