using Makalu.Capacity.Service.Models;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Makalu.Capacity.Service.Endpoints;

/// <summary>Sends an answer with its tag, or 304 where the caller has it already.</summary>
internal sealed class AnswerResult(Answer answer) : IResult
{
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
