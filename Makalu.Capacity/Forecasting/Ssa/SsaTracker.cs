using System.Numerics.Tensors;
using Makalu.Capacity.Numerics;

namespace Makalu.Capacity.Forecasting.Ssa;

/// <summary>
/// A fitted model that takes in new observations with the components left as fitted. Taking one in only stores it, O(1); the next
/// forecast projects what has come in since on the components: one pass of O(L·r) in all for
/// <see cref="SsaForecastMethod.Vector"/>, none for <see cref="SsaForecastMethod.Ridge"/>, one for each new observation (never more than L − 1) for
/// <see cref="SsaForecastMethod.Recurrent"/>. Forecasts do not depend, to the bit, on when others were asked for. Refit from time to
/// time, for example nightly with <see cref="SsaModel.Refit"/>.
/// </summary>
/// <remarks>Mutable; not safe to share between threads, not even for forecasts alone.</remarks>
public sealed class SsaTracker
{
    private readonly SsaModel _model;
    private readonly SsaContinuation _continuation;
    private readonly int _window;

    // Values and sums share their positions; the last 2·L − 2 of them are always there.
    private readonly double[] _values;
    private readonly double[] _sums;
    private readonly double[] _coordinates;
    private readonly double[] _tail;
    private readonly double[] _windowsThrough;
    private int _end;
    private int _pending;

    internal SsaTracker(SsaModel model)
    {
        _model = model;
        _continuation = model.Continuation;
        _window = model.WindowLength;
        _values = new double[4 * _window];
        _sums = new double[4 * _window];
        _coordinates = model.Coordinates.ToArray();
        _tail = new double[_window - 1];
        _windowsThrough = new double[_window - 1];
        ReadOnlySpan<double> recent = model.Decomposition.Centred[^Math.Min(model.Decomposition.SeriesLength, 2 * _window)..];
        _end = 2 * _window;
        recent.CopyTo(_values.AsSpan(_end - recent.Length));
        model.TailSums.CopyTo(_sums.AsSpan(_end - _window + 1));
        Count = model.Decomposition.SeriesLength;
    }

    /// <summary>The number of observations so far, the model's own included.</summary>
    public int Count { get; private set; }

    /// <summary>Takes in the observation of the next step.</summary>
    /// <param name="value">The observation; NaN where it is missing: the forecast of that step, made at once, stands in for it.</param>
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
            int kept = 2 * _window;
            _values.AsSpan(_end - kept).CopyTo(_values);
            _sums.AsSpan(_end - kept).CopyTo(_sums);
            _end = kept;
        }

        _values[_end] = centred;
        _sums[_end] = 0;
        _end++;
        _pending++;
        Count++;
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
        if (_model.RidgeMap is { } map)
        {
            map.Continue(_values.AsSpan(_end - _window, _window), _continuation.Lower, _continuation.Upper, result);
            return;
        }

        CatchUp();
        if (_model.Method != SsaForecastMethod.Recurrent || !_continuation.TryRecur(_tail, [], result))
        {
            _continuation.ShiftWindows(_coordinates, result);
        }
    }

    /// <summary>Projects the windows that have come in since the last forecast: those a point of the tail lies in, or the last alone.</summary>
    private void CatchUp()
    {
        bool recurs = _model.Method == SsaForecastMethod.Recurrent;
        ReadOnlySpan<double> vectors = _model.Decomposition.Subspace.Vectors.AsSpan(0, _coordinates.Length * _window);
        if (!recurs)
        {
            if (_pending > 0)
            {
                RowProducts.Dot(vectors, _coordinates.Length, _values.AsSpan(_end - _window, _window), _coordinates);
                _pending = 0;
            }

            return;
        }

        // What older windows add belongs to points before the tail.
        for (_pending = Math.Min(_pending, _window - 1); _pending > 0; _pending--)
        {
            int end = _end - _pending + 1;
            RowProducts.AddProjection(vectors, _coordinates, _values.AsSpan(end - _window, _window), _sums.AsSpan(end - _window, _window));
        }

        if (_windowsThrough[0] != _window - 1)
        {
            // Settled once the series is long enough for every tail point to lie in as many windows as it can.
            for (int i = 0; i < _tail.Length; i++)
            {
                _windowsThrough[i] = HankelReconstruction.WindowsThrough(Count - _tail.Length + i, Count, _window);
            }
        }

        TensorPrimitives.Divide(_sums.AsSpan(_end - _tail.Length, _tail.Length), _windowsThrough, _tail);
    }
}
