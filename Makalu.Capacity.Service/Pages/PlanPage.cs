using Makalu.Capacity.Reporting;

namespace Makalu.Capacity.Service.Pages;

/// <summary>A plan's part of its service's page: the sections of the report.</summary>
internal static class PlanPage
{
    public static string Render(CapacityPlan plan)
        => string.Concat(HtmlReport.Sections(plan, PlanSummary.Of(plan)).Select(s => Html.Text(s)));
}
