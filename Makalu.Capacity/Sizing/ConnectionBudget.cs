namespace Makalu.Capacity.Sizing;

/// <summary>What <c>max_connections</c> must hold, and what the server can.</summary>
internal sealed class ConnectionBudget
{
    private readonly SystemDescription _system;

    public ConnectionBudget(SystemDescription system) => _system = system;

    private DatabaseDescription Database => _system.Database;

    public bool IsPostgreSql => Database.Engine == "postgresql";

    /// <summary>Slots that no service gets. MySQL and MariaDB keep the administrator's one beyond <c>max_connections</c>.</summary>
    public int Reserves => IsPostgreSql ? Database.SuperuserReserved + Database.Reserved : 0;

    /// <summary>What the services may use of a <c>max_connections</c>.</summary>
    public int Usable(int maxConnections) => Math.Max(0, maxConnections - Reserves - Database.OtherConnections);

    /// <summary>The need without headroom.</summary>
    public int Need(int serviceConnections) => checked(serviceConnections + Database.OtherConnections + Reserves);

    /// <summary>The need with headroom, rounded up as people do.</summary>
    public int WithHeadroom(int serviceConnections) => RoundUp(NeedWithHeadroom(serviceConnections));

    /// <summary>The need with headroom.</summary>
    public int NeedWithHeadroom(int serviceConnections)
        => (int)Math.Ceiling(((serviceConnections + (double)Database.OtherConnections) * (1 + _system.Target.Headroom)) - 1e-9) + Reserves;

    public long SharedBuffersBytes => Database.SharedBuffersBytes ?? (Database.MemoryBytes ?? 0) / 4;

    /// <summary>What the operating system and the server's own processes keep: a tenth of the memory, at least 1 GiB, at most a quarter.</summary>
    public long? SystemShareBytes => Database.MemoryBytes is { } memory ? Math.Min(memory / 4, Math.Max(1L << 30, memory / 10)) : null;

    /// <summary>The connections that the memory carries; null where the memory is not known.</summary>
    public int? MemoryLimit => Database.MemoryBytes is { } memory
        ? (int)Math.Clamp((memory - SharedBuffersBytes - SystemShareBytes!.Value) / Database.MemoryPerConnectionBytes, 0, int.MaxValue)
        : null;

    /// <summary>The highest <c>max_connections</c> that memory and provider allow.</summary>
    public int Limit => Math.Min(MemoryLimit ?? int.MaxValue, Database.ManagedMaxConnections ?? int.MaxValue);

    public long MemoryRequired(int maxConnections) => SharedBuffersBytes + (maxConnections * Database.MemoryPerConnectionBytes);

    /// <summary>Up to the next 10 until 200, the next 25 until 500, the next 50 beyond.</summary>
    public static int RoundUp(int connections) => (connections + Step(connections) - 1) / Step(connections) * Step(connections);

    /// <summary>Down in the same steps.</summary>
    public static int RoundDown(int connections) => connections / Step(connections) * Step(connections);

    private static int Step(int connections) => connections <= 200 ? 10 : connections <= 500 ? 25 : 50;
}
