using System.Numerics.Tensors;
using Makalu.Capacity.Numerics;

namespace Makalu.Capacity.Forecasting;

/// <summary>
/// The weekly level as a Gaussian process whose scales and steps are learned by marginal likelihood, with weeks that fit nowhere
/// weighed down: what it expects of the weeks to come, and how surely.
/// </summary>
/// <remarks>Immutable; safe to share between threads.</remarks>
internal sealed class LevelProcess
{
    /// <summary>Six years: older weeks cost time and tell the level nothing.</summary>
    public const int MostWeeks = 313;

    private const double HuberLimit = 2;
    private const int RobustPasses = 3;
    private const double LeastGain = 0.01;
    private const int MostSteps = 3;
    private const int WeeksBeforeStep = 8;
    private const int WeeksAfterStep = 3;
    private const int WeeksBetweenSteps = 8;

    /// <summary>A level steps once in ten years, as a prior.</summary>
    private static readonly double _logStepProbability = -Math.Log(520);

    private static readonly double[] _strides = [1, 0.5];

    private readonly int[] _weeks;
    private readonly double[] _values;
    private readonly double[] _weights;
    private readonly double _mean;
    private LevelCovariance _covariance;
    private double[] _factor = [];
    private double[] _half = [];

    private LevelProcess(WeeklyLevels levels)
    {
        int skipped = Math.Max(0, levels.Count - MostWeeks);
        _weeks = levels.Weeks[skipped..].ToArray();
        _values = levels.Values[skipped..].ToArray();
        _weights = levels.Weights[skipped..].ToArray();
        _mean = _values.Average();
        for (int i = 0; i < _values.Length; i++)
            _values[i] -= _mean;
        _covariance = Covariance(LevelCovariance.PriorMedians(-_weeks[0]), []);
    }

    /// <summary>Where the level was found to have stepped for good: a week and a half of −10.5 is a step between weeks −11 and −10.</summary>
    public ReadOnlySpan<double> Steps => _covariance.Steps;

    public static LevelProcess Fit(WeeklyLevels levels, CancellationToken cancellationToken = default)
    {
        var process = new LevelProcess(levels);
        double[] medians = LevelCovariance.PriorMedians(-process._weeks[0]);
        double[] weights = [.. process._weights];
        double[] scales = process.Search(medians, [], _strides, cancellationToken);
        process.WeighDown(scales, [], weights);
        double best = process.Objective(scales, []);
        double[] steps = [], stepScales = LevelCovariance.Calm(medians), tried = [];
        while (tried.Length < MostSteps && process.FindStep(stepScales, tried) is double step)
        {
            tried = [.. tried, step];
            stepScales = process.Search(stepScales, tried, _strides.AsSpan(0, 1), cancellationToken);
            double objective = process.Objective(stepScales, tried);
            if (objective < best)
                (best, scales, steps) = (objective, stepScales, tried);
        }

        process.WeighDown(scales, steps, weights);
        process.Condition(scales, steps);
        return process;
    }

    /// <summary>What the weeks before an origin tell of the year's part of the level, apart from swings, trend and steps.</summary>
    /// <param name="origin">0 for all weeks, or a past week.</param>
    /// <param name="first">The first of the weeks asked for, past ones too.</param>
    /// <param name="means">Filled with the expected parts of the weeks.</param>
    /// <param name="covariances">Their covariance, row-major.</param>
    public void PredictYear(int origin, int first, Span<double> means, double[] covariances)
    {
        Predict(origin, first, _covariance.OfYear, mean: 0, means, covariances);
    }

    /// <summary>What the weeks before an origin tell of the weeks from it on.</summary>
    /// <param name="origin">0, or a past week that is forecast from those before it with the scales of all.</param>
    /// <param name="means">Filled with the expected levels of the weeks from the origin on.</param>
    /// <param name="covariances">Their covariance, row-major.</param>
    public void Predict(int origin, Span<double> means, double[] covariances)
    {
        Predict(origin, origin, _covariance.Between, _mean, means, covariances);
    }

    private void Predict(int origin, int first, Func<int, int, double> between, double mean, Span<double> means, double[] covariances)
    {
        // The factor of the older weeks' covariance is the leading part of the factor of all.
        int n = Array.FindIndex(_weeks, w => w >= origin);
        n = n < 0 ? _weeks.Length : n;
        int stride = _weeks.Length;
        var solved = new double[means.Length][];
        for (int h = 0; h < means.Length; h++)
        {
            var row = new double[n];
            for (int i = 0; i < n; i++)
                row[i] = between(first + h, _weeks[i]);
            SolveLower(row, stride);
            solved[h] = row;
            means[h] = mean + TensorPrimitives.Dot(row, _half.AsSpan(0, n));
        }

        for (int a = 0; a < means.Length; a++)
        {
            for (int b = 0; b <= a; b++)
            {
                double value = between(first + a, first + b) - TensorPrimitives.Dot<double>(solved[a], solved[b]);
                covariances[(a * means.Length) + b] = value;
                covariances[(b * means.Length) + a] = value;
            }
        }
    }

