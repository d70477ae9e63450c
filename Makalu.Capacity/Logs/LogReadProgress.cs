namespace Makalu.Capacity.Logs;

/// <summary>How far the reading of logs has come.</summary>
/// <param name="BytesRead">Bytes of input read, before unpacking.</param>
/// <param name="TotalBytes">Bytes of all input; 0 where unknown, as for standard input.</param>
public readonly record struct LogReadProgress(long BytesRead, long TotalBytes);
