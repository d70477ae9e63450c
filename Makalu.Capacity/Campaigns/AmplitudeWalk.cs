using System.Numerics.Tensors;

namespace Makalu.Capacity.Campaigns;

/// <summary>
/// The part of the amplitude model that is a random walk in time, eliminated at one drift and one scatter: the walk's precision matrix is tridiagonal (Rue and Held,
/// Gaussian Markov Random Fields, 2005, section 3.3), so that this costs campaigns × columns². What is left for each scale of the columns is a linear
/// model of the columns alone.
/// </summary>
/// <remarks>Immutable; safe to share between threads.</remarks>
internal sealed class AmplitudeWalk
{
    private const double SmallestVariance = 1e-9;

    private readonly AmplitudeData _data;
    private readonly double _driftVariance;
    private readonly double _scatterVariance;

    /// <summary>What the walk takes of each column, day by day.</summary>
    private readonly double[] _taken;

    /// <summary>The walk without columns; its variance and that with the next day, given the columns.</summary>
    private readonly double[] _walk;
    private readonly double[] _variances;
    private readonly double[] _covariances;

    public AmplitudeWalk(AmplitudeData data, AmplitudePrior prior, double drift, double scatter)
    {
        _data = data;
        _driftVariance = Math.Max(Math.Pow(drift * prior.DriftPerDay, 2), SmallestVariance);
        _scatterVariance = Math.Pow(scatter * prior.Scatter, 2);
        int n = data.Deviations.Length, m = data.Days.Length, r = data.Columns;
        double[] precisions = new double[n], onDays = new double[m];
        _taken = new double[m * r];
        _walk = new double[m];
        for (int i = 0; i < n; i++)
        {
            double precision = precisions[i] = 1 / (_scatterVariance + SmallestVariance + data.VarianceOf(i));
            int day = data.DayOf[i];
            onDays[day] += precision;
            _walk[day] += precision * data.Deviations[i];
            Span<double> taken = _taken.AsSpan(day * r, r);
            TensorPrimitives.MultiplyAdd(data.Row(i), precision, taken, taken);
            LogDeterminant -= Math.Log(precision);
        }

        _variances = new double[m];
        _covariances = new double[m];
        Eliminate(onDays);

        // What the walk left of each campaign, weighed by its precision.
        var left = new double[n * r];
        Right = new double[r];
        for (int i = 0; i < n; i++)
        {
            Span<double> row = left.AsSpan(i * r, r);
            TensorPrimitives.Subtract(data.Row(i), _taken.AsSpan(data.DayOf[i] * r, r), row);
            TensorPrimitives.Multiply(row, precisions[i], row);
            double deviation = data.Deviations[i] - _walk[data.DayOf[i]];
            TensorPrimitives.MultiplyAdd(data.Row(i), precisions[i] * deviation, Right, Right);
            Quadratic += precisions[i] * data.Deviations[i] * deviation;
        }

        Precision = data.ProductWith(left);
    }

    /// <summary>The precision of the columns' coefficients that the data add to the prior's, row-major.</summary>
    public double[] Precision { get; }

    /// <summary>What that precision times the coefficients comes to.</summary>
    public double[] Right { get; }

    /// <summary>The squared deviations by their precision, without columns.</summary>
    public double Quadratic { get; }

    /// <summary>The logarithm of the determinant of the campaigns' covariance, without columns.</summary>
    public double LogDeterminant { get; private set; }

    public double DriftVariance => _driftVariance;

    public double ScatterVariance => _scatterVariance;

    /// <summary>The variance of a past campaign about walk and columns.</summary>
    public double NoiseOf(int past) => _scatterVariance + SmallestVariance + _data.VarianceOf(past);

    /// <summary>What a day is told of the walk, given the columns' coefficients.</summary>
    /// <param name="day">The day.</param>
    /// <param name="columns">The columns of a campaign of that day; what the walk takes of them is taken off.</param>
    /// <returns>The walk without columns, and its variance given the columns.</returns>
    public (double Mean, double Variance) At(double day, Span<double> columns)
    {
        int r = columns.Length;
        (int before, double lower, double upper, double variance) = Between(day);
        double mean = 0;
        if (before >= 0)
        {
            mean += lower * _walk[before];
            variance += lower * lower * _variances[before];
            TensorPrimitives.MultiplyAdd(_taken.AsSpan(before * r, r), -lower, columns, columns);
        }

        if (upper != 0)
        {
            mean += upper * _walk[before + 1];
            variance += upper * upper * _variances[before + 1];
            TensorPrimitives.MultiplyAdd(_taken.AsSpan((before + 1) * r, r), -upper, columns, columns);
            if (before >= 0)
                variance += 2 * lower * upper * _covariances[before];
        }

        return (mean, variance);
    }

    /// <summary>Factorises the walk's precision from the first day to the last, and solves from the last to the first.</summary>
    private void Eliminate(double[] onDays)
    {
        double[] days = _data.Days;
        int m = days.Length, r = _data.Columns;
        double[] pivots = new double[m], links = new double[m];
        for (int k = 0; k < m; k++)
        {
            links[k] = 1 / (_driftVariance * (k == 0 ? days[0] + 1 : days[k] - days[k - 1]));
            pivots[k] = links[k] + onDays[k] + (k + 1 < m ? 1 / (_driftVariance * (days[k + 1] - days[k])) : 0);
            if (k > 0)
            {
                double ratio = links[k] / pivots[k - 1];
                pivots[k] -= ratio * links[k];
                _walk[k] += ratio * _walk[k - 1];
                Span<double> taken = _taken.AsSpan(k * r, r);
                TensorPrimitives.MultiplyAdd(_taken.AsSpan((k - 1) * r, r), ratio, taken, taken);
            }

            LogDeterminant += Math.Log(pivots[k] / links[k]);
        }

        for (int k = m - 1; k >= 0; k--)
        {
            Span<double> taken = _taken.AsSpan(k * r, r);
            TensorPrimitives.Multiply(taken, 1 / pivots[k], taken);
            _walk[k] /= pivots[k];
            _variances[k] = 1 / pivots[k];
            if (k + 1 == m)
                continue;
            double ratio = links[k + 1] / pivots[k];
            TensorPrimitives.MultiplyAdd(_taken.AsSpan((k + 1) * r, r), ratio, taken, taken);
            _walk[k] += ratio * _walk[k + 1];
            _covariances[k] = ratio * _variances[k + 1];
            _variances[k] += ratio * _covariances[k];
        }
    }

    /// <summary>The walk on a day, given its values on the days of past campaigns around it: their weights and the variance that is left.</summary>
    private (int Before, double Lower, double Upper, double Variance) Between(double day)
    {
        double[] days = _data.Days;
        int index = Array.BinarySearch(days, day);
        if (index >= 0)
            return (index, 1, 0, 0);
        int after = ~index;
        if (after == days.Length)
            return after == 0 ? (-1, 0, 0, _driftVariance * (day + 1)) : (after - 1, 1, 0, _driftVariance * (day - days[after - 1]));
        double from = after == 0 ? -1 : days[after - 1], share = (day - from) / (days[after] - from);
        return (after - 1, after == 0 ? 0 : 1 - share, share, _driftVariance * share * (days[after] - day));
    }
}
