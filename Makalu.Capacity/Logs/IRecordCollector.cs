namespace Makalu.Capacity.Logs;

/// <summary>
/// Takes the requests that one thread reads. What the collectors of all threads have taken together must not depend on which
/// took what, nor on the order.
/// </summary>
internal interface IRecordCollector
{
    void Add(in RequestRecord record);
}
