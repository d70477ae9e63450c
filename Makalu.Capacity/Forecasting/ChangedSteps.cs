namespace Makalu.Capacity.Forecasting;

/// <summary>A span of steps at which sample paths differ from those that they share.</summary>
/// <param name="First">The first of the steps.</param>
/// <param name="Count">How many they are.</param>
/// <param name="Values">Their values, path after path.</param>
internal sealed record ChangedSteps(int First, int Count, double[] Values)
{
    public int End => First + Count;

    public ReadOnlySpan<double> Path(int path) => Values.AsSpan(path * Count, Count);
}
