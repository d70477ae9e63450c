using Makalu.Capacity;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registers the planner with a host of your own.</summary>
public static class CapacityPlannerServiceCollectionExtensions
{
    /// <summary>Registers <see cref="CapacityPlanner"/> and its <see cref="CapacityPlannerOptions"/>, one of each for the whole host; both are safe to share between threads.</summary>
    /// <param name="services">The services of the host.</param>
    /// <param name="options">The settings; default as documented there.</param>
    /// <returns>The same services.</returns>
    /// <exception cref="ArgumentException">One or more settings are out of range: told here, not at the first use.</exception>
    public static IServiceCollection AddCapacityPlanner(this IServiceCollection services, CapacityPlannerOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        options ??= new CapacityPlannerOptions();
        var planner = new CapacityPlanner(options);
        return services.AddSingleton(options).AddSingleton(planner);
    }
}
