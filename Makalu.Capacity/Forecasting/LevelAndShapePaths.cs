using Makalu.Capacity.Numerics;

namespace Makalu.Capacity.Forecasting;

/// <summary>Sample paths of level and shape, and what it takes to have any of their steps again without the noise of single steps.</summary>
/// <remarks>Immutable; safe to share between threads.</remarks>
internal sealed class LevelAndShapePaths
{
    /// <summary>The part of the noise that lingers for hours.</summary>
    public const double SlowShare = 0.9;

    private const double FastShare = 0.44;
    private const double NoiseMemoryHours = 2;
    private const int FewestForVectors = 16;

    /// <summary>A path stays below a hundred times the highest value that was seen: after rare bursts errors are wide beyond sense.</summary>
    private static readonly double _mostLogBeyondHighest = Math.Log(100);

    private readonly LevelAndShape _fit;
    private readonly double[] _baseline;
    private readonly double[] _days;
    private readonly int _daysOfPath;

    public LevelAndShapePaths(LevelAndShape fit, PredictionOptions options, CancellationToken cancellationToken)
    {
        _fit = fit;
        _baseline = fit.Extrapolate(options.Horizon);

        // One more than the horizon touches.
        _daysOfPath = 2 + (int)((options.Horizon - 1) * fit.StepDays);
        _days = new double[options.Paths * _daysOfPath];
        int[] slots = fit.SlotsAhead(options.Horizon);
        Values = new double[checked(options.Paths * options.Horizon)];
        ParallelLoop.For(
            options.Paths,
            p => FillPath(slots, new RandomStream(options.Seed, p), _days.AsSpan(p * _daysOfPath, _daysOfPath), Values.AsSpan(p * options.Horizon, options.Horizon)),
            cancellationToken);
    }

    /// <summary>Path after path, in requests per second.</summary>
    public double[] Values { get; }

    /// <summary>Writes one path of rates.</summary>
    /// <param name="slots">The step of the day of each step.</param>
    /// <param name="random">The path's own stream.</param>
    /// <param name="days">Filled with how far the level is from the baseline's at the start of each day.</param>
    /// <param name="path">Filled with the rates; as long as the baseline.</param>
    private void FillPath(ReadOnlySpan<int> slots, RandomStream random, Span<double> days, Span<double> path)
    {
        if (IsNothing)
        {
            path.Clear();
            return;
        }

        double memory = Math.Exp(-_fit.StepDays * 24 / NoiseMemoryHours);
        double innovation = Math.Sqrt(1 - (memory * memory));
        double from = _fit.LevelDeviation.AtOrigin * random.NextNormal();
        double to = from + (_fit.LevelDeviation.Growth * random.NextNormal());
        int day = 0;
        (days[0], days[1]) = (from, to);
        double slow = random.NextNormal();
        for (int h = 0; h < path.Length; h++)
        {
            double position = h * _fit.StepDays;
            while (position >= day + 1)
            {
                day++;
                from = to;
                to += _fit.LevelDeviation.Growth * random.NextNormal();
                days[day + 1] = to;
            }

            double noise = (SlowShare * slow) + (FastShare * random.NextNormal());
            double level = from + ((position - day) * (to - from));
            path[h] = _baseline[h] + level + _fit.Noise!.At(slots[h], noise);
            slow = (memory * slow) + (innovation * random.NextNormal());
        }

        ToRates(path);
    }

    /// <summary>Writes steps of a path without the residuals' noise, because a campaign's residual curve takes its place.</summary>
    /// <param name="path">The path.</param>
    /// <param name="first">The first of the steps.</param>
    /// <param name="steps">Filled with the rates from that step on.</param>
    public void FillWithoutNoise(int path, int first, Span<double> steps)
    {
        ReadOnlySpan<double> days = _days.AsSpan(path * _daysOfPath, _daysOfPath);
        if (IsNothing)
        {
            steps.Clear();
            return;
        }

        if (steps.Length < FewestForVectors)
        {
            // The exponential of a few numbers is rounded otherwise than in vectors: a step must not depend on how many are asked for.
            Span<double> more = stackalloc double[FewestForVectors];
            FillLogarithms(days, first, more[..steps.Length]);
            more[steps.Length..].Clear();
            ToRates(more);
            more[..steps.Length].CopyTo(steps);
            return;
        }

        FillLogarithms(days, first, steps);
        ToRates(steps);
    }

    private void FillLogarithms(ReadOnlySpan<double> days, int first, Span<double> steps)
    {
        for (int i = 0; i < steps.Length; i++)
        {
            double position = (first + i) * _fit.StepDays;
            int day = (int)position;
            double level = days[day] + ((position - day) * (days[day + 1] - days[day]));
            steps[i] = _baseline[first + i] + level;
        }
    }

    private void ToRates(Span<double> logarithms)
    {
        System.Numerics.Tensors.TensorPrimitives.Min(logarithms, _fit.Highest + _mostLogBeyondHighest, logarithms);
        System.Numerics.Tensors.TensorPrimitives.Exp(logarithms, logarithms);
        for (int h = 0; h < logarithms.Length; h++)
            logarithms[h] = Math.Max(logarithms[h] - _fit.Offset, 0);
    }

    /// <summary>Whether the history has nothing but zeros.</summary>
    private bool IsNothing => _fit.Highest <= Math.Log(_fit.Offset);
}
