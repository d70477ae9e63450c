using System.Numerics.Tensors;
using Makalu.Capacity.Numerics;

namespace Makalu.Capacity.Campaigns;

/// <summary>
/// The amplitude model at one point of its grid: a linear model of a few columns over a random walk in time. The numbers are those of the Gaussian process
/// with the whole covariance matrix of the past campaigns.
/// </summary>
/// <remarks>Immutable but for its weight, which is set once.</remarks>
internal sealed class AmplitudeComponent
{
    private readonly AmplitudeData _data;
    private readonly AmplitudeWalk _walk;
    private readonly double[] _factors;
    private readonly double _scatterVariance;

    /// <summary>The factor of the precision of the scaled columns' coefficients, and the coefficients of the columns.</summary>
    private readonly double[] _precision;
    private readonly double[] _coefficients;

    private AmplitudeComponent(AmplitudeComponent other, double scatterVariance)
    {
        (_data, _walk, Scales, _factors, _precision, _coefficients) = (other._data, other._walk, other.Scales, other._factors, other._precision, other._coefficients);
        (LogWeight, Weight) = (other.LogWeight, other.Weight);
        _scatterVariance = scatterVariance;
    }

    private AmplitudeComponent(AmplitudeData data, AmplitudeWalk walk, AmplitudeScales scales, double[] factors, double[] precision, double[] coefficients, double logWeight)
    {
        _data = data;
        _walk = walk;
        _factors = factors;
        _precision = precision;
        _coefficients = coefficients;
        _scatterVariance = walk.ScatterVariance;
        Scales = scales;
        LogWeight = logWeight;
    }

    /// <summary>Where on the grid it lies.</summary>
    public AmplitudeScales Scales { get; }

    /// <summary>The logarithm of the marginal likelihood times the prior weight.</summary>
    public double LogWeight { get; }

    public double Weight { get; set; }

    /// <summary>The variance of campaigns to come about what is known of them.</summary>
    public double ScatterVariance => _scatterVariance;

    /// <summary>Fits; null where the numbers are beyond working precision.</summary>
    /// <param name="data">The past campaigns.</param>
    /// <param name="walk">The walk at the drift and scatter of <paramref name="scales"/>.</param>
    /// <param name="scales">The point of the grid.</param>
    /// <param name="factors">What each column is multiplied by there.</param>
    /// <param name="logPrior">The logarithm of its prior weight.</param>
    public static AmplitudeComponent? TryCreate(AmplitudeData data, AmplitudeWalk walk, AmplitudeScales scales, double[] factors, double logPrior)
    {
        int r = factors.Length;
        var precision = new double[r * r];
        for (int a = 0; a < r; a++)
        {
            Span<double> row = precision.AsSpan(a * r, a + 1);
            TensorPrimitives.Multiply(walk.Precision.AsSpan(a * r, a + 1), factors.AsSpan(0, a + 1), row);
            TensorPrimitives.Multiply(row, factors[a], row);
            row[a]++;
        }

        if (!CholeskyFactorisation.TryFactorise(precision, r, r))
            return null;
        double[] right = new double[r], coefficients = new double[r];
        TensorPrimitives.Multiply(walk.Right, factors, right);
        right.CopyTo(coefficients, 0);
        CholeskyFactorisation.Solve(precision, r, r, coefficients);
        double quadratic = walk.Quadratic - TensorPrimitives.Dot<double>(right, coefficients), logDeterminant = walk.LogDeterminant;
        for (int a = 0; a < r; a++)
            logDeterminant += 2 * Math.Log(precision[(a * r) + a]);
        TensorPrimitives.Multiply(coefficients, factors, coefficients);
        double logWeight = logPrior - (0.5 * (quadratic + logDeterminant));
        return double.IsFinite(logWeight) ? new AmplitudeComponent(data, walk, scales, factors, precision, coefficients, logWeight) : null;
    }

    /// <summary>The same with another scatter of the campaigns to come.</summary>
    public AmplitudeComponent WithSpread(double spread, double levelVariance)
    {
        double variance = (spread * spread * (_scatterVariance + levelVariance)) - levelVariance;
        return new AmplitudeComponent(this, Math.Clamp(variance, _scatterVariance / 4, 4 * _scatterVariance));
    }

    /// <summary>The mean and the standard deviation of a new campaign's deviation from the prior mean.</summary>
    /// <param name="columns">Its columns.</param>
    /// <param name="unseen">The variance of what none before it had, before the scale of differences.</param>
    /// <param name="day">Its day.</param>
    public (double Mean, double Deviation) Predict(double[] columns, double unseen, double day)
    {
        int r = columns.Length;
        Span<double> left = r <= 128 ? stackalloc double[r] : new double[r];
        columns.CopyTo(left);
        (double mean, double variance) = _walk.At(day, left);
        mean += TensorPrimitives.Dot<double>(left, _coefficients);
        TensorPrimitives.Multiply(left, _factors, left);

        // The forward substitution alone: its square is what the coefficients are uncertain by.
        for (int i = 0; i < r; i++)
        {
            ReadOnlySpan<double> row = _precision.AsSpan(i * r, i + 1);
            left[i] = (left[i] - TensorPrimitives.Dot(row[..i], left[..i])) / row[i];
        }

        variance += TensorPrimitives.SumOfSquares<double>(left) + (unseen * Scales.Difference * Scales.Difference);
        return (mean, Math.Sqrt(_scatterVariance + Math.Max(variance, 0)));
    }

    /// <summary>How far each past deviation was from what those before it tell, and the standard deviation of that forecast: a Kalman filter over walk and columns, oldest first.</summary>
    public (double Error, double Deviation)[] OneAhead()
    {
        int n = _data.Deviations.Length, size = _data.Columns + 1;
        var ahead = new (double, double)[n];
        double[] state = new double[size], covariance = new double[size * size], row = new double[size], gain = new double[size];
        for (int a = 1; a < size; a++)
            covariance[(a * size) + a] = 1;
        row[0] = 1;
        double day = -1;
        for (int i = 0; i < n; i++)
        {
            double now = Math.Max(_data.Days[_data.DayOf[i]], day);
            covariance[0] += _walk.DriftVariance * (now - day);
            day = now;
            TensorPrimitives.Multiply(_data.Row(i), _factors, row.AsSpan(1));
            for (int a = 0; a < size; a++)
                gain[a] = TensorPrimitives.Dot<double>(covariance.AsSpan(a * size, size), row);
            double variance = TensorPrimitives.Dot<double>(row, gain) + _walk.NoiseOf(i);
            double error = _data.Deviations[i] - TensorPrimitives.Dot<double>(row, state);
            ahead[i] = (error, Math.Sqrt(variance));
            for (int a = 0; a < size; a++)
            {
                state[a] += gain[a] * error / variance;
                Span<double> of = covariance.AsSpan(a * size, size);
                TensorPrimitives.MultiplyAdd(gain, -gain[a] / variance, of, of);
            }
        }

        return ahead;
    }
}
