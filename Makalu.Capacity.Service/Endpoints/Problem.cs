using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Makalu.Capacity.Service.Requests;
using Makalu.Capacity.Sizing;
using Microsoft.AspNetCore.Http;

namespace Makalu.Capacity.Service.Endpoints;

/// <summary>An error as RFC 9457 has it, with every error of the body under <c>errors</c>.</summary>
internal sealed record Problem(int Status, string Title, string Detail, IReadOnlyList<SystemDescriptionError> Errors, TimeSpan? RetryAfter = null) : IResult
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web) { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static Problem Of(RequestRefusedException refused) => new(refused.Status, refused.Title, refused.Message, refused.Errors, refused.RetryAfter);

    public static Problem Of(int status, string title, string detail) => new(status, title, detail, []);

    public static Problem TooMany(string detail) => Of(StatusCodes.Status429TooManyRequests, "Too many requests", detail);

    public async Task ExecuteAsync(HttpContext context)
    {
        if (context.Response.HasStarted)
            return;

        context.Response.StatusCode = Status;
        context.Response.ContentType = "application/problem+json; charset=utf-8";
        if (RetryAfter is { } wait)
            context.Response.Headers.RetryAfter = Math.Max(1, (int)Math.Ceiling(wait.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
        var body = new Dictionary<string, object>(StringComparer.Ordinal)
        {
            ["type"] = "about:blank",
            ["title"] = Title,
            ["status"] = Status,
            ["detail"] = Detail,
            ["traceId"] = Activity.Current?.Id ?? context.TraceIdentifier,
        };
        if (Errors.Count > 0)
            body["errors"] = Errors.Select(e => new { e.Path, e.Value, e.Rule, e.Remedy }).ToArray();
        await context.Response.Body.WriteAsync(JsonSerializer.SerializeToUtf8Bytes(body, Options), context.RequestAborted);
    }
}
