using System.Numerics.Tensors;
using Makalu.Capacity.Numerics;

namespace Makalu.Capacity.Forecasting.Ssa;

/// <summary>A fitted <see cref="SsaForecaster"/>. Immutable; safe to share between threads.</summary>
internal sealed class SsaForecastModel : IForecastModel
{
    private const int MostCurves = 200;

    /// <summary>A path in logarithms stays below a hundred times the highest value that was seen.</summary>
    private static readonly double _mostLogBeyondHighest = Math.Log(100);

    private readonly DateTimeOffset _start;
    private readonly TimeSpan _step;
    private readonly double[] _values;
    private readonly double _highest;
    private readonly bool _logarithmic;
    private readonly SsaModel _model;

    /// <param name="start">The first step to forecast.</param>
    /// <param name="step">The length of a step.</param>
    /// <param name="values">The history as it was fitted, its gaps filled.</param>
    /// <param name="highest">The highest that was seen, on the scale of the values: a gap may have been filled higher.</param>
    /// <param name="logarithmic">Whether the values are logarithms.</param>
    /// <param name="model">The fitted model.</param>
    public SsaForecastModel(DateTimeOffset start, TimeSpan step, double[] values, double highest, bool logarithmic, SsaModel model)
    {
        _start = start;
        _step = step;
        _values = values;
        _highest = highest;
        _logarithmic = logarithmic;
        _model = model;
    }

    /// <summary>Whether the model is one of the values' logarithms.</summary>
    public bool IsLogarithmic => _logarithmic;

    public SsaModel Model => _model;

    public Forecast Predict(PredictionOptions options, CancellationToken cancellationToken = default)
    {
        options.Validate();
        int horizon = options.Horizon;
        double[] centre = _model.Forecast(horizon);
        double[] curves = ErrorCurves(horizon, out int length, cancellationToken);
        int curveCount = curves.Length / length;
        double[] paths = new double[checked(options.Paths * horizon)];
        double most = _highest + _mostLogBeyondHighest;
        for (int p = 0; p < options.Paths; p++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var random = new RandomStream(options.Seed, p);
            Span<double> path = paths.AsSpan(p * horizon, horizon);
            for (int from = 0; from < horizon;)
            {
                // Beyond the longest curve that the history can show, further curves go on with their second half: the growth is past.
                int offset = from == 0 ? 0 : length / 2;
                ReadOnlySpan<double> curve = curves.AsSpan((random.NextInt(curveCount) * length) + offset, length - offset);
                double sign = random.NextDouble() < 0.5 ? -1 : 1;
                int count = Math.Min(curve.Length, horizon - from);
                TensorPrimitives.MultiplyAdd(curve[..count], sign, centre.AsSpan(from, count), path.Slice(from, count));
                from += count;
            }

            for (int h = 0; h < horizon; h++)
            {
                path[h] = _logarithmic ? Math.Exp(Math.Min(path[h], most)) : Math.Max(0, path[h]);
            }
        }

        return Forecast.FromOwned(_start, _step, horizon, paths, model: SsaForecaster.ModelName);
    }

    /// <summary>
    /// The errors of the same window, rank and method from origins in the last third, by components that were learned before the
    /// first of them.
    /// </summary>
    private double[] ErrorCurves(int horizon, out int length, CancellationToken cancellationToken)
    {
        int window = _model.WindowLength;
        int count = _values.Length;
        int first = Math.Max(Math.Min(2 * count / 3, count - Math.Min(horizon, count / 6)), Math.Min(window + _model.Rank, count - 2));
        length = Math.Clamp(horizon, 1, Math.Max(1, (count - first) / 2));
        int most = Math.Min(window, first - window + 1);
        SsaModel? past = first < count - 1 && _model.Rank <= most ? Past(first, cancellationToken) : null;
        if (past is null)
        {
            double[] residuals = _model.Residuals();
            length = Math.Min(length, residuals.Length);
            return residuals[^(residuals.Length / length * length)..];
        }

        SsaTracker tracker = past.Track();
        int origins = count - length - first + 1;
        int stride = Math.Max(1, origins / MostCurves);
        List<double> curves = [];
        double[] forecast = new double[length];
        for (int origin = first; origin <= count - length; origin++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if ((origin - first) % stride == 0)
            {
                tracker.Forecast(forecast);
                for (int h = 0; h < length; h++)
                {
                    curves.Add(_values[origin + h] - forecast[h]);
                }
            }

            tracker.Append(_values[origin]);
        }

        return [.. curves];
    }

    /// <summary>The model of the first values; null where they are too few or too plain for its window and rank.</summary>
    private SsaModel? Past(int count, CancellationToken cancellationToken)
    {
        try
        {
            return SsaModel.FitFixed(_values.AsSpan(0, count), _model.Specification, _model.Decomposition, cancellationToken);
        }
        catch (ForecastException)
        {
            return null;
        }
    }
}
