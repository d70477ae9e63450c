using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace Makalu.Capacity.Service.Endpoints;

/// <summary>202: the model is being fitted; when to ask again, and where its state is told.</summary>
internal sealed class AcceptedResult(string service, TimeSpan retryAfter) : IResult
{
    public Task ExecuteAsync(HttpContext context)
    {
        context.Response.StatusCode = StatusCodes.Status202Accepted;
        context.Response.Headers.RetryAfter = ((int)Math.Ceiling(retryAfter.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
        context.Response.Headers.Location = "/v1/services/" + service;
        context.Response.Headers["Preference-Applied"] = "respond-async";
        return context.Response.WriteAsJsonAsync(new { name = service, state = "fitting" }, context.RequestAborted);
    }
}
