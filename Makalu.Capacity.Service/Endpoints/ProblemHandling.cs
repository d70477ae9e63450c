using Makalu.Capacity.Forecasting;
using Makalu.Capacity.Service.Requests;
using Makalu.Capacity.Sizing;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Makalu.Capacity.Service.Endpoints;

/// <summary>Turns every failure into a problem document; what a caller is not to blame for is logged, and told without its details.</summary>
internal sealed partial class ProblemHandling(ILogger<ProblemHandling> logger)
{
    public async Task ApplyAsync(HttpContext context, RequestDelegate next)
    {
        try
        {
            await next(context);
            if (context.Response is { StatusCode: >= 400, HasStarted: false, ContentType: null })
                await OfStatus(context.Response.StatusCode).ExecuteAsync(context);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // Nobody is there to be answered; the status is for the log.
            if (!context.Response.HasStarted)
                context.Response.StatusCode = StatusCodes.Status499ClientClosedRequest;
        }
        catch (Exception exception)
        {
            Problem problem = Explain(exception);
            if (problem.Status >= 500 && exception is not RequestRefusedException)
                LogFailure(logger, context.TraceIdentifier, exception);
            await problem.ExecuteAsync(context);
        }
    }

    private static Problem Explain(Exception exception) => exception switch
    {
        RequestRefusedException refused => Problem.Of(refused),
        ForecastException => Problem.Of(StatusCodes.Status422UnprocessableEntity, "The history cannot be forecast", exception.Message),
        SystemDescriptionException system => new Problem(StatusCodes.Status400BadRequest, "The system is not valid", "The system breaks a rule.", system.Errors),
        BadHttpRequestException bad => OfStatus(bad.StatusCode),
        _ => OfStatus(StatusCodes.Status500InternalServerError),
    };

    private static Problem OfStatus(int status) => status switch
    {
        400 => Problem.Of(status, "Bad request", "The request is not HTTP as this service takes it."),
        401 => Problem.Of(status, "A key is needed", "Send an API key as Authorization: Bearer mk_…, as X-Api-Key, or as the password of Basic authentication."),
        403 => Problem.Of(status, "Not allowed", "The key does not have the scope for this; changes need the scope write."),
        404 => Problem.Of(status, "Not found", "There is nothing here. The paths are in /openapi/v1.json."),
        405 => Problem.Of(status, "Method not allowed", "The path does not take this method. The methods are in /openapi/v1.json."),
        408 => Problem.Of(status, "Too slow", "The body did not arrive in time."),
        413 => Problem.Of(status, "Body too large", "The body has more bytes than are allowed."),
        415 => Problem.Of(status, "Unsupported media type", "Send the body as application/json in UTF-8."),
        500 => Problem.Of(status, "A fault of this service", "The request could not be answered because of a fault of this service. Its log has more under the traceId."),
        _ => Problem.Of(status, "Refused", "The request was refused."),
    };

    [LoggerMessage(LogLevel.Error, "Request {Trace} failed")]
    private static partial void LogFailure(ILogger logger, string trace, Exception exception);
}
