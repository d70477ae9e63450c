using System.Text.Json;
using Makalu.Capacity.Service.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;

namespace Makalu.Capacity.Service.Security;

/// <summary>
/// Who changed what, and who was refused: to the log under <c>Makalu.Audit</c>, and as JSON lines to a file where one is set. It names
/// keys by their identifier, and routes by their pattern; bodies, queries and headers are never in it.
/// </summary>
internal sealed partial class AuditLog : IDisposable
{
    private readonly ILogger _logger;
    private readonly TimeProvider _time;
    private readonly StreamWriter? _file;
    private readonly Lock _writing = new();

    public AuditLog(ILoggerFactory loggers, ServiceSettings settings, TimeProvider time)
    {
        _logger = loggers.CreateLogger("Makalu.Audit");
        _time = time;
        if (settings.AuditFile is { } path)
            _file = new StreamWriter(new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.Read)) { AutoFlush = true };
    }

    public async Task ApplyAsync(HttpContext context, RequestDelegate next)
    {
        await next(context);
        int status = context.Response.StatusCode;
        bool isChange = context.Request.Method is "PUT" or "DELETE" || (context.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText?.EndsWith("/observations", StringComparison.Ordinal) == true;
        if (isChange || status is StatusCodes.Status401Unauthorized or StatusCodes.Status403Forbidden or StatusCodes.Status429TooManyRequests)
            Write(context, status);
    }

    public void Dispose() => _file?.Dispose();

    private void Write(HttpContext context, int status)
    {
        string who = context.User.Identity is { IsAuthenticated: true, Name: { } name } ? name : "anonymous";
        string route = (context.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText ?? "unknown route";
        string? service = context.Request.RouteValues.TryGetValue("name", out object? value) && value is string text && ServiceName.IsValid(text) ? text : null;
        string address = context.Connection.RemoteIpAddress?.ToString() ?? "";
        string method = HttpMethods.IsGet(context.Request.Method) || HttpMethods.IsPost(context.Request.Method) || HttpMethods.IsPut(context.Request.Method) || HttpMethods.IsDelete(context.Request.Method) ? context.Request.Method : "other";
        Log(_logger, who, method, route, service, status, address, context.TraceIdentifier);
        if (_file is null)
            return;

        string line = JsonSerializer.Serialize(new { at = _time.GetUtcNow().UtcDateTime, who, method, route, service, status, address, trace = context.TraceIdentifier });
        lock (_writing)
            _file.WriteLine(line);
    }

    [LoggerMessage(LogLevel.Information, "{Who} {Method} {Route} {Service}: {Status} ({Address}, {Trace})")]
    private static partial void Log(ILogger logger, string who, string method, string route, string? service, int status, string address, string trace);
}
