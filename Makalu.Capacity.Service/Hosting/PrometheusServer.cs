namespace Makalu.Capacity.Service.Hosting;

/// <summary>A Prometheus server that services may be pulled from.</summary>
public sealed class PrometheusServer
{
    /// <summary>Its address, without <c>/api/v1</c>.</summary>
    public string Url { get; set; } = "";

    /// <summary>A file that holds the bearer token to send; default none. Read at each pull, so that it can be rotated.</summary>
    public string? BearerTokenFile { get; set; }
}
