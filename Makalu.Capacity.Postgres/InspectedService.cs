namespace Makalu.Capacity.Postgres;

/// <summary>A group of connections that was seen on the server: one application as one user in one database.</summary>
public sealed record InspectedService
{
    /// <summary>The application's name (<c>application_name</c>), or the user's where the clients give none.</summary>
    public required string Name { get; init; }

    /// <summary>The user.</summary>
    public required string User { get; init; }

    /// <summary>The database.</summary>
    public required string Database { get; init; }

    /// <summary>Distinct client addresses, 1 or more: the instances, where each has an address of its own.</summary>
    public required int Instances { get; init; }

    /// <summary>The most connections that were open at once.</summary>
    public required int Connections { get; init; }

    /// <summary>The most connections that one client address had open at once.</summary>
    public required int LargestPool { get; init; }

    /// <summary>Connections that were busy on average: executing, or within a transaction.</summary>
    public required double BusyConnections { get; init; }

    /// <summary>The part of all services' transactions that are this one's, a fraction.</summary>
    public required double TrafficShare { get; init; }

    /// <summary>How long a transaction holds its connection; null where nothing was measured.</summary>
    public required TimeSpan? DatabaseTimeMean { get; init; }

    /// <summary>The 95 % quantile of that; null where nothing was measured.</summary>
    public required TimeSpan? DatabaseTimeP95 { get; init; }

    /// <summary>The processor time of a transaction, sampled; null where too little was seen.</summary>
    public required TimeSpan? DatabaseCpuTimeMean { get; init; }
}
