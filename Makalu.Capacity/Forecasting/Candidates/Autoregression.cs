using System.Numerics.Tensors;
using Makalu.Capacity.Numerics;

namespace Makalu.Capacity.Forecasting.Candidates;

/// <summary>A least-squares autoregression on chosen lags with a ridge, iterated over the horizon; no intercept.</summary>
internal static class Autoregression
{
    /// <param name="values">Values about zero, oldest first; more of them than the longest lag.</param>
    /// <param name="lags">The lags, each 1 or more, the longest last.</param>
    /// <param name="horizon">The number of values to forecast.</param>
    /// <param name="ridge">The ridge as a part of the number of rows, for values of unit variance.</param>
    public static double[] Forecast(ReadOnlySpan<double> values, ReadOnlySpan<int> lags, int horizon, double ridge)
    {
        int n = values.Length;
        int longest = lags[^1];
        int rows = n - longest;
        double mean = TensorPrimitives.Sum(values) / n;
        double variance = (TensorPrimitives.SumOfSquares(values) / n) - (mean * mean);
        double scale = Math.Max(variance, 0) + 1e-24;

        int size = lags.Length;
        Span<double> gram = stackalloc double[size * size];
        Span<double> coefficients = stackalloc double[size];
        ReadOnlySpan<double> target = values[longest..];
        for (int i = 0; i < size; i++)
        {
            ReadOnlySpan<double> column = values.Slice(longest - lags[i], rows);
            coefficients[i] = TensorPrimitives.Dot(column, target);
            for (int j = 0; j <= i; j++)
            {
                gram[(i * size) + j] = gram[(j * size) + i] = TensorPrimitives.Dot(column, values.Slice(longest - lags[j], rows));
            }

            gram[(i * size) + i] += ridge * rows * scale;
        }

        if (CholeskyFactorisation.TryFactorise(gram, size, size))
        {
            CholeskyFactorisation.Solve(gram, size, size, coefficients);
        }
        else
        {
            coefficients.Clear();
        }


        var extended = new double[longest + horizon];
        values[^longest..].CopyTo(extended);
        for (int h = 0; h < horizon; h++)
        {
            double next = 0;
            for (int i = 0; i < size; i++)
            {
                next += coefficients[i] * extended[longest + h - lags[i]];
            }

            extended[longest + h] = next;
        }

        return extended[longest..];
    }
}
