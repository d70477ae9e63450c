namespace Makalu.Capacity.Sizing;

/// <summary>A pool's size and the part of the requests that wait longer than the target with it.</summary>
internal readonly record struct PoolSize(int Connections, double WaitProbability)
{
    public PoolSize AtLeast(int connections) => Connections >= connections ? this : this with { Connections = connections };
}
