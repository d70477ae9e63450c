namespace Makalu.Capacity.Logs;

/// <summary>Takes one request of a log.</summary>
/// <param name="record">Valid only during the call.</param>
public delegate void RequestRecordHandler(in RequestRecord record);
