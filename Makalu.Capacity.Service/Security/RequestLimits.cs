using System.Globalization;
using System.Threading.RateLimiting;
using Makalu.Capacity.Service.Endpoints;
using Makalu.Capacity.Service.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.RateLimiting;

namespace Makalu.Capacity.Service.Security;

/// <summary>How much each caller may ask, and all of them at once.</summary>
internal static class RequestLimits
{
    public static void Configure(RateLimiterOptions options, ServiceLimits limits)
    {
        options.RejectionStatusCode = StatusCodes.Status429TooManyRequests;
        options.GlobalLimiter = PartitionedRateLimiter.CreateChained(
            PartitionedRateLimiter.Create<HttpContext, string>(context => Caller(context, limits)),
            PartitionedRateLimiter.Create<HttpContext, string>(_ => RateLimitPartition.GetConcurrencyLimiter("all", _ => new ConcurrencyLimiterOptions { PermitLimit = limits.ConcurrentRequests, QueueLimit = 0 })));
        options.OnRejected = async (rejected, cancellationToken) =>
        {
            TimeSpan wait = rejected.Lease.TryGetMetadata(MetadataName.RetryAfter, out TimeSpan known) ? known : TimeSpan.FromSeconds(1);
            rejected.HttpContext.Response.Headers.RetryAfter = Math.Max(1, (int)Math.Ceiling(wait.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
            await Problem.TooMany("More requests than this caller may make. Wait as long as Retry-After says.").ExecuteAsync(rejected.HttpContext);
        };
    }

    private static RateLimitPartition<string> Caller(HttpContext context, ServiceLimits limits)
    {
        // A stranger cannot spend what a key may ask, and cannot make up partitions: one for each address.
        bool isKnown = context.User.Identity is { IsAuthenticated: true };
        string caller = isKnown ? "key " + context.User.Identity!.Name : "address " + context.Connection.RemoteIpAddress;
        int rate = isKnown ? limits.RequestsPerSecond : limits.AnonymousRequestsPerSecond;
        return RateLimitPartition.GetTokenBucketLimiter(caller, _ => new TokenBucketRateLimiterOptions
        {
            TokenLimit = isKnown ? limits.Burst : 2 * rate,
            TokensPerPeriod = Math.Max(1, rate / 10),
            ReplenishmentPeriod = TimeSpan.FromSeconds(Math.Max(1, rate / 10) / (double)rate),
            QueueLimit = 0,
            AutoReplenishment = true,
        });
    }
}
