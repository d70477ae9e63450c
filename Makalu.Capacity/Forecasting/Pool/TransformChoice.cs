using Makalu.Capacity.Forecasting.Candidates;

namespace Makalu.Capacity.Forecasting.Pool;

/// <summary>
/// Chooses between the logarithm and the square root by how likely what came at the rolling origins was on each: errors that are Laplace distributed on the scale, times the scale's slope, so that densities
/// of the values themselves are compared (Box and Cox, Journal of the Royal Statistical Society B 26, 1964; here out of sample).
/// </summary>
internal static class TransformChoice
{
    /// <summary>How much more likely, as a logarithm for each value, the square root must be for the pool to take it.</summary>
    private const double Margin = 0.02;

    /// <summary>
    /// A level that has grown by this factor from the first third of the history to the last one, or fallen by the other, changes by factors, and the logarithm is kept. The square root takes what growth adds for
    /// an amount, and the upper quantiles fall short of growth that goes on; falling short of a fall costs nothing but idle capacity.
    /// </summary>
    private const double MostGrowth = 1.4;
    private const double MostFall = 2;

    /// <summary>An origin's errors count this much of those of the next.</summary>
    private const double Retention = 0.93;

    /// <summary>Whether it is worth while to judge the pool on the square root: the level has not grown, and on that scale two quick members find what came more likely.</summary>
    /// <param name="values">The history; NaN where unknown.</param>
    /// <param name="origins">Where it is cut.</param>
    /// <param name="seasons">The seasons.</param>
    /// <param name="logarithm">The usual scale.</param>
    /// <param name="root">The other.</param>
    /// <param name="outliers">What members do not see.</param>
    public static bool IsWorthTrying(double[] values, RollingOrigins origins, SeasonLengths seasons, ValueTransform logarithm, ValueTransform root, Outliers outliers)
    {
        Candidate[] judges = [.. StandardPool.Candidates.Where(c => c is ProfileAutoregressionCandidate or ShrunkenProfileCandidate && c.MinimumHistory(seasons) <= origins.Counts[^1])];
        return judges.Length > 0 && !HasGrown(values) && LogLikelihood(root) > LogLikelihood(logarithm);

        double LogLikelihood(ValueTransform transform)
        {
            double[][][] forecasts = [.. origins.Counts.Select(n => CandidateForecasts.At(values, n, origins.Horizon, judges, seasons, transform, outliers))];
            int[] known = [.. Enumerable.Range(0, forecasts.Length).Where(j => forecasts[j].Length > 0)];
            return TransformChoice.LogLikelihood(
                values,
                [.. known.Select(j => origins.Counts[j])],
                [.. known.Select(j => Enumerable.Range(0, origins.Horizon).Select(h => forecasts[j].Average(f => f[h])).ToArray())],
                transform);
        }
    }

    /// <summary>Whether the pool is to be that on the square root.</summary>
    /// <param name="values">The history; NaN where unknown.</param>
    /// <param name="logarithm">The errors of the pool on the logarithm.</param>
    /// <param name="root">Those of the pool on the square root.</param>
    public static bool IsBetter(double[] values, OriginErrors logarithm, OriginErrors root)
    {
        return Of(root) > Of(logarithm) + Margin;

        double Of(OriginErrors errors)
        {
            errors.PoolResiduals(out double[][] pools);
            return LogLikelihood(values, errors.Counts, pools, errors.Transform);
        }
    }

    private static bool HasGrown(double[] values)
    {
        int third = values.Length / 3;
        double growth = Numerics.SampleMean.OfKnown(values.AsSpan(^third..)) / Numerics.SampleMean.OfKnown(values.AsSpan(0, third));
        return !(growth is < MostGrowth and > 1 / MostFall);
    }

    /// <summary>The mean logarithm of the density of a value under forecasts, up to a constant.</summary>
    /// <param name="values">The history; NaN where unknown.</param>
    /// <param name="counts">The values before each origin, the latest first.</param>
    /// <param name="forecasts">The forecasts at each.</param>
    /// <param name="transform">The scale.</param>
    public static double LogLikelihood(double[] values, int[] counts, double[][] forecasts, ValueTransform transform)
    {
        double errors = 0, slopes = 0, total = 0;
        double weight = 1;
        for (int j = 0; j < counts.Length; j++, weight *= Retention)
        {
            for (int h = 0; h < forecasts[j].Length; h++)
            {
                double actual = values[counts[j] + h];
                if (double.IsNaN(actual))
                    continue;

                errors += weight * Math.Abs(transform.Forward(actual) - transform.Forward(forecasts[j][h]));
                slopes += weight * transform.LogSlope(actual);
                total += weight;
            }
        }

        return total > 0 ? (slopes / total) - Math.Log((errors / total) + 1e-12) : double.NegativeInfinity;
    }
}
