using System.Buffers;
using System.Numerics.Tensors;

namespace Makalu.Capacity.Forecasting.Ssa;

/// <summary>
/// SSA in ridge form, direct over the horizon. Windows of length W = L + H are centred by the mean of the last c points of
/// their past part; with their covariance C the forecast is level + C_fp·(C_pp + λ·tr(C_pp)/L·I)⁻¹·(last L points − level).
/// In the eigenbasis of C_pp (the basis of SSA) each component is kept at s/(s + λ̄): a soft rank. Nothing is iterated, so
/// nothing can diverge.
/// </summary>
/// <remarks>
/// Missing values (NaN) need no filling: windows that touch one are left out of the covariance, and the regression is on the
/// known ones among the last L points. Stateless; safe to call from several threads.
/// </remarks>
public static class RidgeSsa
{
    /// <summary>Forecasts the steps that follow <paramref name="series"/>.</summary>
    /// <param name="series">The history on the scale to forecast on, oldest first; NaN where unknown.</param>
    /// <param name="options">Window length, horizon, ridge and centring length.</param>
    /// <returns>One value for each step of the horizon.</returns>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    /// <exception cref="ForecastException">The series holds no complete window of WindowLength + Horizon steps, or none of the last WindowLength values is known.</exception>
    public static double[] Forecast(ReadOnlySpan<double> series, RidgeSsaOptions options)
    {
        var forecast = new double[options.Horizon];
        Forecast(series, [series.Length], options, forecast);
        return forecast;
    }

    /// <summary>
    /// Forecasts from several origins of one series, each from the values before it alone. The covariances of nested origins are
    /// updated and not recomputed: the price is that of the longest origin plus O(W·L) and one Cholesky factorisation each.
    /// </summary>
    /// <param name="series">The history on the scale to forecast on, oldest first; NaN where unknown.</param>
    /// <param name="origins">Counts of leading values to forecast from, rising, each at most the length of <paramref name="series"/>.</param>
    /// <param name="options">Window length, horizon, ridge and centring length.</param>
    /// <returns>For each origin one value for each step of the horizon.</returns>
    /// <exception cref="ArgumentException">An option is out of range, or the origins do not rise or exceed the series.</exception>
    /// <exception cref="ForecastException">An origin has no complete window of WindowLength + Horizon steps before it, or none of the WindowLength values before it is known.</exception>
    public static double[][] Forecast(ReadOnlySpan<double> series, ReadOnlySpan<int> origins, RidgeSsaOptions options)
    {
        var flat = new double[checked(origins.Length * options.Horizon)];
        Forecast(series, origins, options, flat);
        var forecasts = new double[origins.Length][];
        for (int o = 0; o < forecasts.Length; o++)
        {
            forecasts[o] = flat.AsSpan(o * options.Horizon, options.Horizon).ToArray();
        }

        return forecasts;
    }

    /// <summary>As the overload that returns arrays, into memory of the caller: nothing is allocated but pooled work space.</summary>
    /// <param name="series">The history on the scale to forecast on, oldest first; NaN where unknown.</param>
    /// <param name="origins">Counts of leading values to forecast from, rising, each at most the length of <paramref name="series"/>.</param>
    /// <param name="options">Window length, horizon, ridge and centring length.</param>
    /// <param name="forecasts">Receives origin after origin, each of Horizon values.</param>
    /// <exception cref="ArgumentException">An option is out of range, the origins do not rise or exceed the series, or <paramref name="forecasts"/> has the wrong length.</exception>
    /// <exception cref="ForecastException">An origin has no complete window of WindowLength + Horizon steps before it, or none of the WindowLength values before it is known.</exception>
    public static void Forecast(ReadOnlySpan<double> series, ReadOnlySpan<int> origins, RidgeSsaOptions options, Span<double> forecasts)
    {
        options.Validate();
        CheckOrigins(series, origins, options, forecasts.Length);
        if (origins.IsEmpty)
        {
            return;
        }

        int past = options.WindowLength;
        int window = past + options.Horizon;
        int length = origins[^1];
        ReadOnlySpan<double> used = series[..length];
        double mean = MeanOfKnown(used, out int missing);
        double[] rented = ArrayPool<double>.Shared.Rent(length + RidgeSsaWorkspace.Length(past, window));
        try
        {
            // The forecast does not depend on what is subtracted here; the mean keeps the sums of products small.
            Span<double> centred = rented.AsSpan(0, length);
            TensorPrimitives.Subtract(used, mean, centred);
            var workspace = new RidgeSsaWorkspace(rented.AsSpan(length), past, window);
            List<WindowRun>? runs = missing == 0 ? null : WindowRun.Complete(used, window);
            workspace.FirstColumn.Clear();
            int done = 0;
            for (int o = 0; o < origins.Length; o++)
            {
                int windows = origins[o] - window + 1;
                if (runs is not null && (runs.Count == 0 || runs[0].Start >= windows))
                {
                    throw new ForecastException($"WindowLength {past} with Horizon {options.Horizon} needs a run of {window} known observations before origin {origins[o]}; there is none. Fill the gaps or lower WindowLength.");
                }

                workspace.AddToFirstColumn(centred, runs, done, windows);
                done = windows;
                Span<double> forecast = forecasts.Slice(o * options.Horizon, options.Horizon);
                workspace.Forecast(centred, runs, origins[o], options, forecast);
                TensorPrimitives.Add(forecast, mean, forecast);
            }
        }
        finally
        {
            ArrayPool<double>.Shared.Return(rented);
        }
    }

