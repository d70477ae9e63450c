using System.Threading.RateLimiting;
using Makalu.Capacity.Service.Hosting;
using Makalu.Capacity.Service.Requests;
using Microsoft.AspNetCore.Http;

namespace Makalu.Capacity.Service.Models;

/// <summary>Lets a few computations run at once and a few wait; more are refused, so that memory and time stay bounded.</summary>
internal sealed class ComputationGate(ServiceSettings settings) : IDisposable
{
    private readonly ConcurrencyLimiter _limiter = new(new ConcurrencyLimiterOptions { PermitLimit = settings.Limits.ConcurrentComputations, QueueLimit = settings.Limits.QueuedComputations });

    /// <summary>How many computations run now.</summary>
    public int Running => settings.Limits.ConcurrentComputations - (int)_limiter.GetStatistics()!.CurrentAvailablePermits;

    public async Task<T> RunAsync<T>(Func<T> compute, CancellationToken cancellationToken)
    {
        using RateLimitLease lease = await _limiter.AcquireAsync(1, cancellationToken);
        return lease.IsAcquired
            ? await Task.Run(compute, cancellationToken)
            : throw new RequestRefusedException(StatusCodes.Status429TooManyRequests, "Too many requests", "As many forecasts and plans wait to be computed as may wait. Ask again as Retry-After says.", retryAfter: TimeSpan.FromSeconds(2));
    }

    public void Dispose() => _limiter.Dispose();
}
