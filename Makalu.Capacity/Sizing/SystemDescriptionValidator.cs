using System.Globalization;

namespace Makalu.Capacity.Sizing;

/// <summary>The rules that a system description must keep, whether it was read from a file or made in code.</summary>
internal sealed class SystemDescriptionValidator
{
    private readonly List<SystemDescriptionError> _errors = [];

    private SystemDescriptionValidator()
    {
    }

    public static IReadOnlyList<SystemDescriptionError> Validate(SystemDescription system)
    {
        var validator = new SystemDescriptionValidator();
        validator.Database(system.Database);
        validator.Services(system.Services);
        if (system.Pooler is { } pooler)
        {
            validator.Pooler(pooler, system.Database);
        }

        validator.Target(system.Target);
        if (system.Observed is { } observed)
        {
            validator.Observed(observed);
        }

        return validator._errors;
    }

    private void Database(DatabaseDescription database)
    {
        const string At = "$.database.";
        bool postgres = database.Engine == "postgresql";
        Require(database.Engine is "postgresql" or "mysql" or "mariadb", At + "engine", Quote(database.Engine), "The engine must be postgresql, mysql or mariadb.", "Write one of these in lower case.");
        Require(database.CpuCores is null or (> 0 and <= 4096), At + "cpuCores", Text(database.CpuCores), "The cores must be a number above 0, at most 4096.", "Write the cores of the database server, for example 8.");
        Require(database.MemoryBytes is null or >= 64L << 20, At + "memory", Text(database.MemoryBytes), "The memory must be at least 64MiB.", "Write a size with its unit, for example \"32GiB\".");
        Require(database.MaxConnections is >= 1 and <= 262143, At + "maxConnections", Text(database.MaxConnections), "max_connections must lie between 1 and 262143.", "Write what SHOW max_connections answers.");
        Require(database.SuperuserReserved >= 0 && database.SuperuserReserved < database.MaxConnections, At + "superuserReserved", Text(database.SuperuserReserved), Invariant($"superuser_reserved_connections must be 0 or more and below maxConnections {database.MaxConnections}."), "Write what SHOW superuser_reserved_connections answers; PostgreSQL's default is 3.");
        Require(database.Reserved >= 0 && database.Reserved + database.SuperuserReserved < database.MaxConnections, At + "reserved", Text(database.Reserved), Invariant($"reserved_connections must be 0 or more, and below maxConnections {database.MaxConnections} together with superuserReserved."), "Write what SHOW reserved_connections answers; its default is 0.");
        Require(database.Reserved == 0 || postgres, At + "reserved", Text(database.Reserved), "reserved_connections belongs to PostgreSQL.", "Leave it out for MySQL and MariaDB.");
        Require(database.Reserved == 0 || !postgres || MajorVersion(database.Version) is null or >= 16, At + "reserved", Text(database.Reserved), $"reserved_connections begins with PostgreSQL 16; the version is {database.Version}.", "Leave it out, or correct database.version.");
        Require(database.OtherConnections is >= 0 and <= 262143, At + "otherConnections", Text(database.OtherConnections), "The connections of everything else must lie between 0 and 262143.", "Count migrations, cron, monitoring and BI.");
        Require(database.MemoryPerConnectionBytes is >= 64L << 10 and <= 64L << 30, At + "memoryPerConnection", Text(database.MemoryPerConnectionBytes), "The memory of a connection must lie between 64KiB and 64GiB.", "Write a size with its unit, for example \"10MiB\".");
        Require(database.SharedBuffersBytes is null or >= 0, At + "sharedBuffers", Text(database.SharedBuffersBytes), "shared_buffers must not be negative.", "Write a size with its unit, for example \"8GiB\".");
        Require(database.SharedBuffersBytes is null || database.MemoryBytes is null || database.SharedBuffersBytes < database.MemoryBytes, At + "sharedBuffers", Text(database.SharedBuffersBytes), $"shared_buffers must be less than the memory of {Text(database.MemoryBytes)} bytes.", "Correct one of the two; a quarter of the memory is usual.");
        Require(database.ManagedMaxConnections is null or >= 1, At + "managedMaxConnections", Text(database.ManagedMaxConnections), "The provider's cap must be 1 or more.", "Leave it out where there is none.");
        Require(database.Standbys is >= 0 and <= 1000, At + "standbys", Text(database.Standbys), "The standbys must lie between 0 and 1000.", "Write how many standbys replicate from the primary.");
        Require(database.Scalability is null or { Contention: >= 0 and <= 1, Coherency: >= 0 and <= 1 }, At + "scalability", "its coefficients", "Contention and coherency must lie between 0 and 1.", "Leave it out for the default.");
        Require(database.Scalability is null || database.CpuCores is not null, At + "scalability", "given without cpuCores", "A scalability that was measured belongs to a number of cores.", "Write cpuCores, the cores of the server that it was measured on.");
        Require(database.ContentionPenalty is null or (>= 0 and <= 1), At + "contentionPenalty", Text(database.ContentionPenalty), "The contention penalty must lie between 0 and 1.", Invariant($"Leave it out for the default of {DatabaseDescription.DefaultContentionPenalty}."));
    }

