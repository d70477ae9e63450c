using System.Numerics.Tensors;
using Makalu.Capacity.Numerics;
using MathNet.Numerics.LinearAlgebra;

namespace Makalu.Capacity.Forecasting.Ssa;

/// <summary>The error of every rank of one decomposition by rolling origin. Ranks are nested: each adds one component to the last.</summary>
internal sealed class SsaRankJudge
{
    private readonly SsaDecomposition _decomposition;
    private readonly double[] _centred;
    private readonly int[] _origins;
    private readonly int _horizon;
    private readonly int _window;
    private readonly int _ranks;

    public SsaRankJudge(SsaDecomposition decomposition, ReadOnlySpan<double> series, int[] origins, int horizon)
    {
        _decomposition = decomposition;
        _centred = new double[series.Length];
        TensorPrimitives.Subtract(series, decomposition.Mean, _centred);
        _origins = origins;
        _horizon = horizon;
        _window = decomposition.WindowLength;
        _ranks = Math.Max(1, decomposition.Subspace.NumericalRank());
        _ranks = Math.Min(_ranks, decomposition.ComponentCount);
    }

    /// <summary>For each origin the mean square error of rank 1, 2, …; NaN where no forecast is defined.</summary>
    public double[][] SquaredErrors(SsaForecastMethod method, CancellationToken cancellationToken)
    {
        double[][] squares = new double[_origins.Length][];
        for (int o = 0; o < squares.Length; o++)
        {
            squares[o] = new double[_ranks];
        }

        if (_decomposition.Subspace.NumericalRank() == 0)
        {
            // A constant: whatever the method, the forecast is the mean.
            for (int o = 0; o < squares.Length; o++)
            {
                squares[o][0] = MeanSquare(_origins[o], new double[_horizon]);
            }
        }
        else if (method == SsaForecastMethod.Recurrent)
        {
            FillRecurrent(squares, cancellationToken);
        }
        else
        {
            FillVector(squares, cancellationToken);
        }

        return squares;
    }

    private void FillRecurrent(double[][] squares, CancellationToken cancellationToken)
    {
        (double lower, double upper) = Bounds();
        int order = _window - 1;
        double[] forecast = new double[_horizon];
        double[] tail = new double[order];
        double[] coefficients = new double[order];
        for (int o = 0; o < _origins.Length; o++)
        {
            int origin = _origins[o];
            cancellationToken.ThrowIfCancellationRequested();
            double[] sums = new double[order];
            double[] unscaled = new double[order];
            double verticality = 0;
            for (int r = 0; r < _ranks; r++)
            {
                ReadOnlySpan<double> u = _decomposition.Vector(r);
                TensorPrimitives.Add(sums, SsaTail.Sums(_centred.AsSpan(0, origin), u, _window), sums);
                TensorPrimitives.MultiplyAdd(u[..^1], u[^1], unscaled, unscaled);
                verticality += u[^1] * u[^1];
                SsaTail.Fill(sums, origin, _window, tail);
                TensorPrimitives.Divide(unscaled, Math.Max(1 - verticality, 1e-9), coefficients);
                var continuation = new SsaContinuation(coefficients, verticality, [], [], lower, upper);
                squares[o][r] = continuation.CanRecur && continuation.TryRecur(tail, [], forecast) ? MeanSquare(origin, forecast) : double.NaN;
            }
        }
    }

    private void FillVector(double[][] squares, CancellationToken cancellationToken)
    {
        (double lower, double upper) = Bounds();
        SsaSubspace subspace = _decomposition.Subspace;
        double[] products = SsaRecurrence.ShiftProducts(subspace, _ranks);
        double largestModulus = Math.Exp(Math.Log(1000) / _origins[0]);
        double[] forecast = new double[_horizon];
        double[] coordinates = new double[_ranks];
        for (int r = 1; r <= _ranks; r++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            SsaRecurrence recurrence = SsaRecurrence.Of(subspace, r);
            if (!recurrence.IsDefined)
            {
                foreach (double[] atOrigin in squares)
                {
                    atOrigin[r - 1] = double.NaN;
                }

                continue;
            }

            Matrix<double> shift = SsaRecurrence.Shift(subspace, products, _ranks, r, largestModulus, out _);
            var continuation = new SsaContinuation(recurrence.Coefficients, recurrence.Verticality, shift.ToRowMajorArray(), SsaRecurrence.AveragingRow(subspace, r, shift), lower, upper);
            for (int o = 0; o < _origins.Length; o++)
            {
                int origin = _origins[o];
                RowProducts.Dot(subspace.Vectors, r, _centred.AsSpan(origin - _window, _window), coordinates);
                continuation.ShiftWindows(coordinates.AsSpan(0, r), forecast);
                squares[o][r - 1] = MeanSquare(origin, forecast);
            }
        }
    }

    private (double Lower, double Upper) Bounds()
    {
        ReadOnlySpan<double> past = _centred.AsSpan(0, _origins[0]);
        double minimum = TensorPrimitives.Min(past);
        double maximum = TensorPrimitives.Max(past);
        double width = maximum - minimum;
        return (minimum - width, maximum + width);
    }

    private double MeanSquare(int origin, double[] forecast)
    {
        double sum = 0;
        for (int h = 0; h < _horizon; h++)
        {
            double error = forecast[h] - _centred[origin + h];
            sum += error * error;
        }

        return sum / _horizon;
    }
}