    /// <summary>The forecast of a complete series as an affine function of its last WindowLength values.</summary>
    /// <param name="centred">Finite values about zero, oldest first; at least WindowLength + Horizon.</param>
    /// <param name="options">Window length, horizon, ridge and centring length.</param>
    internal static RidgeSsaMap Map(ReadOnlySpan<double> centred, RidgeSsaOptions options)
    {
        options.Validate();
        CheckOrigins(centred, [centred.Length], options, options.Horizon);
        int window = options.WindowLength + options.Horizon;
        var workspace = new RidgeSsaWorkspace(new double[RidgeSsaWorkspace.Length(options.WindowLength, window)], options.WindowLength, window);
        workspace.FirstColumn.Clear();
        workspace.AddToFirstColumn(centred, null, 0, centred.Length - window + 1);
        double[] coefficients = new double[options.Horizon * options.WindowLength];
        double[] constants = new double[options.Horizon];
        workspace.FillMap(centred, options, coefficients, constants);
        return new RidgeSsaMap(options.WindowLength, coefficients, constants);
    }

    /// <summary>The number of windows of <paramref name="window"/> steps that touch no missing value: what a covariance can be learned from.</summary>
    /// <param name="series">Values, NaN where unknown.</param>
    /// <param name="window">The length of a window: WindowLength + Horizon; 1 or more.</param>
    public static int CompleteWindows(ReadOnlySpan<double> series, int window)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(window, 1);
        int complete = 0;
        int run = 0;
        foreach (double value in series)
        {
            run = double.IsNaN(value) ? 0 : run + 1;
            complete += run >= window ? 1 : 0;
        }

        return complete;
    }

    private static void CheckOrigins(ReadOnlySpan<double> series, ReadOnlySpan<int> origins, RidgeSsaOptions options, int room)
    {
        if (room != origins.Length * options.Horizon)
        {
            throw new ArgumentException($"The result has room for {room} values; {origins.Length} origins of {options.Horizon} steps need {origins.Length * options.Horizon}. Pass a span of that length.");
        }

        int window = options.WindowLength + options.Horizon;
        for (int o = 0; o < origins.Length; o++)
        {
            if (origins[o] > series.Length || (o > 0 && origins[o] <= origins[o - 1]))
            {
                throw new ArgumentException($"Origin {origins[o]} must be greater than the one before it and at most the {series.Length} values of the series. Pass the origins in rising order.", nameof(origins));
            }

            if (origins[o] < window)
            {
                throw new ForecastException($"WindowLength {options.WindowLength} with Horizon {options.Horizon} needs at least {window} observations; got {origins[o]}. Lower WindowLength or supply {window - origins[o]} more.");
            }
        }
    }

    private static double MeanOfKnown(ReadOnlySpan<double> values, out int missing)
    {
        missing = 0;
        double mean = TensorPrimitives.Sum(values) / values.Length;
        if (!double.IsNaN(mean))
        {
            return mean;
        }

        double sum = 0;
        foreach (double value in values)
        {
            if (double.IsNaN(value))
            {
                missing++;
            }
            else
            {
                sum += value;
            }
        }

        return missing == values.Length ? 0 : sum / (values.Length - missing);
    }
}
