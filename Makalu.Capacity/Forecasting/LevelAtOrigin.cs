using System.Runtime.Intrinsics;

namespace Makalu.Capacity.Forecasting;

/// <summary>
/// The level of a series at its end, as the weighted mean of its past with weights that halve with age. How fast they halve is
/// learned: each half-life is judged by how well it would have forecast the days of the past weeks (simple exponential smoothing
/// by rolling origin), and the levels are averaged by the likelihood of those errors, so that a growing series is followed quickly
/// and a noisy one calmly.
/// </summary>
internal static class LevelAtOrigin
{
    private const int FewestDays = 5;
    private const int JudgedDays = 42;
    private const int DaysAhead = 3;
    private const double RecentHalfLifeDays = 14;

    /// <summary>Errors of consecutive days are alike: so many count as one.</summary>
    private const double DaysPerObservation = 4;

    private static readonly double[] _halfLives = [0.7, 1, 1.4, 2, 2.8, 4, 5.6, 8];
    private static readonly double[] _priorWeights = [0.5, 1, 1, 1, 0.8, 0.6, 0.4, 0.3];

    /// <summary>The level.</summary>
    /// <param name="values">The deseasonalised logarithms by step.</param>
    /// <param name="weights">0 where a value is unknown or disturbed, else 1; not all 0.</param>
    /// <param name="stepDays">The step in days.</param>
    public static double Of(ReadOnlySpan<double> values, ReadOnlySpan<double> weights, double stepDays)
    {
        (double[] means, double[] counts) = Days(values, weights, stepDays);
        double[] losses = Losses(means, counts, out double observations);
        double[] levels = Levels(values, weights, stepDays);
        double lowest = losses.Min();
        double level = 0, total = 0;
        for (int k = 0; k < _halfLives.Length; k++)
        {
            double weight = _priorWeights[k] * Math.Pow(lowest / losses[k], observations / DaysPerObservation);
            level += weight * levels[k];
            total += weight;
        }

        return level / total;
    }

    /// <summary>The level by each half-life, side by side in one vector: a sum over the history waits for each of its own additions.</summary>
    private static double[] Levels(ReadOnlySpan<double> values, ReadOnlySpan<double> weights, double stepDays)
    {
        var decays = Vector512.Create<double>(Array.ConvertAll(_halfLives, h => Math.Pow(2, -stepDays / h)));
        Vector512<double> sum = default, total = default, weight = Vector512<double>.One;
        int i = values.Length - 1;

        // Only ratios matter: counted from the latest known step, the weights of an old history do not vanish.
        while (i >= 0 && !(weights[i] > 0))
            i--;
        for (; i >= 0; i--)
        {
            if (weights[i] > 0)
            {
                sum += weight * values[i];
                total += weight;
            }

            weight *= decays;
        }

        var levels = new double[_halfLives.Length];
        (sum / total).CopyTo(levels);
        return levels;
    }

    /// <summary>The means of the days that end at the origin, the latest last, and the part of each day that is known.</summary>
    private static (double[] Means, double[] Counts) Days(ReadOnlySpan<double> values, ReadOnlySpan<double> weights, double stepDays)
    {
        int length = (int)Math.Max(1, Math.Round(1 / stepDays));
        int days = Math.Min(values.Length / length, 2 * JudgedDays);
        var means = new double[days];
        var counts = new double[days];
        for (int d = 0; d < days; d++)
        {
            int from = values.Length - ((days - d) * length);
            for (int i = from; i < from + length; i++)
            {
                if (weights[i] > 0)
                {
                    means[d] += values[i];
                    counts[d]++;
                }
            }

            means[d] = counts[d] > 0 ? means[d] / counts[d] : 0;
            counts[d] /= length;
        }

        return (means, counts);
    }

    /// <summary>The mean absolute error of each half-life over the days after each past day, the latest counting most.</summary>
    private static double[] Losses(double[] means, double[] counts, out double observations)
    {
        var losses = new double[_halfLives.Length];
        observations = 0;
        for (int k = 0; k < losses.Length; k++)
        {
            double decay = Math.Pow(2, -1 / _halfLives[k]), sum = 0, weights = 0, error = 1e-3, total = 1e-3;
            observations = 0;
            for (int d = 0; d < means.Length - 1; d++)
            {
                sum = decay * (sum + (counts[d] * means[d]));
                weights = decay * (weights + counts[d]);
                if (d + 1 < Math.Max(FewestDays, means.Length - JudgedDays) || weights == 0)
                    continue;
                double recency = Math.Pow(2, -(means.Length - 1 - d) / RecentHalfLifeDays);
                observations += recency;
                for (int ahead = 1; ahead <= DaysAhead && d + ahead < means.Length; ahead++)
                {
                    double weight = recency * counts[d + ahead];
                    error += weight * Math.Abs(means[d + ahead] - (sum / weights));
                    total += weight;
                }
            }

            losses[k] = error / total;
        }

        return losses;
    }
}
