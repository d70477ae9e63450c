using Makalu.Capacity.Service.Storage;

namespace Makalu.Capacity.Service.Security;

/// <summary>The keys in force, read from the database every few seconds: a key that was revoked is refused soon after.</summary>
internal sealed class ApiKeyRing(KeyTable keys, TimeProvider time) : IDisposable
{
    // Compared against where no key has the asked identifier, so that its absence takes as long to tell as a wrong secret.
    private static readonly string NobodysHash = ApiKey.Create().Hash;

    private readonly SemaphoreSlim _reading = new(1);
    private volatile Snapshot? _known;

    /// <summary>How long a revoked key may still be taken.</summary>
    public static TimeSpan Delay { get; } = TimeSpan.FromSeconds(5);

    /// <summary>The key of a text; null where it is not in force.</summary>
    public async Task<KeyRow?> FindAsync(string text, CancellationToken cancellationToken)
    {
        if (ApiKey.TryParse(text) is not { } presented)
            return null;

        DateTimeOffset now = time.GetUtcNow();
        Snapshot known = _known is { } fresh && now - fresh.ReadAt < Delay && now >= fresh.ReadAt ? fresh : await ReadAsync(now, cancellationToken);
        known.Keys.TryGetValue(presented.Id, out KeyRow? key);
        bool matches = presented.HasHash(key?.Hash ?? NobodysHash);
        return matches && key is not null && key.IsValidAt(now) ? key : null;
    }

    public void Dispose() => _reading.Dispose();

    private async Task<Snapshot> ReadAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        await _reading.WaitAsync(cancellationToken);
        try
        {
            if (_known is { } other && now - other.ReadAt < Delay && now >= other.ReadAt)
                return other;
            List<KeyRow> rows = await keys.ListAsync(cancellationToken);
            return _known = new Snapshot(now, rows.ToDictionary(k => k.Id, StringComparer.Ordinal));
        }
        finally
        {
            _reading.Release();
        }
    }

    private sealed record Snapshot(DateTimeOffset ReadAt, Dictionary<string, KeyRow> Keys);
}
