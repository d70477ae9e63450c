using Makalu.Capacity.Forecasting.Ssa;

namespace Makalu.Capacity.Reporting;

/// <summary>What the parts of a history are called.</summary>
internal static class ComponentNames
{
    public static string Of(SsaGroup group, TimeSpan step) => group.Kind switch
    {
        SsaGroupKind.Trend => "Trend",
        SsaGroupKind.Season when double.IsFinite(group.Period) => "Season of " + Period(step * group.Period),
        SsaGroupKind.Season => "Season",
        _ => "Noise",
    };

    private static string Period(TimeSpan period)
        => period >= TimeSpan.FromDays(2) ? PlanText.Number(Math.Round(period.TotalDays, 1)) + " days"
        : period >= TimeSpan.FromHours(1) ? PlanText.Number(Math.Round(period.TotalHours, 1)) + " hours"
        : PlanText.Number(Math.Round(period.TotalMinutes, 1)) + " minutes";
}
