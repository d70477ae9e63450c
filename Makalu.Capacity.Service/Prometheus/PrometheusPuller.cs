using System.Diagnostics;
using Makalu.Capacity.Service.Hosting;
using Makalu.Capacity.Service.Models;
using Makalu.Capacity.Service.Requests;
using Makalu.Capacity.Service.Storage;
using Makalu.Capacity.Service.Telemetry;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Makalu.Capacity.Service.Prometheus;

/// <summary>Pulls the observations of the services that name a Prometheus server: the steps since the last known one, those that have ended.</summary>
internal sealed partial class PrometheusPuller(
    PrometheusClient client,
    ServiceTable services,
    ObservationTable observations,
    ModelKeeper keeper,
    ServiceSettings settings,
    TimeProvider time,
    ILogger<PrometheusPuller> logger) : BackgroundService
{
    /// <summary>A step is asked for only when its last scrape has had time to come in.</summary>
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(30);

    /// <summary>Pulls every service once; one that fails does not keep the others from being pulled.</summary>
    /// <returns>How many steps were stored.</returns>
    public async Task<int> PullAllAsync(CancellationToken cancellationToken)
    {
        int stored = 0;
        foreach (ServiceRow row in await services.ListAsync(cancellationToken))
        {
            ServiceDefinition definition = ServiceDefinition.Parse(row.Definition, settings.Limits);
            if (definition.Pull is not { } source)
                continue;

            try
            {
                stored += await PullAsync(row.Name, definition.Step, source, cancellationToken);
            }
            catch (Exception exception) when (exception is PrometheusException or HttpRequestException or IOException or UnauthorizedAccessException or TaskCanceledException && !cancellationToken.IsCancellationRequested)
            {
                LogFailure(logger, row.Name, source.Server, exception.Message);
            }
        }

        return stored;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (settings.Prometheus.Count == 0 || settings.PullInterval <= TimeSpan.Zero)
            return;

        using var timer = new PeriodicTimer(settings.PullInterval, time);
        do
        {
            try
            {
                await PullAllAsync(stoppingToken);
            }
            catch (Exception exception) when (exception is not OperationCanceledException)
            {
                LogFault(logger, exception);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private async Task<int> PullAsync(string service, TimeSpan step, PullSource source, CancellationToken cancellationToken)
    {
        if (!settings.Prometheus.TryGetValue(source.Server, out PrometheusServer? server))
            throw new PrometheusException($"The server '{source.Server}' is not configured any more.");

        using Activity? activity = ServiceActivity.Source.StartActivity("pull observations");
        activity?.SetTag("makalu.service", service);
        DateTimeOffset now = time.GetUtcNow();
        DateTimeOffset next = await observations.LastAsync(service, cancellationToken) is { } last ? last + step : Floor(now - settings.PullHistory, step);
        DateTimeOffset end = Floor(now - Settling, step);
        int stored = 0;
        while (next < end)
        {
            // The value at a time covers the step that ends there.
            DateTimeOffset to = next + (step * Math.Min(PrometheusClient.MostPoints, (end - next) / step));
            Dictionary<DateTimeOffset, double> requests = await client.RangeAsync(server, source.Query, next + step, to, step, cancellationToken);
            Dictionary<DateTimeOffset, double> peaks = source.PeakQuery is { } query ? await client.RangeAsync(server, query, next + step, to, step, cancellationToken) : [];
            Observation[] rows = [.. requests.OrderBy(r => r.Key).Select(r => new Observation(r.Key - step, r.Value, peaks.TryGetValue(r.Key, out double peak) ? peak : null))];
            if (rows.Length > 0)
            {
                await observations.AddAsync(service, rows, null, "", cancellationToken);
                keeper.Touch(service);
                stored += rows.Length;
            }

            next = to;
        }

        return stored;
    }

    private static DateTimeOffset Floor(DateTimeOffset time, TimeSpan step) => new(time.UtcTicks / step.Ticks * step.Ticks, TimeSpan.Zero);

    [LoggerMessage(LogLevel.Warning, "Pulling {Service} from {Server} failed: {Reason}")]
    private static partial void LogFailure(ILogger logger, string service, string server, string reason);

    [LoggerMessage(LogLevel.Error, "Pulling failed")]
    private static partial void LogFault(ILogger logger, Exception exception);
}
