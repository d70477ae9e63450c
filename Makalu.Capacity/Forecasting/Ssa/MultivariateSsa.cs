using System.Numerics.Tensors;

namespace Makalu.Capacity.Forecasting.Ssa;

/// <summary>
/// Several services together: the windows of all series, each put on a common scale, share one set of components, so that a series
/// with two weeks of history borrows the shapes that its siblings show (multivariate SSA with stacked windows, Golyandina, Korobeynikov,
/// Shlemov and Usevich, "Multivariate and 2D extensions of singular spectrum analysis", Journal of Statistical Software 67, 2015).
/// Each series keeps its own level, scale and state.
/// </summary>
/// <remarks>Immutable; safe to share between threads.</remarks>
public sealed class MultivariateSsa
{
    private readonly SsaModel[] _models;
    private readonly double[] _scales;

    private MultivariateSsa(SsaModel[] models, double[] scales)
    {
        _models = models;
        _scales = scales;
    }

    /// <summary>The number of series.</summary>
    public int Count => _models.Length;

    /// <summary>The window length that the series share.</summary>
    public int WindowLength => _models[0].WindowLength;

    /// <summary>The number of components that the series share.</summary>
    public int Rank => _models[0].Rank;

    /// <summary>Fits one set of components to several series of one step.</summary>
    /// <param name="series">Two or more series, each longer than the window; they need not have the same length or start. Finite values: fill gaps with <see cref="SsaGapFilling"/> first.</param>
    /// <param name="windowLength">The window length, 2 or more.</param>
    /// <param name="rank">The number of components, 1 to the window length.</param>
    /// <param name="method">How to continue the series.</param>
    /// <param name="cancellationToken">Cancels the fit.</param>
    /// <returns>The fitted models.</returns>
    /// <exception cref="ArgumentException">No series is given, or one does not fit the window; its index is stated.</exception>
    public static MultivariateSsa Fit(IReadOnlyList<ReadOnlyMemory<double>> series, int windowLength, int rank, SsaForecastMethod method = SsaForecastMethod.Recurrent, CancellationToken cancellationToken = default)
    {
        if (method == SsaForecastMethod.Ridge)
        {
            throw new ArgumentException("Method Ridge regresses one series on itself and would borrow nothing. Pass Recurrent or Vector, or fit an SsaModel to each series.", nameof(method));
        }

        if (series.Count == 0)
        {
            throw new ArgumentException("No series is given. Pass at least one.", nameof(series));
        }

        double[] means = new double[series.Count];
        double[] scales = new double[series.Count];
        var scaled = new double[series.Count][];
        for (int s = 0; s < series.Count; s++)
        {
            ReadOnlySpan<double> values = series[s].Span;
            try
            {
                SsaDecomposition.Check(values, windowLength, Math.Min(rank, Math.Max(1, values.Length - windowLength + 1)));
            }
            catch (ArgumentException exception)
            {
                throw new ArgumentException($"Series {s}: {exception.Message}", nameof(series), exception);
            }

            means[s] = TensorPrimitives.Sum(values) / values.Length;
            scaled[s] = new double[values.Length];
            TensorPrimitives.Subtract(values, means[s], scaled[s]);
            double deviation = Math.Sqrt(TensorPrimitives.SumOfSquares<double>(scaled[s]) / values.Length);
            scales[s] = deviation > 0 ? deviation : 1;
            TensorPrimitives.Divide(scaled[s], scales[s], scaled[s]);
        }

        if (rank < 1 || rank > windowLength)
        {
            throw new ArgumentException($"Rank {rank} must lie between 1 and WindowLength {windowLength}. Pass a rank within these limits.", nameof(rank));
        }

        SsaSubspace subspace = SsaSubspace.Compute([.. scaled.Select(v => (ReadOnlyMemory<double>)v)], windowLength, rank, null, cancellationToken);
        var models = new SsaModel[series.Count];
        for (int s = 0; s < models.Length; s++)
        {
            models[s] = SsaModel.Of(new SsaDecomposition(scaled[s], means[s] / scales[s], true, subspace), rank, method);
        }

        return new MultivariateSsa(models, scales);
    }

    /// <summary>Forecasts the steps that follow a series' own end.</summary>
    /// <param name="series">0 to <see cref="Count"/> − 1.</param>
    /// <param name="horizon">1 or more.</param>
    /// <returns>One finite value for each step, on the series' own scale.</returns>
    public double[] Forecast(int series, int horizon)
    {
        double[] forecast = _models[series].Forecast(horizon);
        TensorPrimitives.Multiply(forecast, _scales[series], forecast);
        return forecast;
    }

    /// <summary>The part of a series that the shared components carry, one value for each step.</summary>
    /// <param name="series">0 to <see cref="Count"/> − 1.</param>
    public double[] Reconstruction(int series)
    {
        double[] values = _models[series].Reconstruction.ToArray();
        TensorPrimitives.Multiply(values, _scales[series], values);
        return values;
    }

    /// <summary>What the shared components leave of a series, one value for each step.</summary>
    /// <param name="series">0 to <see cref="Count"/> − 1.</param>
    public double[] Residuals(int series)
    {
        double[] values = _models[series].Residuals();
        TensorPrimitives.Multiply(values, _scales[series], values);
        return values;
    }
}