    private void Services(IReadOnlyList<ServiceDescription> services)
    {
        Require(services.Count > 0, "$.services", "[]", "There must be at least one service.", "Describe each application that connects to the database.");
        var names = new HashSet<string>(StringComparer.Ordinal);
        for (int i = 0; i < services.Count; i++)
        {
            string at = Invariant($"$.services[{i}].");
            ServiceDescription service = services[i];
            Require(!string.IsNullOrWhiteSpace(service.Name), at + "name", Quote(service.Name), "A service must have a name.", "Write the name that its connections carry (application_name).");
            Require(names.Add(service.Name), at + "name", Quote(service.Name), "Each service must have a name of its own.", "Rename one of the two.");
            Require(service.Instances is >= 1 and <= 100_000, at + "instances", Text(service.Instances), "The instances must lie between 1 and 100000.", "Write how many run at the peak.");
            Require(service.SurgeInstances is >= 0 and <= 100_000, at + "surgeInstances", Text(service.SurgeInstances), "The surge instances must lie between 0 and 100000.", "Write how many exist besides the others while a deployment rolls.");
            Require(service.ConnectionStrings is >= 1 and <= 10_000, at + "connectionStrings", Text(service.ConnectionStrings), "The distinct connection strings of an instance must lie between 1 and 10000.", "Write 1 unless an instance connects to this database with several strings (tenants, users, options), each of which has a pool of its own.");
            Require(((long)service.Instances + service.SurgeInstances) * service.ConnectionStrings <= 1_000_000, at + "connectionStrings", Text(service.ConnectionStrings), "All instances together must have at most 1000000 pools.", "Check instances, surgeInstances and connectionStrings.");
            Require(service.TrafficShare is > 0 and <= 1, at + "trafficShare", Text(service.TrafficShare), "The traffic share must be a fraction above 0, at most 1.", "Write 0.25 for 25 %.");
            Require(service.ConnectionsPerRequest is >= 1 and <= 100, at + "connectionsPerRequest", Text(service.ConnectionsPerRequest), "The connections that a request holds at once must lie between 1 and 100.", "Write 1 unless a request opens a second connection while it holds the first.");
            Require(service.ArrivalImbalance >= 1 && service.ArrivalImbalance <= Math.Max(1, service.Instances), at + "arrivalImbalance", Text(service.ArrivalImbalance), Invariant($"The imbalance must lie between 1 and the number of instances, {service.Instances}."), "Write 1.2 where the busiest instance gets 20 % more than an even share.");
            Require(service.DatabaseTimeMean > TimeSpan.Zero && service.DatabaseTimeMean <= TimeSpan.FromHours(1), at + "databaseTimeMean", Text(service.DatabaseTimeMean), "The time for which a request holds a connection must be longer than zero and at most an hour.", "Write it as \"00:00:00.012\" for 12 ms.");
            Require(service.DatabaseTimeP95 is null || (service.DatabaseTimeP95 >= service.DatabaseTimeMean && service.DatabaseTimeP95 <= TimeSpan.FromHours(24)), at + "databaseTimeP95", Text(service.DatabaseTimeP95), $"The 95 % quantile must not be below the mean of {Text(service.DatabaseTimeMean)}.", "Check the units of both; where few slow requests lift the mean above it, describe them as a service of their own.");
            Require(service.DatabaseCpuTimeMean is null || (service.DatabaseCpuTimeMean >= TimeSpan.Zero && service.DatabaseCpuTimeMean <= service.DatabaseTimeMean), at + "databaseCpuTimeMean", Text(service.DatabaseCpuTimeMean), $"The processor time of a request must not be negative nor longer than the {Text(service.DatabaseTimeMean)} for which it holds its connection.", "Check the units of both.");
            Require(service.MaxPoolSize is null or (>= 1 and <= 262143), at + "maxPoolSize", Text(service.MaxPoolSize), "The pool's maximum must lie between 1 and 262143.", "Write what the connection string or the pool's settings say.");
            Require(service.MaxConcurrentRequests is null or (>= 1 and <= 1_000_000), at + "maxConcurrentRequests", Text(service.MaxConcurrentRequests), "The concurrent requests of an instance must lie between 1 and 1000000.", "Write the threads or the concurrency limit of one instance.");
        }
    }

