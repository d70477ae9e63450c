using System.Numerics.Tensors;
using Makalu.Capacity.Numerics;

namespace Makalu.Capacity.Forecasting.Ssa;

/// <summary>
/// Season lengths from the peaks of the autocorrelation of the detrended series: a lag is a season when its peak stands out from
/// the trough before it and above the peaks of all shorter seasons, so that two days are no season beside one.
/// </summary>
internal static class SeasonDetection
{
    private const double Prominence = 0.1;
    private const double Gain = 0.03;

    /// <summary>Season lengths in steps, shortest first; empty when there is none.</summary>
    /// <param name="complete">Finite values.</param>
    public static int[] Detect(ReadOnlySpan<double> complete)
    {
        int count = complete.Length;
        int lags = (count / 3) + 1;
        if (count < 12)
        {
            return [];
        }

        double[] detrended = Detrend(complete);
        double[] sums = new double[lags];
        Autocorrelation.Add(detrended, sums);
        double variance = sums[0] / count;
        if (!(variance > 1e-20 * TensorPrimitives.SumOfSquares(complete) / count))
        {
            return [];
        }

        List<int> seasons = [];
        double best = Math.Max(0.2, 4 / Math.Sqrt(count));
        double trough = 1;
        for (int lag = 1; lag + 1 < lags; lag++)
        {
            double here = Correlation(sums, lag, count, variance);
            trough = Math.Min(trough, here);
            bool peak = here >= Correlation(sums, lag - 1, count, variance) && here > Correlation(sums, lag + 1, count, variance);
            if (peak && lag >= 2 && here > best && here - trough > Prominence)
            {
                // Noise splits a broad peak in several: the highest within a fifth of the lag is the season.
                for (int next = lag + 1; next + 1 < lags && next <= lag + (lag / 5); next++)
                {
                    if (Correlation(sums, next, count, variance) > here)
                    {
                        (lag, here) = (next, Correlation(sums, next, count, variance));
                    }
                }

                seasons.Add(lag);
                best = here + Gain;
                trough = here;
            }
        }

        return [.. seasons];
    }

    /// <summary>The series less its least-squares line.</summary>
    public static double[] Detrend(ReadOnlySpan<double> values)
    {
        int count = values.Length;
        double centre = (count - 1) / 2.0;
        double mean = TensorPrimitives.Sum(values) / count;
        double cross = 0;
        for (int t = 0; t < count; t++)
        {
            cross += (t - centre) * (values[t] - mean);
        }

        double slope = cross / ((((double)count * count) - 1) * count / 12);
        double[] result = new double[count];
        for (int t = 0; t < count; t++)
        {
            result[t] = values[t] - mean - (slope * (t - centre));
        }

        return result;
    }

    private static double Correlation(double[] sums, int lag, int count, double variance) => sums[lag] / (count - lag) / variance;
}
