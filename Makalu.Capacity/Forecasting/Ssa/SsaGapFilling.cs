
namespace Makalu.Capacity.Forecasting.Ssa;

/// <summary>
/// Fills missing values in place in time: gaps start from the mean of their season, and are replaced by the reconstruction from
/// the leading components until nothing moves; the number of components is the one that best fills known values held out for the
/// purpose in runs as long as the gaps (Kondrashov and Ghil, "Spatio-temporal filling of missing points in geophysical data
/// sets", Nonlinear Processes in Geophysics 13, 2006). Time is never closed up.
/// </summary>
public static class SsaGapFilling
{
    private const double Acceleration = 1.5;

    /// <summary>Fills the missing values of a series.</summary>
    /// <param name="series">Values, oldest first; NaN where unknown, never infinite. At least 8 known.</param>
    /// <param name="options">Null for the defaults.</param>
    /// <param name="cancellationToken">Cancels between passes.</param>
    /// <returns>The filled series and how it was filled.</returns>
    /// <exception cref="ArgumentException">An option does not fit the series, or a value is infinite.</exception>
    /// <exception cref="ForecastException">Fewer than 8 values are known.</exception>
    public static SsaGapFillingResult Fill(ReadOnlySpan<double> series, SsaGapFillingOptions? options = null, CancellationToken cancellationToken = default)
    {
        options ??= new SsaGapFillingOptions();
        options.Validate();
        var missing = new bool[series.Length];
        int missingCount = 0;
        for (int t = 0; t < series.Length; t++)
        {
            if (double.IsInfinity(series[t]))
            {
                throw new ArgumentException(FormattableString.Invariant($"Value {t} is {series[t]}; values must be finite, or NaN where unknown."), nameof(series));
            }

            missing[t] = double.IsNaN(series[t]);
            missingCount += missing[t] ? 1 : 0;
        }

        if (missingCount == 0)
        {
            return new SsaGapFillingResult(series.ToArray(), 0, 0, 0, double.NaN, double.NaN);
        }

        int known = series.Length - missingCount;
        if (known < 8)
        {
            throw new ForecastException($"Gap filling needs at least 8 known values; got {known} of {series.Length}. Supply {8 - known} more.");
        }

        double[] interpolated = GapStart.Interpolate(series);
        int[] seasons = SeasonDetection.Detect(interpolated);
        double[] start = GapStart.SeasonalMeans(series, interpolated, seasons);
        int window = options.WindowLength ?? Math.Clamp(seasons.Length > 0 ? 2 * seasons[^1] : series.Length / 4, 2, Math.Min(1000, series.Length / 2));
        int most = Math.Min(window, series.Length - window + 1);
        if (window > series.Length / 2 || options.Components > most)
        {
            throw new ArgumentException($"WindowLength {window} with Components {options.Components ?? 1} needs at least {2 * Math.Max(window, options.Components ?? 1)} observations; got {series.Length}. Lower WindowLength or Components.");
        }

        double error = double.NaN, spread = double.NaN;
        int components = options.Components ?? 0;
        if (options.Components is null)
        {
            (components, error, spread) = ChooseComponents(series, missing, start, window, Math.Min(options.MaxComponents, most), options, cancellationToken);
        }

        double[] filled = (double[])start.Clone();
        Iterate(filled, missing, window, components, options.MaxIterations, options.Tolerance, cancellationToken);
        return new SsaGapFillingResult(filled, missingCount, window, components, error, spread);
    }

    /// <summary>The series itself where nothing is missing, else filled with the window of the options where it is given.</summary>
    internal static ReadOnlySpan<double> Complete(ReadOnlySpan<double> series, SsaOptions options, CancellationToken cancellationToken)
    {
        if (series.Length < 8)
        {
            throw new ForecastException($"SSA needs at least 8 observations; got {series.Length}. Supply {8 - series.Length} more.");
        }

        foreach (double value in series)
        {
            if (double.IsNaN(value))
            {
                int? window = options.WindowLength is { } asked ? Math.Min(asked, Math.Min(1000, series.Length / 2)) : null;
                return Fill(series, new SsaGapFillingOptions { WindowLength = window }, cancellationToken).Values;
            }
        }

        return series;
    }

    private static (int Components, double Error, double Spread) ChooseComponents(ReadOnlySpan<double> series, bool[] missing, double[] start, int window, int most, SsaGapFillingOptions options, CancellationToken cancellationToken)
    {
        int[] heldOut = GapStart.HoldOut(missing, options.HeldOutFraction, window / 2, options.Seed);
        var hidden = (bool[])missing.Clone();
        double[] reduced = series.ToArray();
        double mean = 0;
        foreach (int t in heldOut)
        {
            hidden[t] = true;
            reduced[t] = double.NaN;
            mean += series[t] / heldOut.Length;
        }

        int[] seasons = SeasonDetection.Detect(start);
        double[] filled = GapStart.SeasonalMeans(reduced, GapStart.Interpolate(reduced), seasons);
        double best = double.PositiveInfinity;
        double spread = 0;
        foreach (int t in heldOut)
        {
            spread += (series[t] - mean) * (series[t] - mean) / heldOut.Length;
        }

        int chosen = 1;
        for (int components = 1, worse = 0; components <= most && worse < 4; components += components < 6 ? 1 : 2)
        {
            // Each number of components goes on from what the one before it filled.
            Iterate(filled, hidden, window, components, Math.Min(15, options.MaxIterations), 10 * options.Tolerance, cancellationToken);
            double error = 0;
            foreach (int t in heldOut)
            {
                error += (filled[t] - series[t]) * (filled[t] - series[t]) / heldOut.Length;
            }

            worse++;
            if (error < 0.98 * best)
            {
                (best, chosen, worse) = (error, components, 0);
            }
        }

        return (chosen, Math.Sqrt(best), Math.Sqrt(spread));
    }

    /// <summary>Replaces the missing values by their reconstruction until none moves by more than the tolerance.</summary>
    private static void Iterate(double[] values, bool[] missing, int window, int components, int iterations, double tolerance, CancellationToken cancellationToken)
    {
        SsaDecomposition? previous = null;
        for (int iteration = 0; iteration < iterations; iteration++)
        {
            previous = SsaDecomposition.Decompose(values, window, components, subtractMean: true, previous, cancellationToken);
            double[] reconstruction = previous.ReconstructLeading(components);
            double scale = Math.Sqrt(System.Numerics.Tensors.TensorPrimitives.SumOfSquares(previous.Centred) / values.Length);
            double largest = 0;
            for (int t = 0; t < values.Length; t++)
            {
                if (missing[t])
                {
                    // A step somewhat beyond the reconstruction shortens the way through long gaps.
                    double move = Acceleration * (reconstruction[t] - values[t]);
                    largest = Math.Max(largest, Math.Abs(move));
                    values[t] += move;
                }
            }

            if (largest <= tolerance * scale)
            {
                return;
            }
        }
    }
}
