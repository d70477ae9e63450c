using Makalu.Capacity.Service.Hosting;
using Makalu.Capacity.Service.Models;
using Makalu.Capacity.Service.Requests;
using Makalu.Capacity.Service.Security;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Makalu.Capacity.Service.Endpoints;

/// <summary>The questions: what to set, what comes, and what if.</summary>
internal static class QuestionEndpoints
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/v1/recommendations", RecommendAsync).RequireAuthorization(Access.Read);
        routes.MapPost("/v1/forecasts", ForecastAsync).RequireAuthorization(Access.Read);
        routes.MapPost("/v1/what-if", WhatIfAsync).RequireAuthorization(Access.Read);
    }

    private static async Task<IResult> RecommendAsync(HttpContext context, ServiceSettings settings, PlanService plans)
    {
        using RequestBody body = await RequestBody.ReadAsync(context, settings.Limits);
        Question question = Question.Read(body.Root, QuestionKind.Recommendation, settings.Limits);
        return question.Inline is { } inline
            ? new AnswerResult(await plans.RecommendAsync(inline, question.WithOutlook, body.Hash, context.RequestAborted))
            : await AnswerResult.OfModelAsync(context, question.Service!, patience => plans.RecommendAsync(question.Service!, question.Horizon, question.System, question.WithOutlook, body.Hash, patience, context.RequestAborted));
    }

    private static async Task<IResult> ForecastAsync(HttpContext context, ServiceSettings settings, PlanService plans)
    {
        using RequestBody body = await RequestBody.ReadAsync(context, settings.Limits);
        Question question = Question.Read(body.Root, QuestionKind.Forecast, settings.Limits);
        bool asCsv = context.Request.GetTypedHeaders().Accept is [{ MediaType.Value: { } type }] && string.Equals(type, "text/csv", StringComparison.OrdinalIgnoreCase);
        return question.Inline is { } inline
            ? new AnswerResult(await plans.ForecastAsync(inline, question.Levels, asCsv, body.Hash, context.RequestAborted))
            : await AnswerResult.OfModelAsync(context, question.Service!, patience => plans.ForecastAsync(question.Service!, question.Horizon, question.Levels, asCsv, body.Hash, patience, context.RequestAborted));
    }

    private static async Task<IResult> WhatIfAsync(HttpContext context, ServiceSettings settings, PlanService plans)
    {
        using RequestBody body = await RequestBody.ReadAsync(context, settings.Limits);
        Question question = Question.Read(body.Root, QuestionKind.WhatIf, settings.Limits);
        return question.Inline is { } inline
            ? new AnswerResult(await plans.WhatIfAsync(inline, question.Supposition!, body.Hash, context.RequestAborted))
            : await AnswerResult.OfModelAsync(context, question.Service!, patience => plans.WhatIfAsync(question.Service!, question.Supposition!, patience, context.RequestAborted));
    }
}
