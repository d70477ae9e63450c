namespace Makalu.Capacity.Logs;

/// <summary>Which of the filters passed a request over.</summary>
internal enum PassedOver
{
    Time,
    Status,
    Route,
}