    private void Pooler(PoolerDescription pooler, DatabaseDescription database)
    {
        const string At = "$.pooler.";
        Require(pooler.Kind is PoolerKind.PgBouncer or PoolerKind.ProxySql, At + "kind", Quote(pooler.Kind), "The pooler must be pgbouncer, or proxysql before MySQL and MariaDB.", "Leave the pooler out for services that connect directly.");
        Require(pooler.Kind is not (PoolerKind.PgBouncer or PoolerKind.ProxySql) || pooler.Kind == PoolerKind.For(database.Engine), At + "kind", Quote(pooler.Kind), $"{PoolerKind.Name(pooler.Kind)} does not speak the protocol of {database.Engine}.", $"Write \"{PoolerKind.For(database.Engine)}\", or leave the pooler out.");
        Require(pooler.Kind != PoolerKind.ProxySql || pooler.Mode == "transaction", At + "mode", Quote(pooler.Mode), "ProxySQL shares connections by transaction.", "Write \"transaction\", or leave it out.");
        Require(pooler.Replicas is >= 1 and <= 1000, At + "replicas", Text(pooler.Replicas), "The running poolers must lie between 1 and 1000.", "Write how many run at once.");
        Require(pooler.Mode is "transaction" or "session", At + "mode", Quote(pooler.Mode), "The mode must be transaction or session.", "Statement mode forbids transactions and is not planned for.");
        Require(pooler.PoolSize is null or (>= 1 and <= 262143), At + "poolSize", Text(pooler.PoolSize), "default_pool_size must lie between 1 and 262143.", "Write what SHOW CONFIG of the pooler answers.");
        Require(pooler.ReservePoolSize is >= 0 and <= 262143, At + "reservePoolSize", Text(pooler.ReservePoolSize), "reserve_pool_size must lie between 0 and 262143.", "Write what SHOW CONFIG of the pooler answers; its default is 0.");
    }

