using System.Diagnostics.CodeAnalysis;
using Npgsql;
using static System.FormattableString;

namespace Makalu.Capacity.Postgres;

/// <summary>
/// Reads a live PostgreSQL (10 or later) into what a plan needs: settings, reserves, who is connected and how long transactions hold their
/// connections. It opens one connection, reads only, and needs no more than the role <c>pg_monitor</c>; with less it says what it could not see.
/// </summary>
/// <remarks>Safe to use from several threads; each inspection has a connection of its own.</remarks>
public sealed class DatabaseInspector
{
    private readonly NpgsqlConnectionStringBuilder _settings;
    private readonly TimeProvider _time;

    /// <summary>Creates an inspector.</summary>
    /// <param name="connectionString">Npgsql's keywords or a URI (<c>postgresql://user@host:5432/database</c>). The password is best left to PGPASSWORD or a password file.</param>
    /// <param name="timeProvider">The clock; default the system's.</param>
    /// <exception cref="DatabaseAccessException">The connection string cannot be read.</exception>
    public DatabaseInspector(string connectionString, TimeProvider? timeProvider = null)
    {
        ArgumentNullException.ThrowIfNull(connectionString);
        _time = timeProvider ?? TimeProvider.System;
        _settings = ConnectionSettings.Parse(connectionString);

        // One connection and no other: an inspection must not take what it counts. Everything that it may do is limited before it starts.
        _settings.Pooling = false;
        _settings.Enlist = false;
        _settings.ApplicationName = ApplicationName;
        _settings.Options = "-c default_transaction_read_only=on -c statement_timeout=5000 -c lock_timeout=1000 -c max_parallel_workers_per_gather=0";
    }

    /// <summary>The name under which the inspection's own connection is seen.</summary>
    public const string ApplicationName = "makalu inspect";

    /// <summary>Inspects the server.</summary>
    /// <param name="options">For how long to watch, and what the server cannot tell; default as documented there.</param>
    /// <param name="cancellationToken">Stops the inspection.</param>
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    /// <exception cref="DatabaseAccessException">The server cannot be reached or refuses; the message holds no password.</exception>
    public Task<DatabaseInspection> InspectAsync(InspectionOptions? options = null, CancellationToken cancellationToken = default) => InspectAsync(options, null, cancellationToken);

