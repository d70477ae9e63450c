using System.Globalization;
using Npgsql;

namespace Makalu.Capacity.Postgres;

/// <summary>The queries of an inspection. Each reads statistics views only, and answers for PostgreSQL 10 and later.</summary>
internal static class ServerQueries
{
    public static async Task<ServerFacts> FactsAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        const string Sql = """
            SELECT current_setting('server_version'), current_setting('server_version_num')::int, current_setting('max_connections')::int,
                   current_setting('superuser_reserved_connections')::int, coalesce(current_setting('reserved_connections', true), '0')::int,
                   pg_size_bytes(current_setting('shared_buffers')), pg_size_bytes(current_setting('work_mem')), pg_is_in_recovery(),
                   (SELECT count(*) FROM pg_stat_replication)::int, pg_has_role(current_user, 'pg_read_all_stats', 'USAGE'), current_user::text, current_database()::text,
                   (SELECT quote_ident(n.nspname) FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace WHERE e.extname = 'pg_stat_statements'),
                   EXISTS (SELECT 1 FROM pg_settings WHERE name = 'max_connections' AND pending_restart),
                   has_function_privilege('pg_read_file(text, bigint, bigint, boolean)', 'EXECUTE') AND pg_has_role(current_user, 'pg_read_server_files', 'USAGE')
            """;
        await using var command = new NpgsqlCommand(Sql, connection);
        await using NpgsqlDataReader row = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        await row.ReadAsync(cancellationToken).ConfigureAwait(false);
        return new ServerFacts
        {
            Version = row.GetString(0).Split(' ')[0],
            VersionNumber = row.GetInt32(1),
            MaxConnections = row.GetInt32(2),
            SuperuserReserved = row.GetInt32(3),
            Reserved = row.GetInt32(4),
            SharedBuffersBytes = row.GetInt64(5),
            WorkMemBytes = row.GetInt64(6),
            IsStandby = row.GetBoolean(7),
            Standbys = row.GetInt32(8),
            ReadsAllStatistics = row.GetBoolean(9),
            User = row.GetString(10),
            Database = row.GetString(11),
            StatementsSchema = row.IsDBNull(12) ? null : row.GetString(12),
            RestartPending = row.GetBoolean(13),
            ReadsFiles = row.GetBoolean(14),
        };
    }

    /// <summary>Every client connection but this one, grouped by what it is and where it comes from.</summary>
    public static async Task<List<ActivityRow>> ActivityAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        const string Sql = """
            SELECT coalesce(application_name, ''), coalesce(usename, '')::text, datname::text, coalesce(host(client_addr), 'local'),
                   count(*)::int,
                   count(*) FILTER (WHERE state IN ('active', 'idle in transaction', 'idle in transaction (aborted)', 'fastpath function call'))::int,
                   count(*) FILTER (WHERE state = 'active' AND wait_event_type IS NULL)::int,
                   count(*) FILTER (WHERE state LIKE 'idle in transaction%' AND clock_timestamp() - state_change > interval '1 minute')::int,
                   coalesce(max(extract(epoch FROM clock_timestamp() - state_change)) FILTER (WHERE state LIKE 'idle in transaction%'), 0)::float8,
                   coalesce(max(extract(epoch FROM clock_timestamp() - query_start)) FILTER (WHERE state = 'active'), 0)::float8,
                   count(*) FILTER (WHERE wait_event_type = 'Lock')::int
            FROM pg_stat_activity
            WHERE datname IS NOT NULL AND pid <> pg_backend_pid() AND coalesce(backend_type, 'client backend') = 'client backend'
            GROUP BY 1, 2, 3, 4
            """;
        await using var command = new NpgsqlCommand(Sql, connection);
        await using NpgsqlDataReader row = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        var rows = new List<ActivityRow>();
        while (await row.ReadAsync(cancellationToken).ConfigureAwait(false))
        {
            rows.Add(new ActivityRow(
                new ClientGroup(row.GetString(0), row.GetString(1), row.GetString(2)),
                row.GetString(3),
                row.GetInt32(4),
                row.GetInt32(5),
                row.GetInt32(6),
                row.GetInt32(7),
                row.GetDouble(8),
                row.GetDouble(9),
                row.GetInt32(10)));
        }

        return rows;
    }

    /// <summary>Transactions and the time that sessions were busy, of each database since its statistics were reset.</summary>
    public static async Task<Dictionary<string, DatabaseCounters>> CountersAsync(NpgsqlConnection connection, int version, CancellationToken cancellationToken)
    {
        string busy = version >= 140_000 ? "active_time + idle_in_transaction_time" : "NULL::float8";
        await using var command = new NpgsqlCommand($"SELECT datname::text, (xact_commit + xact_rollback)::float8, ({busy})::float8 FROM pg_stat_database WHERE datname IS NOT NULL", connection);
        await using NpgsqlDataReader row = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        var counters = new Dictionary<string, DatabaseCounters>(StringComparer.Ordinal);
        while (await row.ReadAsync(cancellationToken).ConfigureAwait(false))
        {
            counters[row.GetString(0)] = new DatabaseCounters(row.GetDouble(1), row.IsDBNull(2) ? null : row.GetDouble(2) / 1000);
        }

        return counters;
    }

    /// <summary>Calls, total time and sum of squared times of all statements of each user and database, from <c>pg_stat_statements</c>.</summary>
    public static async Task<Dictionary<(string User, string Database), StatementTimes>> StatementsAsync(NpgsqlConnection connection, string schema, int version, CancellationToken cancellationToken)
    {
        string suffix = version >= 130_000 ? "_exec_time" : "_time";
        string sql = $"""
            SELECT pg_get_userbyid(s.userid)::text, d.datname::text, sum(s.calls)::float8, sum(s.total{suffix})::float8,
                   sum(s.calls * (s.stddev{suffix} * s.stddev{suffix} + s.mean{suffix} * s.mean{suffix}))::float8
            FROM {schema}.pg_stat_statements s JOIN pg_database d ON d.oid = s.dbid
            GROUP BY 1, 2
            """;
        await using var command = new NpgsqlCommand(sql, connection);
        await using NpgsqlDataReader row = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        var times = new Dictionary<(string, string), StatementTimes>();
        while (await row.ReadAsync(cancellationToken).ConfigureAwait(false))
        {
            times[(row.GetString(0), row.GetString(1))] = new StatementTimes(row.GetDouble(2), row.GetDouble(3) / 1000, row.GetDouble(4) / 1_000_000);
        }

        return times;
    }

    /// <summary>Memory and cores of the machine that the server runs on, as Linux tells them; null where it does not.</summary>
    public static async Task<(long? MemoryBytes, double? CpuCores)> MachineAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        string? memory = await FileAsync(connection, "/proc/meminfo", cancellationToken).ConfigureAwait(false);
        string? processors = await FileAsync(connection, "/proc/cpuinfo", cancellationToken).ConfigureAwait(false);
        string? limit = await FileAsync(connection, "/sys/fs/cgroup/memory.max", cancellationToken).ConfigureAwait(false);
        string? quota = await FileAsync(connection, "/sys/fs/cgroup/cpu.max", cancellationToken).ConfigureAwait(false);
        long? bytes = memory?.Split('\n').FirstOrDefault(line => line.StartsWith("MemTotal:", StringComparison.Ordinal)) is { } total
            && long.TryParse(total.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], NumberStyles.None, CultureInfo.InvariantCulture, out long kilobytes)
            ? kilobytes * 1024
            : null;
        if (long.TryParse(limit?.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out long most) && (bytes is null || most < bytes))
        {
            bytes = most;
        }

        double? cores = processors?.Split('\n').Count(line => line.StartsWith("processor", StringComparison.Ordinal)) is > 0 and var count ? count : null;
        string[] share = quota?.Trim().Split(' ') ?? [];
        if (share.Length == 2 && double.TryParse(share[0], NumberStyles.None, CultureInfo.InvariantCulture, out double used) && double.TryParse(share[1], NumberStyles.None, CultureInfo.InvariantCulture, out double period) && period > 0 && (cores is null || used / period < cores))
        {
            cores = used / period;
        }

        return (bytes, cores);
    }

    private static async Task<string?> FileAsync(NpgsqlConnection connection, string path, CancellationToken cancellationToken)
    {
        try
        {
            await using var command = new NpgsqlCommand("SELECT pg_read_file($1, 0, 1000000, true)", connection) { Parameters = { new NpgsqlParameter<string> { TypedValue = path } } };
            return await command.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false) as string;
        }
        catch (PostgresException)
        {
            // Not allowed to after all: the caller says that it is not known.
            return null;
        }
    }
}

