namespace Makalu.Capacity.Sizing;

/// <summary>The sizing of the whole system for a peak.</summary>
/// <remarks>Immutable; safe to share between threads.</remarks>
public sealed record ConnectionPlan
{
    /// <summary>What to do.</summary>
    public required Verdict Verdict { get; init; }

    /// <summary><c>max_connections</c> to set.</summary>
    public required int MaxConnections { get; init; }

    /// <summary>Whether the change needs a restart of the database.</summary>
    public required bool RestartRequired { get; init; }

    /// <summary>The pools, in the order of the system's services.</summary>
    public required IReadOnlyList<ServicePool> Services { get; init; }

    /// <summary>The pooler to run; null where none is advised.</summary>
    public PoolerPlan? Pooler { get; init; }

    /// <summary>What the plan asks of the database server.</summary>
    public required DatabaseLoad Database { get; init; }

    /// <summary>Whether the settings as they are now survive the peak (<c>--check</c>).</summary>
    public required bool CurrentSettingsSurvive { get; init; }

    /// <summary>What was found, what to do first first.</summary>
    public required IReadOnlyList<Finding> Findings { get; init; }

    /// <summary>What was assumed, one sentence each.</summary>
    public required IReadOnlyList<string> Assumptions { get; init; }

    /// <summary>What may go wrong at the peak, and whether the plan survives it; empty where it was not examined.</summary>
    public IReadOnlyList<BadDay> BadDays { get; init; } = [];

    /// <summary>What the plan would be if one of its inputs were otherwise; empty where it was not examined.</summary>
    public IReadOnlyList<Sensitivity> Sensitivities { get; init; } = [];

    /// <summary>The system as it would be with the plan's settings: <c>max_connections</c>, pools and pooler.</summary>
    /// <param name="system">The system that was planned for.</param>
    /// <exception cref="ArgumentException">The system has other services than the plan.</exception>
    public SystemDescription ApplyTo(SystemDescription system)
    {
        if (!system.Services.Select(s => s.Name).SequenceEqual(Services.Select(s => s.Name), StringComparer.Ordinal))
            throw new ArgumentException($"The plan is for the services {string.Join(", ", Services.Select(s => s.Name))}; the system has {string.Join(", ", system.Services.Select(s => s.Name))}. Pass the system that was planned for.", nameof(system));

        return system with
        {
            Database = system.Database with { MaxConnections = MaxConnections },
            Services = [.. system.Services.Select((s, i) => s with { MaxPoolSize = Services[i].MaxPoolSize })],
            Pooler = Pooler is null ? system.Pooler : new PoolerDescription { Kind = Pooler.Kind, Replicas = Pooler.Replicas, Mode = Pooler.Mode, PoolSize = Pooler.PoolSize, ReservePoolSize = Pooler.ReservePoolSize },
            Observed = null,
        };
    }
}
