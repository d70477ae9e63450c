using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Npgsql;
using static System.FormattableString;

namespace Makalu.Capacity.Postgres;

/// <summary>Reads PgBouncer's admin console: its settings, and how its pools are used. A user of <c>stats_users</c> is enough.</summary>
/// <remarks>Safe to use from several threads.</remarks>
public sealed class PoolerInspector
{
    private readonly NpgsqlConnectionStringBuilder _settings;

    /// <summary>Creates an inspector.</summary>
    /// <param name="connectionString">Npgsql's keywords or a URI; the database is <c>pgbouncer</c> where none is named.</param>
    /// <exception cref="DatabaseAccessException">The connection string cannot be read.</exception>
    public PoolerInspector(string connectionString)
    {
        ArgumentNullException.ThrowIfNull(connectionString);
        _settings = ConnectionSettings.Parse(connectionString);
        _settings.Database ??= "pgbouncer";
    }

    /// <summary>Inspects the pooler.</summary>
    /// <param name="cancellationToken">Stops the inspection.</param>
    /// <exception cref="DatabaseAccessException">The pooler cannot be reached or refuses; the message holds no password.</exception>
    public Task<PoolerInspection> InspectAsync(CancellationToken cancellationToken = default) => InspectAsync(null, cancellationToken);

    /// <param name="tell">Told each query and what it gave; null tells nobody.</param>
    /// <param name="cancellationToken">Stops the inspection.</param>
    [SuppressMessage("Reliability", "CA2007", Justification = "The connection is disposed of within this library's own context.")]
    internal async Task<PoolerInspection> InspectAsync(Action<string>? tell, CancellationToken cancellationToken)
    {
        await using PoolerConsole console = await PoolerConsole.OpenAsync(_settings, cancellationToken).ConfigureAwait(false);
        IReadOnlyList<ConsoleRow> version = await console.QueryAsync("SHOW VERSION", cancellationToken).ConfigureAwait(false);
        IReadOnlyList<ConsoleRow> config = await console.QueryAsync("SHOW CONFIG", cancellationToken).ConfigureAwait(false);
        IReadOnlyList<ConsoleRow> databases = await console.QueryAsync("SHOW DATABASES", cancellationToken).ConfigureAwait(false);
        IReadOnlyList<ConsoleRow> pools = await console.QueryAsync("SHOW POOLS", cancellationToken).ConfigureAwait(false);

        var values = config.ToDictionary(row => row["key"] ?? "", row => row["value"] ?? "", StringComparer.Ordinal);
        ConsoleRow[] used = [.. pools.Where(pool => pool["database"] != "pgbouncer")];
        ConsoleRow[] served = [.. databases.Where(database => database["name"] != "pgbouncer")];
        tell?.Invoke(Invariant($"SHOW VERSION: {(version.Count > 0 ? version[0].First : "no answer")}"));
        tell?.Invoke(Invariant($"SHOW CONFIG: {config.Count} settings, pool_mode {values.GetValueOrDefault("pool_mode", "not told")}, default_pool_size {values.GetValueOrDefault("default_pool_size", "not told")}"));
        foreach (ConsoleRow database in served)
        {
            tell?.Invoke(Invariant($"SHOW DATABASES: {database["name"]}: pool_size {database["pool_size"]}, pool_mode {database["pool_mode"] ?? "the pooler's"}"));
        }

        foreach (ConsoleRow pool in used)
        {
            tell?.Invoke(Invariant($"SHOW POOLS: {pool["database"]}/{pool["user"]}: {pool["cl_active"]} clients active, {pool["cl_waiting"]} waiting, {pool["sv_active"]} server connections active, {pool["sv_idle"]} idle"));
        }

        int standard = Number(values.GetValueOrDefault("default_pool_size"));
        int poolSize = served.Select(database => Number(database["pool_size"])).Append(standard).Max();
        int waiting = used.Sum(pool => Number(pool["cl_waiting"]));
        TimeSpan longest = TimeSpan.FromMicroseconds(used.Select(pool => (Number(pool["maxwait"]) * 1e6) + Number(pool["maxwait_us"])).DefaultIfEmpty().Max());
        var notes = new List<string> { "The pooler tells about itself only: write its replicas." };
        if (used.Length > 1)
        {
            notes.Add(Invariant($"The pooler keeps {used.Length} pools, one for each pair of database and user ({string.Join(", ", used.Select(pool => $"{pool["database"]}/{pool["user"]}").Order(StringComparer.Ordinal))}); a plan assumes one per replica. Each may open {poolSize} connections."));
        }

        if (waiting > 0)
        {
            notes.Add(Invariant($"{waiting} clients waited for a connection of the pooler, the first for {longest.TotalSeconds:0.###} s."));
        }

        string mode = values.GetValueOrDefault("pool_mode", "session");
        if (served.Select(database => database["pool_mode"]).Where(own => !string.IsNullOrEmpty(own)).Distinct(StringComparer.Ordinal).ToArray() is { Length: > 0 } own && (own.Length > 1 || own[0] != mode))
        {
            notes.Add($"Some databases have a pool_mode of their own ({string.Join(", ", own)}); what is written is the pooler's, {mode}.");
        }

        if (mode == "statement")
        {
            notes.Add("The pooler runs in statement mode, which a plan does not know; transaction is written.");
        }

        return new PoolerInspection
        {
            Version = version.Count > 0 ? (version[0].First ?? "").Split(' ')[^1] : "",
            Mode = mode,
            PoolSize = poolSize,
            ReservePoolSize = Number(values.GetValueOrDefault("reserve_pool_size")),
            MaxClientConnections = Number(values.GetValueOrDefault("max_client_conn")),
            Pools = used.Length,
            WaitingClients = waiting,
            LongestWait = longest,
            Notes = notes,
        };
    }

    private static int Number(string? text) => int.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out int value) ? value : 0;
}
