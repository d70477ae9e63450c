using System.Text;
using Makalu.Capacity.Reporting;
using Makalu.Capacity.Service.Pages;

namespace Makalu.Capacity.Service.Models;

/// <summary>A plan with how far it reaches: what the settings carry, and what if the future were otherwise. It takes about ten plans.</summary>
/// <param name="Plan">The plan with its outlook, ready to be sent.</param>
/// <param name="Page">Its part of the service's page.</param>
/// <param name="Outlook">The outlook.</param>
internal sealed record PlanWithOutlook(Answer Plan, PlanPage Page, PlanOutlook Outlook)
{
    public static PlanWithOutlook Of(CapacityModel model, Sizing.SystemDescription system, CancellationToken cancellationToken)
    {
        CapacityPlan plan = model.Recommend(system, cancellationToken: cancellationToken);
        PlanOutlook outlook = model.Outlook(plan, cancellationToken);
        plan = plan.With(outlook);
        return new PlanWithOutlook(Answer.Json(Encoding.UTF8.GetBytes(PlanJson.ToJson(plan))), PlanPage.Render(plan), outlook);
    }
}
