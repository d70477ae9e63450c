namespace Makalu.Capacity.Logs;

/// <summary>The formats of request logs that can be read.</summary>
public enum LogFormat
{
    /// <summary>Told from the content of each file.</summary>
    Auto,

    /// <summary>
    /// Common or Combined Log Format (Apache, nginx), with whatever prefix before the time in brackets, and an optional request
    /// time at the end of the line.
    /// </summary>
    AccessLog,

    /// <summary>W3C extended log file format (IIS, CloudFront): fields named by <c>#Fields</c> directives, times in UTC.</summary>
    W3CExtended,

    /// <summary>One JSON object a line (nginx, Envoy, Caddy, Traefik, Serilog compact).</summary>
    JsonLines,

    /// <summary>CSV with a header, one row a request.</summary>
    Csv,
}
