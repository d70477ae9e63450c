using System.Xml.Linq;
using Makalu.Capacity.Plotting;
using Makalu.Capacity.Reporting;

namespace Makalu.Capacity.Service.Pages;

/// <summary>A plan's part of its service's page, HTML: the verdict and its reason, and the sections of the report.</summary>
internal sealed record PlanPage(string Verdict, string Sections)
{
    public static PlanPage Render(CapacityPlan plan)
    {
        XElement[] parts = [.. HtmlReport.Sections(plan, PlanSummary.Of(plan), new PlanCharts())];
        int first = Array.FindIndex(parts, e => e.Name.LocalName == "section");
        return new PlanPage(string.Concat(parts[..first].Select(Html.Text)), string.Concat(parts[first..].Select(Html.Text)));
    }
}