/// <summary>What the server says about itself and about what its user may see.</summary>
internal sealed record ServerFacts
{
    public required string Version { get; init; }

    public required int VersionNumber { get; init; }

    public required int MaxConnections { get; init; }

    public required int SuperuserReserved { get; init; }

    public required int Reserved { get; init; }

    public required long SharedBuffersBytes { get; init; }

    public required long WorkMemBytes { get; init; }

    public required bool IsStandby { get; init; }

    public required int Standbys { get; init; }

    public required bool ReadsAllStatistics { get; init; }

    public required string User { get; init; }

    public required string Database { get; init; }

    public required string? StatementsSchema { get; init; }

    public required bool RestartPending { get; init; }

    public required bool ReadsFiles { get; init; }
}

/// <summary>One application as one user in one database.</summary>
internal readonly record struct ClientGroup(string Application, string User, string Database)
{
    public string Name => Application.Length > 0 ? Application : User;
}

/// <summary>The connections of a group from one address at one moment.</summary>
internal readonly record struct ActivityRow(ClientGroup Group, string Address, int Connections, int Busy, int OnProcessor, int IdleInTransaction, double LongestIdleSeconds, double LongestStatementSeconds, int WaitingForLocks);

/// <summary>A database's transactions and the seconds for which its sessions were busy; null before PostgreSQL 14, which does not count them.</summary>
internal readonly record struct DatabaseCounters(double Transactions, double? BusySeconds);

/// <summary>Calls, their total seconds and the sum of their squared seconds.</summary>
internal readonly record struct StatementTimes(double Calls, double Seconds, double SquaredSeconds)
{
    public double MeanSeconds => Seconds / Calls;

    public double SquaredVariation => Math.Max(0, (SquaredSeconds / Calls / (MeanSeconds * MeanSeconds)) - 1);
}
