namespace Makalu.Capacity.Service.Storage;

/// <summary>An API key as it is stored: its secret only as a hash.</summary>
internal sealed record KeyRow(string Id, string Name, string Hash, string Scope, DateTimeOffset CreatedAt, DateTimeOffset? ExpiresAt, DateTimeOffset? RevokedAt)
{
    public bool IsValidAt(DateTimeOffset time) => RevokedAt is null && !(ExpiresAt <= time);
}