    private void Target(ServiceTarget target)
    {
        const string At = "$.target.";
        Require(target.PeakQuantile is > 0 and < 1, At + "peakQuantile", Text(target.PeakQuantile), "The quantile must lie between 0 and 1, both excluded.", "Write 0.99 for 99 %.");
        Require(target.MaxWait >= TimeSpan.Zero && target.MaxWait <= TimeSpan.FromMinutes(10), At + "maxWait", Text(target.MaxWait), "The acceptable wait must lie between zero and ten minutes.", "Write it as \"00:00:00.050\" for 50 ms.");
        Require(target.WaitProbability is > 0 and < 1, At + "waitProbability", Text(target.WaitProbability), "The part of the requests that may wait longer must lie between 0 and 1, both excluded.", "Write 0.01 for 1 %.");
        Require(target.MaxCpuUtilisation is > 0 and <= 1, At + "maxCpuUtilisation", Text(target.MaxCpuUtilisation), "The highest processor utilisation must be a fraction above 0, at most 1.", "Write 0.70 for 70 %.");
        Require(target.Headroom is >= 0 and <= 10, At + "headroom", Text(target.Headroom), "The headroom must be a fraction between 0 and 10.", "Write 0.20 for 20 %.");
    }

    private void Observed(ObservedUse observed)
    {
        const string At = "$.observed.";
        Require(observed.TransactionsPerSecond is null or (>= 0 and <= 1e9), At + "transactionsPerSecond", Text(observed.TransactionsPerSecond), "The transactions per second must be a number, 0 or more.", "Leave it out where it was not measured.");
        Require(observed.ConnectionsInUse is null or (>= 0 and <= 1e6), At + "connectionsInUse", Text(observed.ConnectionsInUse), "The connections in use must be a number, 0 or more.", "Leave it out where it was not measured.");
        Require(observed.IdleInTransaction is >= 0 and <= 262143, At + "idleInTransaction", Text(observed.IdleInTransaction), "The connections idle in a transaction must lie between 0 and 262143.", "Count those in pg_stat_activity whose state is 'idle in transaction' for longer than a minute.");
        Require(observed.WaitingForLocks is >= 0 and <= 262143, At + "waitingForLocks", Text(observed.WaitingForLocks), "The connections that wait for a lock must lie between 0 and 262143.", "Count those in pg_stat_activity whose wait_event_type is 'Lock'.");
        Require(observed.LongestIdleInTransaction is null || observed.LongestIdleInTransaction >= TimeSpan.Zero, At + "longestIdleInTransaction", Text(observed.LongestIdleInTransaction), "The longest time must not be negative.", "Leave it out where it was not measured.");
        Require(observed.LongestStatement is null || observed.LongestStatement >= TimeSpan.Zero, At + "longestStatement", Text(observed.LongestStatement), "The longest time must not be negative.", "Leave it out where it was not measured.");
        for (int i = 0; i < observed.PoolUse.Count; i++)
        {
            ObservedPoolUse use = observed.PoolUse[i];
            Require(use.RequestsPerSecond is >= 0 and <= 1e9 && use.ConnectionsInUse is >= 0 and <= 1e6, Invariant($"$.observed.poolUse[{i}]"), Invariant($"{use.RequestsPerSecond}, {use.ConnectionsInUse}"), "Both numbers must be 0 or more.", "Write the requests per second and the connections in use of the same span of time.");
        }
    }

    private void Require(bool holds, string path, string value, string rule, string remedy)
    {
        if (!holds)
        {
            _errors.Add(new SystemDescriptionError(path, value, rule, remedy));
        }
    }

    internal static int? MajorVersion(string? version)
    {
        ReadOnlySpan<char> text = version;
        int length = 0;
        while (length < text.Length && char.IsAsciiDigit(text[length]))
        {
            length++;
        }

        return int.TryParse(text[..length], NumberStyles.None, CultureInfo.InvariantCulture, out int major) ? major : null;
    }

    private static string Quote(string? text) => text is null ? "absent" : $"\"{text}\"";

    private static string Text<T>(T value)
        where T : IFormattable => value is TimeSpan time ? time.ToString("c", CultureInfo.InvariantCulture) : value.ToString(null, CultureInfo.InvariantCulture);

    private static string Text<T>(T? value)
        where T : struct, IFormattable => value is { } known ? Text(known) : "absent";

    private static string Invariant(FormattableString text) => FormattableString.Invariant(text);
}
