using System.Data.Common;

namespace Makalu.Capacity.Service.Storage;

/// <summary>What was observed of the services. A step is one row: pushing it again replaces it, so that a repeated push changes nothing.</summary>
internal sealed class ObservationTable(ServiceDatabase database, TimeProvider time)
{
    private const string OnConflict = " ON CONFLICT (service_id, at) DO UPDATE SET requests = excluded.requests, peak_rps = excluded.peak_rps";

    /// <summary>How long an idempotency key is remembered.</summary>
    public static TimeSpan ReceiptLifetime { get; } = TimeSpan.FromDays(1);

    /// <summary>Stores observations, all or none; when this returns they are durable.</summary>
    /// <param name="service">The service's name.</param>
    /// <param name="observations">No time twice.</param>
    /// <param name="idempotencyKey">The caller's name for this push; null for none.</param>
    /// <param name="bodyHash">What tells this push from another of the same key.</param>
    /// <param name="cancellationToken">Cancels before the commit.</param>
    public Task<ObservationReceipt> AddAsync(string service, IReadOnlyList<Observation> observations, string? idempotencyKey, string bodyHash, CancellationToken cancellationToken)
        => database.WriteAsync(
            async transaction =>
            {
                // Of two pushes with one key, the second must see the first's receipt: one at a time for each service.
                long id = await transaction.ScalarAsync<long>("SELECT id FROM service WHERE name = @name" + (database.IsSqlite ? "" : " FOR UPDATE"), cancellationToken, ("name", service));
                if (id == 0)
                    return new ObservationReceipt(0, 0, ObservationOutcome.NoService);

                if (idempotencyKey is not null && await FindReceiptAsync(transaction, id, idempotencyKey, bodyHash, cancellationToken) is { } earlier)
                    return earlier;

                long before = await CountAsync(transaction, id, cancellationToken);
                await UpsertAsync(transaction, id, observations, cancellationToken);
                long inserted = await CountAsync(transaction, id, cancellationToken) - before;
                var receipt = new ObservationReceipt(inserted, observations.Count - inserted, ObservationOutcome.Stored);
                if (idempotencyKey is not null)
                    await KeepReceiptAsync(transaction, id, idempotencyKey, bodyHash, receipt, cancellationToken);
                return receipt;
            },
            cancellationToken);

    /// <summary>The observations of a service in the order of time, at the most the last <paramref name="most"/>.</summary>
    public Task<List<Observation>> ReadAsync(string service, int most, CancellationToken cancellationToken)
        => database.ReadAsync(
            async connection =>
            {
                List<Observation> rows = await connection.QueryAsync(
                    "SELECT at, requests, peak_rps FROM observation WHERE service_id = (SELECT id FROM service WHERE name = @name) ORDER BY at DESC LIMIT @most",
                    row => new Observation(DateTimeOffset.FromUnixTimeSeconds(row.GetInt64(0)), row.GetDouble(1), row.IsDBNull(2) ? null : row.GetDouble(2)),
                    cancellationToken,
                    ("name", service),
                    ("most", (long)most));
                rows.Reverse();
                return rows;
            },
            cancellationToken);

    /// <summary>The start of the last observed step; null where nothing was observed.</summary>
    public Task<DateTimeOffset?> LastAsync(string service, CancellationToken cancellationToken)
        => database.ReadAsync<DateTimeOffset?>(
            async connection => (await connection.QueryAsync(
                "SELECT at FROM observation WHERE service_id = (SELECT id FROM service WHERE name = @name) ORDER BY at DESC LIMIT 1",
                row => row.GetInt64(0),
                cancellationToken,
                ("name", service))) is [long at] ? DateTimeOffset.FromUnixTimeSeconds(at) : null,
            cancellationToken);

