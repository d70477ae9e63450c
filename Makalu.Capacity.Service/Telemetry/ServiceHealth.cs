using Makalu.Capacity.Service.Models;
using Makalu.Capacity.Service.Storage;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Makalu.Capacity.Service.Telemetry;

/// <summary>Ready: the database answers, and the registered services have been looked at.</summary>
internal sealed class ServiceHealth(ServiceDatabase database, ModelKeeper keeper) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        if (!keeper.IsStarted)
            return HealthCheckResult.Unhealthy("starting");

        try
        {
            await database.ReadAsync(c => c.ScalarAsync<long>("SELECT version FROM schema_version", cancellationToken), cancellationToken);
            return HealthCheckResult.Healthy();
        }
        catch (Exception exception) when (exception is System.Data.Common.DbException or TimeoutException or InvalidOperationException)
        {
            return HealthCheckResult.Unhealthy("the database does not answer");
        }
    }
}
