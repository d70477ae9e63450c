using Makalu.Capacity;
using Makalu.Capacity.Hosting;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registers the planner, and models that are kept warm, with a host of your own.</summary>
public static class CapacityPlannerServiceCollectionExtensions
{
    /// <summary>
    /// Registers <see cref="CapacityPlanner"/>, its <see cref="CapacityPlannerOptions"/>, and <see cref="CapacityPlannerFactory"/> for planners
    /// of other settings; one of each for the whole host, all safe to share between threads.
    /// </summary>
    /// <param name="services">The services of the host.</param>
    /// <param name="options">The settings; default as documented there.</param>
    /// <returns>The same services.</returns>
    /// <exception cref="ArgumentException">One or more settings are out of range: told here, not at the first use.</exception>
    public static IServiceCollection AddCapacityPlanner(this IServiceCollection services, CapacityPlannerOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        options ??= new CapacityPlannerOptions();
        var planner = new CapacityPlanner(options);
        return services.AddSingleton(options).AddSingleton(planner).AddSingleton(new CapacityPlannerFactory(options));
    }

    /// <summary>
    /// Registers a <see cref="WarmCapacityModel"/>, which is fitted in the background when the host starts and at an interval after that, with the
    /// planner that <see cref="AddCapacityPlanner"/> registered.
    /// </summary>
    /// <param name="services">The services of the host.</param>
    /// <param name="learnFrom">Reads what is known; called before each fit, never twice at once. The last step of the history must be whole.</param>
    /// <param name="options">When to fit; default as documented there.</param>
    /// <returns>The same services.</returns>
    /// <exception cref="ArgumentException">One or more settings are out of range.</exception>
    public static IServiceCollection AddWarmCapacityModel(this IServiceCollection services, Func<IServiceProvider, CancellationToken, Task<CapacityKnowledge>> learnFrom, WarmCapacityModelOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(learnFrom);
        options ??= new WarmCapacityModelOptions();
        options.Validate();
        services.TryAddSingleton(TimeProvider.System);
        return services
            .AddSingleton(provider => new WarmCapacityModel(
                provider.GetRequiredService<CapacityPlanner>(),
                stop => learnFrom(provider, stop),
                options))
            .AddSingleton<IHostedService>(provider => new WarmCapacityModelRefresher(
                provider.GetRequiredService<WarmCapacityModel>(),
                options,
                provider.GetRequiredService<TimeProvider>(),
                provider.GetService<ILoggerFactory>()));
    }
}
