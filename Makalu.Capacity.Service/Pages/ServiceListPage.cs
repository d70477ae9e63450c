using System.Xml.Linq;
using Makalu.Capacity.Reporting;
using Makalu.Capacity.Service.Models;
using Makalu.Capacity.Service.Storage;

namespace Makalu.Capacity.Service.Pages;

/// <summary>The page of all services with their verdicts.</summary>
internal static class ServiceListPage
{
    public static string Render(IReadOnlyList<ServiceRow> services, ModelKeeper keeper)
    {
        XElement content = services.Count == 0
            ? new XElement("p", "No service is registered. Register one: ", new XElement("code", "PUT /v1/services/{name}"), ".")
            : HtmlTable.Create(
                "What to do, by service (limit: max_connections)",
                ["Service", "Verdict", "Today's settings", HtmlTable.NumberColumn("Limit"), HtmlTable.NumberColumn("Peak (requests/s)"), "At", "Cause"],
                services.Select(s => Row(s, keeper)));
        return Html.Page("Capacity plans", null, Html.Text(new XElement("h1", "Capacity plans")) + Html.Text(content));
    }

    private static object[] Row(ServiceRow service, ModelKeeper keeper)
    {
        (WarmModel? model, string? error, _) = keeper.Look(service.Name);
        XElement link = Html.Link("/services/" + service.Name, service.Name);
        if (model is null)
            return [link, Mark(error is null ? "being fitted" : "cannot be forecast", error is null ? "soft" : "warning"), "", "", "", "", error ?? ""];

        PlanOutline plan = model.Plan.Outline;
        return
        [
            link,
            plan.Verdict,
            Mark(plan.CurrentSettingsSurvive ? "survive" : "do not survive", plan.CurrentSettingsSurvive ? "info" : "critical"),
            plan.MaxConnections == model.Plan.CurrentMaxConnections ? PlanText.Number(plan.MaxConnections) : $"{PlanText.Number(model.Plan.CurrentMaxConnections)} → {PlanText.Number(plan.MaxConnections)}",
            PlanText.Rate(plan.PeakRequestsPerSecond),
            Mark(PlanText.Time(plan.PeakAt), "when"),
            plan.PeakCause,
        ];
    }

    private static XElement Mark(string text, string style) => new("span", new XAttribute("class", style), text);
}
