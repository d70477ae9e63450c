using Makalu.Capacity.Service.Endpoints;
using Makalu.Capacity.Service.Models;
using Makalu.Capacity.Service.Prometheus;
using Makalu.Capacity.Service.Security;
using Makalu.Capacity.Service.Storage;
using Makalu.Capacity.Service.Telemetry;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Makalu.Capacity.Service.Hosting;

/// <summary>Puts the service together.</summary>
internal static partial class ServiceHost
{
    /// <summary>Builds the service; the database is brought to the latest schema before this returns.</summary>
    /// <param name="settings">The settings of the program's configuration, after those that the command line gave.</param>
    /// <param name="configure">Changes what is registered, for tests.</param>
    public static async Task<WebApplication> BuildAsync(ServiceSettings settings, Action<WebApplicationBuilder>? configure = null)
    {
        settings.Validate();
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { ApplicationName = typeof(ServiceHost).Assembly.GetName().Name });
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.UseUrls(settings.Listen.Split(';', StringSplitOptions.RemoveEmptyEntries));
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = settings.Limits.RequestBytes;
            kestrel.Limits.MaxConcurrentConnections = Math.Max(256, 4 * settings.Limits.ConcurrentRequests);
            kestrel.Limits.MaxRequestHeadersTotalSize = 16 << 10;
            kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(15);
        });
        builder.Logging.AddFilter("Microsoft.AspNetCore", LogLevel.Warning);
        builder.Logging.AddFilter("System.Net.Http", LogLevel.Warning);
        AddServices(builder.Services, settings);
        AddTelemetry(builder);
        Access.Add(builder.Services, settings);
        builder.Services.AddRateLimiter(options => RequestLimits.Configure(options, settings.Limits));
        configure?.Invoke(builder);
        WebApplication app = builder.Build();
        await Migrations.ApplyAsync(app.Services.GetRequiredService<ServiceDatabase>(), CancellationToken.None);
        app.Services.GetRequiredService<CapacityMetrics>();
        Use(app, settings);
        return app;
    }

    private static void AddServices(IServiceCollection services, ServiceSettings settings)
    {
        services.AddSingleton(settings);
        services.AddSingleton(TimeProvider.System);
        services.AddSingleton(_ => ServiceDatabase.Create(settings.Database));
        services.AddSingleton<ServiceTable>().AddSingleton<ObservationTable>().AddSingleton<KeyTable>().AddSingleton<IssuedForecastTable>().AddSingleton<ModelStateTable>();

        // One thread for each planner: fits run beside each other and beside what is asked.
        services.AddCapacityPlanner(new CapacityPlannerOptions { MaxDegreeOfParallelism = 1, WhatIfMemoryBytes = 0 });
        services.AddSingleton<ApiKeyRing>().AddSingleton<AuditLog>().AddSingleton<ProblemHandling>();
        services.AddSingleton<ModelFitter>().AddSingleton<ComputationGate>().AddSingleton<AnswerCache>().AddSingleton<PlanService>();
        services.AddSingleton<ModelKeeper>().AddHostedService(p => p.GetRequiredService<ModelKeeper>());
        services.AddHttpClient<PrometheusClient>(http =>
        {
            http.Timeout = TimeSpan.FromSeconds(30);
            http.MaxResponseContentBufferSize = 32 << 20;
        }).ConfigurePrimaryHttpMessageHandler(() => new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false });
        services.AddSingleton<PrometheusPuller>().AddHostedService(p => p.GetRequiredService<PrometheusPuller>());
        services.AddSingleton<CapacityMetrics>();
        services.AddHealthChecks().AddCheck<ServiceHealth>("service", tags: ["ready"]);
    }

    private static void AddTelemetry(WebApplicationBuilder builder)
    {
        // The usual variables of OpenTelemetry say where to, and with what credentials; without them nothing is sent.
        bool isExported = builder.Configuration["OTEL_EXPORTER_OTLP_ENDPOINT"] is { Length: > 0 };
        builder.Services.AddOpenTelemetry()
            .ConfigureResource(resource => resource.AddService("makalu-service", serviceVersion: typeof(CapacityPlan).Assembly.GetName().Version?.ToString(3)))
            .WithMetrics(metrics =>
            {
                metrics.AddMeter(CapacityMetrics.MeterName, "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel", "System.Runtime").AddPrometheusExporter();
                if (isExported)
                    metrics.AddOtlpExporter();
            })
            .WithTracing(tracing =>
            {
                tracing.AddSource(ServiceActivity.Name).AddAspNetCoreInstrumentation();
                if (isExported)
                    tracing.AddOtlpExporter();
            });
    }

    private static void Use(WebApplication app, ServiceSettings settings)
    {
        AuditLog audit = app.Services.GetRequiredService<AuditLog>();
        ProblemHandling problems = app.Services.GetRequiredService<ProblemHandling>();
        app.Use((context, next) => audit.ApplyAsync(context, next));
        app.Use((context, next) => problems.ApplyAsync(context, next));
        app.Use((context, next) => SecurityHeaders.ApplyAsync(context, next));
        app.UseRouting();
        app.UseAuthentication();
        app.UseRateLimiter();
        app.UseAuthorization();
        ServiceEndpoints.Map(app);
        QuestionEndpoints.Map(app);
        PageEndpoints.Map(app);
        app.MapHealthChecks("/health/live", new HealthCheckOptions { Predicate = _ => false }).AllowAnonymous().DisableRateLimiting();
        app.MapHealthChecks("/health/ready", new HealthCheckOptions { Predicate = c => c.Tags.Contains("ready") }).AllowAnonymous().DisableRateLimiting();
        IEndpointConventionBuilder metrics = app.MapPrometheusScrapingEndpoint("/metrics");
        _ = settings.AnonymousMetrics ? metrics.AllowAnonymous() : metrics.RequireAuthorization(Access.Read);
        app.Lifetime.ApplicationStarted.Register(() => TellWhere(app));
    }

    private static void TellWhere(WebApplication app)
    {
        ILogger logger = app.Services.GetRequiredService<ILoggerFactory>().CreateLogger("Makalu.Capacity.Service");
        LogState(logger, app.Services.GetRequiredService<ServiceDatabase>().Location);
        foreach (string url in app.Urls)
        {
            bool isLocal = Uri.TryCreate(url, UriKind.Absolute, out Uri? uri) && uri.IsLoopback;
            LogListening(logger, url);
            if (!isLocal && url.StartsWith("http:", StringComparison.Ordinal))
                LogOpen(logger, url);
        }
    }

    [LoggerMessage(LogLevel.Information, "Listening on {Url}")]
    private static partial void LogListening(ILogger logger, string url);

    [LoggerMessage(LogLevel.Warning, "{Url} is reached by other machines without encryption: keys can be read on the way. Put TLS before it.")]
    private static partial void LogOpen(ILogger logger, string url);

    [LoggerMessage(LogLevel.Information, "State in {Database}")]
    private static partial void LogState(ILogger logger, string database);
}
