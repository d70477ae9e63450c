namespace Makalu.Capacity.Backtesting;

/// <summary>What a plan provides.</summary>
/// <param name="Total">All of it, headroom included.</param>
/// <param name="Planned">What the planned peak needs, without headroom: up to here the wait target holds.</param>
internal readonly record struct ProvidedCapacity(double Total, double Planned)
{
    public static ProvidedCapacity WithoutHeadroom(double capacity) => new(capacity, capacity);
}
