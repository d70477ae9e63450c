using System.Globalization;
using System.Text;
using System.Text.Json;
using Makalu.Capacity.Plotting;
using Makalu.Capacity.Reporting;
using Makalu.Capacity.Service.Models;
using Makalu.Capacity.Service.Pages;
using Makalu.Capacity.Service.Requests;
using Makalu.Capacity.Service.Security;
using Makalu.Capacity.Service.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Makalu.Capacity.Service.Endpoints;

/// <summary>The pages, rendered here; their script and style are part of the program.</summary>
internal static class PageEndpoints
{
    private const string HtmlType = "text/html; charset=utf-8";

    public static void Map(IEndpointRouteBuilder routes)
    {
        string style = HtmlReport.Style + "\n" + new PlanCharts().StyleSheet + "\n" + Resource("page.css");
        string script = Resource("what-if.js");
        string openApi = Resource("openapi.json");
        routes.MapGet("/", ListAsync).RequireAuthorization(Access.Read);
        routes.MapGet("/services/{name}", ServiceAsync).RequireAuthorization(Access.Read);
        routes.MapGet("/assets/page.css", () => Results.Text(style, "text/css; charset=utf-8")).RequireAuthorization(Access.Read);
        routes.MapGet("/assets/what-if.js", () => Results.Text(script, "text/javascript; charset=utf-8")).RequireAuthorization(Access.Read);
        routes.MapGet("/openapi/v1.json", () => Results.Text(openApi, "application/json; charset=utf-8")).RequireAuthorization(Access.Read);
    }

    /// <summary>A file that is part of the program.</summary>
    internal static string Resource(string name)
    {
        using Stream stream = typeof(PageEndpoints).Assembly.GetManifestResourceStream(name) ?? throw new InvalidOperationException($"The resource {name} is not in the program.");
        using var reader = new StreamReader(stream, Encoding.UTF8);
        return reader.ReadToEnd();
    }

    private static async Task<IResult> ListAsync(HttpContext context, ServiceTable services, ModelKeeper keeper)
        => Results.Text(ServiceListPage.Render(await services.ListAsync(context.RequestAborted), keeper), HtmlType);

    private static async Task<IResult> ServiceAsync(string name, string? campaign, string? scale, HttpContext context, ModelKeeper keeper, PlanService plans)
    {
        if (!ServiceName.IsValid(name))
            throw new RequestRefusedException(StatusCodes.Status400BadRequest, "Name not valid", ServiceName.Rule);

        WarmModel model;
        try
        {
            model = await keeper.GetAsync(name, Patience.Usual, context.RequestAborted);
        }
        catch (RequestRefusedException refused) when (refused.Status is StatusCodes.Status422UnprocessableEntity or StatusCodes.Status503ServiceUnavailable)
        {
            return Results.Text(ServicePage.RenderFailure(name, refused.Message), HtmlType, statusCode: refused.Status);
        }

        PlanOutline? supposed = null;
        bool isAsked = double.TryParse(scale, NumberStyles.Float, CultureInfo.InvariantCulture, out double times) && times is >= 0 and <= ServicePage.LargestScale && campaign is not null && model.Plan.Planned.Contains(campaign, StringComparer.Ordinal);
        if (isAsked && times != 1)
        {
            Answer answer = await plans.WhatIfAsync(name, Supposition.OfScale(campaign!, times), Patience.Usual, context.RequestAborted);
            using JsonDocument document = JsonDocument.Parse(answer.Body);
            supposed = document.RootElement.GetProperty("supposed").Deserialize<PlanOutline>(JsonSerializerOptions.Web);
        }

        return Results.Text(ServicePage.Render(model, keeper.Look(name).IsBehind, isAsked ? campaign : null, isAsked ? times : 1, supposed), HtmlType);
    }
}
