using System.Numerics.Tensors;
using Makalu.Capacity.Numerics;

namespace Makalu.Capacity.Forecasting.Candidates;

/// <summary>
/// Singular spectrum analysis in ridge form, direct over the horizon: the covariance of centred windows of past and future
/// together, and the regression of the future part on the past part with a ridge. In the eigenbasis of the past part's
/// covariance a component of eigenvalue s is filtered by s ÷ (s + ridge): a soft rank in the place of a hard one. Within a
/// block of the horizon nothing is iterated; later blocks apply the same regression to the series and the blocks before.
/// </summary>
internal static class HankelRidge
{
    /// <summary>Forecasts <paramref name="horizon"/> values that follow <paramref name="series"/>.</summary>
    /// <param name="series">Values without gaps, oldest first.</param>
    /// <param name="window">The number of past values that the regression sees; cut where the series is too short for it.</param>
    /// <param name="horizon">The number of values to forecast.</param>
    /// <param name="block">The number of values that are forecast directly at a time.</param>
    /// <param name="ridge">The ridge as a part of the mean eigenvalue.</param>
    /// <param name="centre">Each window is centred by the mean of the last so many values of its past part.</param>
    public static double[] Forecast(ReadOnlySpan<double> series, int window, int horizon, int block, double ridge, int centre)
    {
        int ahead = Math.Min(block, horizon);
        window = Math.Min(window, Math.Max(1, (2 * (series.Length - ahead)) / 3));
        ahead = Math.Min(ahead, Math.Max(1, series.Length - window));
        centre = Math.Min(centre, window);
        int width = window + ahead;

        double mean = TensorPrimitives.Sum(series) / series.Length;
        var extended = new double[series.Length + horizon + ahead];
        TensorPrimitives.Subtract(series, mean, extended);
        ReadOnlySpan<double> x = extended.AsSpan(0, series.Length);

        double[] moments = HankelMoments(x, window, width);
        var centring = new double[width];
        for (int i = window - centre; i < window; i++)
        {
            TensorPrimitives.Add(centring, moments.AsSpan(i * width, width), centring);
        }

        TensorPrimitives.Divide(centring, centre, centring);
        double centreVariance = TensorPrimitives.Sum(centring.AsSpan(window - centre, centre)) / centre;

        double[]? factor = RidgeFactor(moments, centring, centreVariance, window, width, ridge, x.Length - width + 1);
        if (factor is null)
        {
            // A constant series, whose forecast is its level.
            var constant = new double[horizon];
            Array.Fill(constant, mean + (TensorPrimitives.Sum(x[^centre..]) / centre));
            return constant;
        }

        var coefficients = new double[window];
        var values = new double[ahead];
        for (int done = 0; done < horizon; done += ahead)
        {
            int end = series.Length + done;
            double level = TensorPrimitives.Sum(extended.AsSpan(end - centre, centre)) / centre;
            TensorPrimitives.Subtract(extended.AsSpan(end - window, window), level, coefficients);
            CholeskyFactorisation.Solve(factor, window, window, coefficients);

            double sum = TensorPrimitives.Sum<double>(coefficients);
            double offset = (sum * centreVariance) - TensorPrimitives.Dot<double>(centring.AsSpan(0, window), coefficients);
            TensorPrimitives.Multiply(centring.AsSpan(window, ahead), -sum, values);
            for (int q = 0; q < window; q++)
            {
                TensorPrimitives.MultiplyAdd(moments.AsSpan((q * width) + window, ahead), coefficients[q], values, values);
            }

            TensorPrimitives.Add(values, level + offset, extended.AsSpan(end, ahead));
        }

        var forecast = new double[horizon];
        TensorPrimitives.Add(extended.AsSpan(series.Length, horizon), mean, forecast);
        return forecast;
    }

    /// <summary>
    /// The first <paramref name="window"/> rows of the sum over all windows of the outer product of a window with itself, in
    /// O(N·W + W²) by G[i,j] = G[i−1,j−1] + x[i−1+K]·x[j−1+K] − x[i−1]·x[j−1].
    /// </summary>
    private static double[] HankelMoments(ReadOnlySpan<double> x, int window, int width)
    {
        int count = x.Length - width + 1;
        var moments = new double[window * width];
        for (int j = 0; j < width; j++)
        {
            moments[j] = TensorPrimitives.Dot(x[..count], x.Slice(j, count));
        }

        for (int i = 1; i < window; i++)
        {
            Span<double> row = moments.AsSpan(i * width, width);
            for (int j = 0; j < i; j++)
            {
                row[j] = moments[(j * width) + i];
            }

            Span<double> upper = row[i..];
            TensorPrimitives.MultiplyAdd(x.Slice(i - 1 + count, width - i), x[i - 1 + count], moments.AsSpan(((i - 1) * width) + i - 1, width - i), upper);
            TensorPrimitives.MultiplyAdd(x.Slice(i - 1, width - i), -x[i - 1], upper, upper);
        }

        return moments;
    }

    /// <summary>The factor of the past part's covariance with its ridge; null where the windows do not vary.</summary>
    private static double[]? RidgeFactor(double[] moments, double[] centring, double centreVariance, int window, int width, double ridge, int count)
    {
        var covariance = new double[window * window];

        // Rounding can leave the matrix indefinite only where the ridge is tiny; ten times more is then still next to nothing.
        for (int attempt = 0; attempt < 8; attempt++, ridge *= 10)
        {
            double trace = 0;
            for (int i = 0; i < window; i++)
            {
                Span<double> row = covariance.AsSpan(i * window, window);
                TensorPrimitives.Subtract(moments.AsSpan(i * width, window), centring.AsSpan(0, window), row);
                TensorPrimitives.Add(row, centreVariance - centring[i], row);
                trace += row[i];
            }

            if (!(trace > 1e-13 * window * moments[0]))
            {
                return null;
            }

            double diagonal = (ridge * trace / window) + (1e-12 * count);
            for (int i = 0; i < window; i++)
            {
                covariance[(i * window) + i] += diagonal;
            }

            if (CholeskyFactorisation.TryFactorise(covariance, window, window))
            {
                return covariance;
            }
        }

        return null;
    }
}
