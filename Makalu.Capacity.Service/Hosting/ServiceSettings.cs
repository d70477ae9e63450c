namespace Makalu.Capacity.Service.Hosting;

/// <summary>The settings of the service: the section <c>Makalu</c> of its configuration, or the variables <c>Makalu__…</c>.</summary>
public sealed class ServiceSettings
{
    /// <summary>The name of the section.</summary>
    public const string Section = "Makalu";

    /// <summary>Where to listen; default <c>http://127.0.0.1:5080</c>, which no other machine reaches. Several are separated by semicolons.</summary>
    public string Listen { get; set; } = "http://127.0.0.1:5080";

    /// <summary>Where the state is kept: a SQLite connection string (default <c>Data Source=makalu-service.db</c>), or one of PostgreSQL, which has <c>Host=</c>.</summary>
    public string Database { get; set; } = "Data Source=makalu-service.db";

    /// <summary>A file to which the audit log is appended as JSON lines; default none. It goes to the log in any case.</summary>
    public string? AuditFile { get; set; }

    /// <summary>Whether <c>/metrics</c> answers without a key; default false.</summary>
    public bool AnonymousMetrics { get; set; }

    /// <summary>The shortest time between two fits of one service's model; default 1 minute.</summary>
    public TimeSpan RefitInterval { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>How long the choice of a forecaster holds before the candidates are judged anew; default 1 day.</summary>
    public TimeSpan JudgeInterval { get; set; } = TimeSpan.FromDays(1);

    /// <summary>The limits.</summary>
    public ServiceLimits Limits { get; set; } = new();

    /// <summary>JWT bearer tokens; without an authority only API keys are taken.</summary>
    public JwtSettings Jwt { get; set; } = new();

    /// <summary>How often observations are pulled from Prometheus; default 1 minute.</summary>
    public TimeSpan PullInterval { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>How far back a first pull reaches; default 28 days.</summary>
    public TimeSpan PullHistory { get; set; } = TimeSpan.FromDays(28);

    /// <summary>The Prometheus servers that services may be pulled from, by name. Callers name a server, never an address.</summary>
    public Dictionary<string, PrometheusServer> Prometheus { get; set; } = new(StringComparer.Ordinal);

    /// <summary>Throws when settings are out of range, all of them stated together.</summary>
    /// <exception cref="ArgumentException">One or more settings are wrong.</exception>
    public void Validate()
    {
        List<string> errors = [.. Limits.Errors()];
        if (Listen.Split(';', StringSplitOptions.RemoveEmptyEntries) is var urls && (urls.Length == 0 || !urls.All(IsHttp)))
            errors.Add($"Makalu:Listen '{Listen}' must be http or https addresses, separated by semicolons, such as http://127.0.0.1:5080.");

        foreach ((string name, TimeSpan value) in new[] { (nameof(RefitInterval), RefitInterval), (nameof(JudgeInterval), JudgeInterval), (nameof(PullInterval), PullInterval), (nameof(PullHistory), PullHistory) })
        {
            if (value < TimeSpan.Zero || value > TimeSpan.FromDays(400))
                errors.Add(FormattableString.Invariant($"Makalu:{name} {value:c} must be 0 to 400 days."));
        }

        foreach ((string name, PrometheusServer server) in Prometheus)
        {
            if (!IsHttp(server.Url))
                errors.Add($"Makalu:Prometheus:{name}:Url '{server.Url}' must be an http or https address, such as http://prometheus:9090.");
        }

        if (errors.Count > 0)
            throw new ArgumentException(string.Join(Environment.NewLine, errors));
    }

    private static bool IsHttp(string url)
        => Uri.TryCreate(url.Replace("://*", "://any", StringComparison.Ordinal).Replace("://+", "://any", StringComparison.Ordinal), UriKind.Absolute, out Uri? uri) && (uri.Scheme == "http" || uri.Scheme == "https");
}
