using System.Numerics.Tensors;
using Makalu.Capacity.Numerics;

namespace Makalu.Capacity.Forecasting;

/// <summary>Sample paths that several forecasts share, with the highest step of each path's blocks, so that the highest of any span is soon found.</summary>
/// <remarks>Immutable; safe to share between threads.</remarks>
internal sealed class BasePaths
{
    private const int BlockSteps = 64;

    private readonly double[] _values;
    private readonly Lazy<int[]> _highest;

    /// <param name="values">Path after path, finite and 0 or more; owned from now on.</param>
    /// <param name="horizon">The steps of a path.</param>
    public BasePaths(double[] values, int horizon)
    {
        _values = values;
        Horizon = horizon;
        PathCount = values.Length / horizon;
        _highest = new(FindHighest);
    }

    public int Horizon { get; }

    public int PathCount { get; }

    public double[] Values => _values;

    /// <summary>Raises a maximum to that of the steps from one to before another of a path, where one of them is higher.</summary>
    public void Raise(int path, int from, int to, ref double maximum, ref int step)
    {
        int firstWhole = (from + BlockSteps - 1) / BlockSteps;
        int endWhole = to / BlockSteps;
        if (endWhole <= firstWhole)
        {
            RaiseByScan(path, from, to, ref maximum, ref step);
            return;
        }

        RaiseByScan(path, from, firstWhole * BlockSteps, ref maximum, ref step);
        ReadOnlySpan<double> values = _values.AsSpan(path * Horizon, Horizon);
        ReadOnlySpan<int> highest = _highest.Value.AsSpan(path * Blocks, Blocks);
        for (int block = firstWhole; block < endWhole; block++)
        {
            double value = values[highest[block]];
            if (value > maximum)
                (maximum, step) = (value, highest[block]);
        }

        RaiseByScan(path, endWhole * BlockSteps, to, ref maximum, ref step);
    }

    private int Blocks => Horizon / BlockSteps;

    private void RaiseByScan(int path, int from, int to, ref double maximum, ref int step)
    {
        if (to > from)
            SamplePaths.Raise(_values.AsSpan((path * Horizon) + from, to - from), from, ref maximum, ref step);
    }

    private int[] FindHighest()
    {
        var highest = new int[PathCount * Blocks];
        ParallelLoop.For(PathCount, p =>
        {
            for (int block = 0; block < Blocks; block++)
                highest[(p * Blocks) + block] = (block * BlockSteps) + TensorPrimitives.IndexOfMax(_values.AsSpan((p * Horizon) + (block * BlockSteps), BlockSteps));
        });
        return highest;
    }
}
