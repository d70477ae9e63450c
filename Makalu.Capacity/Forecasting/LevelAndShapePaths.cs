using Makalu.Capacity.Numerics;

namespace Makalu.Capacity.Forecasting;

/// <summary>Sample paths of level and shape, and what it takes to have any of their steps again without the noise of single steps.</summary>
/// <remarks>Immutable; safe to share between threads.</remarks>
internal sealed class LevelAndShapePaths
{
    private readonly LevelAndShape _fit;
    private readonly double[] _baseline;
    private readonly double[] _days;
    private readonly int _daysOfPath;

    public LevelAndShapePaths(LevelAndShape fit, PredictionOptions options, CancellationToken cancellationToken)
    {
        _fit = fit;
        _baseline = fit.Extrapolate(options.Horizon);
        _daysOfPath = fit.DaysAhead(options.Horizon);
        _days = new double[options.Paths * _daysOfPath];
        int[] slots = fit.SlotsAhead(options.Horizon);
        Values = new double[checked(options.Paths * options.Horizon)];
        ParallelLoop.For(
            options.Paths,
            p => fit.FillPath(_baseline, slots, new RandomStream(options.Seed, p), _days.AsSpan(p * _daysOfPath, _daysOfPath), Values.AsSpan(p * options.Horizon, options.Horizon)),
            cancellationToken);
    }

    /// <summary>Path after path, in requests per second.</summary>
    public double[] Values { get; }

    /// <summary>Writes steps of a path without noise.</summary>
    public void FillWithoutNoise(int path, int first, Span<double> steps) => _fit.FillWithoutNoise(_baseline, _days.AsSpan(path * _daysOfPath, _daysOfPath), first, steps);
}
