using System.Data.Common;

namespace Makalu.Capacity.Service.Storage;

/// <summary>The registered services.</summary>
internal sealed class ServiceTable(ServiceDatabase database, TimeProvider time)
{
    private const string Columns = "SELECT id, name, revision, definition, changed_at FROM service";

    public Task<List<ServiceRow>> ListAsync(CancellationToken cancellationToken)
        => database.ReadAsync(c => c.QueryAsync(Columns + " ORDER BY name", Read, cancellationToken), cancellationToken);

    public Task<ServiceRow?> FindAsync(string name, CancellationToken cancellationToken)
        => database.ReadAsync(
            async c => (await c.QueryAsync(Columns + " WHERE name = @name", Read, cancellationToken, ("name", name))).FirstOrDefault(),
            cancellationToken);

    /// <summary>Registers a service, or replaces its definition; its observations stay.</summary>
    /// <returns>The revision, and whether the service is new; null where there are <paramref name="mostServices"/> already.</returns>
    public Task<(long Revision, bool IsNew)?> PutAsync(string name, string definition, int mostServices, CancellationToken cancellationToken)
        => database.WriteAsync<(long, bool)?>(
            async transaction =>
            {
                long now = time.GetUtcNow().ToUnixTimeSeconds();
                long revision = await transaction.ScalarAsync<long>("SELECT revision FROM service WHERE name = @name", cancellationToken, ("name", name));
                if (revision == 0 && await transaction.ScalarAsync<long>("SELECT COUNT(*) FROM service", cancellationToken) >= mostServices)
                    return null;

                await transaction.ExecuteAsync(
                    """
                    INSERT INTO service (name, revision, definition, created_at, changed_at) VALUES (@name, 1, @definition, @now, @now)
                    ON CONFLICT (name) DO UPDATE SET definition = excluded.definition, revision = service.revision + 1, changed_at = excluded.changed_at
                    """,
                    cancellationToken,
                    ("name", name),
                    ("definition", definition),
                    ("now", now));
                return (await transaction.ScalarAsync<long>("SELECT revision FROM service WHERE name = @name", cancellationToken, ("name", name)), revision == 0);
            },
            cancellationToken);

    /// <summary>Forgets a service and all that was observed of it.</summary>
    /// <returns>Whether there was one.</returns>
    public Task<bool> DeleteAsync(string name, CancellationToken cancellationToken)
        => database.WriteAsync(
            async transaction =>
            {
                await transaction.ExecuteAsync("DELETE FROM model_state WHERE service_id = (SELECT id FROM service WHERE name = @name)", cancellationToken, ("name", name));
                await transaction.ExecuteAsync("DELETE FROM issued_forecast WHERE service_id = (SELECT id FROM service WHERE name = @name)", cancellationToken, ("name", name));
                await transaction.ExecuteAsync("DELETE FROM receipt WHERE service_id = (SELECT id FROM service WHERE name = @name)", cancellationToken, ("name", name));
                await transaction.ExecuteAsync("DELETE FROM observation WHERE service_id = (SELECT id FROM service WHERE name = @name)", cancellationToken, ("name", name));
                return await transaction.ExecuteAsync("DELETE FROM service WHERE name = @name", cancellationToken, ("name", name)) > 0;
            },
            cancellationToken);

    private static ServiceRow Read(DbDataReader row) => new(row.GetInt64(0), row.GetString(1), row.GetInt64(2), row.GetString(3), DateTimeOffset.FromUnixTimeSeconds(row.GetInt64(4)));
}
