namespace Makalu.Capacity.Hosting;

/// <summary>Makes planners whose settings are only known at run time, from those of the host: its paths, its forecaster, its degree of parallelism.</summary>
/// <remarks>Immutable; safe to share between threads.</remarks>
public sealed class CapacityPlannerFactory
{
    private readonly CapacityPlannerOptions _options;

    /// <summary>Creates a factory.</summary>
    /// <param name="options">The settings of the host.</param>
    public CapacityPlannerFactory(CapacityPlannerOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        _options = options;
    }

    /// <summary>Makes a planner.</summary>
    /// <param name="change">Changes the settings of the host, for example <c>o => o with { Horizon = TimeSpan.FromDays(14) }</c>.</param>
    /// <returns>The planner.</returns>
    /// <exception cref="ArgumentException">One or more settings are out of range.</exception>
    public CapacityPlanner Create(Func<CapacityPlannerOptions, CapacityPlannerOptions> change)
    {
        ArgumentNullException.ThrowIfNull(change);
        return new CapacityPlanner(change(_options));
    }
}
