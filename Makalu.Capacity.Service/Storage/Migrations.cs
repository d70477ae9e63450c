using System.Data.Common;

namespace Makalu.Capacity.Service.Storage;

/// <summary>The schema, as steps that are only ever added to: each database is brought forward, never back.</summary>
internal static class Migrations
{
    private static readonly string[] Steps =
    [
        """
        CREATE TABLE service (
            id {identity}, name TEXT NOT NULL UNIQUE, revision BIGINT NOT NULL, definition TEXT NOT NULL, created_at BIGINT NOT NULL, changed_at BIGINT NOT NULL);
        CREATE TABLE observation (
            service_id BIGINT NOT NULL REFERENCES service (id), at BIGINT NOT NULL, requests {double} NOT NULL, peak_rps {double},
            PRIMARY KEY (service_id, at)){clustered};
        CREATE TABLE receipt (
            service_id BIGINT NOT NULL REFERENCES service (id), idempotency_key TEXT NOT NULL, body_hash TEXT NOT NULL, inserted BIGINT NOT NULL, replaced BIGINT NOT NULL, created_at BIGINT NOT NULL,
            PRIMARY KEY (service_id, idempotency_key));
        CREATE INDEX receipt_created_at ON receipt (created_at);
        CREATE TABLE api_key (
            id TEXT PRIMARY KEY, name TEXT NOT NULL, hash TEXT NOT NULL, scope TEXT NOT NULL, created_at BIGINT NOT NULL, expires_at BIGINT, revoked_at BIGINT);
        """,
        """
        CREATE TABLE issued_forecast (
            service_id BIGINT NOT NULL REFERENCES service (id), origin BIGINT NOT NULL, step BIGINT NOT NULL, medians {bytes} NOT NULL, p95s {bytes} NOT NULL,
            PRIMARY KEY (service_id, origin));
        """,
        """
        CREATE TABLE model_state (
            service_id BIGINT PRIMARY KEY REFERENCES service (id), revision BIGINT NOT NULL, judged_at BIGINT NOT NULL, content {bytes} NOT NULL);
        """,
    ];

    /// <summary>The version that this program brings a database to.</summary>
    public static int Latest => Steps.Length;

    /// <summary>Brings a database forward, each step in a transaction of its own.</summary>
    /// <returns>The version that the database had; 0 for an empty one.</returns>
    /// <exception cref="InvalidOperationException">The database was made by a later version of this program.</exception>
    public static async Task<int> ApplyAsync(ServiceDatabase database, CancellationToken cancellationToken)
    {
        int found = await database.WriteAsync(
            async transaction =>
            {
                await transaction.ExecuteAsync("CREATE TABLE IF NOT EXISTS schema_version (only_row INTEGER PRIMARY KEY CHECK (only_row = 1), version BIGINT NOT NULL)", cancellationToken);
                return (int)await VersionAsync(transaction, cancellationToken);
            },
            cancellationToken);
        if (found > Latest)
            throw new InvalidOperationException(FormattableString.Invariant($"The database {database.Location} has schema version {found}; this program knows up to {Latest}. Migrations only go forward: run the later version of the program again."));

        for (int step = found; step < Latest; step++)
        {
            int version = step;
            await database.WriteAsync(
                async transaction =>
                {
                    // Two processes may start at once: the one that comes second finds the step done.
                    if (await VersionAsync(transaction, cancellationToken) != version)
                        return 0;
                    await transaction.ExecuteAsync(Dialect(Steps[version], database.IsSqlite), cancellationToken);
                    await transaction.ExecuteAsync("UPDATE schema_version SET version = @version", cancellationToken, ("version", version + 1L));
                    return 0;
                },
                cancellationToken);
        }

        return found;
    }

    private static async Task<long> VersionAsync(DbTransaction transaction, CancellationToken cancellationToken)
    {
        // The write takes the row's lock on PostgreSQL, which holds until the step is committed.
        await transaction.ExecuteAsync("INSERT INTO schema_version (only_row, version) VALUES (1, 0) ON CONFLICT (only_row) DO UPDATE SET version = schema_version.version", cancellationToken);
        return await transaction.ScalarAsync<long>("SELECT version FROM schema_version", cancellationToken);
    }

    private static string Dialect(string sql, bool isSqlite) => sql
        .Replace("{identity}", isSqlite ? "INTEGER PRIMARY KEY" : "BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY", StringComparison.Ordinal)
        .Replace("{double}", isSqlite ? "REAL" : "DOUBLE PRECISION", StringComparison.Ordinal)
        .Replace("{bytes}", isSqlite ? "BLOB" : "BYTEA", StringComparison.Ordinal)
        .Replace("{clustered}", isSqlite ? " WITHOUT ROWID" : "", StringComparison.Ordinal);
}
