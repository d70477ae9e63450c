using System.Numerics.Tensors;
using Makalu.Capacity.Numerics;

namespace Makalu.Capacity.Forecasting;

/// <summary>
/// The sample paths of a forecast as what they share with other forecasts of the same model, the spans of steps where they differ, and a
/// factor on all of it: a what-if changes some hours of a week, and the whole is put together only for those who ask for it.
/// </summary>
/// <remarks>Immutable; safe to share between threads.</remarks>
internal sealed class SamplePaths
{
    private readonly ChangedSteps[] _changed;
    private readonly double _scale;
    private double[]? _whole;

    private SamplePaths(BasePaths shared, ChangedSteps[] changed, double scale)
    {
        Shared = shared;
        _changed = changed;
        _scale = scale;
        _whole = changed.Length == 0 && scale == 1 ? shared.Values : null;
    }

    public BasePaths Shared { get; }

    public int Horizon => Shared.Horizon;

    public int PathCount => Shared.PathCount;

    /// <summary>The spans of steps that differ from what is shared, by time; none overlaps another.</summary>
    public IReadOnlyList<ChangedSteps> Changed => _changed;

    public static SamplePaths Of(BasePaths shared) => new(shared, [], 1);

    /// <summary>What is shared but for some spans of steps, by time and without overlap.</summary>
    public static SamplePaths Of(BasePaths shared, IEnumerable<ChangedSteps> changed) => new(shared, [.. changed], 1);

    /// <summary>All paths, one after the other.</summary>
    public double[] Whole() => Volatile.Read(ref _whole) ?? PutTogether();

    /// <summary>All rates multiplied by a factor.</summary>
    public SamplePaths Times(double scale) => scale == 1 ? this : new(Shared, _changed, _scale * scale);

    /// <summary>Copies steps of a path.</summary>
    public void CopyTo(int path, int first, Span<double> values)
    {
        Shared.Values.AsSpan((path * Horizon) + first, values.Length).CopyTo(values);
        foreach (ChangedSteps span in _changed)
        {
            int from = Math.Max(span.First, first), to = Math.Min(span.End, first + values.Length);
            if (to > from)
                span.Path(path)[(from - span.First)..(to - span.First)].CopyTo(values[(from - first)..]);
        }

        if (_scale != 1)
            TensorPrimitives.Multiply(values, _scale, values);
    }

    /// <summary>The highest of the steps from one to before another of a path, and the first step where it lies.</summary>
    public (double Maximum, int Step) Highest(int path, int from, int to)
    {
        if (_scale == 0)
            return (0, from);

        double maximum = double.NegativeInfinity;
        int step = from;
        int at = from;
        foreach (ChangedSteps span in _changed)
        {
            if (span.End <= at || span.First >= to)
                continue;

            Shared.Raise(path, at, Math.Max(at, span.First), ref maximum, ref step);
            int first = Math.Max(at, span.First), end = Math.Min(to, span.End);
            span.Raise(path, first, end, ref maximum, ref step);
            at = end;
        }

        Shared.Raise(path, at, to, ref maximum, ref step);
        return (maximum * _scale, step);
    }

    /// <summary>The same paths with spans of steps changed, each path by itself and in parallel.</summary>
    /// <param name="steps">Spans of steps; where they overlap each other, or a span that differs already, they become one.</param>
    /// <param name="change">Changes the values of a path from a step on.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    public SamplePaths With(IEnumerable<(int First, int End)> steps, Action<int, int, double[]> change, CancellationToken cancellationToken)
    {
        if (_scale != 1)
            throw new InvalidOperationException("Change steps before all are scaled.");

        List<(int First, int End)> spans = Joined(steps);
        var kept = new List<ChangedSteps>();
        foreach (ChangedSteps own in _changed)
        {
            if (spans.Exists(s => s.First < own.End && own.First < s.End))
                spans = Joined(spans.Append((own.First, own.End)));
            else
                kept.Add(own);
        }

        foreach ((int first, int end) in spans)
        {
            var values = new double[checked((end - first) * PathCount)];
            ParallelLoop.For(PathCount, () => new double[end - first], (p, path) =>
            {
                CopyTo(p, first, path);
                change(p, first, path);
                path.CopyTo(values, p * path.Length);
            }, cancellationToken);
            kept.Add(new ChangedSteps(first, end - first, values));
        }

        kept.Sort((a, b) => a.First.CompareTo(b.First));
        return new SamplePaths(Shared, [.. kept], 1);
    }

    /// <summary>The spans of steps at which these paths may differ from others.</summary>
    public IEnumerable<(int First, int End)> DifferencesFrom(SamplePaths others)
        => ReferenceEquals(Shared, others.Shared) && _scale == others._scale
            ? _changed.Except<ChangedSteps>(others._changed, ReferenceEqualityComparer.Instance).Concat(others._changed.Except<ChangedSteps>(_changed, ReferenceEqualityComparer.Instance)).Select(span => (span.First, span.End))
            : [(0, Horizon)];

    /// <summary>Raises a maximum to that of values, where one of them is higher.</summary>
    internal static void Raise(ReadOnlySpan<double> values, int first, ref double maximum, ref int step)
    {
        int highest = TensorPrimitives.IndexOfMax(values);
        if (highest >= 0 && values[highest] > maximum)
            (maximum, step) = (values[highest], first + highest);
    }

    /// <summary>Spans of steps by time, those that overlap as one.</summary>
    internal static List<(int First, int End)> Joined(IEnumerable<(int First, int End)> spans)
    {
        var joined = new List<(int First, int End)>();
        foreach ((int first, int end) in spans.Where(s => s.End > s.First).OrderBy(s => s.First))
        {
            if (joined.Count > 0 && first < joined[^1].End)
                joined[^1] = (joined[^1].First, Math.Max(joined[^1].End, end));
            else
                joined.Add((first, end));
        }

        return joined;
    }

    private double[] PutTogether()
    {
        var whole = new double[Shared.Values.Length];
        ParallelLoop.For(PathCount, p => CopyTo(p, 0, whole.AsSpan(p * Horizon, Horizon)));
        return Interlocked.CompareExchange(ref _whole, whole, null) ?? whole;
    }
}
