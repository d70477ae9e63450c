namespace Makalu.Capacity.Logs;

/// <summary>
/// The names of the fields of JSON lines and the columns of CSV logs. A name left null is looked for among those that nginx, Envoy,
/// Caddy, Traefik and Serilog compact use. A field within an object is named by its path, as <c>request.uri</c>.
/// </summary>
/// <remarks>Immutable; safe to share between threads.</remarks>
public sealed record LogFieldNames
{
    /// <summary>The time: ISO 8601, the access log's form, or seconds, milliseconds, microseconds or nanoseconds since 1970 (told by size).</summary>
    public string? Time { get; init; }

    /// <summary>The path of the request, or its first line (<c>GET /path HTTP/1.1</c>).</summary>
    public string? Route { get; init; }

    /// <summary>The HTTP status.</summary>
    public string? Status { get; init; }

    /// <summary>How long the request took; see <see cref="DurationUnit"/>.</summary>
    public string? Duration { get; init; }
}
