namespace Makalu.Capacity.Campaigns;

/// <summary>How long the traffic answers campaigns of one kind beyond their own start and end.</summary>
/// <param name="Kind">The kind.</param>
/// <param name="PastCampaigns">The past campaigns of the kind, those that ran as one counted once.</param>
/// <param name="Anticipation">How long before the start the response is followed.</param>
/// <param name="Decay">How long after the end the response is followed.</param>
/// <param name="Estimated">Whether the history told a length; false where the default holds.</param>
public sealed record CampaignKindReach(string Kind, int PastCampaigns, TimeSpan Anticipation, TimeSpan Decay, bool Estimated);
