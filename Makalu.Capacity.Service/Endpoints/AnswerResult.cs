using Makalu.Capacity.Service.Models;
using Makalu.Capacity.Service.Requests;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Makalu.Capacity.Service.Endpoints;

/// <summary>Sends an answer with its tag, or 304 where the caller has it already.</summary>
internal sealed class AnswerResult(Answer answer) : IResult
{
    /// <summary>An answer from a service's model, or 202 where there is none yet and the caller takes that.</summary>
    public static async Task<IResult> OfModelAsync(HttpContext context, string service, Func<Patience, ValueTask<Answer>> ask)
    {
        var patience = Patience.Of(context.Request);
        try
        {
            return new AnswerResult(await ask(patience));
        }
        catch (RequestRefusedException refused) when (patience.TakesAccepted && refused is { Status: StatusCodes.Status503ServiceUnavailable, RetryAfter: { } wait })
        {
            return new AcceptedResult(service, wait);
        }
    }

    public async Task ExecuteAsync(HttpContext context)
    {
        context.Response.Headers.ETag = answer.ETag;
        if (IsKnown(context.Request, answer.ETag))
        {
            context.Response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }

        context.Response.ContentType = answer.ContentType;
        context.Response.ContentLength = answer.Body.Length;
        await context.Response.Body.WriteAsync(answer.Body, context.RequestAborted);
    }

    private static bool IsKnown(HttpRequest request, string tag)
        => request.Headers.IfNoneMatch.Count > 0
        && EntityTagHeaderValue.TryParseList(request.Headers.IfNoneMatch, out IList<EntityTagHeaderValue>? tags)
        && tags.Any(t => t.Tag == "*" || t.Tag == tag);
}
