namespace Makalu.Capacity.Service.Storage;

/// <summary>A registered service as it is stored; the definition is JSON.</summary>
internal sealed record ServiceRow(long Id, string Name, long Revision, string Definition, DateTimeOffset ChangedAt);
