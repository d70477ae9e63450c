using System.Text.Json;
using Makalu.Capacity.Service.Hosting;
using Makalu.Capacity.Service.Models;
using Makalu.Capacity.Service.Requests;
using Makalu.Capacity.Service.Security;
using Makalu.Capacity.Service.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Makalu.Capacity.Service.Endpoints;

/// <summary>Registered services, and what is observed of them.</summary>
internal static class ServiceEndpoints
{
    /// <summary>How far a pushed step may lie ahead of this machine's clock.</summary>
    private static readonly TimeSpan ClockTolerance = TimeSpan.FromMinutes(5);

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/v1/services", ListAsync).RequireAuthorization(Access.Read);
        routes.MapGet("/v1/services/{name}", GetAsync).RequireAuthorization(Access.Read);
        routes.MapPut("/v1/services/{name}", PutAsync).RequireAuthorization(Access.Write);
        routes.MapDelete("/v1/services/{name}", DeleteAsync).RequireAuthorization(Access.Write);
        routes.MapGet("/v1/services/{name}/plan", PlanAsync).RequireAuthorization(Access.Read);
        routes.MapPost("/v1/services/{name}/observations", ObserveAsync).RequireAuthorization(Access.Write);
    }

    private static async Task<IResult> ListAsync(HttpContext context, ServiceTable services, ModelKeeper keeper)
    {
        List<ServiceRow> rows = await services.ListAsync(context.RequestAborted);
        return Results.Json(new { services = rows.Select(row => Status(row, keeper)) });
    }

    private static async Task<IResult> GetAsync(string name, HttpContext context, ServiceTable services, ModelKeeper keeper)
    {
        ServiceRow row = await services.FindAsync(Valid(name), context.RequestAborted) ?? throw NoService();
        return Results.Json(new { row.Name, row.Revision, row.ChangedAt, definition = JsonSerializer.Deserialize<JsonElement>(row.Definition), status = Status(row, keeper) });
    }

    private static async Task<IResult> PutAsync(string name, HttpContext context, ServiceSettings settings, ServiceTable services, ModelKeeper keeper)
    {
        Valid(name);
        using RequestBody body = await RequestBody.ReadAsync(context, settings.Limits);
        ServiceDefinition.Read(body.Root, settings.Limits, settings.Prometheus);
        if (await services.PutAsync(name, body.Root.GetRawText(), settings.Limits.Services, context.RequestAborted) is not { } put)
            throw new RequestRefusedException(StatusCodes.Status422UnprocessableEntity, "Too many services", FormattableString.Invariant($"{settings.Limits.Services} services are registered, which is the most. Delete one, or let the operator raise Makalu:Limits:Services."));

        keeper.Redefine(name, put.Revision);
        context.Response.Headers.Location = $"/v1/services/{name}";
        return Results.Json(new { name, revision = put.Revision }, statusCode: put.IsNew ? StatusCodes.Status201Created : StatusCodes.Status200OK);
    }

    private static async Task<IResult> DeleteAsync(string name, HttpContext context, ServiceTable services, ModelKeeper keeper)
    {
        if (!await services.DeleteAsync(Valid(name), context.RequestAborted))
            throw NoService();

        keeper.Remove(name);
        return Results.NoContent();
    }

    private static Task<IResult> PlanAsync(string name, string? outlook, HttpContext context, PlanService plans)
    {
        bool withOutlook = outlook switch
        {
            null or "false" => false,
            "true" => true,
            _ => throw new RequestRefusedException(StatusCodes.Status400BadRequest, "Query not valid", "outlook must be true or false. Leave it out for the plan alone."),
        };
        return AnswerResult.OfModelAsync(context, Valid(name), patience => plans.RecommendAsync(name, null, null, withOutlook, "", patience, context.RequestAborted));
    }

    private static async Task<IResult> ObserveAsync(string name, HttpContext context, ServiceSettings settings, ServiceTable services, ObservationTable observations, ModelKeeper keeper, TimeProvider time)
    {
        string? key = IdempotencyKey(context.Request);
        ServiceRow row = await services.FindAsync(Valid(name), context.RequestAborted) ?? throw NoService();
        using RequestBody body = await RequestBody.ReadAsync(context, settings.Limits);
        TimeSpan step = ServiceDefinition.Parse(row.Definition, settings.Limits).Step;
        IReadOnlyList<Observation> pushed = ObservationReader.Read(body.Root, step, time.GetUtcNow() + ClockTolerance, new RequestReader(settings.Limits));
        ObservationReceipt receipt = await observations.AddAsync(name, pushed, key, body.Hash, context.RequestAborted);
        switch (receipt.Outcome)
        {
            case ObservationOutcome.NoService:
                throw NoService();
            case ObservationOutcome.KeyReused:
                throw new RequestRefusedException(StatusCodes.Status422UnprocessableEntity, "Idempotency-Key reused", "The Idempotency-Key was used for another body within the last day. Nothing was stored. Use a key of its own for each push.");
            case ObservationOutcome.Replayed:
                context.Response.Headers["Idempotency-Replayed"] = "true";
                break;
            default:
                if (pushed.Count > 0)
                    keeper.Touch(name);
                break;
        }

        return Results.Json(new { accepted = receipt.Inserted + receipt.Replaced, inserted = receipt.Inserted, replaced = receipt.Replaced });
    }

    private static object Status(ServiceRow row, ModelKeeper keeper)
    {
        (WarmModel? model, string? error, bool isBehind) = keeper.Look(row.Name);
        return new
        {
            row.Name,
            state = isBehind ? model is null ? "fitting" : "updating" : error is not null ? "failed" : model is null ? "fitting" : "ready",
            error = isBehind ? null : error,
            modelVersion = model?.Version,
            fittedAt = model?.FittedAt,
            origin = model?.Plan.Start,
            forecaster = model?.Plan.Model,
            observedSteps = model is null ? (int?)null : model.Model.History.Requests.Count - model.Model.History.Requests.MissingCount,
            forecastError = model?.Score?.RelativeError is double relative && double.IsFinite(relative) ? relative : (double?)null,
            coverage95 = model?.Score?.Coverage95,
            plan = model?.Plan.Outline,
        };
    }

    private static string? IdempotencyKey(HttpRequest request)
    {
        if (request.Headers["Idempotency-Key"] is not { Count: > 0 } header)
            return null;

        return header is [{ Length: > 0 and <= 128 } key] && key.All(c => c is > ' ' and <= '~')
            ? key
            : throw new RequestRefusedException(StatusCodes.Status400BadRequest, "Idempotency-Key not valid", "An Idempotency-Key is one value of 1 to 128 visible ASCII characters, for example a UUID.");
    }

    private static string Valid(string name)
        => ServiceName.IsValid(name) ? name : throw new RequestRefusedException(StatusCodes.Status400BadRequest, "Name not valid", ServiceName.Rule);

    private static RequestRefusedException NoService() => new(StatusCodes.Status404NotFound, "No such service", "No service of this name is registered. Register it: PUT /v1/services/{name}.");
}
