using System.Numerics.Tensors;

namespace Makalu.Capacity.Forecasting;

/// <summary>A span of steps at which sample paths differ from those that they share.</summary>
/// <remarks>Immutable; safe to share between threads.</remarks>
internal sealed class ChangedSteps
{
    private readonly Lazy<int[]> _highest;

    /// <param name="first">The first of the steps.</param>
    /// <param name="count">How many they are.</param>
    /// <param name="values">Their values, path after path; owned from now on.</param>
    public ChangedSteps(int first, int count, double[] values)
    {
        First = first;
        Count = count;
        Values = values;
        _highest = new(FindHighest);
    }

    public int First { get; }

    public int Count { get; }

    public double[] Values { get; }

    public int End => First + Count;

    public ReadOnlySpan<double> Path(int path) => Values.AsSpan(path * Count, Count);

    /// <summary>Raises a maximum to that of the steps from one to before another of a path, all of them in the span, where one of them is higher.</summary>
    public void Raise(int path, int from, int to, ref double maximum, ref int step)
    {
        if (from > First || to < End)
        {
            SamplePaths.Raise(Path(path)[(from - First)..(to - First)], from, ref maximum, ref step);
            return;
        }

        int highest = _highest.Value[path];
        if (highest >= 0 && Path(path)[highest] > maximum)
            (maximum, step) = (Path(path)[highest], First + highest);
    }

    private int[] FindHighest()
    {
        var highest = new int[Values.Length / Count];
        for (int p = 0; p < highest.Length; p++)
            highest[p] = TensorPrimitives.IndexOfMax(Path(p));
        return highest;
    }
}