    private void SolveLower(double[] row, int stride)
    {
        for (int i = 0; i < row.Length; i++)
        {
            ReadOnlySpan<double> factor = _factor.AsSpan(i * stride, i + 1);
            row[i] = (row[i] - TensorPrimitives.Dot(factor[..i], row.AsSpan(0, i))) / factor[i];
        }
    }

    private LevelCovariance Covariance(double[] scales, double[] steps) => new(scales, steps, _weeks[0]);

    /// <summary>Takes scales and steps as they are found, and keeps the factor for predictions.</summary>
    private void Condition(double[] scales, double[] steps)
    {
        _covariance = Covariance(scales, steps);
        _factor = Factor(_covariance);
        _half = [.. _values];
        SolveLower(_half, _weeks.Length);
    }

    private double[] Factor(LevelCovariance covariance)
    {
        int n = _weeks.Length;
        var matrix = new double[n * n];
        for (int i = 0; i < n; i++)
        {
            for (int j = 0; j <= i; j++)
                matrix[(i * n) + j] = covariance.Between(_weeks[i], _weeks[j]);
            matrix[(i * n) + i] += (covariance.NoiseVariance / _weights[i]) + 1e-9;
        }

        return CholeskyFactorisation.TryFactorise(matrix, n, n)
            ? matrix
            : throw new InvalidOperationException("The covariance of weekly levels is not positive definite.");
    }

    /// <summary>The negative logarithm of the posterior of scales and steps.</summary>
    private double Objective(double[] scales, double[] steps)
    {
        int n = _weeks.Length;
        double[] factor = Factor(Covariance(scales, steps));
        double[] solved = [.. _values];
        CholeskyFactorisation.Solve(factor, n, n, solved);
        double objective = -steps.Length * _logStepProbability;
        for (int i = 0; i < n; i++)
            objective += (0.5 * _values[i] * solved[i]) + Math.Log(factor[(i * n) + i]);
        double[] medians = LevelCovariance.PriorMedians(-_weeks[0]), spreads = LevelCovariance.PriorSpreads();
        for (int k = 0; k < scales.Length; k++)
        {
            double deviation = Math.Log(scales[k] / medians[k]) / spreads[k];
            objective += 0.5 * deviation * deviation;
        }

        return objective;
    }

    /// <summary>Goes up one scale after the other, in strides of its prior spread.</summary>
    private double[] Search(double[] from, double[] steps, ReadOnlySpan<double> strides, CancellationToken cancellationToken)
    {
        double[] scales = [.. from], spreads = LevelCovariance.PriorSpreads();
        double best = Objective(scales, steps);
        foreach (double stride in strides)
        {
            for (int k = 0; k < scales.Length; k++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (!Climb(k, Math.Exp(stride * spreads[k])))
                    Climb(k, Math.Exp(-stride * spreads[k]));
            }
        }

        return scales;

        bool Climb(int scale, double factor)
        {
            bool moved = false;
            while (true)
            {
                double[] candidate = [.. scales];
                candidate[scale] *= factor;
                double objective = Objective(candidate, steps);
                if (objective >= best - LeastGain)
                    return moved;
                (scales, best, moved) = (candidate, objective, true);
            }
        }
    }

    /// <summary>Weighs down the weeks that the process with these scales does not explain.</summary>
    private void WeighDown(double[] scales, double[] steps, double[] fullWeights)
    {
        int n = _weeks.Length;
        fullWeights.CopyTo(_weights, 0);
        LevelCovariance covariance = Covariance(scales, steps);
        double deviation = Math.Sqrt(covariance.NoiseVariance);
        for (int pass = 0; pass < RobustPasses; pass++)
        {
            double[] solved = [.. _values];
            CholeskyFactorisation.Solve(Factor(covariance), n, n, solved);
            for (int i = 0; i < n; i++)
            {
                double residual = covariance.NoiseVariance / _weights[i] * Math.Abs(solved[i]);
                _weights[i] = Math.Min(_weights[i], fullWeights[i] / Math.Max(1, residual / (HuberLimit * deviation)));
            }
        }
    }

    /// <summary>The step that explains most, if it explains more than it costs.</summary>
    private double? FindStep(double[] scales, double[] steps)
    {
        int n = _weeks.Length;
        double[] factor = Factor(Covariance(scales, steps)), solved = [.. _values];
        CholeskyFactorisation.Solve(factor, n, n, solved);
        double best = 0, evidence = 0;
        double? found = null;
        for (int i = n - 1; i >= WeeksBeforeStep; i--)
        {
            evidence += solved[i];
            double step = (_weeks[i - 1] + _weeks[i]) / 2.0;
            if (i > n - WeeksAfterStep || !LevelCovariance.CanStep(_weeks[i], _weeks[0]) || Array.Exists(steps, s => Math.Abs(s - step) < WeeksBetweenSteps))
                continue;
            var regressor = new double[n];
            regressor.AsSpan(i).Fill(1);
            CholeskyFactorisation.Solve(factor, n, n, regressor);
            double gain = LevelCovariance.StepGain(evidence, regressor.AsSpan(i).ToArray().Sum()) + _logStepProbability;
            if (gain > best)
                (best, found) = (gain, step);
        }

        return found;
    }
}
