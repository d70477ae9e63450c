using System.Numerics.Tensors;
using Makalu.Capacity.Numerics;

namespace Makalu.Capacity.Forecasting.Ssa;

/// <summary>
/// A fitted model that takes in new observations: each is projected on the components and added to the reconstruction, O(L·r),
/// with the components left as fitted. Refit from time to time, for example nightly with <see cref="SsaModel.Refit"/>.
/// </summary>
/// <remarks>Mutable; not safe to share between threads.</remarks>
public sealed class SsaTracker
{
    private readonly SsaModel _model;
    private readonly SsaContinuation _continuation;
    private readonly int _window;
    private readonly double[] _values;
    private readonly double[] _sums;
    private readonly double[] _coordinates;
    private readonly double[] _tail;
    private int _end;

    internal SsaTracker(SsaModel model)
    {
        _model = model;
        _continuation = model.Continuation;
        _window = model.WindowLength;
        _values = new double[2 * _window];
        _sums = new double[2 * _window];
        _coordinates = model.Coordinates.ToArray();
        _tail = new double[_window - 1];
        model.Decomposition.Centred[^_window..].CopyTo(_values);
        model.TailSums.CopyTo(_sums.AsSpan(1));
        _end = _window;
        Count = model.Decomposition.SeriesLength;
    }

    /// <summary>The number of observations so far, the model's own included.</summary>
    public int Count { get; private set; }

    /// <summary>Takes in the observation of the next step.</summary>
    /// <param name="value">The observation; NaN where it is missing: the forecast of that step stands in for it.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="value"/> is infinite.</exception>
    public void Append(double value)
    {
        if (double.IsInfinity(value))
        {
            throw new ArgumentOutOfRangeException(nameof(value), value, "An observation must be finite, or NaN where it is missing.");
        }

        double centred = value - _model.Decomposition.Mean;
        if (double.IsNaN(value))
        {
            Span<double> next = [0];
            Continue(next);
            centred = next[0];
        }

        if (_end == _values.Length)
        {
            _values.AsSpan(_end - _window + 1).CopyTo(_values);
            _sums.AsSpan(_end - _window + 1).CopyTo(_sums);
            _end = _window - 1;
        }

        _values[_end] = centred;
        _sums[_end] = 0;
        _end++;
        Count++;
        ReadOnlySpan<double> vectors = _model.Decomposition.Subspace.Vectors.AsSpan(0, _coordinates.Length * _window);
        RowProducts.Dot(vectors, _coordinates.Length, _values.AsSpan(_end - _window, _window), _coordinates);
        RowProducts.AddCombination(vectors, _coordinates, _sums.AsSpan(_end - _window, _window));
    }

    /// <summary>Forecasts the steps that follow the last observation.</summary>
    /// <param name="horizon">1 or more.</param>
    /// <returns>One finite value for each step, within the bounds of the model's stability.</returns>
    public double[] Forecast(int horizon)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(horizon, 1);
        double[] result = new double[horizon];
        Forecast(result);
        return result;
    }

    /// <summary>Forecasts the steps that follow the last observation, without allocating.</summary>
    /// <param name="result">Receives one finite value for each step, within the bounds of the model's stability.</param>
    public void Forecast(Span<double> result)
    {
        Continue(result);
        TensorPrimitives.Add(result, _model.Decomposition.Mean, result);
    }

    private void Continue(Span<double> result)
    {
        SsaTail.Fill(_sums.AsSpan(_end - _tail.Length, _tail.Length), Count, _window, _tail);
        if (_model.Method != SsaForecastMethod.Recurrent || !_continuation.TryRecur(_tail, [], result))
        {
            _continuation.ShiftWindows(_coordinates, result);
        }
    }
}
