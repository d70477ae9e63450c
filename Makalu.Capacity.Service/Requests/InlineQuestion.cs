using Makalu.Capacity.Campaigns;
using Makalu.Capacity.Series;
using Makalu.Capacity.Sizing;

namespace Makalu.Capacity.Service.Requests;

/// <summary>A question that brings its own history.</summary>
internal sealed record InlineQuestion(RequestHistory History, CampaignCalendar Calendar, SystemDescription? System, PlanSettings Settings);
