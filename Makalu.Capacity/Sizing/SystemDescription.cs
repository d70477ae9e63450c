namespace Makalu.Capacity.Sizing;

/// <summary>The system to plan for: its database, the services that connect, an optional pooler, and the target.</summary>
/// <remarks>Immutable; safe to share between threads.</remarks>
public sealed record SystemDescription
{
    /// <summary>The database.</summary>
    public required DatabaseDescription Database { get; init; }

    /// <summary>The services, at least one.</summary>
    public required IReadOnlyList<ServiceDescription> Services { get; init; }

    /// <summary>The pooler that is in place; null where services connect directly.</summary>
    public PoolerDescription? Pooler { get; init; }

    /// <summary>What the plan must hold.</summary>
    public ServiceTarget Target { get; init; } = new();

    /// <summary>How the connections were seen in use; null where nobody looked.</summary>
    public ObservedUse? Observed { get; init; }

    /// <summary>The defaults that were taken for absent fields, one sentence each, for the plan to state.</summary>
    public IReadOnlyList<string> AssumedDefaults { get; init; } = [];

    /// <summary>The connections that pools or pooler can open at once, surge instances included; null where a size is unknown.</summary>
    internal int? PossibleConnections
    {
        get
        {
            if (Pooler is { } pooler)
                return pooler.PoolSize is { } size ? pooler.Replicas * PoolerSet.PoolsOf(this) * (size + pooler.ReservePoolSize) : null;

            return Services.All(service => service.MaxPoolSize is not null)
                ? (int)Math.Min(int.MaxValue, Services.Sum(service => (long)service.AllPools * service.MaxPoolSize!.Value))
                : null;
        }
    }
}