    /// <param name="options">As above.</param>
    /// <param name="tell">Told each query and what it gave; null tells nobody.</param>
    /// <param name="cancellationToken">Stops the inspection.</param>
    [SuppressMessage("Reliability", "CA2007", Justification = "The connection is disposed of within this library's own context.")]
    internal async Task<DatabaseInspection> InspectAsync(InspectionOptions? options, Action<string>? tell, CancellationToken cancellationToken)
    {
        options ??= new InspectionOptions();
        options.Validate();
        try
        {
            await using NpgsqlConnection connection = CreateConnection();
            await connection.OpenAsync(cancellationToken).ConfigureAwait(false);
            ServerFacts facts = await ServerQueries.FactsAsync(connection, cancellationToken).ConfigureAwait(false);
            tell?.Invoke(Invariant($"settings: PostgreSQL {facts.Version}, database {facts.Database}, user {facts.User}, max_connections {facts.MaxConnections}, reserved {facts.SuperuserReserved} + {facts.Reserved}, {facts.Standbys} standbys{(facts.IsStandby ? ", itself a standby" : "")}; the user {(facts.ReadsAllStatistics ? "may" : "may not")} read all statistics and {(facts.ReadsFiles ? "may" : "may not")} read files"));
            var notes = new List<string>();
            Dictionary<(string User, string Database), StatementTimes> statements = await StatementsAsync(connection, facts, notes, cancellationToken).ConfigureAwait(false);
            tell?.Invoke(facts.StatementsSchema is null ? "pg_stat_statements: not installed" : Invariant($"pg_stat_statements: {statements.Values.Sum(s => s.Calls):0} calls of {statements.Count} pairs of user and database"));
            (long? memory, double? cores) = facts.ReadsFiles ? await ServerQueries.MachineAsync(connection, cancellationToken).ConfigureAwait(false) : (null, null);
            tell?.Invoke(Invariant($"machine: {(memory is { } bytes ? Sizing.ByteSize.Format(bytes) : "memory not known")}, {(cores is { } count ? Invariant($"{count:0.##} cores") : "cores not known")}{(facts.ReadsFiles ? "" : " (not asked: the user may not read files)")}"));

            Dictionary<string, DatabaseCounters> before = await ServerQueries.CountersAsync(connection, facts.VersionNumber, cancellationToken).ConfigureAwait(false);
            long started = _time.GetTimestamp();
            var watch = new ActivityWatch();
            do
            {
                watch.Add(await ServerQueries.ActivityAsync(connection, cancellationToken).ConfigureAwait(false));
                if (_time.GetElapsedTime(started) + options.Interval <= options.Watch)
                {
                    await Task.Delay(options.Interval, _time, cancellationToken).ConfigureAwait(false);
                }
            }
            while (_time.GetElapsedTime(started) + options.Interval <= options.Watch);

            TimeSpan watched = _time.GetElapsedTime(started);
            Dictionary<string, DatabaseCounters> after = await ServerQueries.CountersAsync(connection, facts.VersionNumber, cancellationToken).ConfigureAwait(false);
            Dictionary<(string User, string Database), StatementTimes> statementsAfter = await StatementsAsync(connection, facts, [], cancellationToken).ConfigureAwait(false);
            tell?.Invoke(Invariant($"pg_stat_activity: looked {watch.Samples} times in {watched.TotalSeconds:0.0} s"));
            foreach ((ClientGroup group, GroupUse use) in watch.Groups.OrderByDescending(g => g.Value.Connections).ThenBy(g => g.Key.Name, StringComparer.Ordinal))
            {
                tell?.Invoke(Invariant($"  application '{group.Application}', user {group.User}, database {group.Database}: up to {use.Connections} connections from {use.Addresses.Count} addresses, {(double)use.Busy / watch.Samples:0.00} busy, {(double)use.OnProcessor / watch.Samples:0.00} computing"));
            }

            foreach ((string database, DatabaseCounters counters) in after.OrderBy(c => c.Key, StringComparer.Ordinal).Where(c => before.ContainsKey(c.Key)))
            {
                tell?.Invoke(Invariant($"pg_stat_database: {database}: {counters.Transactions - before[database].Transactions:0} transactions{(counters.BusySeconds - before[database].BusySeconds is { } busy ? Invariant($", sessions busy for {busy:0.00} s") : "")}"));
            }

            return new InspectionSummary(facts, options, watch, watched, before, after, statements, statementsAfter, notes)
                .Summarise(options.MemoryBytes ?? memory, options.CpuCores ?? cores, _time.GetUtcNow());
        }
        catch (Exception exception) when (exception is NpgsqlException or IOException or System.Net.Sockets.SocketException or TimeoutException or System.Security.Authentication.AuthenticationException)
        {
            throw ConnectionSettings.Explain(exception, _settings, "the server cannot be inspected");
        }
    }

    /// <summary>A connection as an inspection opens it: alone, read-only, with short timeouts.</summary>
    internal NpgsqlConnection CreateConnection() => new(_settings.ConnectionString);

    private static async Task<Dictionary<(string User, string Database), StatementTimes>> StatementsAsync(NpgsqlConnection connection, ServerFacts facts, List<string> notes, CancellationToken cancellationToken)
    {
        if (facts.StatementsSchema is null)
        {
            notes.Add($"pg_stat_statements is not installed in the database {facts.Database}, so how much the times of transactions vary is not known: no databaseTimeP95 is written. CREATE EXTENSION pg_stat_statements, with it in shared_preload_libraries.");
            return [];
        }

        try
        {
            return await ServerQueries.StatementsAsync(connection, facts.StatementsSchema, facts.VersionNumber, cancellationToken).ConfigureAwait(false);
        }
        catch (PostgresException exception)
        {
            notes.Add($"pg_stat_statements could not be read (SQLSTATE {exception.SqlState}: {exception.MessageText.TrimEnd('.')}), so how much the times of transactions vary is not known: no databaseTimeP95 is written.");
            return [];
        }
    }
}