    /// <summary>Drops what was observed before a time.</summary>
    public Task<int> DropBeforeAsync(string service, DateTimeOffset time, CancellationToken cancellationToken)
        => database.WriteAsync(
            transaction => transaction.ExecuteAsync(
                "DELETE FROM observation WHERE service_id = (SELECT id FROM service WHERE name = @name) AND at < @before",
                cancellationToken,
                ("name", service),
                ("before", time.ToUnixTimeSeconds())),
            cancellationToken);

    private static Task<long> CountAsync(DbTransaction transaction, long id, CancellationToken cancellationToken)
        => transaction.ScalarAsync<long>("SELECT COUNT(*) FROM observation WHERE service_id = @id", cancellationToken, ("id", id));

    /// <summary>SQLite takes rows one by one fastest; a server is spared the way for each.</summary>
    private async Task UpsertAsync(DbTransaction transaction, long id, IReadOnlyList<Observation> observations, CancellationToken cancellationToken)
    {
        if (!database.IsSqlite)
        {
            await transaction.ExecuteAsync(
                "INSERT INTO observation (service_id, at, requests, peak_rps) SELECT @id, * FROM unnest(@at, @requests, @peaks)" + OnConflict,
                cancellationToken,
                ("id", id),
                ("at", observations.Select(o => o.At.ToUnixTimeSeconds()).ToArray()),
                ("requests", observations.Select(o => o.Requests).ToArray()),
                ("peaks", observations.Select(o => o.PeakRequestsPerSecond).ToArray()));
            return;
        }

        await using DbCommand command = transaction.CreateCommand("INSERT INTO observation (service_id, at, requests, peak_rps) VALUES (@id, @at, @requests, @peak)" + OnConflict, ("id", id), ("at", 0L), ("requests", 0.0), ("peak", 0.0));
        await command.PrepareAsync(cancellationToken);
        foreach (Observation observation in observations)
        {
            cancellationToken.ThrowIfCancellationRequested();
            command.Parameters[1].Value = observation.At.ToUnixTimeSeconds();
            command.Parameters[2].Value = observation.Requests;
            command.Parameters[3].Value = (object?)observation.PeakRequestsPerSecond ?? DBNull.Value;
            await command.ExecuteNonQueryAsync(cancellationToken);
        }
    }

    private static async Task<ObservationReceipt?> FindReceiptAsync(DbTransaction transaction, long id, string key, string bodyHash, CancellationToken cancellationToken)
    {
        string? found = await transaction.ScalarAsync<string>("SELECT body_hash FROM receipt WHERE service_id = @id AND idempotency_key = @key", cancellationToken, ("id", id), ("key", key));
        if (found is null)
            return null;

        if (found != bodyHash)
            return new ObservationReceipt(0, 0, ObservationOutcome.KeyReused);

        long inserted = await transaction.ScalarAsync<long>("SELECT inserted FROM receipt WHERE service_id = @id AND idempotency_key = @key", cancellationToken, ("id", id), ("key", key));
        long replaced = await transaction.ScalarAsync<long>("SELECT replaced FROM receipt WHERE service_id = @id AND idempotency_key = @key", cancellationToken, ("id", id), ("key", key));
        return new ObservationReceipt(inserted, replaced, ObservationOutcome.Replayed);
    }

    private async Task KeepReceiptAsync(DbTransaction transaction, long id, string key, string bodyHash, ObservationReceipt receipt, CancellationToken cancellationToken)
    {
        DateTimeOffset now = time.GetUtcNow();
        await transaction.ExecuteAsync("DELETE FROM receipt WHERE created_at < @before", cancellationToken, ("before", (now - ReceiptLifetime).ToUnixTimeSeconds()));
        await transaction.ExecuteAsync(
            "INSERT INTO receipt (service_id, idempotency_key, body_hash, inserted, replaced, created_at) VALUES (@id, @key, @hash, @inserted, @replaced, @now)",
            cancellationToken,
            ("id", id),
            ("key", key),
            ("hash", bodyHash),
            ("inserted", receipt.Inserted),
            ("replaced", receipt.Replaced),
            ("now", now.ToUnixTimeSeconds()));
    }
}
