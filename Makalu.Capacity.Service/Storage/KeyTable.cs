namespace Makalu.Capacity.Service.Storage;

/// <summary>The API keys.</summary>
internal sealed class KeyTable(ServiceDatabase database, TimeProvider time)
{
    public Task<List<KeyRow>> ListAsync(CancellationToken cancellationToken)
        => database.ReadAsync(
            connection => connection.QueryAsync(
                "SELECT id, name, hash, scope, created_at, expires_at, revoked_at FROM api_key ORDER BY created_at, id",
                row => new KeyRow(row.GetString(0), row.GetString(1), row.GetString(2), row.GetString(3), DateTimeOffset.FromUnixTimeSeconds(row.GetInt64(4)), Time(row.IsDBNull(5) ? null : row.GetInt64(5)), Time(row.IsDBNull(6) ? null : row.GetInt64(6))),
                cancellationToken),
            cancellationToken);

    public Task AddAsync(KeyRow key, CancellationToken cancellationToken)
        => database.WriteAsync(
            transaction => transaction.ExecuteAsync(
                "INSERT INTO api_key (id, name, hash, scope, created_at, expires_at) VALUES (@id, @name, @hash, @scope, @created, @expires)",
                cancellationToken,
                ("id", key.Id),
                ("name", key.Name),
                ("hash", key.Hash),
                ("scope", key.Scope),
                ("created", key.CreatedAt.ToUnixTimeSeconds()),
                ("expires", key.ExpiresAt?.ToUnixTimeSeconds() is long at ? at : null)),
            cancellationToken);

    /// <summary>Ends a key at once.</summary>
    /// <returns>Whether there was one in force.</returns>
    public Task<bool> RevokeAsync(string id, CancellationToken cancellationToken)
        => database.WriteAsync(
            async transaction => await transaction.ExecuteAsync("UPDATE api_key SET revoked_at = @now WHERE id = @id AND revoked_at IS NULL", cancellationToken, ("id", id), ("now", time.GetUtcNow().ToUnixTimeSeconds())) > 0,
            cancellationToken);

    /// <summary>Lets the keys of a name, but for one, end at a time; those that end earlier stay so.</summary>
    public Task<int> ExpireAsync(string name, string exceptId, DateTimeOffset at, CancellationToken cancellationToken)
        => database.WriteAsync(
            transaction => transaction.ExecuteAsync(
                "UPDATE api_key SET expires_at = @at WHERE name = @name AND id <> @id AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > @at)",
                cancellationToken,
                ("at", at.ToUnixTimeSeconds()),
                ("name", name),
                ("id", exceptId)),
            cancellationToken);

    private static DateTimeOffset? Time(long? seconds) => seconds is long value ? DateTimeOffset.FromUnixTimeSeconds(value) : null;
}
